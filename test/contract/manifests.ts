/** Repositories and manifests that the contract of {@link Repositories} is tried on. */
import { randomBytes } from 'node:crypto';
import { digestOf } from '../../src/digest.ts';
import type { Digest } from '../../src/model.ts';
import type { ManifestPutResult, Repositories } from '../../src/ship/ports.ts';

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
export const noSuch: Digest = digestOf(Buffer.from('nobody has this'));

/** The name of a repository that nobody used before. */
export function fresh(): string {
  return `slipway-contract/${randomBytes(6).toString('hex')}`;
}

/** A manifest that real registries take: its config is there. */
export async function manifestText(store: Repositories, repository: string, annotations = '{}'): Promise<string> {
  const digest = digestOf(Buffer.from('{}'));
  // As the port asks of its callers; distribution 2.8 misses a blob for a moment while it is put again.
  if (!(await store.hasBlob(repository, digest))) await store.putBlob(repository, digest, Buffer.from('{}'));
  const described = `{"mediaType":"application/vnd.example.config.v1+json","digest":"${digest}","size":2}`;
  return `{"schemaVersion":2, "mediaType":"${manifestType}","config":${described},"layers":[],"annotations":${annotations}}`;
}

/** What to put under a tag. */
export interface TaggedManifest {
  readonly tag: string;
  /** Makes the manifest differ from others. */
  readonly text?: string;
  readonly unless?: (tag: string) => boolean;
}

/** Puts such a manifest under a tag. */
export async function putManifest(
  store: Repositories,
  repository: string,
  { tag, text = '', unless }: TaggedManifest,
): Promise<ManifestPutResult> {
  const bytes = Buffer.from(await manifestText(store, repository, JSON.stringify({ text })));
  return store.putManifest(repository, tag, bytes, { mediaType: manifestType, ...(unless ? { unless } : {}) });
}

/** As {@link putManifest}, and answers its digest. */
export async function putTagged(store: Repositories, repository: string, manifest: TaggedManifest): Promise<Digest> {
  await putManifest(store, repository, manifest);
  return digestOf(Buffer.from(await manifestText(store, repository, JSON.stringify({ text: manifest.text ?? '' }))));
}
