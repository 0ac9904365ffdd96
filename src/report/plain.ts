/** Text of others on its way into ours. */

/** With escapes for characters that are not seen, and turn around or hide those that are (U+202E and its like). */
export function visible(text: string): string {
  return text.replace(/\p{Cf}/gu, (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`);
}

/** On one line, without what moves a cursor or clears a screen: manifests and programs may hold anything. */
export function plain(text: string): string {
  return visible(text)
    .replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')
    .replace(/\p{Cc}/gu, '\uFFFD')
    .trim();
}

/** A number with commas: `4,312`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 error`, `4,312 errors`. */
export function many(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}
