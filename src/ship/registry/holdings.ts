/** What lies in the repositories of a registry besides names. Only tags lead there: registries list nothing else. */
import { eachLimit } from '../../concurrency.ts';
import type { VersionClaim } from '../../model.ts';
import { decodeClaim, decodeRecord } from '../document.ts';
import {
  type HeldRecord,
  type Holding,
  type Holdings,
  missingPaper,
  type Notes,
  type Papers,
  recordId,
} from '../holdings.ts';
import type { Repositories, StoredManifest } from '../ports.ts';
import { readable } from './blobs.ts';
import { documentsIn } from './documents.ts';
import { contentHoldings, type RegistryPlace } from './holdings-content.ts';
import { removeManifest } from './removal.ts';

const AT_ONCE = 16;
const RECORD = /^slipway\..+\.(?:\d{9}\.[0-9a-f]{8}|adopted\.[0-9a-f]{32})$/;
/** Comes first: a version may look like the end of a record's tag. No channel's name begins with `versions.`. */
const CLAIM = /^slipway\.[a-z0-9-]+\.versions\./;
const NOTE = 'slipway.prune-';

/** What can be pruned in a registry, or in image layouts on disk. */
export function registryHoldings(place: RegistryPlace, afresh: Holdings['afresh']): Holdings {
  const { repositories, repositoryOf } = place;
  const releases = repositoryOf('releases');
  return {
    notes: notesIn(repositories, releases),
    papers: ({ claimed = false } = {}) => papersIn(repositories, releases, claimed),
    sparesShown: true,
    async list(artifacts) {
      const all = [...new Set(artifacts.map(repositoryOf))];
      return (await eachLimit(all, 4, (repository) => contentHoldings(place, repository))).flat();
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
      const tagged = found && { ...found, tag: NOTE + name };
      if (tagged !== undefined) await removeManifest(repositories, repository, tagged, async () => undefined);
    },
  };
}

interface Paper {
  readonly tag: string;
  readonly manifest: StoredManifest;
  readonly bytes: Uint8Array;
}

async function paperAt(repositories: Repositories, repository: string, tag: string): Promise<Paper | undefined> {
  const manifest = await repositories.getManifest(repository, tag);
  if (manifest === undefined) return undefined;
  try {
    const bytes = await documentsIn(repositories, repository).read(tag);
    return bytes && { tag, manifest, bytes };
  } catch (thrown) {
    // Another prune may have removed it meanwhile.
    if ((await repositories.getManifest(repository, tag)) === undefined) return undefined;
    throw thrown;
  }
}

const isPaper = (tag: string): boolean => RECORD.test(tag) || CLAIM.test(tag);

async function papersIn(repositories: Repositories, repository: string, claimed: boolean): Promise<Papers> {
  const list = async (): Promise<readonly string[]> =>
    (await repositories.tags(repository, { startAfter: 'slipway.' })).filter(isPaper);
  const tags = await list();
  const read = await eachLimit(tags, AT_ONCE, (tag) => paperAt(repositories, repository, tag));
  const missing = tags.filter((_, index) => read[index] === undefined);
  const listed = missing.length === 0 || claimed ? missing : await list();
  const lost = missing.find((tag) => listed.includes(tag));
  if (lost !== undefined) throw missingPaper(`tag "${lost}" of "${repository}"`);
  const papers = read.flatMap((paper) => (paper === undefined ? [] : [judged(repositories, repository, paper)]));
  return {
    records: papers.flatMap((paper) => ('holding' in paper ? [paper] : [])),
    claims: papers.flatMap((paper) => ('version' in paper ? [paper] : [])),
  };
}

function judged(
  repositories: Repositories,
  repository: string,
  { tag, manifest, bytes }: Paper,
): HeldRecord | VersionClaim {
  const place = `tag "${tag}"`;
  if (CLAIM.test(tag)) return decodeClaim(bytes, place);
  const record = decodeRecord(bytes, place);
  const holding: Holding = {
    kind: 'record',
    id: recordId(record),
    what: `${repository}:${tag}`,
    bytes: manifest.bytes.length + bytes.length,
    remove: (mayDelete) => removeManifest(repositories, repository, { ...manifest, tag }, mayDelete),
  };
  return { record, holding };
}
