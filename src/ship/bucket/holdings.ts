/** What lies in a bucket besides names, by LIST: objects outside the layout of keys are not seen, and never touched. */
import { eachLimit } from '../../concurrency.ts';
import { groupedBy } from '../../grouped.ts';
import type { ReleaseRecord, VersionClaim } from '../../model.ts';
import { decodeClaim, decodeRecord } from '../document.ts';
import {
  type HeldRecord,
  type Holding,
  type HoldingKind,
  type Holdings,
  type MayDelete,
  missingPaper,
  type Notes,
  type Papers,
  recordId,
} from '../holdings.ts';
import type { ObjectInfo, Objects } from '../ports.ts';
import { listingPath, REMOVED } from './tree-listing.ts';

const AT_ONCE = 16;
const NOTES = 'prune/';
const RELEASES = 'releases/';

interface Folder {
  readonly kind: HoldingKind;
  readonly folder: string;
  readonly key: RegExp;
}

const SCRATCH: Folder = { kind: 'scratch', folder: 'probes/', key: /^([^/]+)\/.+$/ };
/** Folders of what lies under a digest; what has the same digest there goes together. */
const FOLDERS: readonly Folder[] = [
  { kind: 'proof', folder: 'proofs/sha256/', key: /^([0-9a-f]{64})(?:\.sigstore\.json|\.sig\.json|\.jws)$/ },
  { kind: 'manifest', folder: 'manifests/sha256/', key: /^([0-9a-f]{64})\.json$/ },
  { kind: 'content', folder: 'content/sha256/', key: /^([0-9a-f]{64})(?:\.tgz|\.yaml|\/.+)$/ },
  SCRATCH,
];

/** What can be pruned in a bucket, or in a directory that plays one. */
export function bucketHoldings(objects: Objects, afresh: Holdings['afresh']): Holdings {
  return {
    notes: notesIn(objects),
    papers: ({ claimed = false } = {}) => papersIn(objects, claimed),
    sparesShown: false,
    list: async () => (await Promise.all(FOLDERS.map((folder) => holdingsIn(objects, folder)))).flat(),
    // Only a delete tells whether deleting is allowed: of what is not there.
    ready: () => objects.delete(`${NOTES}ready`),
    afresh,
  };
}

/** Notes as objects under `prune/`. */
export function notesIn(objects: Objects): Notes {
  return {
    async list() {
      const { objects: found } = await objects.list(NOTES);
      return found.map(({ key, modified }) => ({ name: key.slice(NOTES.length), modified }));
    },
    read: async (name) => (await objects.get(NOTES + name))?.bytes,
    create: async (name, bytes) =>
      (await objects.put(NOTES + name, bytes, { contentType: 'application/json', create: true })).outcome,
    remove: (name) => objects.delete(NOTES + name),
  };
}

/** What probes of the bucket left. */
export const scratchIn = (objects: Objects): Promise<readonly Holding[]> => holdingsIn(objects, SCRATCH);

async function holdingsIn(objects: Objects, { kind, folder, key: pattern }: Folder): Promise<readonly Holding[]> {
  const { objects: found } = await objects.list(folder);
  const named = found.flatMap((object) => {
    const [, name] = pattern.exec(object.key.slice(folder.length)) ?? [];
    return name === undefined ? [] : [{ name, object }];
  });
  return [...groupedBy(named, ({ name }) => name)].map(([name, members]) => {
    const parts = members.map(({ object }) => object);
    return {
      kind,
      id: `${kind}-${name}`,
      what: folder + name,
      bytes: parts.reduce((sum, { size }) => sum + size, 0),
      remove: (mayDelete) => removeAll(objects, parts, mayDelete),
    };
  });
}

async function removeAll(objects: Objects, parts: readonly ObjectInfo[], mayDelete: MayDelete): Promise<void> {
  const listings = await spoilTrees(objects, parts, mayDelete);
  // Folders go before what keeps their rest from being built.
  const keys = parts.map(({ key }) => key).filter((key) => !listings.includes(key));
  for (const key of [...keys, ...listings]) {
    await objects.delete(key, await mayDelete());
  }
}

/** The files of a content as its tree has them, by the folder that they lie in. */
const IN_TREE = /^(content\/sha256\/[0-9a-f]{64}\/)(.+)$/s;

/**
 * A cluster that is suspended or offline may still read a tree that no name shows any more: what is left of it in the middle of
 * its deletion must not be built. Answers the keys that see to that.
 */
async function spoilTrees(
  objects: Objects,
  parts: readonly ObjectInfo[],
  mayDelete: MayDelete,
): Promise<readonly string[]> {
  const files = parts.flatMap(({ key }) => {
    const [, folder, path] = IN_TREE.exec(key) ?? [];
    return folder === undefined || path === undefined ? [] : [{ folder, path }];
  });
  const listings = [...groupedBy(files, ({ folder }) => folder)].map(
    ([folder, members]) => folder + listingPath(members.map(({ path }) => path)),
  );
  for (const key of listings) {
    const still = await mayDelete();
    await objects.put(key, REMOVED, { contentType: 'application/yaml', ...(still && { still }) });
  }
  return listings;
}

const RECORD = /^[^/]+\/[^/]+\/(?:\d{9}-\d{9}\.json|adopted\/[0-9a-f]+)$/;
const CLAIM = /^[^/]+\/versions\/[^/]+\.json$/;

async function papersIn(objects: Objects, claimed: boolean): Promise<Papers> {
  const list = async (): Promise<readonly ObjectInfo[]> =>
    (await objects.list(RELEASES)).objects.filter(({ key }) => isRecord(key) || CLAIM.test(placeOf(key)));
  const found = await list();
  const read = await eachLimit(found, AT_ONCE, (object) => paperOf(objects, object));
  const missing = found.filter((_, index) => read[index] === undefined);
  const listed = missing.length === 0 || claimed ? missing : await list();
  const lost = missing.find(({ key }) => listed.some((one) => one.key === key));
  if (lost !== undefined) throw missingPaper(`"${lost.key}"`);
  return {
    records: read.flatMap((paper) => (paper !== undefined && 'holding' in paper ? [paper] : [])),
    claims: read.flatMap((paper) => (paper !== undefined && 'version' in paper ? [paper] : [])),
  };
}

const placeOf = (key: string): string => key.slice(RELEASES.length);
const isRecord = (key: string): boolean => RECORD.test(placeOf(key));

async function paperOf(objects: Objects, object: ObjectInfo): Promise<HeldRecord | VersionClaim | undefined> {
  const { key } = object;
  const found = await objects.get(key);
  if (found === undefined) return undefined;
  if (!isRecord(key)) return decodeClaim(found.bytes, `"${key}"`);
  const record = decodeRecord(found.bytes, `"${key}"`);
  return { record, holding: recordHolding(objects, record, object) };
}

function recordHolding(objects: Objects, record: ReleaseRecord, object: ObjectInfo): Holding {
  const { key: what, size: bytes } = object;
  const remove: Holding['remove'] = (mayDelete) => removeAll(objects, [object], mayDelete);
  return { kind: 'record', id: recordId(record), what, bytes, remove };
}
