/** Memory stores that break one promise each, as released stores do. */
import { createHash } from 'node:crypto';
import { type Code, SlipwayError } from '../../../src/errors.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { ObjectInfo, Objects, PutOptions } from '../../../src/ship/ports.ts';

type Put = Objects['put'];

/** The error that the wire throws for an answer that is none of those it knows. */
export function failure(code: Code = 'STORE'): SlipwayError {
  return new SlipwayError(code, 'Cannot write "x" to bucket "fleet": the store did not');
}

const withPut = (inner: Objects, put: Put): Objects => ({ ...inner, put });
const plain = ({ create: _, ...options }: PutOptions): PutOptions => options;

/** 501 or 400 to the condition: Swift s3api, Backblaze B2. With `existing`, only where there is an object. */
export function refusing({ existing = false }: { readonly existing?: boolean } = {}): Objects {
  const inner = memoryObjects();
  return withPut(inner, async (key, bytes, options) => {
    const free = existing && (await inner.get(key)) === undefined;
    if (options.create === true && !free) throw failure();
    return inner.put(key, bytes, options);
  });
}

/** Accepts the condition and overwrites: s3rver, rclone serve s3. With `quiet`, it even says `exists`. */
export function ignoring({ quiet = false }: { readonly quiet?: boolean } = {}): Objects {
  const inner = memoryObjects();
  return withPut(inner, async (key, bytes, options) => {
    const taken = (await inner.get(key)) !== undefined;
    const put = await inner.put(key, bytes, plain(options));
    return quiet && taken && options.create === true ? { outcome: 'exists' } : put;
  });
}

/** The condition the wrong way round, as `rgw/posix` had it for a while. */
export function inverted(): Objects {
  const inner = memoryObjects();
  return withPut(inner, async (key, bytes, options) => {
    if (options.create === true && (await inner.get(key)) === undefined) return { outcome: 'exists' };
    return inner.put(key, bytes, plain(options));
  });
}

/** Looks first and writes then, each a request of its own to `inner`; otherwise right, unless `slips` says so of a write. */
export function checkThenAct(inner: Objects, slips: () => boolean = () => true): Objects {
  return withPut(inner, async (key, bytes, options) => {
    if (options.create !== true || !slips()) return inner.put(key, bytes, options);
    if ((await inner.get(key)) !== undefined) return { outcome: 'exists' };
    return inner.put(key, bytes, plain(options));
  });
}

/** One winner by its word, but a loser's bytes may stay: the last one to come writes too. */
export function lastLoserStays(): Objects {
  const inner = memoryObjects();
  const asked = new Map<string, number>();
  return withPut(inner, async (key, bytes, options) => {
    const nth = (asked.get(key) ?? 0) + 1;
    asked.set(key, nth);
    const put = await inner.put(key, bytes, options);
    if (nth > 2) await inner.put(key, bytes, plain(options));
    return put;
  });
}

/** What can happen on the way to a store that is right: drawn anew for each write. */
export type Weather = 'fair' | 'answer lost, sent again' | 'answer lost' | 'never arrived';

/** An atomic store behind such a way. */
export function weathered(inner: Objects, weather: (key: string) => Weather): Objects {
  return withPut(inner, async (key, bytes, options) => {
    const now = weather(key);
    if (now === 'never arrived') throw failure('NETWORK');
    const put = await inner.put(key, bytes, options);
    if (now === 'answer lost') throw failure('RATE_LIMITED');
    return now === 'fair' ? put : inner.put(key, bytes, options);
  });
}

/** Says `exists` while another write to the key is under way, and in a race the first of them dies. */
export function deadFirst(): Objects {
  const inner = memoryObjects();
  const dead = new Set<string>();
  return withPut(inner, async (key, bytes, options) => {
    if (!key.includes('/race-')) return inner.put(key, bytes, options);
    if (dead.has(key)) return { outcome: 'exists' };
    dead.add(key);
    throw failure('NETWORK');
  });
}

/** ETags that are no MD5 of the bytes: SSE-KMS. */
export function encrypted(): Objects {
  const inner = memoryObjects();
  const sealed = (etag: string): string => createHash('md5').update(`key ${etag}`).digest('hex');
  return {
    ...inner,
    async get(key) {
      const found = await inner.get(key);
      return found && { ...found, etag: sealed(found.etag) };
    },
    async put(key, bytes, options) {
      const put = await inner.put(key, bytes, options);
      return put.outcome === 'exists' ? put : { ...put, etag: sealed(put.etag) };
    },
    async replace(key, bytes, etag, options) {
      const found = await inner.get(key);
      return found && sealed(found.etag) === etag ? inner.replace(key, bytes, found.etag, options) : 'changed';
    },
    async list(prefix, options) {
      const { objects, prefixes } = await inner.list(prefix, options);
      return { objects: objects.map((o): ObjectInfo => ({ ...o, etag: sealed(o.etag) })), prefixes };
    },
  };
}

