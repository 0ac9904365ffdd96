/** Writes names over what was read under them, where the store can tell. */
import { digestOf } from '../../digest.ts';
import type { Objects, PutOptions } from '../ports.ts';

/** Writes names that were read before. */
export interface NameWriter {
  /** The ETag under a key as it was read last; undefined when there was no object. */
  saw(key: string, etag: string | undefined): void;
  /** `exists` when the object is no longer the one that was seen, nor what was to be written. */
  write(key: string, bytes: Uint8Array, options: PutOptions): Promise<'moved' | 'exists'>;
}

/** `matches`: whether a write that names the object it replaces (`If-Match`) was shown to be atomic. */
export function nameWriter(objects: Objects, matches: () => boolean): NameWriter {
  const seen = new Map<string, string | undefined>();
  return {
    saw: (key, etag) => void seen.set(key, etag),
    async write(key, bytes, options) {
      const isKnown = seen.has(key);
      const etag = seen.get(key);
      seen.delete(key);
      if (!isKnown || !matches()) {
        await objects.put(key, bytes, options);
        return 'moved';
      }
      const outcome =
        etag === undefined
          ? (await objects.put(key, bytes, { ...options, create: true })).outcome
          : await objects.replace(key, bytes, etag, options);
      if (outcome === 'created' || outcome === 'replaced') return 'moved';
      // The answer to an earlier attempt of our own may have been lost.
      const now = await objects.get(key);
      return now !== undefined && digestOf(now.bytes) === digestOf(bytes) ? 'moved' : 'exists';
    },
  };
}
