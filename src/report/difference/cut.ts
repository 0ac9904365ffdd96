/** Text of others on one line, and not longer than a line may be. */
import { plain } from '../plain.ts';

/** Characters of a value, or of a name, before the rest is left out. */
const LONGEST = 160;
/** Characters that are shown before the first one that is different. */
const LEAD = 20;

/** On one line, not too long. */
export function short(text: string): string {
  return cut([...plain(text)]);
}

/** The same of a text that has become another one: what both begin with is left out where nothing else would be left to see. */
export function shortBeside(text: string, other: string): string {
  const [shown, beside] = [[...plain(text)], [...plain(other)]];
  let start = 0;
  while (start < shown.length && shown[start] === beside[start]) start += 1;
  const isSeen = Math.max(shown.length, beside.length) <= LONGEST || start < LONGEST / 2;
  return isSeen ? cut(shown) : cut(['…', ...shown.slice(start - LEAD)]);
}

const cut = (shown: readonly string[]): string =>
  shown.length <= LONGEST ? shown.join('') : `${shown.slice(0, LONGEST - 1).join('')}…`;

/** For each line of `diff -u` the one that took its place, or whose place it took. */
export function partnersOf(lines: readonly string[]): ReadonlyMap<number, string> {
  const partners = new Map<number, string>();
  const run = (from: number, sign: string): number => {
    let end = from;
    while (lines[end]?.startsWith(sign)) end += 1;
    return end - from;
  };
  for (let at = 0; at < lines.length; ) {
    const gone = run(at, '-');
    const come = run(at + gone, '+');
    for (let index = at; index < at + Math.min(gone, come); index += 1) {
      partners.set(index, lines[index + gone] ?? '');
      partners.set(index + gone, lines[index] ?? '');
    }
    at += Math.max(1, gone + come);
  }
  return partners;
}
