/**
 * The two objects of a repository that several publishers write: what is attached to a manifest, and the tags. Both are made
 * from a LIST of keys that are only ever added, so that whoever writes last writes all of it.
 */
import { isDigest } from '../../../digest.ts';
import { SlipwayError } from '../../../errors.ts';
import type { Digest, ReferrerDescriptor } from '../../../model.ts';
import { INDEX_TYPE } from '../../manifest.ts';
import { oneAtATime } from '../../one-at-a-time.ts';
import type { Objects } from '../../ports.ts';
import { attachedBy, fallbackTag } from '../../referrer.ts';
import { getImmutable } from '../immutable.ts';
import { IMMUTABLE } from '../shelf.ts';
import { isTag, keysOf } from './keys.ts';
import { mediaTypeOf } from './media-type.ts';

const ATTEMPTS = 32;
const INDEX = { contentType: INDEX_TYPE, cacheControl: 'no-cache' };

/** The lists of all repositories of one bucket. */
export interface Lists {
  /** All tags in byte order, by LIST. */
  tags(repository: string, startAfter?: string): Promise<readonly string[]>;
  /** Brings `tags/list` to what LIST says, unless this run saw the tag in it already. Throws `STORE`. */
  addTag(repository: string, tag: string): Promise<void>;
  /** Gives a manifest its list of referrers, empty, unless it has one: where missing keys answer 403 clients need it. */
  begin(repository: string, subject: Digest): Promise<void>;
  /** Enters an attached manifest, which is there already, in its subject's list. Throws `STORE`. */
  attach(repository: string, subject: Digest, referrer: ReferrerDescriptor): Promise<void>;
  /** What clients find attached: the list itself, not what it is made from. Throws `CORRUPT`. */
  referrers(repository: string, subject: Digest): Promise<readonly ReferrerDescriptor[]>;
}

/** The lists; what is learned is kept for as long as this lives. */
export function listsOf(objects: Objects): Lists {
  const inTurn = oneAtATime();
  const listed = new Map<string, ReadonlySet<string>>();
  const begun = new Set<string>();
  const describe = describer(objects);
  return {
    tags: (repository, startAfter) => tagsOf(objects, repository, startAfter),
    addTag: (repository, tag) =>
      inTurn(repository, async () => {
        if (!isTag(tag) || listed.get(repository)?.has(tag) === true) return;
        listed.set(repository, new Set(await rebuildTags(objects, repository)));
      }),
    async begin(repository, subject) {
      const key = keysOf(repository).referrers(subject);
      if (begun.has(key)) return;
      await objects.put(key, indexOf([]), { ...INDEX, create: true });
      begun.add(key);
    },
    async attach(repository, subject, referrer) {
      const keys = keysOf(repository);
      describe.learn(repository, referrer);
      const marker = keys.markers(subject) + referrer.digest;
      await objects.put(marker, Buffer.of(), { contentType: 'text/plain', cacheControl: IMMUTABLE, create: true });
      await inTurn(keys.referrers(subject), () => rebuildReferrers(objects, describe, repository, subject));
    },
    async referrers(repository, subject) {
      const key = keysOf(repository).referrers(subject);
      const found = await objects.get(key);
      return found === undefined ? [] : parseIndex(key, found.bytes);
    },
  };
}

interface Source {
  /** The names that the list must have, by LIST. */
  read(): Promise<readonly string[]>;
  write(names: readonly string[]): Promise<unknown>;
}

/**
 * Writes the list until a LIST after the write says the same: the last writer of all did so, and whatever was added after its
 * LIST has a writer who comes later. Answers what the list has.
 */
async function rebuild(key: string, { read, write }: Source): Promise<readonly string[]> {
  let names = await read();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await write(names);
    const now = await read();
    if (now.join('\n') === names.join('\n')) return now;
    names = now;
  }
  throw new SlipwayError('STORE', `Cannot finish "${key}": others added to it ${ATTEMPTS} times meanwhile`, {
    hint: 'run again when fewer publishers write to this repository',
  });
}

const tagsList = (repository: string, tags: readonly string[]): Uint8Array => json({ name: repository, tags });

function rebuildTags(objects: Objects, repository: string): Promise<readonly string[]> {
  const { tagsList: key } = keysOf(repository);
  const options = { contentType: 'application/json', cacheControl: 'no-cache' };
  return rebuild(key, {
    read: () => tagsOf(objects, repository),
    write: (tags) => objects.put(key, tagsList(repository, tags), options),
  });
}

/**
 * Completes `tags/list` where a publisher died between a tag and the list: a tag that is right needs no other write, so that
 * nobody else would. Answers whether it was incomplete. Two requests where it was not. Throws `STORE`.
 */
export async function completeTags(objects: Objects, repository: string): Promise<boolean> {
  const [tags, list] = await Promise.all([tagsOf(objects, repository), objects.get(keysOf(repository).tagsList)]);
  const isComplete = list === undefined ? tags.length === 0 : same(list.bytes, tagsList(repository, tags));
  if (!isComplete) await rebuildTags(objects, repository);
  return !isComplete;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

async function tagsOf(objects: Objects, repository: string, startAfter?: string): Promise<readonly string[]> {
  const { manifests } = keysOf(repository);
  // No tag has a colon and every digest has: all of them are one common prefix, however many there are.
  const options = { delimiter: ':', ...(startAfter !== undefined && { startAfter: manifests + startAfter }) };
  const { objects: found } = await objects.list(manifests, options);
  return found.map(({ key }) => key.slice(manifests.length)).filter(isTag);
}

function rebuildReferrers(
  objects: Objects,
  describe: Describer,
  repository: string,
  subject: Digest,
): Promise<readonly string[]> {
  const keys = keysOf(repository);
  const key = keys.referrers(subject);
  return rebuild(key, {
    read: () => attachedTo(objects, repository, subject),
    write: async (digests) => {
      const index = indexOf(await describe.all(repository, subject, digests));
      await objects.put(key, index, INDEX);
      // The tag schema's name of the same list, for clients and caches that miss the first one.
      await objects.put(keys.manifest(fallbackTag(subject)), index, INDEX);
    },
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

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

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
