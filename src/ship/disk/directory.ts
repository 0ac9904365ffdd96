/** A bucket as a folder: every key is a file under the root, every write one rename or link. */
import { createHash, randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compareUtf8 } from '../../archive/path.ts';
import { eachLimit } from '../../concurrency.ts';
import { type Code, SlipwayError } from '../../errors.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import type { Meter, ObjectInfo, ObjectListing, Objects, PutResult } from '../ports.ts';
import { walk } from './directory-walk.ts';
import { makeFolders } from './make-folders.ts';

/** Files that are being written; they lie in the root, where no reader looks. */
const TEMPORARY = /^\.slipway-[0-9a-f]+\.tmp$/;
const READS_AT_ONCE = 32;
const PLACE_ATTEMPTS = 8;

/**
 * The folder `root` (absolute; made on the first write) as a set of objects. ETags are the MD5 of the bytes; content
 * type, cache control and metadata are not kept. A write is on disk before it is visible. Create-only holds between
 * processes on every file system with hard links; `replace` looks and then renames, which holds within one process only.
 * A folder goes with its last object. Throws `STORE` for keys that a folder cannot hold (`..`, empty
 * segments, a key that is a folder of another) and for a full disk, `DENIED` for missing permissions.
 */
export function directory(root: string, { meter = { reads: 0, writes: 0 } }: { readonly meter?: Meter } = {}): Objects {
  const inTurn = oneAtATime();
  return {
    async get(key) {
      meter.reads += 1;
      const path = pathOf(root, key);
      return readObject(path).catch(explained(`read "${key}" from`, root));
    },
    async put(key, bytes, { create = false }) {
      meter.writes += 1;
      const path = pathOf(root, key);
      return write({ root, path, bytes, create }).catch(explained(`write "${key}" to`, root));
    },
    async replace(key, bytes, etag) {
      meter.writes += 1;
      const path = pathOf(root, key);
      const replaced = inTurn(path, () => replace({ root, path, bytes, create: false }, etag));
      return replaced.catch(explained(`write "${key}" to`, root));
    },
    async delete(key) {
      meter.writes += 1;
      const path = pathOf(root, key);
      return remove(root, path).catch(explained(`delete "${key}" from`, root));
    },
    async list(prefix, options = {}) {
      meter.reads += 1;
      return list(root, prefix, options).catch(explained(`list "${prefix}" in`, root));
    },
  };
}

function pathOf(root: string, key: string): string {
  const segments = key.split('/');
  const odd = segments.some((s) => s === '' || s === '.' || s === '..' || /[\\\0]/.test(s));
  if (odd || TEMPORARY.test(key)) {
    const hint = 'use names without backslashes, empty segments, "." and ".."';
    throw new SlipwayError('STORE', `Cannot use key ${JSON.stringify(key)}: it names no file of the directory`, {
      hint,
    });
  }
  return join(root, ...segments);
}

async function readObject(path: string): ReturnType<Objects['get']> {
  try {
    const bytes = await readFile(path);
    return { bytes, etag: md5(bytes) };
  } catch (thrown) {
    // A folder, and a path through a file, hold no object of this key.
    if (isSystemError(thrown, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined;
    throw thrown;
  }
}

interface Write {
  readonly root: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly create: boolean;
}

async function write({ root, path, bytes, create }: Write): Promise<PutResult> {
  // Saves writing the bytes; the link below decides.
  if (create && (await isFile(path))) return { outcome: 'exists' };
  const temporary = join(root, `.slipway-${randomBytes(8).toString('hex')}.tmp`);
  let made: string | undefined;
  try {
    made = await inFolders(path, () => writeThrough(temporary, bytes));
    await place(temporary, path, create);
  } catch (thrown) {
    if (create && isSystemError(thrown, 'EEXIST') && (await isFile(path))) return { outcome: 'exists' };
    throw thrown;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolders(dirname(path), made === undefined ? dirname(path) : dirname(made));
  return { outcome: 'created', etag: md5(bytes) };
}

/**
 * Works on a file once its folders are there, and answers the uppermost one that was made. Whoever deletes the last object of a
 * folder takes the folder away as well, perhaps just now.
 */
async function inFolders(path: string, work: () => Promise<void>): Promise<string | undefined> {
  let made: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      made = (await makeFolders(dirname(path))) ?? made;
      await work();
      return made;
    } catch (thrown) {
      if (!isSystemError(thrown, 'ENOENT') || attempt === PLACE_ATTEMPTS) throw thrown;
    }
  }
}

async function place(temporary: string, path: string, create: boolean): Promise<void> {
  await inFolders(path, () => (create ? link(temporary, path).catch(withoutLinks) : rename(temporary, path)));
}

async function replace(next: Write, etag: string): ReturnType<Objects['replace']> {
  if ((await readObject(next.path))?.etag !== etag) return 'changed';
  await write(next);
  return 'replaced';
}

async function remove(root: string, path: string): Promise<void> {
  if (!(await isFile(path))) return;
  await rm(path, { force: true });
  let folder = dirname(path);
  await syncFolders(folder, folder);
  for (; folder !== root; folder = dirname(folder)) {
    const isEmptied = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!isEmptied) return;
  }
}

