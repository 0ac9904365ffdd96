/** What tags lead to in a repository: whatever else is there is garbage, and whatever is missing is a dangling reference. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, ReleaseRecord, VersionClaim } from '../../src/model.ts';
import type { Objects, Repositories, StoredManifest } from '../../src/ship/ports.ts';
import { sha256 } from './folder.ts';

/** Everything below the tags of a repository. Digests of blobs and of manifests, those of lists aside. */
export interface Closure {
  readonly tags: readonly string[];
  readonly manifests: ReadonlySet<Digest>;
  readonly blobs: ReadonlySet<Digest>;
  /** By subject. */
  readonly attached: ReadonlyMap<Digest, readonly Digest[]>;
}

interface Parts {
  readonly config?: { readonly digest: Digest };
  readonly layers?: readonly { readonly digest: Digest }[];
  readonly manifests?: readonly { readonly digest: Digest }[];
}

const isNote = (tag: string): boolean => tag.startsWith('slipway.prune-');

/** Follows every tag but those of prunes' notes, or those that are wanted. Throws for what is named and not there, or does not hash to its name. */
export async function closureOf(
  repositories: Repositories,
  repository: string,
  wanted: (tag: string) => boolean = () => true,
): Promise<Closure> {
  const tags = (await repositories.tags(repository)).filter((tag) => !isNote(tag) && wanted(tag));
  const [manifests, blobs] = [new Set<Digest>(), new Set<Digest>()];
  const attached = new Map<Digest, readonly Digest[]>();
  const find = async (reference: string): Promise<StoredManifest> => {
    const found = await repositories.getManifest(repository, reference);
    if (found === undefined) throw new Error(`"${reference}" of "${repository}" is named, and not there`);
    return found;
  };
  const visit = async (reference: string): Promise<void> => {
    const { bytes, digest } = await find(reference);
    if (manifests.has(digest)) return;
    manifests.add(digest);
    const { config, layers = [], manifests: listed = [] } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Parts;
    for (const blob of [...(config ? [config] : []), ...layers].map((part) => part.digest)) {
      if (blobs.has(blob)) continue;
      const content = await repositories.getBlob(repository, blob);
      if (content === undefined || `sha256:${sha256(content)}` !== blob)
        throw new Error(`Blob "${blob}" of "${repository}" is not whole`);
      blobs.add(blob);
    }
    const referrers = (await repositories.referrers(repository, digest)) ?? [];
    attached.set(
      digest,
      referrers.map((referrer) => referrer.digest),
    );
    for (const one of [...listed, ...referrers]) await visit(one.digest);
  };
  for (const tag of tags) await visit(tag);
  return { tags, manifests, blobs, attached };
}

const KEPT_NOTES = /^\/?gitops\/(?:slipway\.json|prune\/\d{9}\.(?:json|closed))$/;

/** The keys of a bucket that is a registry, without the notes of prunes, its marker and the claims of tags. */
export async function registryKeys(bucket: Objects): Promise<readonly string[]> {
  const { objects } = await bucket.list('');
  return objects.map(({ key }) => key).filter((key) => !KEPT_NOTES.test(key) && !key.includes('/_claims/'));
}

/** The same keys as they have to be for what tags lead to. */
export function keysFor(repository: string, { tags, manifests, blobs, attached }: Closure): readonly string[] {
  const home = `v2/${repository}/`;
  const isListed = (tag: string): boolean => !/^(?:content-|sha256-|slipway\.)/.test(tag);
  return [
    ...tags.map((tag) => `${home}manifests/${tag.startsWith('content-') ? 'sha256-' : ''}${tag}`),
    ...[...manifests].flatMap((digest) => [`${home}manifests/${digest}`, `${home}referrers/${digest}`]),
    ...[...blobs].map((digest) => `${home}blobs/${digest}`),
    ...[...attached].flatMap(([subject, digests]) => [
      ...digests.map((digest) => `${home}_referrers/${subject}/${digest}`),
      ...(digests.length > 0 ? [`${home}manifests/${subject.replace(':', '-')}`] : []),
    ]),
    ...(tags.some(isListed) ? [`${home}tags/list`] : []),
  ];
}

/** The digests of all files of an image layout, in byte order. */
export async function layoutBlobs(root: string, repository: string): Promise<readonly string[]> {
  const names = await readdir(join(root, repository, 'blobs/sha256'));
  return names.map((name) => `sha256:${name}`).sort();
}

/** Everything that some records and claims of versions list, by what it is: as hex digits. */
export interface Needs {
  readonly contents: ReadonlySet<string>;
  readonly manifests: ReadonlySet<string>;
  /** Those that lie in buckets. */
  readonly proofs: ReadonlySet<string>;
  /** By artifact: digests of manifests. */
  readonly byArtifact: ReadonlyMap<string, ReadonlySet<Digest>>;
}

const hex = (digest: Digest): string => digest.slice('sha256:'.length);

/** What these need. */
export function needsOf(papers: readonly (ReleaseRecord | VersionClaim)[]): Needs {
  const entries = papers.flatMap(({ artifacts }) => artifacts);
  const names = new Set(entries.map(({ name }) => name));
  return {
    contents: new Set(entries.map(({ content }) => hex(content))),
    manifests: new Set(entries.map(({ manifest }) => hex(manifest))),
    proofs: new Set(entries.flatMap(({ proofs }) => proofs.map(({ digest }) => hex(digest)))),
    byArtifact: new Map(
      [...names].map((name) => [name, new Set(entries.filter((e) => e.name === name).map(({ manifest }) => manifest))]),
    ),
  };
}
