/** PEM text (RFC 7468): blocks of base64 between `-----BEGIN LABEL-----` and `-----END LABEL-----`. */

/** One block. It may hold a private key: it is read and forgotten, never shown. */
export interface PemBlock {
  readonly label: string;
  /** From BEGIN to END, as OpenSSL reads it. */
  readonly text: string;
  /** The lines between, headers of old OpenSSL files included. */
  readonly body: string;
}

/** No key file comes near it; anything larger is something else, and is not searched. */
const MAX_LENGTH = 64_000;

/** All blocks of a text, in its order; what stands around them does not count. None in more than 64,000 characters. */
export function pemBlocks(text: string): readonly PemBlock[] {
  if (text.length > MAX_LENGTH) return [];
  const found = text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----\r?\n([\s\S]*?)-----END \1-----/g);
  return [...found].map(([block, label = '', body = '']) => ({ label, text: block, body }));
}

/** One block as Go and OpenSSL write it: lines of 64 characters, a line break at the end. */
export function encodePem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.map((line) => `${line}\n`).join('')}-----END ${label}-----\n`;
}