function withoutLinks(cause: unknown): never {
  // The file is ours, so EPERM is the file system's way to say that it has no links (link(2), vfat).
  if (!isSystemError(cause, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw cause;
  const hint = 'use a directory on a file system with hard links';
  throw new SlipwayError('STORE', 'Cannot create an object: the file system has no hard links', { cause, hint });
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ?? false;
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the new name, and the folders made for it, survive a power cut. `last` is `first` or one of its parents. */
async function syncFolders(first: string, last: string): Promise<void> {
  for (let folder = first; ; folder = dirname(folder)) {
    // Windows opens no folders; there the name is as durable as the system makes it.
    const handle = await open(folder, 'r').catch(() => undefined);
    await handle?.sync().catch(() => undefined);
    await handle?.close();
    if (folder === last) return;
  }
}

async function list(
  root: string,
  prefix: string,
  { delimiter, limit = Number.POSITIVE_INFINITY, startAfter = '' }: NonNullable<Parameters<Objects['list']>[1]>,
): Promise<ObjectListing> {
  const keys: string[] = [];
  const prefixes = new Set<string>();
  for await (const key of walk(root, { prefix, startAfter, ignore: TEMPORARY })) {
    const cut = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    const shared = delimiter === undefined || cut === -1 ? undefined : key.slice(0, cut + delimiter.length);
    if (shared !== undefined && prefixes.has(shared)) continue;
    if (keys.length + prefixes.size >= limit) break;
    if (shared === undefined) keys.push(key);
    else prefixes.add(shared);
  }
  const objects = await eachLimit(keys, READS_AT_ONCE, (key) => infoOf(root, key));
  return { objects: objects.filter((info) => info !== undefined), prefixes: [...prefixes].sort(compareUtf8) };
}

/** Undefined when the file has vanished since the folder was read. */
async function infoOf(root: string, key: string): Promise<ObjectInfo | undefined> {
  const path = join(root, key);
  const [object, found] = await Promise.all([readObject(path), stat(path).catch(() => undefined)]);
  if (object === undefined || found === undefined) return undefined;
  return { key, etag: object.etag, size: object.bytes.length, modified: Math.floor(found.mtimeMs) };
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

function isSystemError(thrown: unknown, ...codes: readonly string[]): boolean {
  return thrown instanceof Error && 'code' in thrown && codes.includes(String(thrown.code));
}

/** What the file system's refusals mean; the rest is told as it is. */
const MEANING: readonly { readonly codes: readonly string[]; readonly code: Code; state: string; hint: string }[] = [
  {
    codes: ['ENOTDIR', 'EEXIST', 'EISDIR', 'ENOTEMPTY'],
    code: 'STORE',
    state: 'one key is a folder of another key',
    hint: 'remove the file or folder that is in the way, or use another directory',
  },
  {
    codes: ['EACCES', 'EPERM', 'EROFS'],
    code: 'DENIED',
    state: 'permission denied',
    hint: 'give this user access to the directory',
  },
  { codes: ['ENOSPC', 'EDQUOT'], code: 'STORE', state: 'no space left', hint: 'free space on that disk' },
];

function explained(doing: string, root: string): (thrown: unknown) => never {
  return (cause) => {
    if (cause instanceof SlipwayError) throw cause;
    const meaning = MEANING.find(({ codes }) => isSystemError(cause, ...codes));
    const state = meaning?.state ?? (cause instanceof Error ? cause.message : String(cause));
    const hint = meaning?.hint ?? 'check the disk and the file system of that directory';
    throw new SlipwayError(meaning?.code ?? 'STORE', `Cannot ${doing} directory "${root}": ${state}`, { cause, hint });
  };
}
