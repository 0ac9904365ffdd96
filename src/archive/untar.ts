import { isUtf8 } from 'node:buffer';
import type { SourceFile } from '../model.ts';
import { compareUtf8, foldersAbove, pathProblem } from './path.ts';
import { corrupt, type TarEntry, tarEntries } from './tar-entries.ts';

/** How to read an archive. */
export interface UntarOptions {
  /**
   * Accepts what Flux's untar accepts from other tools: symbolic links and PAX global headers are skipped, a leading `./`
   * is dropped, of two files with one name the last wins. Off: only what slipway itself would write.
   */
  readonly foreign?: boolean;
  /** The most bytes all files together may have. No limit when absent: the caller limits the archive itself. */
  readonly limit?: number;
}

/**
 * Reads a ustar, PAX or GNU tar archive into memory; files come in byte order of their paths. Throws `CORRUPT` for links,
 * devices, names that could leave the folder or that Flux refuses, duplicates, a path that is file and folder, a bad
 * checksum, a cut archive, anything but zeros after the end, and more than `limit` bytes. Nothing is ever repaired.
 */
export function untar(bytes: Uint8Array, options: UntarOptions = {}): readonly SourceFile[] {
  const foreign = options.foreign ?? false;
  const files = new Map<string, SourceFile>();
  const folders = new Set<string>();
  let total = 0;
  for (const entry of tarEntries(bytes)) {
    if (isSkipped(entry, foreign)) continue;
    const path = pathOf(entry, foreign);
    if (entry.kind === 'folder') {
      if (folders.has(path) && !foreign) throw corrupt(`folder ${JSON.stringify(path)} is there twice`);
      folders.add(path);
      continue;
    }
    if (files.has(path) && !foreign) throw corrupt(`file ${JSON.stringify(path)} is there twice`);
    total += entry.bytes.length;
    if (total > (options.limit ?? Number.POSITIVE_INFINITY)) {
      throw corrupt(`its files are larger than ${options.limit} bytes`);
    }
    files.set(path, { path, bytes: entry.bytes });
  }
  refuseFilesAsFolders(files, folders);
  return [...files.values()].sort((a, b) => compareUtf8(a.path, b.path));
}

/** Throws for what is neither file nor folder, unless it may be passed over. */
function isSkipped(entry: TarEntry, foreign: boolean): boolean {
  switch (entry.kind) {
    case 'file':
      return false;
    case 'folder':
      return foreign && /^\.?\/?$/.test(entry.name.toString());
    case 'symlink':
    case 'global':
      if (foreign) return true;
      throw corrupt(
        `${JSON.stringify(entry.name.toString())} is ${entry.kind === 'global' ? 'a global header' : 'a link'}`,
      );
    default:
      throw corrupt(`${JSON.stringify(entry.name.toString())} is neither a file nor a folder`);
  }
}

function pathOf(entry: TarEntry, foreign: boolean): string {
  if (!isUtf8(entry.name)) throw corrupt('a name is not UTF-8');
  let path = entry.name.toString();
  if (entry.kind === 'folder' && path.endsWith('/')) path = path.slice(0, -1);
  if (foreign && path.startsWith('./')) path = path.slice(2);
  const problem = pathProblem(path);
  if (problem !== undefined) throw corrupt(`the name ${JSON.stringify(path)} is refused: ${problem}`);
  return path;
}

function refuseFilesAsFolders(files: ReadonlyMap<string, SourceFile>, folders: ReadonlySet<string>): void {
  const refuse = (folder: string): void => {
    if (files.has(folder)) throw corrupt(`${JSON.stringify(folder)} is both a file and a folder`);
  };
  for (const folder of folders) refuse(folder);
  for (const path of [...files.keys(), ...folders]) for (const folder of foldersAbove(path)) refuse(folder);
}
