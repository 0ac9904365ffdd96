/**
 * What a dry run would have sent. It asks the same of its stores as a run that writes, so that every call on the overlay is one
 * that would go out; what really went out has been counted already. Calls on the overlay are added and those that it hands on
 * are taken off again, so that the wire's own extras (redirects, signing in, what is asked twice) stay in the number.
 */
import type { Digest } from '../model.ts';
import { overlayObjects, overlayRepositories } from './overlay.ts';
import type { Meter, Objects, Repositories } from './ports.ts';

/** How many entries one page of a listing has. */
const PAGE = 1000;

/** What one call costs: 1 adds it, -1 takes it off. */
type Sign = 1 | -1;

interface Count {
  readonly read: (requests?: number) => void;
  readonly write: (bytes: number, requests?: number) => void;
}

function countOn(meter: Meter, sign: Sign): Count {
  return {
    read(requests = 1) {
      meter.reads += sign * requests;
    },
    write(bytes, requests = 1) {
      meter.writes += sign * requests;
      meter.bytes = (meter.bytes ?? 0) + sign * bytes;
    },
  };
}

/** Pages after the first one. */
const morePages = (entries: number, page: number): number => Math.max(0, Math.ceil(entries / page) - 1);

function countedObjects(objects: Objects, { read, write }: Count, page: number): Objects {
  return {
    get(key) {
      read();
      return objects.get(key);
    },
    put(key, bytes, options) {
      write(bytes.length);
      return objects.put(key, bytes, options);
    },
    replace(key, bytes, etag, options) {
      write(bytes.length);
      return objects.replace(key, bytes, etag, options);
    },
    delete(key, still) {
      write(0);
      return objects.delete(key, still);
    },
    async list(prefix, options) {
      read();
      const found = await objects.list(prefix, options);
      read(morePages(found.objects.length + found.prefixes.length, page));
      return found;
    },
  };
}

/** How blobs come into a repository: in a registry by two requests, or one where another repository of it has the blob. */
interface Uploads {
  readonly seen: (repository: string, digest: Digest) => void;
  readonly read: (repository: string, digest: Digest) => void;
  /** Answers how many requests an upload takes. */
  readonly put: (repository: string, digest: Digest, from: string | undefined) => number;
}

function registryUploads(): Uploads {
  const homes = new Map<Digest, string>();
  const read = new Set<string>();
  const seen = (repository: string, digest: Digest): void => {
    if (!homes.has(digest)) homes.set(digest, repository);
  };
  const note = (repository: string, digest: Digest): void => void read.add(`${repository}@${digest}`);
  return {
    seen,
    read: note,
    put(repository, digest, from) {
      if (from !== undefined) seen(from, digest);
      // What was read there and is put all the same was not right: it comes whole.
      const home = read.has(`${repository}@${digest}`) ? repository : (homes.get(digest) ?? repository);
      seen(repository, digest);
      note(repository, digest);
      return home === repository ? 2 : 1;
    },
  };
}

const folderUploads: Uploads = { seen() {}, read() {}, put: () => 1 };

function countedRepositories(base: Repositories, { read, write }: Count, uploads: Uploads, page: number): Repositories {
  const { inventory } = base;
  return {
    lock: base.lock,
    ...(inventory && {
      inventory: (repository) => {
        read();
        return inventory(repository);
      },
    }),
    async hasBlob(repository, digest) {
      read();
      const isThere = await base.hasBlob(repository, digest);
      if (isThere) uploads.seen(repository, digest);
      return isThere;
    },
    getBlob(repository, digest) {
      read();
      uploads.read(repository, digest);
      return base.getBlob(repository, digest);
    },
    putBlob(repository, digest, bytes, from) {
      const requests = uploads.put(repository, digest, from);
      write(uploads === folderUploads || requests > 1 ? bytes.length : 0, requests);
      return base.putBlob(repository, digest, bytes, from);
    },
    getManifest(repository, reference) {
      read();
      return base.getManifest(repository, reference);
    },
    putManifest(repository, reference, bytes, put) {
      write(bytes.length);
      return base.putManifest(repository, reference, bytes, put);
    },
    referrers(repository, subject) {
      read();
      return base.referrers(repository, subject);
    },
    async tags(repository, options) {
      read();
      const tags = await base.tags(repository, options);
      read(morePages(tags.length, page));
      return tags;
    },
    deleteManifest(repository, digest, tag, still) {
      write(0);
      return base.deleteManifest(repository, digest, tag, still);
    },
    deleteBlob(repository, digest, still) {
      write(0);
      return base.deleteBlob(repository, digest, still);
    },
  };
}

/** Objects that are only read, with a meter that ends at what a run that writes would have sent; `real` counts on it too. */
export function foreseenObjects(real: Objects, meter: Meter, kind: 'server' | 'folder'): Objects {
  const page = kind === 'server' ? PAGE : Number.POSITIVE_INFINITY;
  const below = countedObjects(real, countOn(meter, -1), page);
  return countedObjects(overlayObjects(below), countOn(meter, 1), page);
}

/** Repositories in the same way. */
export function foreseenRepositories(real: Repositories, meter: Meter, kind: 'server' | 'folder'): Repositories {
  const page = kind === 'server' ? PAGE : Number.POSITIVE_INFINITY;
  const below = countedRepositories(real, countOn(meter, -1), folderUploads, page);
  const uploads = kind === 'server' ? registryUploads() : folderUploads;
  return countedRepositories(overlayRepositories(below), countOn(meter, 1), uploads, page);
}
