/** What lies in a bucket besides names, by LIST: objects outside the layout of keys are not seen, and never touched. */
import { eachLimit } from '../../concurrency.ts';
import type { ReleaseRecord, VersionClaim } from '../../model.ts';
import { decodeClaim, decodeRecord } from '../document.ts';
import {
  type HeldRecord,
  type Holding,
  type HoldingKind,
  type Holdings,
  type MayDelete,
  type Notes,
  type Papers,
  recordId,
} from '../holdings.ts';
import type { ObjectInfo, Objects } from '../ports.ts';

const AT_ONCE = 16;
const NOTES = 'prune/';
const RELEASES = 'releases/';

/** Folders of what lies under a digest; what has the same digest there goes together. */
const FOLDERS: readonly { readonly kind: HoldingKind; readonly folder: string; readonly key: RegExp }[] = [
  { kind: 'proof', folder: 'proofs/sha256/', key: /^([0-9a-f]{64})(?:\.sigstore\.json|\.sig\.json|\.jws)$/ },
  { kind: 'manifest', folder: 'manifests/sha256/', key: /^([0-9a-f]{64})\.json$/ },
  { kind: 'content', folder: 'content/sha256/', key: /^([0-9a-f]{64})(?:\.tgz|\.yaml|\/.+)$/ },
  { kind: 'scratch', folder: 'probes/', key: /^([^/]+)\/.+$/ },
];

/** What can be pruned in a bucket, or in a directory that plays one. */
export function bucketHoldings(objects: Objects, afresh: Holdings['afresh']): Holdings {
  return {
    notes: notesIn(objects),
    papers: () => papersIn(objects),
    list: async () => (await Promise.all(FOLDERS.map((folder) => holdingsIn(objects, folder)))).flat(),
    // Only a delete tells whether deleting is allowed, and here it would delete something.
    async ready() {},
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

async function holdingsIn(
  objects: Objects,
  { kind, folder, key: pattern }: (typeof FOLDERS)[number],
): Promise<readonly Holding[]> {
  const { objects: found } = await objects.list(folder);
  const groups = new Map<string, ObjectInfo[]>();
  for (const object of found) {
    const [, name] = pattern.exec(object.key.slice(folder.length)) ?? [];
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [object]);
    else group.push(object);
  }
  return [...groups].map(([name, parts]) => ({
    kind,
    id: `${kind}-${name}`,
    what: folder + name,
    bytes: parts.reduce((sum, { size }) => sum + size, 0),
    remove: (mayDelete) => removeAll(objects, parts, mayDelete),
  }));
}

async function removeAll(objects: Objects, parts: readonly ObjectInfo[], mayDelete: MayDelete): Promise<void> {
  for (const { key } of parts) {
    await mayDelete();
    await objects.delete(key);
  }
}

async function papersIn(objects: Objects): Promise<Papers> {
  const { objects: found } = await objects.list(RELEASES);
  const read = await eachLimit(found, AT_ONCE, (object) => paperOf(objects, object));
  return {
    records: read.flatMap((paper) => (paper !== undefined && 'holding' in paper ? [paper] : [])),
    claims: read.flatMap((paper) => (paper !== undefined && 'version' in paper ? [paper] : [])),
  };
}

const RECORD = /^[^/]+\/[^/]+\/(?:\d{9}-\d{9}\.json|adopted\/[0-9a-f]+)$/;
const CLAIM = /^[^/]+\/versions\/[^/]+\.json$/;

async function paperOf(objects: Objects, object: ObjectInfo): Promise<HeldRecord | VersionClaim | undefined> {
  const { key } = object;
  const place = key.slice(RELEASES.length);
  const [isRecord, isClaim] = [RECORD.test(place), CLAIM.test(place)];
  const found = isRecord || isClaim ? await objects.get(key) : undefined;
  if (found === undefined) return undefined;
  if (!isRecord) return decodeClaim(found.bytes, `"${key}"`);
  const record = decodeRecord(found.bytes, `"${key}"`);
  return { record, holding: recordHolding(objects, record, object) };
}

function recordHolding(objects: Objects, record: ReleaseRecord, object: ObjectInfo): Holding {
  const { key: what, size: bytes } = object;
  const remove: Holding['remove'] = (mayDelete) => removeAll(objects, [object], mayDelete);
  return { kind: 'record', id: recordId(record), what, bytes, remove };
}
