/** JSON read as Go's protojson reads it, where JavaScript would be lenient. */

/** A JSON string, and the colon that makes it a key. */
const STRINGS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g;

/**
 * Parses JSON bytes. Bytes that are not UTF-8, a byte order mark and a key that an object has twice are errors: of two
 * equal keys one reader takes the first and another the last, and a proof must say the same to both.
 * Throws a plain `Error` whose message is the second half of one of ours.
 */
export function strictJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error('it is not UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
  // The text is valid JSON here, so its strings can be told apart by a pattern. A key that came twice is written twice
  // and kept once.
  let written = 0;
  for (const match of text.matchAll(STRINGS)) if (match[1] !== undefined) written += 1;
  if (written !== keysIn(value)) throw new Error('an object has the same key twice');
  return value;
}

/** The number of keys in all objects. Not recursive: the depth is the sender's choice. */
function keysIn(value: unknown): number {
  const pending = [value];
  let count = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const fields: unknown[] = Object.values(next);
    if (!Array.isArray(next)) count += fields.length;
    for (const field of fields) pending.push(field);
  }
  return count;
}
