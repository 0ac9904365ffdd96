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
