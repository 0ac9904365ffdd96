/** Repositories on disk: one OCI image layout (image-spec v1.1) for each, readable by crane, regctl and skopeo. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareUtf8 } from '../../archive/path.ts';
import { digestOf, isDigest } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest, ReferrerDescriptor } from '../../model.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import type { Inventory, ManifestPutResult, Meter, Repositories, StoredManifest } from '../ports.ts';
import { type Attached, attachedBy } from '../referrer.ts';
import { isRepository, validReference } from '../repository-names.ts';
import { calls } from './layout-calls.ts';
import { filesIn, isSystemError, makeFolder, readIfThere, sweep, syncFolder, writeWhole } from './layout-files.ts';
import {
  emptyIndex,
  formatIndex,
  type LayoutIndex,
  parseIndex,
  tagOf,
  withManifest,
  without,
  withTag,
} from './layout-index.ts';
import { type LockOptions, withLock } from './layout-lock.ts';

/** How the folder is used. */
export interface OciLayoutOptions {
  /** Counts calls, as requests to a server would be. */
  readonly meter?: Meter | undefined;
  /** How long to wait for another process that writes to the same repository. */
  readonly lock?: LockOptions | undefined;
}

/**
 * The folder `root` (absolute; made on the first write) as repositories, `root/<repository>/` each. `lock` is `cas`:
 * writes of one repository are ordered by a lock file, between processes of one host and of several where the file
 * system has hard links. Throws `CONFIG` (a name that is no repository, tag or digest), `CORRUPT` (bytes that do not match
 * their digest, a broken `index.json`), `DENIED` (missing rights) and `STORE` (a full disk, a lock held too long).
 */
export function ociLayout(root: string, options: OciLayoutOptions = {}): Repositories {
  const { read, write } = calls(root, options.meter ?? { reads: 0, writes: 0 });
  const inOrder = oneAtATime();
  const attached: Links = new Map();
  const layoutOf = (repository: string): Layout => layoutAt(root, repository);
  const locked = <T>(layout: Layout, work: () => Promise<T>): Promise<T> => {
    // Within the process a queue is cheaper than waiting at the file, and fair.
    return inOrder(layout.folder, () => withLock(layout.lock, work, options.lock));
  };
  return {
    lock: 'cas',
    hasBlob: (repository, digest) =>
      read(`blob "${digest}" of "${repository}"`, () => isFile(blobPath(layoutOf(repository), digest))),
    getBlob: (repository, digest) =>
      read(`blob "${digest}" of "${repository}"`, () => readBlob(layoutOf(repository), digest)),
    putBlob: (repository, digest, bytes) =>
      write(`blob "${digest}" of "${repository}"`, async () => {
        const layout = layoutOf(repository);
        const path = blobPath(layout, digest);
        check(digest, digestOf(bytes), 'the blob to write');
        await prepare(layout, locked);
        await writeWhole({ path, aside: layout.folder }, bytes);
      }),
    getManifest: (repository, reference) =>
      read(`manifest "${reference}" of "${repository}"`, () => readManifest(layoutOf(repository), reference)),
    putManifest: (repository, reference, bytes, { mediaType, unless }) =>
      write(`manifest "${reference}" of "${repository}"`, async () => {
        const layout = layoutOf(repository);
        const put = { reference: validReference(reference), bytes, mediaType, unless };
        if (isDigest(reference)) check(reference, digestOf(bytes), 'the manifest to write');
        await prepare(layout, locked);
        return locked(layout, () => writeManifest(layout, put));
      }),
    referrers: (repository, subject) =>
      read(`what is attached to "${subject}" in "${repository}"`, () =>
        readReferrers(layoutOf(repository), subject, attached),
      ),
    deleteManifest: (repository, digest) =>
      write(`manifest "${digest}" of "${repository}"`, async () => {
        const layout = layoutOf(repository);
        validReference(digest);
        // Where there is no layout, there is nothing to lock either.
        if (await isFile(layout.marker)) await locked(layout, () => removeManifest(layout, digest));
      }),
    deleteBlob: (repository, digest) =>
      write(`blob "${digest}" of "${repository}"`, () => rm(blobPath(layoutOf(repository), digest), { force: true })),
    inventory: (repository) => read(`"${repository}"`, () => readInventory(layoutOf(repository))),
    tags: (repository, { startAfter } = {}) =>
      read(`tags of "${repository}"`, () => readTags(layoutOf(repository), startAfter)),
  };
}

interface Layout {
  readonly folder: string;
  readonly index: string;
  readonly marker: string;
  readonly blobs: string;
  readonly lock: string;
}

// A repository below another one must not take the place of that one's own files.
const ownNames: readonly string[] = ['blobs', 'index.json', 'oci-layout'];

function layoutAt(root: string, repository: string): Layout {
  const segments = repository.split('/');
  if (!isRepository(repository) || segments.slice(1).some((segment) => ownNames.includes(segment))) {
    const hint = 'use lower-case letters, digits and ". _ - /"; below another repository not "blobs" or "index.json"';
    throw new SlipwayError('CONFIG', `Cannot use repository "${repository}": it is not a valid name`, { hint });
  }
  const folder = join(root, ...segments);
  return {
    folder,
    index: join(folder, 'index.json'),
    marker: join(folder, 'oci-layout'),
    blobs: join(folder, 'blobs', 'sha256'),
    lock: join(folder, '.slipway.lock'),
  };
}

function blobPath({ blobs }: Layout, digest: Digest): string {
  return join(blobs, validReference(digest).slice('sha256:'.length));
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}

