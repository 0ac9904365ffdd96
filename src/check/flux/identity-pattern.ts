/** Regular expressions that say who may have signed. Flux searches with them: what is not anchored matches in the middle. */

/** Whether a pattern can only match a whole text. */
export function isAnchored(pattern: string): boolean {
  const alternatives = alternativesOf(pattern.replace(/^\(\?[imsU]+\)/, ''));
  return alternatives.every((alternative) => {
    const inner = groupIn(alternative);
    if (inner !== undefined) return isAnchored(inner);
    return /^(?:\^|\\A)/.test(alternative) && /(?:^|[^\\])(?:\\\\)*(?:\$|\\z)$/.test(alternative);
  });
}

/** Whether a pattern matches every text. */
export function matchesAll(pattern: string): boolean {
  return /^\^?(?:\.[*+])?\$?$/.test(pattern);
}

/** Whether a dot in it stands for any character where a dot was surely meant: `github.com`. */
export function hasLooseDot(pattern: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*[a-z\d]\.[a-z\d]/i.test(pattern.replace(/\[(?:\\.|[^\]\\])*\]/g, '[]'));
}

/** The alternatives of a pattern, those in groups left together. */
function alternativesOf(pattern: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of tokensOf(pattern)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (token === '|' && depth === 0) {
      found.push(pattern.slice(start, index));
      start = index + 1;
    }
  }
  return [...found, pattern.slice(start)];
}

/** What is in the one group that a pattern consists of. */
function groupIn(pattern: string): string | undefined {
  const opening = /^\((?:\?:|\?P?<\w+>)?/.exec(pattern)?.[0];
  if (opening === undefined) return undefined;
  let depth = 0;
  for (const { 0: token, index } of tokensOf(pattern)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    if (depth === 0) return index === pattern.length - 1 ? pattern.slice(opening.length, -1) : undefined;
  }
  return undefined;
}

/** Characters with their meaning: an escape and a class of characters are one token each. */
function tokensOf(pattern: string): Iterable<RegExpExecArray> {
  return pattern.matchAll(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g);
}
