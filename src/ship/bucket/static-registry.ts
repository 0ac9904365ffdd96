/** A bucket as a registry that anybody can read and nobody runs: the distribution API's answers as objects. */
import { digestOf, isDigest } from '../../digest.ts';
import type { Digest } from '../../model.ts';
import type { Inventory, ManifestPut, ManifestPutResult, Objects, Repositories, StoredManifest } from '../ports.ts';
import { attachedBy } from '../referrer.ts';
import { checkDigest, getImmutable, putImmutable } from './immutable.ts';
import { type NameWriter, nameWriter } from './name-writer.ts';
import { makeTagOnce } from './static-registry/claims.ts';
import { keysOf, PING_KEY } from './static-registry/keys.ts';
import { type Lists, listsOf } from './static-registry/lists.ts';
import { checkMediaType, mediaTypeOf } from './static-registry/media-type.ts';
import { isThere } from './static-registry/rebuild.ts';
import { removeManifest } from './static-registry/removal.ts';

/** What is known of the bucket besides its objects. */
export interface StaticRegistryOptions {
  /** What create-only writes are worth. Default: `cas`. */
  readonly lock?: () => Repositories['lock'];
  /** Its lists. Default: those of objects whose `If-Match` proves nothing. */
  readonly lists?: Lists;
  /** Writes tags that move. What it did not see is written over. */
  readonly tags?: NameWriter;
}

/**
 * The layout `registry` (OCI distribution-spec v1.1.1, read-only): keys `v2/…`, which readers must see at the root of a host,
 * so that a store's prefix belongs into the names of repositories. Every manifest lies under its digest, with a list of its
 * referrers, before a tag shows it; `tags/list` comes last, without the tags that only slipway uses. Tags written with
 * `unless` are made once and never move; others are replaced only as they were seen, where that is told. A stored manifest's media type is what its bytes say.
 *
 * The tag schema's indexes (`sha256-<hex>`) are kept beside the lists of referrers, and are not among the tags. Throws
 * `CONFIG` (what is no repository, tag or digest), `CORRUPT` (bytes that do not match their digest), `STORE` (a media type
 * that is not the manifest's, a list that never settles), and what `objects` throws.
 */
export function staticRegistry(objects: Objects, options: StaticRegistryOptions = {}): Repositories {
  const unproven = { objects, matches: () => false };
  const { lock = () => 'cas', lists = listsOf(unproven), tags = nameWriter(objects, unproven.matches) } = options;
  const ready = pingOnce(objects);
  const place: Place = { objects, lists, tags, kept: new Set() };
  return {
    get lock() {
      return lock();
    },
    async hasBlob(repository, digest) {
      return isThere(objects, keysOf(repository).blob(digest));
    },
    getBlob: async (repository, digest) => getImmutable(objects, keysOf(repository).blob(digest), digest),
    async putBlob(repository, digest, bytes) {
      const key = keysOf(repository).blob(digest);
      checkDigest(digest, bytes, 'the blob to write');
      await ready();
      await putImmutable(objects, { key, digest, bytes, contentType: 'application/octet-stream' });
    },
    getManifest: (repository, reference) => readManifest(objects, repository, reference),
    async putManifest(repository, reference, bytes, put) {
      keysOf(repository).manifest(reference);
      checkMediaType(bytes, put.mediaType);
      if (isDigest(reference)) checkDigest(reference, bytes, 'the manifest to write');
      await ready();
      return writeManifest(place, { repository, reference, bytes, ...put });
    },
    referrers: (repository, subject) => lists.referrers(repository, subject),
    tags: (repository, { startAfter } = {}) => lists.tags(repository, startAfter),
    async deleteManifest(repository, digest, _tag, still) {
      place.kept.delete(`${repository}@${digest}`);
      await removeManifest({ objects, lists, still }, repository, digest);
    },
    deleteBlob: (repository, digest, still) => objects.delete(keysOf(repository).blob(digest), still),
    inventory: (repository) => inventoryOf(objects, repository),
  };
}

