/** Temporary folders and what is in them. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { run } from './peer.ts';

/** A temporary folder that goes away with the scope or by hand. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Makes a temporary folder. */
export async function folder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'slipway-interop-'));
  const remove = (): Promise<void> => rm(path, { recursive: true, force: true });
  return { path, remove, [Symbol.asyncDispose]: remove };
}

/** The sha256 of some bytes in hexadecimal digits. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Every file below a folder: its path and the sha256 of its bytes, in byte order of the paths. */
export async function filesIn(root: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashed = paths.map(
    async (path): Promise<[string, string]> => [relative(root, path), sha256(await readFile(path))],
  );
  const found = await Promise.all(hashed);
  return Object.fromEntries(found.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
}

/** Unpacks with GNU tar into a new folder `name` of `cwd`, and answers it. */
export async function untar(archive: string, cwd: string, name: string): Promise<string> {
  const target = join(cwd, name);
  await mkdir(target);
  await run('tar', ['--extract', '--gzip', '--file', archive, '--directory', target], { cwd });
  return target;
}
