/** Globs over folders: `*`, `?`, `[a-z]`, `[!a-z]` within a segment, `**` for any number of segments. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether a path is a glob rather than a folder's name. */
export function isGlob(path: string): boolean {
  return /[*?[]/.test(path);
}

/** Compares by UTF-8 bytes, which no locale changes. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A class as in `[a-z]`, which may begin with `]`; or any other single character. */
const TOKEN = /\[([!^]?)(\]?[^\]]*)\]|[\s\S]/gu;

/** One segment of a glob as a pattern. As in a shell, wildcards do not match a leading dot. */
export function segmentPattern(segment: string): RegExp {
  const source = segment.replace(TOKEN, (token, not: string | undefined, set: string | undefined) => {
    if (set !== undefined && set !== '') return `[${not ? '^' : ''}${set.replace(/[\\\]^[]/g, '\\$&')}]`;
    if (token === '*') return '.*';
    return token === '?' ? '.' : token.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  try {
    return new RegExp(`^${/^[*?[]/.test(segment) ? '(?!\\.)' : ''}${source}$`, 'su');
  } catch {
    // A range that runs backwards, as in `[z-a]`, holds no character.
    return /(?!)/;
  }
}

async function entriesOf(dir: string): Promise<Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch {
    // A folder that cannot be listed matches nothing; whatever should have matched is then missed by name.
    return [];
  }
}

async function isFolder(parent: string, entry: Dirent): Promise<boolean> {
  if (entry.isDirectory()) return true;
  if (!entry.isSymbolicLink()) return false;
  return stat(join(parent, entry.name)).then(
    (target) => target.isDirectory(),
    () => false,
  );
}

/** Folders below `from` (which stands for the segments read so far) that the remaining segments match. */
async function match(
  from: { readonly dir: string; readonly path: readonly string[] },
  segments: readonly string[],
): Promise<string[]> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return [from.path.join('/')];
  const below = (name: string) => ({ dir: join(from.dir, name), path: [...from.path, name] });
  if (segment !== '**' && !isGlob(segment)) {
    const found = await stat(join(from.dir, segment)).catch(() => undefined);
    return found?.isDirectory() ? match(below(segment), rest) : [];
  }
  const folders: string[] = [];
  for (const entry of await entriesOf(from.dir)) {
    // `**` does not follow links: a link to a folder above would never end.
    if (
      segment === '**'
        ? entry.isDirectory() && !entry.name.startsWith('.')
        : segmentPattern(segment).test(entry.name) && (await isFolder(from.dir, entry))
    ) {
      folders.push(entry.name);
    }
  }
  const deeper = await Promise.all(folders.map((name) => match(below(name), segment === '**' ? segments : rest)));
  return segment === '**' ? [...(await match(from, rest)), ...deeper.flat()] : deeper.flat();
}

/** The folders that a glob matches, relative to the absolute folder `dir`, in byte order, each once. */
export async function expandGlob(pattern: string, dir: string): Promise<string[]> {
  const absolute = pattern.startsWith('/');
  const segments = pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
  const found = await match({ dir: absolute ? '/' : dir, path: [] }, segments);
  return [...new Set(found.map((path) => (absolute ? `/${path}` : path)))].sort(byBytes);
}
