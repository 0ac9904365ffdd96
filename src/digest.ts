import { createHash } from 'node:crypto';
import type { Digest, View } from './model.ts';

/** The sha256 digest of bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Digest, MD5 (what S3 reports as ETag of a single-part object) and size of what a reader will see. */
export function viewOfBytes(bytes: Uint8Array): View {
  return { digest: digestOf(bytes), md5: createHash('md5').update(bytes).digest('hex'), size: bytes.length };
}

/** Whether a value is `sha256:` and 64 lower-case hexadecimal digits. */
export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}
