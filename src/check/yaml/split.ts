import { lineBreaks } from './position.ts';
import type { YamlProblem } from './problem.ts';

/** A document without its separator lines. */
export interface Slice {
  /** Its first line in the file, from 1. */
  readonly line: number;
  readonly text: string;
}

/** A file's documents, and separators that are none. */
export interface Slices {
  readonly text: string;
  readonly slices: readonly Slice[];
  readonly problems: readonly YamlProblem[];
}

/** Splits a file as Kubernetes does: every line that begins with `---` separates, and may hold nothing but a comment. */
export function slicesOf(text: string): Slices {
  const slices: Slice[] = [];
  const problems: YamlProblem[] = [];
  let start = 0;
  let line = 1;
  let counted = 0;
  const add = (end: number): void => {
    line += lineBreaks(text, counted, start);
    counted = start;
    slices.push({ line, text: text.slice(start, end) });
  };
  for (let at = nextSeparator(text, 0); at !== -1; at = nextSeparator(text, start)) {
    if (at > start) add(at);
    const lineEnd = text.indexOf('\n', at);
    start = lineEnd === -1 ? text.length : lineEnd + 1;
    if (/^[^\S\n]*[^\s#]/.test(text.slice(at + 3, start))) problems.push(textAt(at));
  }
  if (start < text.length) add(text.length);
  return { text, slices, problems };
}

const textAt = (offset: number): YamlProblem => ({
  rule: 'yaml/syntax',
  offset,
  message: 'Text follows the document separator "---"',
  hint: 'put it on the next line: kubectl and kustomize refuse the file',
});

/** Offset of the next separator line; `from` is the beginning of a line. */
function nextSeparator(text: string, from: number): number {
  if (text.startsWith('---', from)) return from;
  const found = text.indexOf('\n---', from);
  return found === -1 ? -1 : found + 1;
}