export { completeTags } from './static-registry/lists.ts';

interface Place {
  readonly objects: Objects;
  readonly lists: Lists;
  readonly tags: NameWriter;
  /** `repository@digest` of manifests that this run wrote or found whole. */
  readonly kept: Set<string>;
}

interface ManifestWrite extends ManifestPut {
  readonly repository: string;
  readonly reference: string;
  readonly bytes: Uint8Array;
}

/** By digest, what is attached to it, what it is attached to, the tag, the tags: a reader of each finds what it names. */
async function writeManifest(place: Place, write: ManifestWrite): Promise<ManifestPutResult> {
  const { objects, lists } = place;
  const { repository, reference, bytes, mediaType, unless } = write;
  const digest = digestOf(bytes);
  const isLink = isDigest(reference);
  // Whoever puts what keeps a manifest did not find it: what this run wrote may have been pruned meanwhile.
  const again = isLink || reference.startsWith('content-');
  const tags = (): Promise<readonly string[]> => lists.tags(repository);
  // What is refused leaves nothing behind, where that is known before.
  const rival = unless && (await tags()).find(unless);
  if (rival !== undefined) return { outcome: 'exists', tag: rival };
  await keepManifest(place, { repository, digest, bytes, contentType: mediaType, again });
  if (isLink) return { outcome: 'created' };
  if (unless !== undefined) {
    const result = await makeTagOnce(objects, tags, { repository, tag: reference, digest, unless });
    if (result.outcome === 'exists') return result;
  } else {
    const key = keysOf(repository).manifest(reference);
    const moved = await place.tags.write(key, bytes, { contentType: mediaType, cacheControl: 'no-cache' });
    if (moved === 'exists') return { outcome: 'exists', tag: reference };
  }
  await lists.addTag(repository, reference);
  return { outcome: 'created' };
}

interface Kept {
  readonly repository: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** Also when this run did it before: whoever puts it by digest again did not find it. */
  readonly again: boolean;
}

async function keepManifest({ objects, lists, kept }: Place, manifest: Kept): Promise<void> {
  const { repository, digest, bytes, contentType, again } = manifest;
  const seen = `${repository}@${digest}`;
  if (kept.has(seen) && !again) return;
  const key = keysOf(repository).manifest(digest);
  await putImmutable(objects, { key, digest, bytes, contentType });
  await lists.begin(repository, digest);
  const attached = attachedBy(bytes, contentType);
  if (attached !== undefined) await lists.attach(repository, attached.subject, attached.descriptor);
  kept.add(seen);
}

async function readManifest(
  objects: Objects,
  repository: string,
  reference: string,
): Promise<StoredManifest | undefined> {
  const key = keysOf(repository).manifest(reference);
  const bytes = isDigest(reference) ? await getImmutable(objects, key, reference) : (await objects.get(key))?.bytes;
  return bytes && { bytes, mediaType: mediaTypeOf(bytes), digest: digestOf(bytes) };
}

/** Two LISTs. */
async function inventoryOf(objects: Objects, repository: string): Promise<Inventory> {
  const { home, manifests: named } = keysOf(repository);
  const stored = `${home}blobs/`;
  const [blobs, manifests] = await Promise.all([objects.list(stored), objects.list(`${named}sha256:`)]);
  return {
    manifests: manifests.objects.map(({ key }) => key.slice(named.length)).filter(isDigest),
    blobs: blobs.objects.flatMap(({ key, size }) => {
      const digest = key.slice(stored.length);
      return isDigest(digest) ? [{ digest, size }] : [];
    }),
  };
}

/** Writes the answer of `GET /v2/` before anything else. */
function pingOnce(objects: Objects): () => Promise<void> {
  let done: Promise<unknown> | undefined;
  return async () => {
    // Without content: some gateways take none under a key that ends with a slash.
    done ??= objects.put(PING_KEY, Buffer.of(), { contentType: 'application/json', create: true });
    try {
      await done;
    } catch (error) {
      done = undefined;
      throw error;
    }
  };
}
