/** Suggestions for mistyped words: option names, config keys, names of stores and artifacts. */

/** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours count one each. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : replaced;
      row.push(Math.min(replaced, swapped, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** The known word nearest to a mistyped one (at most 40 % of its letters wrong, ignoring case), or undefined. */
export function closest(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const far = distance(wanted, candidate.toLowerCase());
    if (far < least && far <= Math.max(wanted.length, candidate.length) * 0.4) [best, least] = [candidate, far];
  }
  return best;
}

/** `did you mean "x"` where a known word is near, else `known are "a", "b"`, else (nothing is known) undefined. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const near = closest(word, known);
  if (near !== undefined) return `did you mean "${near}"`;
  return known.length === 0 ? undefined : `known are ${quoted(known)}`;
}

/** Up to ten words as `"a", "b"`; more become a count. */
export function quoted(words: readonly string[]): string {
  const shown = words.slice(0, 10).map((word) => `"${word}"`);
  return words.length > shown.length ? `${shown.join(', ')} and ${words.length - shown.length} more` : shown.join(', ');
}
