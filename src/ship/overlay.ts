/** The dry run: reads go to the store, writes stay in memory and are seen by later reads. Nothing leaves the process. */
import { compareUtf8 } from '../archive/path.ts';
import { eachLimit } from '../concurrency.ts';
import type { Digest } from '../model.ts';
import { memoryObjects, memoryRepositories } from './memory.ts';
import type { ObjectInfo, ObjectListing, Objects, Repositories } from './ports.ts';

const READS_AT_ONCE = 16;

type ListOptions = NonNullable<Parameters<Objects['list']>[1]>;

/** Objects whose writes and deletions are kept in memory above the real ones. */
export function overlayObjects(base: Objects): Objects {
  const above = memoryObjects();
  // What was deleted stays hidden below, also when it is written again above.
  const gone = new Set<string>();
  const below: Objects['get'] = async (key) => (gone.has(key) ? undefined : base.get(key));
  const get: Objects['get'] = async (key) => (await above.get(key)) ?? below(key);
  return {
    get,
    async put(key, bytes, options) {
      if (options.create === true && (await below(key)) !== undefined) return { outcome: 'exists' };
      return above.put(key, bytes, options);
    },
    async replace(key, bytes, etag, options) {
      if ((await get(key))?.etag !== etag) return 'changed';
      // Nothing may come between the look and the write.
      const first = await above.put(key, bytes, { ...options, create: true });
      return first.outcome === 'created' ? 'replaced' : above.replace(key, bytes, etag, options);
    },
    async delete(key) {
      gone.add(key);
      await above.delete(key);
    },
    async list(prefix, options = {}) {
      const hidden = [...gone].filter((key) => key.startsWith(prefix)).length;
      const [written, real] = await Promise.all([
        above.list(prefix, options),
        base.list(prefix, hidden === 0 ? options : widened(options, hidden)),
      ]);
      const left = real.objects.filter(({ key }) => !gone.has(key));
      const objects = [...left, ...written.objects];
      return rolledUp(prefix, options, { objects, prefixes: [...real.prefixes, ...written.prefixes] });
    },
  };
}

/** What to ask for where hidden keys take up room: they may even be all of a common prefix. */
function widened({ delimiter, limit, startAfter }: ListOptions, hidden: number): ListOptions {
  return {
    ...(startAfter !== undefined && { startAfter }),
    ...(delimiter === undefined && limit !== undefined && { limit: limit + hidden }),
  };
}

/** One listing of several: later objects replace earlier ones of the same key. */
function rolledUp(prefix: string, { delimiter, limit }: ListOptions, found: ObjectListing): ObjectListing {
  const entries = new Map<string, ObjectInfo | undefined>(found.prefixes.map((name) => [name, undefined]));
  for (const object of found.objects) {
    const cut = delimiter === undefined ? -1 : object.key.indexOf(delimiter, prefix.length);
    if (delimiter === undefined || cut === -1) entries.set(object.key, object);
    else entries.set(object.key.slice(0, cut + delimiter.length), undefined);
  }
  const page = [...entries].sort(([a], [b]) => compareUtf8(a, b)).slice(0, limit);
  return {
    objects: page.flatMap(([, object]) => (object === undefined ? [] : [object])),
    prefixes: page.flatMap(([name, object]) => (object === undefined ? [name] : [])),
  };
}

/** Digests that were deleted, by repository. */
interface Gone {
  add(repository: string, digest: Digest): void;
  has(repository: string, digest: Digest): boolean;
  any(repository: string): boolean;
}

function nothingGone(): Gone {
  const all = new Map<string, Set<Digest>>();
  return {
    add: (repository, digest) => void all.set(repository, (all.get(repository) ?? new Set()).add(digest)),
    has: (repository, digest) => all.get(repository)?.has(digest) ?? false,
    any: (repository) => all.has(repository),
  };
}

/** Repositories whose writes and deletions are kept in memory above the real ones. */
export function overlayRepositories(base: Repositories): Repositories {
  const above = memoryRepositories({ lock: base.lock, listsBlobs: base.inventory !== undefined });
  const [manifests, blobs] = [nothingGone(), nothingGone()];
  const below: Repositories['getManifest'] = async (repository, reference) => {
    const found = await base.getManifest(repository, reference);
    // A tag went with the manifest that it showed.
    return found !== undefined && manifests.has(repository, found.digest) ? undefined : found;
  };
  const tagsBelow: Repositories['tags'] = async (repository, options) => {
    const tags = await base.tags(repository, options);
    if (!manifests.any(repository)) return tags;
    const left = await eachLimit(tags, READS_AT_ONCE, async (tag) => (await below(repository, tag)) && tag);
    return left.filter((tag) => tag !== undefined);
  };
  const inventoryOf: NonNullable<Repositories['inventory']> = async (repository) => {
    const [real, written] = [await base.inventory?.(repository), await above.inventory?.(repository)];
    const left = real?.blobs.filter(({ digest }) => !blobs.has(repository, digest)) ?? [];
    const all = [...left, ...(written?.blobs ?? [])].map((blob) => [blob.digest, blob] as const);
    const stay = real?.manifests.filter((digest) => !manifests.has(repository, digest)) ?? [];
    return {
      manifests: [...new Set([...stay, ...(written?.manifests ?? [])])],
      blobs: [...new Map(all).values()],
    };
  };
  return {
    lock: base.lock,
    ...(base.inventory && { inventory: inventoryOf }),
    hasBlob: async (repository, digest) =>
      (await above.hasBlob(repository, digest)) ||
      (!blobs.has(repository, digest) && (await base.hasBlob(repository, digest))),
    getBlob: async (repository, digest) =>
      (await above.getBlob(repository, digest)) ??
      (blobs.has(repository, digest) ? undefined : base.getBlob(repository, digest)),
    putBlob: (repository, digest, bytes) => above.putBlob(repository, digest, bytes),
    getManifest: async (repository, reference) =>
      (await above.getManifest(repository, reference)) ?? below(repository, reference),
    async putManifest(repository, reference, bytes, put) {
      const { unless } = put;
      const rival = unless && base.lock === 'cas' ? (await tagsBelow(repository)).find(unless) : undefined;
      if (rival !== undefined) return { outcome: 'exists', tag: rival };
      const result = await above.putManifest(repository, reference, bytes, put);
      // Whether the real registry would link it cannot be told without writing.
      return result.outcome === 'exists' ? result : { outcome: 'created' };
    },
    async referrers(repository, subject) {
      const real = await base.referrers(repository, subject);
      // Where the registry has no list, what was written is found by the tag, as there.
      if (real === undefined) return undefined;
      const written = (await above.referrers(repository, subject)) ?? [];
      const left = real.filter(({ digest }) => !manifests.has(repository, digest));
      return [...new Map([...left, ...written].map((listed) => [listed.digest, listed])).values()];
    },
    async tags(repository, options) {
      const [written, real] = await Promise.all([above.tags(repository, options), tagsBelow(repository, options)]);
      return [...new Set([...written, ...real])].sort(compareUtf8);
    },
    async deleteManifest(repository, digest) {
      manifests.add(repository, digest);
      await above.deleteManifest(repository, digest);
    },
    async deleteBlob(repository, digest) {
      blobs.add(repository, digest);
      await above.deleteBlob(repository, digest);
    },
  };
}
