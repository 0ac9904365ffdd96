/** What is attached to each manifest of one bucket: a list that clients read, made from markers, one for each attachment. */
import { isDigest } from '../../../digest.ts';
import { SlipwayError } from '../../../errors.ts';
import type { Digest, ReferrerDescriptor } from '../../../model.ts';
import { INDEX_TYPE } from '../../manifest.ts';
import type { oneAtATime } from '../../one-at-a-time.ts';
import type { Objects, StillMay } from '../../ports.ts';
import { attachedBy, fallbackTag } from '../../referrer.ts';
import { IMMUTABLE } from '../cache-control.ts';
import { getImmutable } from '../immutable.ts';
import { keysOf } from './keys.ts';
import { mediaTypeOf } from './media-type.ts';
import { isThere, json, type ListPlace, type Present, rebuild } from './rebuild.ts';

const INDEX = { contentType: INDEX_TYPE, cacheControl: 'no-cache' };

/** The lists of referrers of all repositories of one bucket. */
export interface ReferrerLists {
  /** Gives a manifest its list, empty, unless it has one: where missing keys answer 403 clients need it. */
  begin(repository: string, subject: Digest): Promise<void>;
  /** Enters an attached manifest, which is there already, in its subject's list. Throws `STORE`. */
  attach(repository: string, subject: Digest, referrer: ReferrerDescriptor): Promise<void>;
  /** Takes an attached manifest, which is still there, off its subject's list. Throws `STORE`. */
  detach(repository: string, subject: Digest, referrer: Digest, still?: StillMay): Promise<void>;
  /** Removes the list of a manifest that is gone. */
  end(repository: string, manifest: Digest, still?: StillMay): Promise<void>;
  /** What clients find attached: the list itself, not what it is made from. Throws `CORRUPT`. */
  referrers(repository: string, subject: Digest): Promise<readonly ReferrerDescriptor[]>;
}

/** The lists; what is learned is kept for as long as this lives. */
export function referrerLists(place: ListPlace, inTurn: ReturnType<typeof oneAtATime>): ReferrerLists {
  const { objects } = place;
  const describe = describer(objects);
  /** Lists that this run made, by their keys. */
  const begun = new Map<string, Present>();
  const change = (repository: string, subject: Digest, work: () => Promise<unknown>): Promise<unknown> =>
    inTurn(keysOf(repository).referrers(subject), work);
  const rebuilt = (repository: string, subject: Digest): Promise<unknown> =>
    rebuildReferrers(place, { describe, begun, repository, subject });
  return {
    async begin(repository, subject) {
      const key = keysOf(repository).referrers(subject);
      const bytes = indexOf([]);
      const made = await objects.put(key, bytes, { ...INDEX, create: true });
      if (made.outcome === 'created') begun.set(key, { bytes, etag: made.etag });
    },
    async attach(repository, subject, referrer) {
      describe.learn(repository, referrer);
      const marker = keysOf(repository).markers(subject) + referrer.digest;
      await objects.put(marker, Buffer.of(), { contentType: 'text/plain', cacheControl: IMMUTABLE, create: true });
      await change(repository, subject, () => rebuilt(repository, subject));
    },
    async detach(repository, subject, referrer, still) {
      await objects.delete(keysOf(repository).markers(subject) + referrer, still);
      await change(repository, subject, async () => {
        const isNeeded =
          (await isThere(objects, keysOf(repository).manifest(subject))) ||
          (await attachedTo(objects, repository, subject)).length > 0;
        await (isNeeded ? rebuilt(repository, subject) : endReferrers(objects, { repository, subject, still }));
      });
    },
    async end(repository, manifest, still) {
      await change(repository, manifest, () => endReferrers(objects, { repository, subject: manifest, still }));
    },
    async referrers(repository, subject) {
      const key = keysOf(repository).referrers(subject);
      const found = await objects.get(key);
      return found === undefined ? [] : parseIndex(key, found.bytes);
    },
  };
}

interface Ending {
  readonly repository: string;
  readonly subject: Digest;
  readonly still: StillMay | undefined;
}

async function endReferrers(objects: Objects, { repository, subject, still }: Ending): Promise<void> {
  const keys = keysOf(repository);
  await objects.delete(keys.manifest(fallbackTag(subject)), still);
  await objects.delete(keys.referrers(subject), still);
  for (const digest of await attachedTo(objects, repository, subject))
    await objects.delete(keys.markers(subject) + digest, still);
}

interface Subject {
  readonly describe: Describer;
  readonly begun: Map<string, Present>;
  readonly repository: string;
  readonly subject: Digest;
}

function rebuildReferrers(place: ListPlace, { describe, begun, repository, subject }: Subject): Promise<unknown> {
  const keys = keysOf(repository);
  const key = keys.referrers(subject);
  // The tag schema's name of the same list, for clients and caches that miss the first one.
  const fallback = keys.manifest(fallbackTag(subject));
  // What is new in its first list has none under the other name either.
  const known = begun.has(key)
    ? new Map<string, Present>([
        [key, begun.get(key)],
        [fallback, undefined],
      ])
    : undefined;
  begun.delete(key);
  return rebuild(place, {
    keys: [key, fallback],
    options: INDEX,
    read: () => attachedTo(place.objects, repository, subject),
    bytes: async (digests) => indexOf(await describe.all(repository, subject, digests)),
    ...(known && { known }),
  });
}

async function attachedTo(objects: Objects, repository: string, subject: Digest): Promise<readonly Digest[]> {
  const markers = keysOf(repository).markers(subject);
  const { objects: found } = await objects.list(markers);
  return found.map(({ key }) => key.slice(markers.length)).filter(isDigest);
}

/** Descriptors of attached manifests: they never change, so each is read at most once. */
interface Describer {
  learn(repository: string, referrer: ReferrerDescriptor): void;
  /** Those that are there and whole, in the order of the digests. */
  all(repository: string, subject: Digest, digests: readonly string[]): Promise<readonly ReferrerDescriptor[]>;
}

function describer(objects: Objects): Describer {
  const known = new Map<string, ReferrerDescriptor>();
  async function one(repository: string, subject: Digest, digest: Digest): Promise<ReferrerDescriptor | undefined> {
    const place = `${repository}@${digest}`;
    const seen = known.get(place);
    if (seen !== undefined) return seen;
    // One damaged manifest must not hide the others.
    const bytes = await getImmutable(objects, keysOf(repository).manifest(digest), digest).catch((error: unknown) => {
      if (error instanceof SlipwayError && error.code === 'CORRUPT') return undefined;
      throw error;
    });
    const attached = bytes && attachedBy(bytes, mediaTypeOf(bytes));
    if (attached?.subject !== subject) return undefined;
    known.set(place, attached.descriptor);
    return attached.descriptor;
  }
  return {
    learn: (repository, referrer) => void known.set(`${repository}@${referrer.digest}`, referrer),
    async all(repository, subject, digests) {
      const found = await Promise.all(digests.filter(isDigest).map((digest) => one(repository, subject, digest)));
      return found.filter((descriptor) => descriptor !== undefined);
    },
  };
}

const indexOf = (manifests: readonly ReferrerDescriptor[]): Uint8Array =>
  json({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests });

function parseIndex(key: string, bytes: Uint8Array): readonly ReferrerDescriptor[] {
  try {
    const { manifests } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { manifests: unknown };
    if (Array.isArray(manifests)) return manifests;
  } catch {
    // Told below.
  }
  throw new SlipwayError('CORRUPT', `Cannot read "${key}": it is not a list of what is attached to an artifact`, {
    hint: 'delete that object; the next run that signs the artifact writes it again',
  });
}
