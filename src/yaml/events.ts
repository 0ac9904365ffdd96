/**
 * Parses like Kubernetes' readers, which do not care how the lines within brackets and quotes are indented:
 *
 *     args: [
 *       "a",
 *     ]
 *
 * is good for them, and an error for YAML 1.2, which wants the last line indented more than the first.
 */
import { EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';

/** Deeper nesting is refused: no manifest has it. */
export const MAX_DEPTH = 100;

/** The parser's word for it. */
const TOO_LITTLE = 'deficient indentation';

/** Characters that may be parsed again: each repair costs a pass, and a file must not take minutes. */
const MAX_REPEATED = 5_000_000;

/** A text's events; all offsets are those of the text. Throws the parser's exception (`YAMLException`). */
export function parseAsKubernetes(text: string): Event[] {
  let repaired = text;
  for (let repairs = 0; ; repairs++) {
    try {
      const events = parseEvents(repaired, { maxDepth: MAX_DEPTH });
      return repairs === 0 ? events : events.map(withBreaks);
    } catch (thrown) {
      const next = repairs * text.length < MAX_REPEATED ? repairedAfter(thrown, repaired) : undefined;
      if (next === undefined) throw thrown;
      repaired = next;
    }
  }
}

/** In the text as it is a scalar may have line breaks that the parser did not see. */
const withBreaks = (event: Event): Event => (event.type === EVENT_ID.SCALAR ? { ...event, fast: false } : event);

/** The text with the brackets or quotes that the parser stumbled in on one line, of the same length; undefined if there are none. */
function repairedAfter(thrown: unknown, text: string): string | undefined {
  if (!(thrown instanceof YAMLException) || thrown.reason !== TOO_LITTLE) return undefined;
  const offset = thrown.mark?.position ?? 0;
  const end = endOf(text, offset);
  if (end === undefined) return undefined;
  const lineStart = text.lastIndexOf('\n', text.slice(0, offset).trimEnd().length - 1) + 1;
  const lines = text.slice(lineStart, end.offset);
  const joined = (end.quoted ? lines : withoutComments(lines)).replace(/[\n\r\t]/g, ' ');
  return text.slice(0, lineStart) + joined + text.slice(end.offset);
}

interface End {
  readonly offset: number;
  readonly quoted: boolean;
}

/** Where the innermost quotes or brackets around an offset end. What they are, the parser says when the text ends there. */
function endOf(text: string, offset: number): End | undefined {
  const reason = reasonOf(text.slice(0, offset).trimEnd());
  if (reason.endsWith('double quoted scalar')) return ending(text, /(?:[^"\\]|\\[\s\S])*/y, offset);
  if (reason.endsWith('single quoted scalar')) return ending(text, /(?:[^']|'')*/y, offset);
  // Comments in front of the bracket are as little indented as it is.
  const inBrackets = reason.endsWith('flow collection') || reason === TOO_LITTLE;
  return inBrackets ? { offset: bracketEnd(text, offset), quoted: false } : undefined;
}

function reasonOf(text: string): string {
  try {
    parseEvents(text, { maxDepth: MAX_DEPTH });
    return '';
  } catch (thrown) {
    return thrown instanceof YAMLException ? thrown.reason : '';
  }
}

function ending(text: string, rest: RegExp, offset: number): End {
  rest.lastIndex = offset;
  rest.test(text);
  return { offset: rest.lastIndex, quoted: true };
}

/** Strings where they can begin, comments, brackets: all that matters to find the end of brackets. */
const TOKEN = /(?<=^|[\s[\]{},:])(?:"(?:[^"\\]|\\[\s\S])*"|'(?:[^']|'')*')|(?<=^|\s)#[^\n\r]*|[[\]{}]/g;

/** Behind the bracket that closes what is open at an offset. */
function bracketEnd(text: string, offset: number): number {
  let open = 1;
  const rest = text.slice(offset);
  for (const { 0: token, index } of rest.matchAll(TOKEN)) {
    if (token === '[' || token === '{') open += 1;
    if (token === ']' || token === '}') open -= 1;
    if (open === 0) return offset + index;
  }
  return text.length;
}

/** Comments become spaces: once the lines are one, a comment would go on to its end. */
function withoutComments(lines: string): string {
  return lines.replace(TOKEN, (token) => (token.startsWith('#') ? ' '.repeat(token.length) : token));
}