/** Gives the first bytes of a key for ever: overwrites that are seen late (StorageGRID's default). */
export function staleReads(): Objects {
  const inner = memoryObjects();
  const firsts = memoryObjects();
  return {
    ...inner,
    get: (key) => firsts.get(key),
    async put(key, bytes, options) {
      // Only what lists show is written over: creates and conditions are right.
      await firsts.put(key, bytes, { ...options, create: !key.includes('/match') });
      return inner.put(key, bytes, options);
    },
    async replace(key, bytes, etag, options) {
      const replaced = await inner.replace(key, bytes, etag, options);
      if (replaced === 'replaced') await firsts.put(key, bytes, options);
      return replaced;
    },
  };
}

/** Listings without the newest write. */
export function staleListings(): Objects {
  const inner = memoryObjects();
  let newest = '';
  return {
    ...inner,
    async put(key, bytes, options) {
      newest = key;
      return inner.put(key, bytes, options);
    },
    async list(prefix, options) {
      const { objects, prefixes } = await inner.list(prefix, options);
      return { objects: objects.filter(({ key }) => key !== newest), prefixes };
    },
  };
}

/** Short pages in an order of its own, as directory buckets list; the wire puts each whole answer in order. */
export function unordered(): Objects {
  const inner = memoryObjects();
  const rank = ({ key }: ObjectInfo): string => createHash('md5').update(key).digest('hex');
  return {
    ...inner,
    async list(prefix, { limit = Number.POSITIVE_INFINITY, ...options } = {}) {
      const { objects, prefixes } = await inner.list(prefix, options);
      const page = [...objects].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, limit);
      return { objects: page.sort((a, b) => (a.key < b.key ? -1 : 1)), prefixes };
    },
  };
}

/** Fails to list in short pages, as s3rver does. */
export function pageless(): Objects {
  const inner = memoryObjects();
  return {
    ...inner,
    async list(prefix, options) {
      if (options?.limit !== undefined) throw failure();
      return inner.list(prefix, options);
    },
  };
}

/** Stores something else than it is given, as a store that keeps the framing of a chunked upload. */
export function framing(): Objects {
  const inner = memoryObjects();
  return withPut(inner, (key, bytes, options) => inner.put(key, Buffer.concat([Buffer.from('5\r\n'), bytes]), options));
}

const withReplace = (
  replace: (inner: Objects, ...args: Parameters<Objects['replace']>) => Promise<'replaced' | 'changed'>,
): Objects => {
  const inner = memoryObjects();
  return { ...inner, replace: (...args) => replace(inner, ...args) };
};

/** 501 to `If-Match`: atomic creates, and nothing more. */
export const matchRefusing = (): Objects => withReplace(() => Promise.reject(failure()));

/** Knows only ETags without quotes, and so says that every object is another one: Ceph RGW. */
export const matchNever = (): Objects => withReplace(async () => 'changed');

/** Writes whatever the ETag. */
export const matchIgnoring = (): Objects =>
  withReplace(async (inner, key, bytes, _, options) => {
    await inner.put(key, bytes, options);
    return 'replaced';
  });

/** Makes an object that was not there. */
export const matchAbsent = (): Objects =>
  withReplace(async (inner, key, bytes, etag, options) => {
    if ((await inner.get(key)) !== undefined) return inner.replace(key, bytes, etag, options);
    await inner.put(key, bytes, options);
    return 'replaced';
  });

/** Every write is sent twice, because the first answer is lost. */
export const matchSentAgain = (): Objects =>
  withReplace(async (inner, key, bytes, etag, options) => {
    await inner.replace(key, bytes, etag, options);
    return inner.replace(key, bytes, etag, options);
  });

/** Compares first and writes then, each a request of its own to `inner`, unless `slips` says no. */
export function matchThenAct(inner: Objects, slips: () => boolean = () => true): Objects {
  return {
    ...inner,
    async replace(key, bytes, etag, options) {
      if (!slips()) return inner.replace(key, bytes, etag, options);
      if ((await inner.get(key))?.etag !== etag) return 'changed';
      await inner.put(key, bytes, options);
      return 'replaced';
    },
  };
}
