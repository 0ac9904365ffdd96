/** The artifacts in a repository that can go: manifests with what is attached to them, and blobs where these are listed. */
import { eachLimit } from '../../concurrency.ts';
import { isDigest } from '../../digest.ts';
import type { Digest, ProofForms } from '../../model.ts';
import type { Holding } from '../holdings.ts';
import { CONTENT_TYPE, FLUX_CONFIG } from '../manifest.ts';
import type { Inventory, Repositories, StoredManifest } from '../ports.ts';
import { fallbackTag } from '../referrer.ts';
import { readable } from './blobs.ts';
import { referrersOf } from './referrers.ts';
import { blobsOf, type Group, isShared, partsOf, removeGroup, type TaggedManifest, type Users } from './removal.ts';
import type { RepositoryOf } from './shelf.ts';

const AT_ONCE = 16;
const CONTENT = /^content-[0-9a-f]{16}$/;
/** Tags that are no name: they belong to what they are about. */
const OURS = /^(?:content-[0-9a-f]{16}|sha256-[0-9a-f]{64}(?:\.sig)?|slipway\..*)$/;
/** Bytes. Parts of signatures are smaller. */
const LARGE = 1_048_576;

/** What the holdings of a registry need. */
export interface RegistryPlace {
  readonly repositories: Repositories;
  readonly repositoryOf: RepositoryOf;
  readonly forms: ProofForms;
}

/** What lies in a repository. */
interface Contents {
  /** What names show. */
  readonly shown: readonly StoredManifest[];
  /** What a `content-` tag keeps, or a run left before it made one. */
  readonly groups: readonly Group[];
  /** Whatever else there is: records, and what slipway did not write. */
  readonly others: readonly StoredManifest[];
  readonly blobs: Inventory['blobs'];
  /** Whether every manifest could be read. */
  readonly isWhole: boolean;
}

const hex = (digest: Digest): string => digest.slice('sha256:'.length);
const contentId = (digest: Digest): string => `content-${hex(digest)}`;

/** What can go from a repository. What a channel, a version or anybody's own tag shows is needed there, and left out. */
export async function contentHoldings(place: RegistryPlace, repository: string): Promise<readonly Holding[]> {
  const { repositories } = place;
  const isListed = repositories.inventory !== undefined;
  const contents = await contentsOf(place, repository);
  const named = new Set(contents.shown.map(({ digest }) => digest));
  const leaving = contents.groups.filter(({ manifest }) => !named.has(manifest.digest));
  const users = usersOf(contents);
  const ofArtifacts = new Set(leaving.flatMap(({ manifest }) => blobsOf(manifest).digests));
  const ofAttached: Users = new Map(isListed ? [...users].filter(([blob]) => !ofArtifacts.has(blob)) : []);
  const manifests = leaving.map((group): Holding => {
    const all = [...group.attached, group.manifest];
    const sized = isListed ? group.attached : all;
    return {
      kind: 'manifest',
      id: `manifest-${hex(group.manifest.digest)}`,
      what: `${repository}@${group.manifest.digest}`,
      bytes: [...all.map(({ bytes }) => bytes.length), ...sized.map((one) => blobsOf(one).size)].reduce(
        (a, b) => a + b,
        0,
      ),
      ...(isListed && { needs: all.flatMap((one) => blobsOf(one).digests.map(contentId)) }),
      remove: (mayDelete) => removeGroup(repositories, repository, { group, users: ofAttached }, mayDelete),
    };
  });
  return [...manifests, ...(await blobHoldings(repositories, repository, { contents, leaving, users }))];
}

interface Stock {
  readonly contents: Contents;
  readonly leaving: readonly Group[];
  readonly users: Users;
}

/**
 * Blobs that artifacts have, and those that no manifest has. They have marks of their own: a release that goes back to old content
 * has a new manifest over the same blob.
 */
async function blobHoldings(
  repositories: Repositories,
  repository: string,
  { contents, leaving, users }: Stock,
): Promise<readonly Holding[]> {
  const own = new Set(leaving.map(({ manifest }) => manifest.digest));
  const going = new Set([...own, ...leaving.flatMap(({ attached }) => attached.map(({ digest }) => digest))]);
  const mayGo = await eachLimit(contents.blobs, AT_ONCE, async ({ digest, size }) => {
    const by = [...(users.get(digest) ?? [])];
    if (isShared(digest) || !by.every((user) => going.has(user))) return false;
    if (by.length === 0 && !contents.isWhole) return false;
    return by.length === 0 ? isContent(repositories, repository, { digest, size }) : by.some((user) => own.has(user));
  });
  return contents.blobs
    .filter((_, index) => mayGo[index] === true)
    .map(({ digest, size: bytes }) => ({
      kind: 'content',
      id: contentId(digest),
      what: `${repository}@${digest}`,
      bytes,
      remove: async (mayDelete) => repositories.deleteBlob(repository, digest, await mayDelete()),
    }));
}

