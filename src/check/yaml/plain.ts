/**
 * A fast reader for the YAML that most manifests are made of: block mappings and lists, plain and quoted words on one line,
 * text after `|`, flat lists in brackets. Whatever is unusual, or wrong, or means different things to different readers, it
 * leaves to the full reader.
 */
import { chomped, plainValue, unquoted } from './plain-value.ts';

type Mapping = Record<string, unknown>;

/** The value of a document, exactly as the full reader reads it, without any problem; undefined: ask the full reader. */
export function readPlain(text: string): unknown {
  if (FOREIGN.test(text)) return undefined;
  const reader = new PlainReader(text);
  return reader.document();
}

/** Tabs, carriage returns, invisible and unassigned characters, blanks other than spaces. */
const FOREIGN = /[^\n -~\u00a1-\u167f\u1681-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff]/;
const KEY = /[A-Za-z_/][\w./-]{0,120}(?=:[ \n])/y;
const QUOTED = /"[^"\\\n]*"|'[^'\n]*'/y;
/** What may follow a value on its line. */
const REST = / *(?: #[^\n]*)?(?=\n)/y;
const LITERAL = /\|([-+]?) *(?: #[^\n]*)?\n/y;
const FLAT_ITEM = /"[^"\\\n]*"|'[^'\n]*'|[\w/][\w./-]*/y;
const FLAT_NEXT = / *([,\]]) */y;
const PLAIN_START = /[\w./$(+~^\u00a1-\ud7ff-]/;

const SPACE = 32;
const LINE_FEED = 10;
const HASH = 35;
const HYPHEN = 45;
const COLON = 58;
/** Far below the depth that the full reader refuses. */
const MAX_DEPTH = 40;

class PlainReader {
  private readonly text: string;
  /** Where the line's content begins. Everything up to there is read. */
  private at = 0;
  /** The column of that; -1 at the end. */
  private indent = 0;
  private depth = 0;
  private readonly endsOpen: boolean;

  constructor(text: string) {
    this.endsOpen = !text.endsWith('\n');
    this.text = this.endsOpen ? `${text}\n` : text;
  }

  document(): unknown {
    this.nextLine(0);
    const value = this.indent === -1 || this.isItem() ? undefined : this.mapping();
    return this.indent === -1 ? value : undefined;
  }

  /** Goes to the next line that says something; `from` is the beginning of a line. */
  private nextLine(from: number): void {
    const { text } = this;
    let start = from;
    while (start < text.length) {
      let at = start;
      while (text.charCodeAt(at) === SPACE) at++;
      const first = text.charCodeAt(at);
      if (first !== LINE_FEED && first !== HASH) {
        this.at = at;
        this.indent = at - start;
        return;
      }
      start = text.indexOf('\n', at) + 1;
    }
    this.at = start;
    this.indent = -1;
  }

  private isItem(): boolean {
    if (this.text.charCodeAt(this.at) !== HYPHEN) return false;
    const next = this.text.charCodeAt(this.at + 1);
    return next === SPACE || next === LINE_FEED;
  }

  /** A mapping whose first key is here. */
  private mapping(): Mapping | undefined {
    const { indent } = this;
    const result: Mapping = {};
    this.depth++;
    do {
      const key = this.key();
      if (key === undefined || key in result) return undefined;
      const value = this.value(indent, true);
      if (value === undefined) return undefined;
      result[key] = value;
    } while (this.indent === indent);
    this.depth--;
    return this.indent > indent ? undefined : result;
  }

  /** A list whose first item is here. */
  private list(): readonly unknown[] | undefined {
    const { indent } = this;
    const items: unknown[] = [];
    this.depth++;
    do {
      this.at++;
      const value = this.item(indent);
      if (value === undefined) return undefined;
      items.push(value);
    } while (this.indent === indent && this.isItem());
    this.depth--;
    return this.indent > indent ? undefined : items;
  }

  private item(indent: number): unknown {
    const hyphen = this.at;
    while (this.text.charCodeAt(this.at) === SPACE) this.at++;
    if (this.isItem()) return undefined;
    KEY.lastIndex = this.at;
    if (!KEY.test(this.text)) return this.value(indent, false);
    this.indent = indent + 1 + this.at - hyphen;
    return this.mapping();
  }

  /** The key here, and the way to behind its colon. */
  private key(): string | undefined {
    KEY.lastIndex = this.at;
    if (!KEY.test(this.text)) return undefined;
    const key = this.text.slice(this.at, KEY.lastIndex);
    this.at = KEY.lastIndex + 1;
    return plainValue(key) === key ? key : undefined;
  }

  /** What is on the rest of the line, or on the lines below that are indented more. Goes to the line after it. */
  private value(indent: number, inMapping: boolean): unknown {
    while (this.text.charCodeAt(this.at) === SPACE) this.at++;
    const first = this.text[this.at];
    switch (first) {
      case '\n':
        return this.below(indent, inMapping);
      case '#':
        return this.text.charCodeAt(this.at - 1) === SPACE ? this.below(indent, inMapping) : undefined;
      case '|':
        return this.literal(indent);
      case '"':
      case "'":
        return this.quoted();
      case '[':
        return this.flat();
      case '{':
        return this.text.charCodeAt(this.at + 1) === 125 ? this.ended(this.at + 2, {}) : undefined;
      default:
        return first !== undefined && PLAIN_START.test(first) ? this.plain() : undefined;
    }
  }

  /** The value of a key or item that has nothing on its line. */
  private below(indent: number, inMapping: boolean): unknown {
    this.nextLine(this.text.indexOf('\n', this.at) + 1);
    if (this.depth > MAX_DEPTH) return undefined;
    if (this.indent > indent) return this.isItem() ? this.list() : this.mapping();
    return inMapping && this.indent === indent && this.isItem() ? this.list() : null;
  }

  /** Plain text to the end of the line. Text that goes on below is noticed there: that line is indented more. */
  private plain(): unknown {
    const { text, at: start } = this;
    if (this.isItem()) return undefined;
    let end = start;
    for (let at = start; ; at++) {
      const code = text.charCodeAt(at);
      if (code === LINE_FEED) break;
      if (code === SPACE) continue;
      if (code === HASH && text.charCodeAt(at - 1) === SPACE) break;
      const next = text.charCodeAt(at + 1);
      if (code === COLON && (next === SPACE || next === LINE_FEED)) return undefined;
      end = at + 1;
    }
    const value = plainValue(text.slice(start, end));
    this.nextLine(text.indexOf('\n', end) + 1);
    return value;
  }

  private quoted(): unknown {
    QUOTED.lastIndex = this.at;
    if (!QUOTED.test(this.text)) return undefined;
    return this.ended(QUOTED.lastIndex, this.text.slice(this.at + 1, QUOTED.lastIndex - 1));
  }

  /** A value that ends at an offset, if nothing but a comment follows on its line. */
  private ended(end: number, value: unknown): unknown {
    REST.lastIndex = end;
    if (!REST.test(this.text)) return undefined;
    this.nextLine(REST.lastIndex + 1);
    return value;
  }

  /** A list of words in brackets on one line. */
  private flat(): unknown {
    const { text } = this;
    const items: unknown[] = [];
    let end = this.at + 1;
    while (text.charCodeAt(end) === SPACE) end++;
    if (text[end] === ']') return this.ended(end + 1, items);
    for (;;) {
      FLAT_ITEM.lastIndex = end;
      if (!FLAT_ITEM.test(text)) return undefined;
      const value = unquoted(text.slice(end, FLAT_ITEM.lastIndex));
      if (value === undefined) return undefined;
      items.push(value);
      FLAT_NEXT.lastIndex = FLAT_ITEM.lastIndex;
      const next = FLAT_NEXT.exec(text);
      if (next === null) return undefined;
      if (next[1] === ']') return this.ended(FLAT_ITEM.lastIndex + next[0].trimEnd().length, items);
      end = FLAT_NEXT.lastIndex;
    }
  }

  /** Lines of text after `|`. */
  private literal(parent: number): unknown {
    const { text } = this;
    LITERAL.lastIndex = this.at;
    const header = LITERAL.exec(text);
    if (header === null) return undefined;
    let start = LITERAL.lastIndex;
    const lines: string[] = [];
    let indent = -1;
    while (start < text.length) {
      let at = start;
      while (text.charCodeAt(at) === SPACE) at++;
      const column = at - start;
      const isBlank = text.charCodeAt(at) === LINE_FEED;
      if (indent === -1) {
        if (isBlank || column <= parent) return undefined;
        indent = column;
      }
      if (isBlank ? column > indent : column < indent && text.charCodeAt(at) === HASH) return undefined;
      if (!isBlank && column < indent) break;
      const end = isBlank ? at : text.indexOf('\n', at);
      lines.push(isBlank ? '' : text.slice(start + indent, end));
      start = end + 1;
    }
    if (indent === -1 || (this.endsOpen && start >= text.length)) return undefined;
    this.nextLine(start);
    return chomped(`${lines.join('\n')}\n`, header[1]);
  }
}
