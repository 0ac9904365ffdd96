import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareUtf8 } from '../../archive/path.ts';

/** Which keys to visit. Both bounds are compared as bytes. */
export interface Scope {
  readonly prefix: string;
  /** Only keys after this one; empty for all. */
  readonly startAfter: string;
  /** Names directly in the root that are no objects. */
  readonly ignore: RegExp;
}

/**
 * The keys of all regular files under `root` within the scope, in byte order, and no folder is read before its first key
 * is asked for. Symbolic links are not followed. Folders that are absent, or vanish meanwhile, have no keys.
 */
export async function* walk(root: string, scope: Scope): AsyncGenerator<string> {
  yield* walkFolder(root, '', scope);
}

/** `folder` is empty or ends with a slash. */
async function* walkFolder(root: string, folder: string, scope: Scope): AsyncGenerator<string> {
  const entries = await entriesOf(join(root, folder));
  // With its slash a folder sorts where its keys sort.
  const paths = entries
    .filter((entry) => entry.isDirectory() || entry.isFile())
    .filter(({ name }) => folder !== '' || !scope.ignore.test(name))
    .map((entry) => folder + entry.name + (entry.isDirectory() ? '/' : ''))
    .filter((path) => isInScope(path, scope));
  for (const path of paths.sort(compareUtf8)) {
    if (path.endsWith('/')) yield* walkFolder(root, path, scope);
    else yield path;
  }
}

function isInScope(path: string, { prefix, startAfter }: Scope): boolean {
  const isFolder = path.endsWith('/');
  const within = path.startsWith(prefix) || (isFolder && prefix.startsWith(path));
  const after = compareUtf8(path, startAfter) > 0 || (isFolder && startAfter.startsWith(path));
  return within && after;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw thrown;
  }
}
