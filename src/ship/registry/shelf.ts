import { digestOf } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Descriptor, Digest, Entry } from '../../model.ts';
import { FLUX_CONFIG, MANIFEST_TYPE } from '../manifest.ts';
import type { Repositories, StoredManifest } from '../ports.ts';
import type { Goods, Shelf } from '../store.ts';

/** Repository of an artifact; the artifact `releases` is where `{artifact}` templates keep the records. */
export type RepositoryOf = (artifact: string) => string;

/** The immutable tag that keeps a manifest alive in registries which forget untagged ones. */
export function contentTag(manifest: Digest): string {
  return `content-${manifest.slice('sha256:'.length, 'sha256:'.length + 16)}`;
}

/**
 * Content as blobs, manifests under an immutable `content-` tag. What it sees of manifests is told in `seen`. `registry` is what
 * references begin with, before the repository.
 */
export function registryShelf(
  repositories: Repositories,
  repositoryOf: RepositoryOf,
  { seen, registry }: { readonly seen: Map<Digest, Descriptor>; readonly registry: string },
): Shelf {
  async function read(repository: string, reference: string): Promise<StoredManifest | undefined> {
    const found = await repositories.getManifest(repository, reference);
    if (found !== undefined) {
      const { mediaType, digest, bytes } = found;
      seen.set(digest, { mediaType, digest, size: bytes.length });
    }
    return found;
  }

  async function keptManifest(repository: string, digest: Digest): Promise<Uint8Array | undefined> {
    const kept = await read(repository, contentTag(digest));
    if (kept === undefined || kept.digest === digest) return kept?.bytes;
    // What a damaged manifest hashes to is no other manifest: reading it by its digest throws `CORRUPT`.
    await read(repository, digest);
    throw new SlipwayError('FOREIGN', `Tag "${contentTag(digest)}" of "${repository}" points at "${kept.digest}"`, {
      hint: 'tags that begin with "content-" belong to slipway and never move; delete this one and run again',
    });
  }

  async function contentOf(repository: string, entry: Entry): Promise<Uint8Array | undefined> {
    const content = await repositories.getBlob(repository, entry.content);
    return content !== undefined && digestOf(content) === entry.content ? content : undefined;
  }

  return {
    refuse() {},
    async put({ entry, manifest, content, home }, { repair = false } = {}) {
      const repository = repositoryOf(entry.name);
      // A registry takes a manifest only when its blobs are there, so the manifest vouches for them.
      if (!repair && (await keptManifest(repository, entry.manifest)) !== undefined) return 'present';
      const from = repair || home?.startsWith(registry) !== true ? undefined : home.slice(registry.length);
      await repositories.putBlob(repository, entry.content, content, from === repository ? undefined : from);
      await repositories.putBlob(repository, FLUX_CONFIG.descriptor.digest, FLUX_CONFIG.bytes);
      await repositories.putManifest(repository, contentTag(entry.manifest), manifest, { mediaType: MANIFEST_TYPE });
      seen.set(entry.manifest, { mediaType: MANIFEST_TYPE, digest: entry.manifest, size: manifest.length });
      return 'put';
    },
    async check(entry, { inFull = false } = {}) {
      const repository = repositoryOf(entry.name);
      // Flux never asks for the config, which always is the same; other clients do.
      const blobs = [entry.content, ...(inFull ? [FLUX_CONFIG.descriptor.digest] : [])];
      const [manifest, ...found] = await Promise.all([
        keptManifest(repository, entry.manifest),
        ...blobs.map((blob) => repositories.getBlob(repository, blob)),
      ]);
      const missing = manifest === undefined ? entry.manifest : blobs.find((_, index) => found[index] === undefined);
      if (missing !== undefined) {
        throw new SlipwayError('NOT_FOUND', `"${missing}" of artifact "${entry.name}" is missing after it was put`, {
          hint: 'the registry lost what it accepted; check its retention rules and run again',
        });
      }
    },
    async get(entry): Promise<Goods | undefined> {
      const repository = repositoryOf(entry.name);
      const [manifest, content] = await Promise.all([read(repository, entry.manifest), contentOf(repository, entry)]);
      return manifest && content && { entry, manifest: manifest.bytes, content, home: registry + repository };
    },
    content: (entry) => contentOf(repositoryOf(entry.name), entry),
    async manifest(entry) {
      return (await read(repositoryOf(entry.name), entry.manifest))?.bytes;
    },
  };
}
