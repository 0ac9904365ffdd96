/** Files of a store on disk: written whole, durable before they show, with clear errors. */
import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { eachLimit } from '../../concurrency.ts';
import { SlipwayError } from '../../errors.ts';
import { makeFolders } from './make-folders.ts';

const AT_ONCE = 16;

/** Whether `error` is Node's error of a system call with one of these codes, such as `ENOENT`. */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes(String(Reflect.get(error, 'code')));
}

/** The file's bytes, or undefined when there is none. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** The files in a folder with their sizes in bytes; none where there is no folder. */
export async function filesIn(folder: string): Promise<readonly { readonly name: string; readonly size: number }[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  });
  const found = await eachLimit(names, AT_ONCE, async (name) => {
    const file = await stat(join(folder, name)).catch(ignoreMissing);
    return file?.isFile() === true ? { name, size: file.size } : undefined;
  });
  return found.filter((file) => file !== undefined);
}

/** A file to be replaced as a whole; `aside` is an existing folder of the same file system for unfinished files. */
export interface WholeFile {
  readonly path: string;
  readonly aside: string;
}

/** Writes aside, syncs, renames: readers see the old file or the new one, also after a crash or power cut. */
export async function writeWhole({ path, aside }: WholeFile, bytes: Uint8Array): Promise<void> {
  const temporary = join(aside, `.slipway-${randomBytes(8).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

const leftoverSeconds = 3_600;

/** Removes what killed writers have left in `aside`: files of ours that nobody has touched for an hour. */
export async function sweep(aside: string): Promise<void> {
  for (const name of await readdir(aside)) {
    if (!/^\.slipway(?:-|\.lock\.)/.test(name)) continue;
    const path = join(aside, name);
    const modified = await stat(path).then((found) => found.mtimeMs, ignoreMissing);
    if (modified !== undefined && Date.now() - modified > leftoverSeconds * 1000) await rm(path, { force: true });
  }
}

function ignoreMissing(error: unknown): undefined {
  if (!isSystemError(error, 'ENOENT')) throw error;
}

/** Makes the names in a folder durable. Where folders cannot be synced (Windows) the system sees to it. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!isSystemError(error, 'EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP')) throw error;
  }
}

/** Makes a folder and its parents. */
export async function makeFolder(path: string): Promise<void> {
  await makeFolders(path);
}

/** Explains an error of the file system: `DENIED` for missing rights, `STORE` for the rest, with the code. */
export function fileError(task: string, cause: unknown): SlipwayError {
  if (cause instanceof SlipwayError) return cause;
  if (isSystemError(cause, 'EACCES', 'EPERM', 'EROFS')) {
    const hint = 'give this user the right to write there, or choose another folder';
    return new SlipwayError('DENIED', `Cannot ${task}: permission denied`, { cause, hint });
  }
  const code = cause instanceof Error ? String(Reflect.get(cause, 'code') ?? cause.message) : String(cause);
  const hint = 'check the free space and the file system, then run again';
  return new SlipwayError('STORE', `Cannot ${task}: ${code}`, { cause, hint });
}
