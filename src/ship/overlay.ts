/** The dry run: reads go to the store, writes stay in memory and are seen by later reads. Nothing leaves the process. */
import { compareUtf8 } from '../archive/path.ts';
import { memoryObjects, memoryRepositories } from './memory.ts';
import type { Objects, Repositories } from './ports.ts';

/** Objects whose writes are kept in memory above the real ones. */
export function overlayObjects(base: Objects): Objects {
  const above = memoryObjects();
  return {
    get: async (key) => (await above.get(key)) ?? base.get(key),
    async put(key, bytes, options) {
      if (options.create === true && (await base.get(key)) !== undefined) return { outcome: 'exists' };
      return above.put(key, bytes, options);
    },
    async list(prefix, options = {}) {
      const [written, real] = await Promise.all([above.list(prefix, options), base.list(prefix, options)]);
      const objects = new Map([...real.objects, ...written.objects].map((object) => [object.key, object]));
      const sorted = [...objects.values()].sort((a, b) => compareUtf8(a.key, b.key)).slice(0, options.limit);
      return { objects: sorted, prefixes: [...new Set([...real.prefixes, ...written.prefixes])].sort(compareUtf8) };
    },
  };
}

/** Repositories whose writes are kept in memory above the real ones. */
export function overlayRepositories(base: Repositories): Repositories {
  const above = memoryRepositories({ lock: base.lock });
  const tags: Repositories['tags'] = async (repository, options) => {
    const [written, real] = await Promise.all([above.tags(repository, options), base.tags(repository, options)]);
    return [...new Set([...written, ...real])].sort(compareUtf8);
  };
  return {
    lock: base.lock,
    hasBlob: async (repository, digest) =>
      (await above.hasBlob(repository, digest)) || base.hasBlob(repository, digest),
    getBlob: async (repository, digest) =>
      (await above.getBlob(repository, digest)) ?? base.getBlob(repository, digest),
    putBlob: (repository, digest, bytes) => above.putBlob(repository, digest, bytes),
    getManifest: async (repository, reference) =>
      (await above.getManifest(repository, reference)) ?? base.getManifest(repository, reference),
    async putManifest(repository, reference, bytes, put) {
      const { unless } = put;
      const rival = unless && base.lock === 'cas' ? (await base.tags(repository)).find(unless) : undefined;
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
      return [...new Map([...real, ...written].map((listed) => [listed.digest, listed])).values()];
    },
    tags,
  };
}