/**
 * Whether a blob that no manifest has is an artifact's content, by its first bytes. The parts of a signature are no name's to
 * wait for: whoever signs again may rely on one that lies there, and they are small.
 */
async function isContent(
  repositories: Repositories,
  repository: string,
  { digest, size }: Inventory['blobs'][number],
): Promise<boolean> {
  if (size > LARGE) return true;
  const bytes = await readable(() => repositories.getBlob(repository, digest));
  return bytes?.[0] === 0x1f && bytes[1] === 0x8b;
}

function usersOf({ shown, groups, others }: Contents): Users {
  const users = new Map<Digest, Set<Digest>>();
  for (const one of [...shown, ...others, ...groups.flatMap(({ manifest, attached }) => [manifest, ...attached])]) {
    for (const blob of blobsOf(one).digests) users.set(blob, (users.get(blob) ?? new Set()).add(one.digest));
  }
  return users;
}

async function contentsOf(place: RegistryPlace, repository: string): Promise<Contents> {
  const { repositories } = place;
  const tags = await repositories.tags(repository);
  const { blobs, manifests } = (await repositories.inventory?.(repository)) ?? { blobs: [], manifests: [] };
  const read = reader(repositories, repository);
  const shown = await read(tags.filter((tag) => !OURS.test(tag)));
  const kept = await read(tags.filter((tag) => CONTENT.test(tag)));
  const known = new Set([...shown, ...kept].map(({ digest }) => digest));
  const untold = manifests.filter((digest) => !known.has(digest));
  const loose = await read(untold, readable);
  const listed = await listedBy(place, repository, [...shown, ...loose]);
  const children = new Set(listed.map(({ digest }) => digest));
  const left = loose.filter((one) => isArtifact(one) && !children.has(one.digest));
  const groups = await eachLimit([...kept, ...left], AT_ONCE, (manifest) => groupOf(place, repository, manifest));
  const grouped = new Set(groups.flatMap((one) => [one.manifest, ...one.attached]).map(({ digest }) => digest));
  const others = [...loose, ...listed].filter(({ digest }) => !grouped.has(digest));
  return { shown, groups, others, blobs, isWhole: loose.length === untold.length };
}

/** Whether it is what a publisher of artifacts writes. */
function isArtifact(manifest: StoredManifest): boolean {
  const { config, layers = [], subject } = partsOf(manifest);
  const isFlux = config?.digest === FLUX_CONFIG.descriptor.digest && subject === undefined;
  return isFlux && layers.length === 1 && layers[0]?.mediaType === CONTENT_TYPE;
}

type Read = (references: readonly string[], attempt?: typeof readable) => Promise<readonly TaggedManifest[]>;

/** Reads manifests, each once, however many tags show it. */
function reader(repositories: Repositories, repository: string): Read {
  return async (references, attempt = (work) => work()) => {
    const found = await eachLimit(references, AT_ONCE, async (reference): Promise<TaggedManifest | undefined> => {
      const manifest = await attempt(() => repositories.getManifest(repository, reference));
      return manifest && (isDigest(reference) ? manifest : { ...manifest, tag: reference });
    });
    return [...new Map(found.flatMap((one) => (one === undefined ? [] : [[one.digest, one] as const]))).values()];
  };
}

/** What lists of manifests list, and so on: where blobs are listed, it must be known who has which. */
async function listedBy(
  { repositories }: RegistryPlace,
  repository: string,
  lists: readonly StoredManifest[],
): Promise<readonly StoredManifest[]> {
  if (repositories.inventory === undefined) return [];
  const found = new Map<Digest, StoredManifest>();
  let open = lists;
  while (open.length > 0) {
    const parts = open.flatMap((one) => partsOf(one).manifests ?? []).filter(({ digest }) => !found.has(digest));
    const next = await eachLimit(parts, AT_ONCE, async ({ digest, mediaType = '' }) => {
      // Image layouts need not have them in their index.
      const bytes =
        (await readable(() => repositories.getManifest(repository, digest)))?.bytes ??
        (await readable(() => repositories.getBlob(repository, digest)));
      return bytes && { bytes, mediaType, digest };
    });
    open = next.filter((one) => one !== undefined);
    for (const one of open) found.set(one.digest, one);
  }
  return [...found.values()];
}

async function groupOf(
  { repositories, forms }: RegistryPlace,
  repository: string,
  manifest: TaggedManifest,
): Promise<Group> {
  const { digest: subject } = manifest;
  const read = async (reference: string): Promise<TaggedManifest | undefined> => {
    const found = await readable(() => repositories.getManifest(repository, reference));
    return found && (isDigest(reference) ? found : { ...found, tag: reference });
  };
  const listed = await referrersOf(repositories, repository, subject);
  const references = [...listed.map(({ digest }) => digest), forms.signatureTag(subject), fallbackTag(subject)];
  const attached = await eachLimit(references, AT_ONCE, read);
  // GitLab answers the manifest itself under the tag of the list.
  return { manifest, attached: attached.filter((one) => one !== undefined).filter(({ digest }) => digest !== subject) };
}
