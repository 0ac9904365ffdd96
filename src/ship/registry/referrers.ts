/** What is attached to manifests: by the registry's list, else by the index under a tag (OCI distribution-spec v1.1.1). */
import { isDigest } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest, ReferrerDescriptor } from '../../model.ts';
import { INDEX_TYPE } from '../manifest.ts';
import type { Repositories, StoredManifest } from '../ports.ts';
import { fallbackTag } from '../referrer.ts';
import { readable } from './blobs.ts';
import type { SharedTags } from './shared-tag.ts';

/** What readers find attached to a manifest: as cosign and Flux do, the tag counts only where there is no list. */
export async function referrersOf(
  repositories: Repositories,
  repository: string,
  subject: Digest,
): Promise<readonly ReferrerDescriptor[]> {
  const listed = await repositories.referrers(repository, subject);
  if (listed !== undefined) return listed;
  const tagged = await readable(() => repositories.getManifest(repository, fallbackTag(subject)));
  return (tagged && parseIndex(tagged)?.manifests.filter(isReferrer)) ?? [];
}

/** A referrer that was put, and what it is attached to. */
export interface Link {
  readonly repository: string;
  readonly subject: Digest;
  readonly descriptor: ReferrerDescriptor;
  /** The registry says that it lists it. */
  readonly linked: boolean;
}

/**
 * Makes referrers findable. A registry that listed one is believed to list the next; a link that is asked for again, because
 * it was not found, is looked at. Calls for one subject must not overlap. Throws `STORE`.
 */
export function referrerLinker(repositories: Repositories, tags: SharedTags): (link: Link) => Promise<void> {
  // By what the registry says of its links: some said so years before they had the list, and some say nothing.
  const lists = new Set<boolean>();
  const believed = new Set<string>();
  return async ({ repository, subject, descriptor, linked }) => {
    const link = `${repository}@${subject} ${descriptor.digest}`;
    if (lists.has(linked) && !believed.has(link)) return void believed.add(link);
    const listed = await repositories.referrers(repository, subject);
    if (listed?.some(({ digest }) => digest === descriptor.digest) === true) return void lists.add(linked);
    await tags.change({
      repository,
      tag: fallbackTag(subject),
      what: 'a proof',
      immutableHint: 'exclude "sha256-*" from the immutability rule of the registry',
      change: async (present, before) => withReferrer(present, before, { repository, subject, descriptor }),
    });
  };
}

interface Index {
  readonly manifests: readonly unknown[];
}

function withReferrer(
  present: StoredManifest | undefined,
  before: readonly StoredManifest[],
  { repository, subject, descriptor }: Omit<Link, 'linked'>,
): { readonly bytes: Uint8Array; readonly mediaType: string } | undefined {
  const index = present && parseIndex(present);
  // GitLab answers the manifest itself under this tag.
  if (present !== undefined && index === undefined && present.digest !== subject) {
    const message = `Tag "${fallbackTag(subject)}" of "${repository}" is not a list of what is attached to an artifact`;
    // Not FOREIGN, which ends the run: other stores can go on.
    throw new SlipwayError('STORE', message, { hint: 'move it to another name, then delete it and run again' });
  }
  const manifests = index?.manifests ?? [];
  const listed = new Set(manifests.map(identity));
  const wanted = [...before.flatMap((one) => parseIndex(one)?.manifests ?? []), descriptor];
  const added = new Map(wanted.filter((one) => !listed.has(identity(one))).map((one) => [identity(one), one]));
  if (added.size === 0) return undefined;
  const next = { schemaVersion: 2, mediaType: INDEX_TYPE, ...index, manifests: [...manifests, ...added.values()] };
  return { bytes: Buffer.from(JSON.stringify(next)), mediaType: INDEX_TYPE };
}

/** By what an item of an index is told from the others. */
const identity = (item: unknown): string => (isReferrer(item) ? item.digest : JSON.stringify(item));

function parseIndex({ bytes, mediaType }: StoredManifest): Index | undefined {
  try {
    const index = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<Index> | null;
    return mediaType === INDEX_TYPE && Array.isArray(index?.manifests)
      ? { ...index, manifests: index.manifests }
      : undefined;
  } catch {
    return undefined;
  }
}

function isReferrer(value: unknown): value is ReferrerDescriptor {
  const { mediaType, digest } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof mediaType === 'string' && isDigest(digest);
}
