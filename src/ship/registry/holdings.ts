/** What lies in the repositories of a registry besides names. Only tags lead there: registries list nothing else. */
import { eachLimit } from '../../concurrency.ts';
import type { Digest, ProofForms, VersionClaim } from '../../model.ts';
import { decodeClaim, decodeRecord } from '../document.ts';
import {
  type HeldRecord,
  type Holding,
  type Holdings,
  type MayDelete,
  type Notes,
  type Papers,
  recordId,
} from '../holdings.ts';
import { EMPTY_CONFIG, FLUX_CONFIG } from '../manifest.ts';
import type { Repositories, StoredManifest } from '../ports.ts';
import { fallbackTag } from '../referrer.ts';
import { readable } from './blobs.ts';
import { documentsIn } from './documents.ts';
import { referrersOf } from './referrers.ts';
import type { RepositoryOf } from './shelf.ts';

const AT_ONCE = 16;
const RECORD = /^slipway\..+\.(?:\d{9}\.[0-9a-f]{8}|adopted\.[0-9a-f]{32})$/;
const CLAIM = /^slipway\..+\.versions\./;
const CONTENT = /^content-[0-9a-f]{16}$/;
/** Tags that are no name: they belong to what they are about. */
const OURS = /^(?:content-[0-9a-f]{16}|sha256-[0-9a-f]{64}(?:\.sig)?|slipway\..*)$/;
const NOTE = 'slipway.prune-';
/** Every artifact has the same config: it goes with none. */
const SHARED: ReadonlySet<string> = new Set([FLUX_CONFIG.descriptor.digest, EMPTY_CONFIG.descriptor.digest]);

/** What the holdings of a registry need. */
export interface RegistryPlace {
  readonly repositories: Repositories;
  readonly repositoryOf: RepositoryOf;
  readonly forms: ProofForms;
}

/** What can be pruned in a registry, or in image layouts on disk. */
export function registryHoldings(place: RegistryPlace, afresh: Holdings['afresh']): Holdings {
  const { repositories, repositoryOf } = place;
  const releases = repositoryOf('releases');
  return {
    notes: notesIn(repositories, releases),
    papers: () => papersIn(repositories, releases),
    async list(artifacts) {
      const all = [...new Set(artifacts.map(repositoryOf))];
      return (await eachLimit(all, 4, (repository) => holdingsIn(place, repository))).flat();
    },
    ready: () => repositories.deleteManifest(releases, `sha256:${'0'.repeat(64)}`),
    afresh,
  };
}

/** Notes as tagged documents; registries tell no time. */
function notesIn(repositories: Repositories, repository: string): Notes {
  const documents = documentsIn(repositories, repository);
  return {
    async list() {
      const tags = await repositories.tags(repository, { startAfter: NOTE });
      return tags.filter((tag) => tag.startsWith(NOTE)).map((tag) => ({ name: tag.slice(NOTE.length) }));
    },
    // A tag without its document is being removed.
    read: (name) => readable(() => documents.read(NOTE + name)),
    async create(name, bytes) {
      const tag = NOTE + name;
      if ((await repositories.getManifest(repository, tag)) !== undefined) return 'exists';
      return documents.write(tag, bytes, (other) => other === tag);
    },
    async remove(name) {
      const found = await repositories.getManifest(repository, NOTE + name);
      if (found !== undefined) await removeManifest(repositories, repository, found, async () => undefined);
    },
  };
}

/** The digests of the layers and the config of a manifest, and their sizes together. */
function blobsOf({ bytes }: StoredManifest): { readonly digests: readonly Digest[]; readonly size: number } {
  interface Parts {
    readonly config?: { readonly digest: Digest; readonly size: number };
    readonly layers?: readonly { readonly digest: Digest; readonly size: number }[];
  }
  let parts: Parts = {};
  try {
    parts = (JSON.parse(Buffer.from(bytes).toString('utf8')) as Parts | null) ?? {};
  } catch {
    // What is no manifest has no parts.
  }
  const all = [...(parts.layers ?? []), ...(parts.config ? [parts.config] : [])].filter((p) => !SHARED.has(p.digest));
  return { digests: all.map(({ digest }) => digest), size: all.reduce((sum, { size }) => sum + size, 0) };
}

/** A document of its own: nothing else has its blob. */
async function removeManifest(
  repositories: Repositories,
  repository: string,
  manifest: StoredManifest,
  mayDelete: MayDelete,
): Promise<void> {
  await mayDelete();
  await repositories.deleteManifest(repository, manifest.digest);
  for (const digest of blobsOf(manifest).digests) {
    await mayDelete();
    await repositories.deleteBlob(repository, digest);
  }
}

/** The document of a tag; undefined when another prune removed it meanwhile. Throws `CORRUPT` when it is missing otherwise. */
async function documentAt(
  repositories: Repositories,
  repository: string,
  tag: string,
): Promise<Uint8Array | undefined> {
  try {
    return await documentsIn(repositories, repository).read(tag);
  } catch (thrown) {
    if ((await repositories.getManifest(repository, tag)) === undefined) return undefined;
    throw thrown;
  }
}

