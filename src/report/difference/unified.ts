/** Texts side by side, as `diff -u` writes them. */
import { byValue } from '../../watch/diff/list-matches.ts';

/** A line with what becomes of it. */
interface Marked {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** Lines that tell what is different between two texts, with lines around it; no lines where nothing is. */
export function unifiedLines(before: readonly string[], after: readonly string[], context = 3): readonly string[] {
  const marked = markedOf(before, after);
  const near = marked.map(() => false);
  for (const [index, { mark }] of marked.entries()) {
    if (mark === ' ') continue;
    near.fill(true, Math.max(0, index - context), Math.min(marked.length, index + context + 1));
  }
  const lines: string[] = [];
  let [old, young] = [1, 1];
  for (const [index, { mark, text }] of marked.entries()) {
    if (near[index] === true) {
      if (near[index - 1] !== true) lines.push(hunkOf(marked, near, index, { old, young }));
      lines.push(`${mark}${text}`);
    }
    if (mark !== '+') old += 1;
    if (mark !== '-') young += 1;
  }
  return lines;
}

/** What is gone comes before what is new in its place. */
function markedOf(before: readonly string[], after: readonly string[]): readonly Marked[] {
  const marked: Marked[] = [];
  let at = 0;
  const removeUntil = (end: number): void => {
    marked.push(...before.slice(at, end).map((text): Marked => ({ mark: '-', text })));
    at = Math.max(at, end);
  };
  let waiting: Marked[] = [];
  for (const [index, from] of byValue(before, after).entries()) {
    const text = after[index] ?? '';
    if (from === undefined || before[from] !== text) {
      waiting.push({ mark: '+', text });
      continue;
    }
    removeUntil(from);
    marked.push(...waiting, { mark: ' ', text });
    waiting = [];
    at = from + 1;
  }
  removeUntil(before.length);
  return [...marked, ...waiting];
}

interface Line {
  readonly old: number;
  readonly young: number;
}

/** `@@ -12,3 +12,4 @@`. Of an empty side the line before it is named. */
function hunkOf(marked: readonly Marked[], near: readonly boolean[], start: number, { old, young }: Line): string {
  const end = near.indexOf(false, start);
  const hunk = marked.slice(start, end === -1 ? undefined : end);
  const range = (sign: string, line: number, count: number): string =>
    `${sign}${count === 0 ? line - 1 : line},${count}`;
  const counts = [
    hunk.filter(({ mark }) => mark !== '+').length,
    hunk.filter(({ mark }) => mark !== '-').length,
  ] as const;
  return `@@ ${range('-', old, counts[0])} ${range('+', young, counts[1])} @@`;
}
