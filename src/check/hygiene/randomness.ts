/** Tells secrets from what people write in their place. */

/** What people put where a secret belongs. */
const EXAMPLE =
  /example|changeme|change-me|change_me|dummy|fake|sample|placeholder|redacted|your[-_]?|insert|replace|xxxx|\.\.\.|\*\*\*|abcdefgh|12345678|(.)\1{5}/i;

/** Whether a text says that it is none. */
export function isExample(text: string): boolean {
  return EXAMPLE.test(text);
}

/** Bits per character that the frequencies of its characters leave to a text. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Whether the characters of a text of 16 and more are as mixed as those that chance draws. */
export function isDrawnByChance(text: string): boolean {
  return entropy(text) >= 3;
}

/** Whether a text of 16 characters and more looks drawn by chance: no example, no placeholder, no word. */
export function looksRandom(text: string): boolean {
  return !EXAMPLE.test(text) && isDrawnByChance(text);
}