async function papersIn(repositories: Repositories, repository: string): Promise<Papers> {
  const tags = await repositories.tags(repository, { startAfter: 'slipway.' });
  const records = await eachLimit(
    tags.filter((tag) => RECORD.test(tag)),
    AT_ONCE,
    async (tag): Promise<readonly HeldRecord[]> => {
      const manifest = await repositories.getManifest(repository, tag);
      const bytes = manifest && (await documentAt(repositories, repository, tag));
      if (manifest === undefined || bytes === undefined) return [];
      const record = decodeRecord(bytes, `tag "${tag}"`);
      const holding: Holding = {
        kind: 'record',
        id: recordId(record),
        what: `${repository}:${tag}`,
        bytes: manifest.bytes.length + bytes.length,
        remove: (mayDelete) => removeManifest(repositories, repository, manifest, mayDelete),
      };
      return [{ record, holding }];
    },
  );
  const claims = await eachLimit(
    tags.filter((tag) => CLAIM.test(tag) && !RECORD.test(tag)),
    AT_ONCE,
    async (tag): Promise<readonly VersionClaim[]> => {
      const bytes = await documentAt(repositories, repository, tag);
      return bytes === undefined ? [] : [decodeClaim(bytes, `tag "${tag}"`)];
    },
  );
  return { records: records.flat(), claims: claims.flat() };
}

/** A manifest with everything that is attached to it. */
interface Group {
  readonly manifest: StoredManifest;
  /** In the order in which they go before the manifest: what is listed before the list. */
  readonly attached: readonly StoredManifest[];
}

async function groupOf(
  { repositories, forms }: RegistryPlace,
  repository: string,
  manifest: StoredManifest,
): Promise<Group> {
  const { digest: subject } = manifest;
  const read = (reference: string): Promise<StoredManifest | undefined> =>
    readable(() => repositories.getManifest(repository, reference));
  const listed = await referrersOf(repositories, repository, subject);
  const references = [...listed.map(({ digest }) => digest), forms.signatureTag(subject), fallbackTag(subject)];
  const attached = await eachLimit(references, AT_ONCE, read);
  // GitLab answers the manifest itself under the tag of the list.
  return {
    manifest,
    attached: attached.filter((one) => one !== undefined && one.digest !== subject).map((one) => one as StoredManifest),
  };
}

/** Manifests that only a `content-` tag keeps. What a channel, a version or anybody's own tag shows is needed there. */
async function holdingsIn(place: RegistryPlace, repository: string): Promise<readonly Holding[]> {
  const { repositories } = place;
  const tags = await repositories.tags(repository);
  const read = async (tag: string): Promise<StoredManifest | undefined> => repositories.getManifest(repository, tag);
  const names = await eachLimit(
    tags.filter((tag) => !OURS.test(tag)),
    AT_ONCE,
    read,
  );
  const tagged = await eachLimit(
    tags.filter((tag) => CONTENT.test(tag)),
    AT_ONCE,
    read,
  );
  const shown = new Map(names.flatMap((one) => (one === undefined ? [] : [[one.digest, one] as const])));
  const kept = new Map(tagged.flatMap((one) => (one === undefined ? [] : [[one.digest, one] as const])));
  const groups = await eachLimit([...kept.values()], AT_ONCE, (manifest) => groupOf(place, repository, manifest));
  const uses = usesOf([...shown.values(), ...groups.flatMap(({ manifest, attached }) => [manifest, ...attached])]);
  return groups
    .filter(({ manifest }) => !shown.has(manifest.digest))
    .map((group) => ({
      kind: 'manifest',
      id: `manifest-${group.manifest.digest.slice('sha256:'.length)}`,
      what: `${repository}@${group.manifest.digest}`,
      bytes: [group.manifest, ...group.attached].reduce((sum, one) => sum + one.bytes.length + blobsOf(one).size, 0),
      remove: (mayDelete) => removeGroup(repositories, repository, { group, uses }, mayDelete),
    }));
}

/** By blob: the manifests that have it. */
type Uses = ReadonlyMap<Digest, Set<Digest>>;

function usesOf(manifests: readonly StoredManifest[]): Uses {
  const uses = new Map<Digest, Set<Digest>>();
  for (const manifest of manifests) {
    for (const blob of blobsOf(manifest).digests)
      uses.set(blob, (uses.get(blob) ?? new Set<Digest>()).add(manifest.digest));
  }
  return uses;
}

async function removeGroup(
  repositories: Repositories,
  repository: string,
  { group, uses }: { readonly group: Group; readonly uses: Uses },
  mayDelete: MayDelete,
): Promise<void> {
  for (const manifest of [...group.attached, group.manifest]) {
    await mayDelete();
    await repositories.deleteManifest(repository, manifest.digest);
    for (const blob of blobsOf(manifest).digests) {
      const users = uses.get(blob);
      users?.delete(manifest.digest);
      if (users === undefined || users.size > 0) continue;
      await mayDelete();
      await repositories.deleteBlob(repository, blob);
    }
  }
}
