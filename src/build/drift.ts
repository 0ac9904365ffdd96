import type { Drift } from '../model.ts';

/** The first line in which two renderings differ, undefined when they are equal. A line that is missing is empty. */
export function firstDifference(first: string, second: string): Drift | undefined {
  if (first === second) return undefined;
  const [one, other] = [first.split('\n'), second.split('\n')];
  const index = one.findIndex((line, at) => line !== other[at]);
  const at = index === -1 ? one.length : index;
  return { line: at + 1, first: one[at] ?? '', second: other[at] ?? '' };
}
