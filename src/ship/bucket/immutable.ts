/** Objects that lie under their digest. */
import { digestOf } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest } from '../../model.ts';
import type { Objects } from '../ports.ts';
import { IMMUTABLE } from './cache-control.ts';

/** An object whose key ends with the digest of its bytes. */
export interface Immutable {
  readonly key: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** Throws `CORRUPT` for bytes that are not those of the digest. */
export function checkDigest(digest: Digest, bytes: Uint8Array, what: string): void {
  const found = digestOf(bytes);
  if (found === digest) return;
  throw new SlipwayError('CORRUPT', `Cannot use ${what}: expected "${digest}", found "${found}"`, {
    hint: 'the bytes were damaged or written by hand; the next run that publishes them writes them again',
  });
}

/** Creates the object once. One that is there is read, and written again only where it is damaged. Throws `CORRUPT`. */
export async function putImmutable(objects: Objects, { key, digest, bytes, contentType }: Immutable): Promise<void> {
  checkDigest(digest, bytes, `the bytes to write to "${key}"`);
  const options = { contentType, cacheControl: IMMUTABLE };
  if ((await objects.put(key, bytes, { ...options, create: true })).outcome === 'created') return;
  const present = await objects.get(key);
  if (present !== undefined && digestOf(present.bytes) === digest) return;
  await objects.put(key, bytes, options);
}

/** Undefined when there is none. Throws `CORRUPT` where its bytes are others. */
export async function getImmutable(objects: Objects, key: string, digest: Digest): Promise<Uint8Array | undefined> {
  const bytes = (await objects.get(key))?.bytes;
  if (bytes !== undefined) checkDigest(digest, bytes, `object "${key}"`);
  return bytes;
}
