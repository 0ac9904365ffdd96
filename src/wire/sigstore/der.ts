/** The little DER (ITU-T X.690) that timestamps need: definite lengths, tags of one byte. */

/** One element: its tag and what is in it. */
export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Tags in use. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  nothing: 0x05,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  context0: 0xa0,
} as const;

/** One element as bytes. */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = Buffer.from(length.toString(16).padStart(length < 0x100 ? 2 : length < 0x1_00_00 ? 4 : 6, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, content]);
}

/** The elements that stand in `bytes` one after the other, or undefined when `bytes` is anything else. */
export function decode(bytes: Uint8Array): readonly Element[] | undefined {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const header = headerAt(bytes, at);
    if (header === undefined || header.end > bytes.length) return undefined;
    elements.push({ tag: bytes[at] ?? 0, content: bytes.subarray(header.start, header.end) });
    at = header.end;
  }
  return elements;
}

/** The elements inside of one, or undefined when it is missing, has another tag, or holds something else. */
export function inside(element: Element | undefined, tag: number): readonly Element[] | undefined {
  return element?.tag === tag ? decode(element.content) : undefined;
}

function headerAt(bytes: Uint8Array, at: number): { readonly start: number; readonly end: number } | undefined {
  const first = bytes[at + 1];
  if (first === undefined || ((bytes[at] ?? 0) & 0x1f) === 0x1f) return undefined;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const size = first & 0x7f;
  if (size === 0 || size > 4 || at + 2 + size > bytes.length) return undefined;
  const length = Buffer.from(bytes.subarray(at + 2, at + 2 + size)).readUIntBE(0, size);
  return { start: at + 2 + size, end: at + 2 + size + length };
}
