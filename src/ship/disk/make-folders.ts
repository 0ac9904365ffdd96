/** Folders on disk, made and taken away one level at a time. */
import { lstat, mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/** Whether something else than a folder has the name. One that was gone a moment ago may be back: another writer made it. */
const isTaken = (path: string): Promise<boolean> =>
  lstat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  );

const isCode = (thrown: unknown, code: string): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code;

/**
 * Makes the folder and those above it, and answers the uppermost that it made; undefined when the folder was there. Node's own
 * recursion does not end where a file system refuses folders as if their parent were missing, as /proc does.
 */
export async function makeFolders(path: string): Promise<string | undefined> {
  const making = await mkdir(path).catch((thrown: unknown) => ({ thrown }));
  if (making === undefined) return path;
  if (await isFolder(path)) return undefined;
  const { thrown } = making;
  // There a moment ago: whoever empties a folder takes it away.
  if (isCode(thrown, 'EEXIST') && !(await isTaken(path))) return makeFolders(path);
  const parent = dirname(path);
  if (!isCode(thrown, 'ENOENT') || parent === path) throw thrown;
  const first = await makeFolders(parent);
  await mkdir(path).catch(async (again: unknown) => {
    if (!(await isFolder(path))) throw isCode(again, 'EEXIST') && !(await isTaken(path)) ? thrown : again;
  });
  return first ?? path;
}

/** Does the work, and takes away the folder, and those above it, that were not there before and are empty then. */
export async function leavingNoFolder<T>(path: string, work: () => Promise<T>): Promise<T> {
  const missing: string[] = [];
  for (let folder = path; !(await isFolder(folder)) && dirname(folder) !== folder; folder = dirname(folder))
    missing.push(folder);
  try {
    return await work();
  } finally {
    for (const folder of missing) {
      const isGone = await rmdir(folder).then(
        () => true,
        () => false,
      );
      if (!isGone) break;
    }
  }
}
