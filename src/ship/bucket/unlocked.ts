/** Create-only writes for buckets that have none that hold: as careful as one publisher at a time needs. */
import { SlipwayError } from '../../errors.ts';
import type { Objects, PutOptions, PutResult } from '../ports.ts';
import type { CreateClass } from './probe/classes.ts';

/**
 * Objects whose creates look first, where the store knows no condition (`unsupported`, `ignored`), and in every class read
 * back what they wrote: bytes that are not ours are answered as `exists`. Between two publishers at once this is no lock.
 * Throws `STORE` where what was written is gone, besides what `objects` throws.
 */
export function unlocked(objects: Objects, found: Exclude<CreateClass, 'atomic'>): Objects {
  return {
    get: (key) => objects.get(key),
    list: (prefix, options) => objects.list(prefix, options),
    replace: (key, bytes, etag, options) => objects.replace(key, bytes, etag, options),
    delete: (key, still) => objects.delete(key, still),
    async put(key, bytes, options) {
      if (options.create !== true) return objects.put(key, bytes, options);
      if (found !== 'racy' && (await objects.get(key)) !== undefined) return { outcome: 'exists' };
      const put = await objects.put(key, bytes, found === 'racy' ? options : unconditional(options));
      return put.outcome === 'exists' ? put : readBack(objects, key, bytes);
    },
  };
}

const unconditional = ({ create: _, ...options }: PutOptions): PutOptions => options;

async function readBack(objects: Objects, key: string, bytes: Uint8Array): Promise<PutResult> {
  const held = await objects.get(key);
  if (held === undefined) {
    const hint = 'let no other program write below this prefix, and run again';
    throw new SlipwayError('STORE', `Cannot write "${key}": it is gone after it was written`, { hint });
  }
  return Buffer.compare(held.bytes, bytes) === 0 ? { outcome: 'created', etag: held.etag } : { outcome: 'exists' };
}
