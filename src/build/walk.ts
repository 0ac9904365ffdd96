import { isUtf8 } from 'node:buffer';
import { type Dirent, readdirSync, readFileSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import {
  decodeIgnoreFile,
  IGNORE_FILE,
  type IgnoreRule,
  isIgnored,
  parseIgnoreFile,
  VCS_RULES,
} from '../archive/ignore.ts';
import { compareUtf8 } from '../archive/path.ts';
import { SlipwayError } from '../errors.ts';
import type { ArtifactPlan } from '../model.ts';
import { codeOf, overBudget, shownPath, sourceError, unreadable } from './source-errors.ts';

/** The most an artifact may hold. */
export interface Budget {
  readonly maxFiles: number;
  readonly maxBytes: number;
}

export interface WalkOptions extends Budget {
  /** Reorders each folder's listing; a test shows with it that the order does not matter. */
  readonly order?: (names: readonly string[]) => readonly string[];
}

/** A regular file of an artifact: where its bytes are and the path it has in the artifact. */
export interface FoundFile {
  readonly path: string;
  readonly location: string;
}

/** A folder under way. `real` has no symbolic links in it; `above` are the real folders it was reached through. */
interface Folder {
  readonly real: string;
  readonly path: string;
  readonly rules: readonly IgnoreRule[];
  readonly above: readonly string[];
}

interface Walk {
  readonly artifact: ArtifactPlan;
  readonly root: string;
  readonly options: WalkOptions;
  readonly found: FoundFile[];
  bytes: number;
  /** Folders reached through links: links to links to folders can multiply without a single file. */
  linked: number;
}

/**
 * Lists the files below an artifact's folder in byte order of their paths, ignore rules applied. Links inside the folder
 * are followed and look like what they point to; `.git` is never entered. Throws `SOURCE` for links that leave the folder,
 * loop or dangle, special files, names that are not UTF-8, what cannot be read, and more than the budget (checked here, by
 * size on disk, before any file is read).
 */
export function walk(artifact: ArtifactPlan, options: WalkOptions): readonly FoundFile[] {
  const root = realpathSync.native(artifact.root);
  const state: Walk = { artifact, root, options, found: [], bytes: 0, linked: 0 };
  walkFolder(state, { real: root, path: '', rules: VCS_RULES, above: [] });
  return state.found.sort((a, b) => compareUtf8(a.path, b.path));
}

function walkFolder(state: Walk, folder: Folder): void {
  const entries = listing(state, folder);
  const rules = entries.has(IGNORE_FILE) ? [...folder.rules, ...ownRules(state, folder)] : folder.rules;
  const names = state.options.order?.([...entries.keys()]) ?? entries.keys();
  for (const name of names) {
    const entry = entries.get(name);
    if (entry !== undefined && name !== '.git') visit(state, { ...folder, rules }, entry);
  }
}

interface NamedEntry {
  readonly name: string;
  readonly entry: Dirent<Buffer>;
}

function visit(state: Walk, folder: Folder, { name, entry }: NamedEntry): void {
  const path = folder.path === '' ? name : `${folder.path}/${name}`;
  const real = join(folder.real, name);
  if (entry.isDirectory()) {
    walkFolder(state, { real, path, rules: folder.rules, above: [...folder.above, folder.real] });
  } else if (isIgnored(folder.rules, path, false)) {
    return;
  } else if (entry.isFile()) {
    addFile(state, path, real);
  } else if (entry.isSymbolicLink()) {
    followLink(state, folder, { path, real });
  } else {
    throw sourceError(state.artifact, path, {
      problem: 'it is neither a file nor a folder',
      hint: `remove it, or leave it out in "${IGNORE_FILE}"`,
    });
  }
}

function addFile(state: Walk, path: string, location: string): void {
  state.bytes += statOf(state, path, location).size;
  state.found.push({ path, location });
  const { maxFiles, maxBytes } = state.options;
  if (state.found.length > maxFiles) throw overBudget(state.artifact, `${maxFiles} files`);
  if (state.bytes > maxBytes) throw overBudget(state.artifact, `${maxBytes} bytes`);
}

function statOf(state: Walk, path: string, location: string): Stats {
  try {
    return statSync(location);
  } catch (cause) {
    throw unreadable(state.artifact, path, cause);
  }
}

function followLink(state: Walk, folder: Folder, link: { readonly path: string; readonly real: string }): void {
  if (isIgnored(folder.rules, link.path, true) && !leadsToFile(link.real)) return;
  const target = resolveLink(state, link);
  const stats = statOf(state, link.path, target);
  if (stats.isFile()) {
    addFile(state, link.path, target);
    return;
  }
  const above = [...folder.above, folder.real];
  if (above.includes(target)) throw badLink(state, link, 'it leads back to a folder above it');
  if (!stats.isDirectory()) throw badLink(state, link, 'its target is neither a file nor a folder');
  state.linked += 1;
  if (state.linked > state.options.maxFiles)
    throw overBudget(state.artifact, `${state.options.maxFiles} linked folders`);
  walkFolder(state, { real: target, path: link.path, rules: folder.rules, above });
}

function leadsToFile(link: string): boolean {
  try {
    return statSync(link).isFile();
  } catch {
    return false;
  }
}

/** The real path behind a link that stays inside the artifact's folder. */
function resolveLink(state: Walk, link: { readonly path: string; readonly real: string }): string {
  let target: string;
  try {
    target = realpathSync.native(link.real);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw badLink(state, link, 'its target does not exist', cause);
    if (code === 'ELOOP') throw badLink(state, link, 'it leads to itself', cause);
    throw unreadable(state.artifact, link.path, cause);
  }
  if (target !== state.root && !target.startsWith(state.root + sep)) {
    throw badLink(state, link, 'its target lies outside the folder');
  }
  if (target.slice(state.root.length).split(sep).includes('.git'))
    throw badLink(state, link, 'its target lies in ".git"');
  return target;
}

function badLink(
  state: Walk,
  link: { readonly path: string; readonly real: string },
  problem: string,
  cause?: unknown,
) {
  return sourceError(state.artifact, link.path, {
    problem: `it is a link to ${JSON.stringify(readlinkSync(link.real))} and ${problem}`,
    hint: `replace the link by what it should point to, or leave it out in "${IGNORE_FILE}"`,
    cause,
  });
}

function listing(state: Walk, folder: Folder): Map<string, NamedEntry> {
  const entries = new Map<string, NamedEntry>();
  let found: Dirent<Buffer>[];
  try {
    found = readdirSync(folder.real, { encoding: 'buffer', withFileTypes: true });
  } catch (cause) {
    // Nothing of an ignored folder is wanted, so it need not be readable.
    if (folder.path !== '' && isIgnored(folder.rules, folder.path, true)) return entries;
    throw unreadable(state.artifact, folder.path, cause);
  }
  for (const entry of found) {
    const name = entry.name.toString();
    if (!isUtf8(entry.name)) {
      const path = folder.path === '' ? name : `${folder.path}/${name}`;
      throw sourceError(state.artifact, path, { problem: 'its name is not UTF-8', hint: 'rename it' });
    }
    entries.set(name, { name, entry });
  }
  return entries;
}

function ownRules(state: Walk, folder: Folder): IgnoreRule[] {
  const path = folder.path === '' ? IGNORE_FILE : `${folder.path}/${IGNORE_FILE}`;
  const location = join(folder.real, IGNORE_FILE);
  const text = decodeIgnoreFile(readSource(state.artifact, { path, location }));
  const first = parseIgnoreFile(text.slice(1).split('\n', 1).join(), '');
  if (text.startsWith('\ufeff') && first.length > 0) {
    throw new SlipwayError(
      'INVALID',
      `Cannot use ${shownPath(state.artifact, path)}: it begins with a byte order mark`,
      {
        hint: 'save it without one: Flux would take the mark as part of the first rule, and the rule would never match',
      },
    );
  }
  return parseIgnoreFile(text, folder.path);
}

/** The bytes of a file of an artifact. Throws `SOURCE` when it cannot be read. */
export function readSource(artifact: ArtifactPlan, file: FoundFile): Uint8Array {
  try {
    return readFileSync(file.location);
  } catch (cause) {
    throw unreadable(artifact, file.path, cause);
  }
}
