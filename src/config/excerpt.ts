/** Points at a place in a file: `file:line:column` and the source line with a caret, safe to print. */
import { PARAMETERS } from './store-parameters.ts';

/** A text with the name it is shown by. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** Longest piece of a source line worth showing, in characters. */
const WIDTH = 100;

const lineStartOf = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** `file:line:column`, both counted from 1; columns count characters, not code units. */
export function placeOf({ file, text }: Source, offset: number): string {
  const before = text.slice(0, offset);
  return `${file}:${before.split('\n').length}:${[...before.slice(lineStartOf(text, offset))].length + 1}`;
}

/** Base64 that is long enough for a key: of letters in both cases and digits, as no other word of a config is. */
const isBase64 = (word: string): boolean => /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);

/** Passwords in URLs and keys end up in config files by mistake; the mistake must not travel on into a CI log. */
function masked(line: string): string {
  return line
    .replace(/[A-Za-z0-9+/=]{40,}/g, (word) => (isBase64(word) ? '…' : word))
    .replace(/:\/\/.*@/g, '://…@')
    .replace(/([?&])([^=&\s"']+)=([^&\s"']*)/g, (pair, mark: string, name: string, value: string) =>
      Object.hasOwn(PARAMETERS, name) && !/%40|@/i.test(value) ? pair : `${mark}${name}=…`,
    );
}

/** Keys that were pasted into the file. Without its end, all that follows is taken for the key. */
function touchesKey(text: string, start: number, end: number): boolean {
  return [...text.matchAll(/-----BEGIN[\s\S]*?(?:-----END|$)/g)].some(
    ({ index, 0: key }) => start < index + key.length && index < end,
  );
}

/** The source line of a place with a caret below it, indented by two; empty for an empty line, and for one of a key. */
export function excerptOf({ text }: Source, offset: number): string {
  const start = lineStartOf(text, offset);
  const whole = text.slice(start).split(/\r?\n/, 1)[0] ?? '';
  if (whole.trim() === '' || touchesKey(text, start, start + whole.length)) return '';
  const line = masked(whole);
  const column = [...masked(whole.slice(0, offset - start))].length;
  const from = Math.max(0, column - WIDTH / 2);
  const shown = [...line]
    .slice(from, from + WIDTH)
    .join('')
    .replaceAll('\t', ' ');
  return `  ${shown.trimEnd()}\n  ${' '.repeat(column - from)}^`;
}
