/** A difference as Markdown, for the comments of a pull request. */
import type { Difference, DifferenceSides, SharedChanges } from '../../model.ts';
import { many } from '../plain.ts';
import { headingOf, type Line, namesText, piecesOf, remarksOf, sidesText, summaryOf } from './words.ts';

/** How a difference is shown. */
export interface MarkdownOptions {
  /** How long it may be; GitHub takes comments of 65,536 characters. */
  readonly bytes?: number;
  /** The YAML of both sides in place of fields, where the difference has it. */
  readonly unified?: boolean;
  /** What was compared, where nobody else says it. */
  readonly sides?: DifferenceSides;
}

const BYTES = 60_000;
/** For what is said about the rest, and for the fence that must be closed. */
const RESERVE = 200;

/** Text of others: no Markdown or HTML of theirs takes effect. */
const escaped = (text: string): string =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_[\]|~#@]/g, (mark) => `\\${mark}`);

/** In a `diff` block the sign comes first, and a change has an exclamation mark. */
const shown = ({ sign, depth, text }: Line): string =>
  `${sign === '~' ? '!' : sign} ${'  '.repeat(depth)}${text}`.trimEnd();

/** A difference as Markdown of a limited size, which says how much it leaves out. Blocks of code are always whole. */
export function differenceMarkdown(
  difference: Difference,
  { bytes = BYTES, unified = false, sides }: MarkdownOptions = {},
): string {
  const page = new Page(bytes - RESERVE);
  const compared = sides === undefined ? [] : [`${escaped(sidesText(sides))}.`, ''];
  page.add(['### slipway: difference', '', ...compared, escaped(summaryOf(difference))]);
  page.addEach(remarksOf(difference).map(({ sign, text }) => `${sign === '~' ? '!' : sign} ${text}`));
  for (const shared of difference.common) {
    const names = shared.artifacts.length > 1 ? ['', escaped(namesText(shared.artifacts))] : [];
    page.addGroup(['', `#### ${escaped(headingOf(shared, difference))}`, ...names], groupOf(shared, unified));
  }
  return page.text();
}

const groupOf = (shared: SharedChanges, unified: boolean): readonly string[] =>
  piecesOf(shared, unified).map((lines) => lines.map(shown).join('\n'));

const sizeOf = (text: string): number => Buffer.byteLength(text) + 1;

class Page {
  private readonly lines: string[] = [];
  private left: number;
  private omitted = 0;

  constructor(bytes: number) {
    this.left = bytes;
  }

  /** Lines that there is always room for. */
  add(lines: readonly string[]): void {
    this.lines.push(...lines);
    this.left -= lines.reduce((sum, line) => sum + sizeOf(line), 0);
  }

  /** Lines of code without a heading. */
  addEach(lines: readonly string[]): void {
    if (lines.length > 0) this.addGroup([], lines);
  }

  /** A heading and a block of code with as many pieces as there is room for. Once something is left out, all that follows is. */
  addGroup(heading: readonly string[], pieces: readonly string[]): void {
    // A fence is longer than any that is in the text.
    const runs = pieces.flatMap((piece) => piece.match(/`+/g) ?? []);
    const fence = '`'.repeat(runs.reduce((longest, run) => Math.max(longest, run.length), 2) + 1);
    const around = [...heading, '', `${fence}diff`, fence];
    let room = this.left - around.reduce((sum, line) => sum + sizeOf(line), 0);
    const fitting: string[] = [];
    for (const piece of this.omitted > 0 ? [] : pieces) {
      room -= sizeOf(piece);
      if (room < 0) break;
      fitting.push(piece);
    }
    this.omitted += pieces.length - fitting.length;
    if (fitting.length > 0) this.add([...around.slice(0, -1), ...fitting, fence]);
  }

  text(): string {
    const rest = `… ${many(this.omitted, 'change')} left out: the whole is longer than a comment may be`;
    return `${[...this.lines, ...(this.omitted > 0 ? ['', rest] : [])].join('\n')}\n`;
  }
}
