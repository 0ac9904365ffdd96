/** How manifests go from a repository, with what is attached to them. */
import type { Digest } from '../../model.ts';
import type { MayDelete } from '../holdings.ts';
import { EMPTY_CONFIG, FLUX_CONFIG } from '../manifest.ts';
import type { Repositories, StoredManifest } from '../ports.ts';

/** Every artifact has the same config: it goes with none. */
const SHARED: ReadonlySet<string> = new Set([FLUX_CONFIG.descriptor.digest, EMPTY_CONFIG.descriptor.digest]);

/** Whether a blob is a config that all have. */
export const isShared = (digest: Digest): boolean => SHARED.has(digest);

/** A manifest with the tag that it was found under, where there was one. */
export interface TaggedManifest extends StoredManifest {
  readonly tag?: string;
}

/** A manifest with everything that is attached to it. */
export interface Group {
  readonly manifest: TaggedManifest;
  /** In the order in which they go before the manifest: what is listed before the list. */
  readonly attached: readonly TaggedManifest[];
}

/** What is read of a descriptor. */
export interface Part {
  readonly mediaType?: string;
  readonly digest: Digest;
  readonly size: number;
}

/** What is read of a manifest; nothing for what is none. */
export interface Parts {
  readonly config?: Part;
  readonly layers?: readonly Part[];
  /** Of a list of manifests. */
  readonly manifests?: readonly Part[];
  readonly subject?: Part;
}

/** The parts of a manifest. */
export function partsOf({ bytes }: Pick<StoredManifest, 'bytes'>): Parts {
  try {
    return (JSON.parse(Buffer.from(bytes).toString('utf8')) as Parts | null) ?? {};
  } catch {
    // What is no manifest has no parts.
    return {};
  }
}

/** The digests of the layers and the config of a manifest, and their sizes together (bytes); none for what is no manifest. */
export function blobsOf(manifest: StoredManifest): { readonly digests: readonly Digest[]; readonly size: number } {
  const { layers = [], config } = partsOf(manifest);
  const all = [...layers, ...(config ? [config] : [])].filter(({ digest }) => !isShared(digest));
  return { digests: all.map(({ digest }) => digest), size: all.reduce((sum, { size }) => sum + size, 0) };
}

/**
 * Removes a document of its own: nothing else has its blob. A registry that lists no blobs keeps them together for several
 * repositories, and other tools mount them between these: there they are left to its garbage collection.
 */
export async function removeManifest(
  repositories: Repositories,
  repository: string,
  manifest: TaggedManifest,
  mayDelete: MayDelete,
): Promise<void> {
  const still = await mayDelete();
  await repositories.deleteManifest(repository, manifest.digest, manifest.tag, still);
  if (repositories.inventory === undefined) return;
  for (const digest of blobsOf(manifest).digests) {
    await repositories.deleteBlob(repository, digest, await mayDelete());
  }
}

/** By blob: the manifests of its repository that have it, and are there still. */
export type Users = ReadonlyMap<Digest, Set<Digest>>;

/**
 * Removes a manifest after what is attached to it. `users`: of blobs that only what is attached has, which go with the last of
 * these; blobs of artifacts are not among them.
 */
export async function removeGroup(
  repositories: Repositories,
  repository: string,
  { group, users }: { readonly group: Group; readonly users: Users },
  mayDelete: MayDelete,
): Promise<void> {
  for (const manifest of [...group.attached, group.manifest]) {
    const still = await mayDelete();
    await repositories.deleteManifest(repository, manifest.digest, manifest.tag, still);
    for (const blob of blobsOf(manifest).digests) {
      const left = users.get(blob);
      if (left?.delete(manifest.digest) === true && left.size === 0)
        await repositories.deleteBlob(repository, blob, await mayDelete());
    }
  }
}
