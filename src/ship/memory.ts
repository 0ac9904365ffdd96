/** The reference implementations of the ports, in memory: the simplest code that keeps every promise of `ports.ts`. */
import { createHash } from 'node:crypto';
import { compareUtf8 } from '../archive/path.ts';
import { digestOf, isDigest } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { Digest, ReferrerDescriptor } from '../model.ts';
import type { ManifestPutResult, ObjectInfo, Objects, PutResult, Repositories, StoredManifest } from './ports.ts';
import { attachedBy } from './referrer.ts';

interface MemoryObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly modified: number;
}

/** What kind of bucket the memory plays. */
export interface MemoryObjectsOptions {
  /** The store's clock: milliseconds since 1970. Default: the machine's. */
  readonly now?: () => number;
}

/** An empty bucket in memory. Conditional writes are atomic; ETags are MD5. */
export function memoryObjects({ now = Date.now }: MemoryObjectsOptions = {}): Objects {
  const objects = new Map<string, MemoryObject>();
  const write = (key: string, bytes: Uint8Array): string => {
    const etag = createHash('md5').update(bytes).digest('hex');
    objects.set(key, { bytes: Uint8Array.from(bytes), etag, modified: now() });
    return etag;
  };
  return {
    async get(key) {
      const found = objects.get(key);
      return found && { bytes: found.bytes, etag: found.etag };
    },
    async put(key, bytes, options): Promise<PutResult> {
      if (options.create === true && objects.has(key)) return { outcome: 'exists' };
      return { outcome: 'created', etag: write(key, bytes) };
    },
    async replace(key, bytes, etag) {
      if (objects.get(key)?.etag !== etag) return 'changed';
      write(key, bytes);
      return 'replaced';
    },
    async delete(key) {
      objects.delete(key);
    },
    async list(prefix, { delimiter, limit = Number.POSITIVE_INFINITY, startAfter } = {}) {
      const found: ObjectInfo[] = [];
      const prefixes = new Set<string>();
      for (const key of [...objects.keys()].filter((k) => k.startsWith(prefix)).sort(compareUtf8)) {
        if (startAfter !== undefined && compareUtf8(key, startAfter) <= 0) continue;
        if (found.length + prefixes.size >= limit) break;
        const cut = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
        const object = objects.get(key);
        if (delimiter !== undefined && cut >= 0) prefixes.add(key.slice(0, cut + delimiter.length));
        else if (object) found.push({ key, etag: object.etag, size: object.bytes.length, modified: object.modified });
      }
      return { objects: found, prefixes: [...prefixes] };
    },
  };
}

interface MemoryRepository {
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, Digest>;
  /** By subject; kept when the subject is forgotten. */
  readonly referrers: Map<Digest, Map<Digest, ReferrerDescriptor>>;
}

/** What kind of registry the memory plays. */
export interface MemoryRepositoriesOptions {
  /** `cas` (default) honours create-only tags; `none` ignores them as OCI registries do. */
  readonly lock?: 'cas' | 'none';
  /** Drops a manifest as soon as its last tag moves away, as some registries do. */
  readonly forgets?: boolean;
  /** Whether it has the referrers API (default). */
  readonly referrers?: boolean;
  /** Whether it lists blobs, as no OCI registry does. Default: with lock `cas`. */
  readonly listsBlobs?: boolean;
}

const emptyRepository = (): MemoryRepository => ({
  blobs: new Map(),
  manifests: new Map(),
  tags: new Map(),
  referrers: new Map(),
});

/** Enters what a manifest is attached to, and answers whether it is attached to anything. */
function link({ referrers }: MemoryRepository, { bytes, mediaType, digest }: StoredManifest): boolean {
  const attached = attachedBy(bytes, mediaType);
  if (attached === undefined) return false;
  const listed = referrers.get(attached.subject) ?? new Map<Digest, ReferrerDescriptor>();
  referrers.set(attached.subject, listed.set(digest, attached.descriptor));
  return true;
}

/** Removes a manifest with its tags, and what it says of being attached; what is attached to it stays. */
function forget({ manifests, tags, referrers }: MemoryRepository, digest: Digest): void {
  manifests.delete(digest);
  for (const [tag, shown] of tags) if (shown === digest) tags.delete(tag);
  for (const attached of referrers.values()) attached.delete(digest);
}

/** An empty registry in memory. */
export function memoryRepositories(options: MemoryRepositoriesOptions = {}): Repositories {
  const { lock = 'cas', forgets = false, referrers: hasReferrers = true, listsBlobs = lock === 'cas' } = options;
  const all = new Map<string, MemoryRepository>();
  const at = (repository: string): MemoryRepository => {
    const known = all.get(repository) ?? emptyRepository();
    all.set(repository, known);
    return known;
  };
  const inventory: Repositories['inventory'] = async (repository) => {
    const { manifests, blobs } = at(repository);
    return {
      manifests: [...manifests.values()].map(({ digest }) => digest),
      blobs: [...blobs].flatMap(([digest, { length: size }]) => (isDigest(digest) ? [{ digest, size }] : [])),
    };
  };
  return {
    lock,
    ...(listsBlobs && { inventory }),
    async hasBlob(repository, digest) {
      return at(repository).blobs.has(digest);
    },
    async getBlob(repository, digest) {
      return at(repository).blobs.get(digest);
    },
    async putBlob(repository, digest, bytes) {
      if (digestOf(bytes) !== digest) throw new SlipwayError('CORRUPT', `Blob does not match its digest "${digest}"`);
      at(repository).blobs.set(digest, Uint8Array.from(bytes));
    },
    async getManifest(repository, reference) {
      const { manifests, tags } = at(repository);
      return manifests.get(reference.startsWith('sha256:') ? reference : (tags.get(reference) ?? ''));
    },
    async putManifest(repository, reference, bytes, put): Promise<ManifestPutResult> {
      const home = at(repository);
      const { manifests, tags } = home;
      const rival = [...tags.keys()].find((tag) => put.unless?.(tag) === true);
      if (rival !== undefined && lock === 'cas') return { outcome: 'exists', tag: rival };
      const digest = digestOf(bytes);
      if (reference.startsWith('sha256:') && reference !== digest) {
        throw new SlipwayError('CORRUPT', `Manifest does not match its digest "${reference}"`);
      }
      const manifest = { bytes: Uint8Array.from(bytes), mediaType: put.mediaType, digest };
      manifests.set(digest, manifest);
      const result: ManifestPutResult = {
        outcome: 'created',
        ...(hasReferrers && link(home, manifest) && { linked: true }),
      };
      if (reference.startsWith('sha256:')) return result;
      const before = tags.get(reference);
      tags.set(reference, digest);
      if (forgets && before !== undefined && ![...tags.values()].includes(before)) manifests.delete(before);
      return result;
    },
    async referrers(repository, subject) {
      return hasReferrers ? [...(at(repository).referrers.get(subject)?.values() ?? [])] : undefined;
    },
    async tags(repository, { startAfter } = {}) {
      const tags = [...at(repository).tags.keys()].sort(compareUtf8);
      return startAfter === undefined ? tags : tags.filter((t) => compareUtf8(t, startAfter) > 0);
    },
    async deleteManifest(repository, digest) {
      forget(at(repository), digest);
    },
    async deleteBlob(repository, digest) {
      at(repository).blobs.delete(digest);
    },
  };
}