async function readBlob(layout: Layout, digest: Digest): Promise<Uint8Array | undefined> {
  const path = blobPath(layout, digest);
  const bytes = await readIfThere(path);
  if (bytes !== undefined) check(digest, digestOf(bytes), `"${path}"`);
  return bytes;
}

async function readIndex(layout: Layout): Promise<LayoutIndex> {
  const bytes = await readIfThere(layout.index);
  return bytes === undefined ? emptyIndex : parseIndex(bytes, layout.index);
}

async function readManifest(layout: Layout, reference: string): Promise<StoredManifest | undefined> {
  validReference(reference);
  const { manifests } = await readIndex(layout);
  const listed = manifests.find((manifest) => (isDigest(reference) ? manifest.digest : tagOf(manifest)) === reference);
  const bytes = listed === undefined ? undefined : await readBlob(layout, listed.digest);
  if (listed === undefined || bytes === undefined) return undefined;
  return { bytes, mediaType: listed.mediaType, digest: listed.digest };
}

/** What listed manifests are attached to, by digest: they never change, so each is read once. */
type Links = Map<Digest, Attached | undefined>;

async function readReferrers(layout: Layout, subject: Digest, links: Links): Promise<readonly ReferrerDescriptor[]> {
  const { manifests } = await readIndex(layout);
  const found = new Map<Digest, ReferrerDescriptor>();
  for (const { digest, mediaType } of manifests) {
    if (!links.has(digest)) {
      // One damaged manifest must not hide the others.
      const bytes = await readIfThere(blobPath(layout, digest));
      if (bytes === undefined || digestOf(bytes) !== digest) continue;
      links.set(digest, attachedBy(bytes, mediaType));
    }
    const link = links.get(digest);
    if (link?.subject === subject) found.set(digest, link.descriptor);
  }
  return [...found.values()];
}

async function readTags(layout: Layout, startAfter: string | undefined): Promise<readonly string[]> {
  const { manifests } = await readIndex(layout);
  const tags = manifests.map(tagOf).filter((tag) => tag !== undefined);
  const wanted = startAfter === undefined ? tags : tags.filter((tag) => compareUtf8(startAfter, tag) < 0);
  return [...new Set(wanted)].sort(compareUtf8);
}

/** Manifests by the index; what else lies beside them are blobs. */
async function readInventory(layout: Layout): Promise<Inventory> {
  const files = await filesIn(layout.blobs);
  const manifests = new Set((await readIndex(layout)).manifests.map(({ digest }) => digest));
  const blobs = files.flatMap(({ name, size }) => {
    const digest = `sha256:${name}`;
    return isDigest(digest) && !manifests.has(digest) ? [{ digest, size }] : [];
  });
  return { manifests: [...manifests], blobs };
}

type Locked = <T>(layout: Layout, work: () => Promise<T>) => Promise<T>;

/** Makes an empty layout, once; at every moment it is either none or a valid one (the marker comes last). */
async function prepare(layout: Layout, locked: Locked): Promise<void> {
  if (await isFile(layout.marker)) return;
  await makeFolder(layout.blobs);
  await locked(layout, async () => {
    const aside = layout.folder;
    if (!(await isFile(layout.index))) await writeWhole({ path: layout.index, aside }, formatIndex(emptyIndex));
    if (await isFile(layout.marker)) return;
    await writeWhole({ path: layout.marker, aside }, Buffer.from('{"imageLayoutVersion":"1.0.0"}\n'));
  });
}

interface ManifestWrite {
  readonly reference: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly unless: ((tag: string) => boolean) | undefined;
}

/** Only while holding the lock. Blobs first and durable, the index last: it never lists what is not there. */
async function writeManifest(layout: Layout, put: ManifestWrite): Promise<ManifestPutResult> {
  const index = await readIndex(layout);
  const { reference, bytes } = put;
  const rival = index.manifests.map(tagOf).find((tag) => tag !== undefined && put.unless?.(tag) === true);
  if (rival !== undefined) return { outcome: 'exists', tag: rival };
  const manifest = { mediaType: put.mediaType, digest: digestOf(bytes), size: bytes.length };
  const path = blobPath(layout, manifest.digest);
  if (!(await readIfThere(path))?.equals(bytes)) await writeWhole({ path, aside: layout.folder }, bytes);
  const next = isDigest(reference) ? withManifest(index, manifest) : withTag(index, reference, manifest);
  const content = formatIndex(next);
  if (!(await readIfThere(layout.index))?.equals(content)) {
    await syncFolder(layout.blobs);
    await writeWhole({ path: layout.index, aside: layout.folder }, content);
    await syncFolder(layout.folder);
    await sweep(layout.folder);
  }
  return { outcome: 'created', ...(attachedBy(bytes, put.mediaType) !== undefined && { linked: true }) };
}

/** Only while holding the lock. The index first and durable: it never lists what is not there. */
async function removeManifest(layout: Layout, digest: Digest): Promise<void> {
  const index = await readIndex(layout);
  const next = without(index, digest);
  if (next.manifests.length < index.manifests.length) {
    await writeWhole({ path: layout.index, aside: layout.folder }, formatIndex(next));
    await syncFolder(layout.folder);
  }
  await rm(blobPath(layout, digest), { force: true });
}

function check(expected: Digest, actual: Digest, what: string): void {
  if (expected === actual) return;
  throw new SlipwayError('CORRUPT', `Cannot use ${what}: expected "${expected}", found "${actual}"`, {
    hint: 'the bytes were damaged in the store; remove the file and run again',
  });
}
