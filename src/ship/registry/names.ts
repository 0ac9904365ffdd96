import { eachLimit } from '../../concurrency.ts';
import { viewOfBytes } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest } from '../../model.ts';
import { firstLayer, MANIFEST_TYPE } from '../manifest.ts';
import type { Repositories } from '../ports.ts';
import type { NameSpace, Names } from '../store.ts';
import { contentTag, type RepositoryOf } from './shelf.ts';

const AT_ONCE = 16;
/** The tag that shows a name. */
export const tagOf = (space: NameSpace): string => (space.kind === 'channel' ? space.channel : space.version);

/** Names as tags. A registry has no compare-and-swap for them: callers read, check and write. */
export function registryNames(repositories: Repositories, repositoryOf: RepositoryOf, referencePrefix: string): Names {
  return {
    canShow: () => true,
    shows: (_space, entry) => entry.manifest,
    proved: (entry) => entry.manifest,
    isOtherForm: () => false,
    otherConsumers: () => undefined,
    async held(space, entries) {
      const found = await eachLimit(entries, AT_ONCE, async (entry): Promise<readonly [string, Digest] | undefined> => {
        const manifest = await repositories.getManifest(repositoryOf(entry.name), tagOf(space));
        return manifest && [entry.name, manifest.digest];
      });
      return new Map(found.filter((pair) => pair !== undefined));
    },
    async move(space, { entry, manifest }, { repair = false } = {}) {
      const repository = repositoryOf(entry.name);
      if (space.kind === 'version' && !repair) {
        const held = await repositories.getManifest(repository, space.version);
        if (held !== undefined) return 'exists';
      }
      const put = await repositories.putManifest(repository, tagOf(space), manifest, { mediaType: MANIFEST_TYPE });
      return put.outcome === 'created' ? 'moved' : 'exists';
    },
    async adopt(space, entry) {
      const repository = repositoryOf(entry.name);
      const held = await repositories.getManifest(repository, tagOf(space));
      const layer = held && firstLayer(held.bytes);
      if (held === undefined || layer === undefined) {
        throw new SlipwayError(
          'FOREIGN',
          `Cannot adopt "${repository}:${tagOf(space)}": it is not an image manifest with a layer`,
          {
            hint: 'keep it under another tag yourself, then delete this one',
          },
        );
      }
      await repositories.putManifest(repository, contentTag(held.digest), held.bytes, { mediaType: held.mediaType });
      const tarball = { digest: layer.digest, md5: '', size: layer.size };
      const told = { manifest: held.digest, manifestMd5: viewOfBytes(held.bytes).md5 };
      return { ...entry, content: layer.digest, ...told, size: layer.size, views: { tarball } };
    },
    reference: (space, entry) => `${referencePrefix}${repositoryOf(entry.name)}:${tagOf(space)}@${entry.manifest}`,
    fluxRevision: (space, entry) => `${tagOf(space)}@${entry.manifest}`,
    revisions: async () => undefined,
  };
}
