/** What a bucket really does, found by trying it: brand and documentation are no guide. */
import { asSlipwayError } from '../../errors.ts';
import type { Objects } from '../ports.ts';
import type { Capability } from './probe/classes.ts';
import { createsOf } from './probe/creates.ts';
import { matchesOf } from './probe/matches.ts';
import type { ProbeOptions } from './probe/scratch.ts';
import { survey } from './probe/survey.ts';

export type { Capability, CreateClass } from './probe/classes.ts';
export { meaningOf, requireSafe } from './probe/classes.ts';
export { RACES } from './probe/creates.ts';
export type { ProbeOptions, Race } from './probe/scratch.ts';

/**
 * Tries create-only writes one after another, then by many writers at once, where they are atomic writes over an ETag in the
 * same way, then reads and listings. `atomic` means that no race was lost over this one endpoint: a store with several may be
 * worse. It is also what an atomic store is called when answers are lost on the way, or some of the writes fail.
 *
 * At most 300 requests, fewer once a race is lost. Writes at most 36 objects of about 100 bytes under `probes/<run>/`, which no
 * layout shows to a reader and each of which says what it is, and deletes them again as far as the store lets it.
 *
 * Throws what the store throws (`AUTH`, `DENIED`, `NETWORK`, …), `STORE` also when most of a race failed, and `CORRUPT`
 * when bytes do not read back as written: then nothing was learnt.
 */
export async function probeBucket(objects: Objects, options: ProbeOptions): Promise<Capability> {
  const written = new Set<string>();
  const probe = { objects: noting(objects, written), home: `probes/${options.run}/`, options };
  try {
    const found = await createsOf(probe);
    const match = found === 'atomic' ? await matchesOf(probe) : 'none';
    return { class: found, match, ...(await survey(probe, found)), at: options.at };
  } finally {
    await clear(objects, [...written]);
  }
}

function noting(objects: Objects, written: Set<string>): Objects {
  return {
    get: (key) => objects.get(key),
    list: (prefix, options) => objects.list(prefix, options),
    delete: (key) => objects.delete(key),
    put(key, bytes, options) {
      written.add(key);
      return objects.put(key, bytes, options);
    },
    replace(key, bytes, etag, options) {
      written.add(key);
      return objects.replace(key, bytes, etag, options);
    },
  };
}

/** Whoever may not delete the first may not delete the others. What stays does no harm. */
async function clear(objects: Objects, [first, ...others]: readonly string[]): Promise<void> {
  if (first === undefined) return;
  const refused = await objects.delete(first).catch(asSlipwayError);
  if (refused === undefined) await Promise.allSettled(others.map((key) => objects.delete(key)));
}
