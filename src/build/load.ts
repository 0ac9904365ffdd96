import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { droppedByConsumer, IGNORE_FILE } from '../archive/ignore.ts';
import { SlipwayError } from '../errors.ts';
import type { ArtifactPlan, Loaded, RenderKind, SourceFile } from '../model.ts';
import { codeOf, overBudget, unreadable } from './source-errors.ts';
import { type Budget, readSource, type WalkOptions, walk } from './walk.ts';

/** What an artifact may hold by default: 100 MB in 20,000 files. */
export const DEFAULT_BUDGET: Budget = { maxFiles: 20_000, maxBytes: 100_000_000 };

/** Limits, and for tests the order of listings. */
export type LoadOptions = Partial<WalkOptions>;

/** How many names a message lists before it only counts. */
const NAMES_SHOWN = 10;

/** Kinds whose program reads the folder itself; the ignore rules do not apply to what it reads. */
const READ_BY_PROGRAM: readonly RenderKind[] = ['kustomize', 'helm', 'command'];

/**
 * Reads an artifact's files: a folder, or a single file under its own name. Files come in byte order of their paths.
 * Under `kustomize`, `helm` and `command` the program reads the folder itself, so only its existence is checked and
 * `files` is empty. `.sourceignore` files are part of the result only under `source`, where Flux reads them again.
 *
 * Throws `SOURCE` for a path that is missing or cannot be read, for links, names and special files that an artifact cannot
 * hold, and above the budget; `INVALID` when nothing is left, and under `source` when Flux would drop some of the files.
 */
export async function load(artifact: ArtifactPlan, options: LoadOptions = {}): Promise<Loaded> {
  const isFolder = checkRoot(artifact);
  if (READ_BY_PROGRAM.includes(artifact.render.kind)) return { artifact, files: [] };
  const all = isFolder ? readFolder(artifact, { ...DEFAULT_BUDGET, ...options }) : readSingle(artifact, options);
  const content = all.filter((file) => basename(file.path) !== IGNORE_FILE);
  if (content.length === 0) throw empty(artifact);
  if (artifact.render.kind !== 'source') return { artifact, files: content };
  refuseDropped(artifact, all);
  return { artifact, files: all };
}

/** Whether the artifact's path is a folder; throws unless it is that or a regular file. */
function checkRoot(artifact: ArtifactPlan): boolean {
  const stats = statRoot(artifact);
  const fileAllowed = !['kustomize', 'command'].includes(artifact.render.kind);
  if (stats.isDirectory() || (stats.isFile() && fileAllowed)) return stats.isDirectory();
  const problem = `"${artifact.shown}" is not a folder${fileAllowed ? ' or a file' : ''}`;
  throw new SlipwayError('SOURCE', `Cannot load artifact "${artifact.name}": ${problem}`, {
    hint: fileAllowed ? 'name a folder or a file' : `name the folder that \`render: ${artifact.render.kind}\` works in`,
  });
}

function statRoot(artifact: ArtifactPlan): { isDirectory(): boolean; isFile(): boolean } {
  try {
    return statSync(artifact.root);
  } catch (cause) {
    const code = codeOf(cause);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unreadable(artifact, '', cause);
    const message = `Cannot load artifact "${artifact.name}": "${artifact.shown}" does not exist`;
    throw new SlipwayError('SOURCE', message, {
      hint: 'check the path for a typing error, and that the folder is checked out',
      cause,
    });
  }
}

function readFolder(artifact: ArtifactPlan, options: WalkOptions): SourceFile[] {
  let total = 0;
  return walk(artifact, options).map((file) => {
    const bytes = readSource(artifact, file);
    total += bytes.length;
    // The walk has summed the sizes; a file that grew since then must not get past the budget.
    if (total > options.maxBytes) throw overBudget(artifact, `${options.maxBytes} bytes`);
    return { path: file.path, bytes };
  });
}

function readSingle(artifact: ArtifactPlan, options: LoadOptions): SourceFile[] {
  const { maxBytes } = { ...DEFAULT_BUDGET, ...options };
  if (statSync(artifact.root).size > maxBytes) throw overBudget(artifact, `${maxBytes} bytes`);
  const bytes = readSource(artifact, { path: '', location: artifact.root });
  return [{ path: basename(artifact.root), bytes }];
}

function empty(artifact: ArtifactPlan): SlipwayError {
  return new SlipwayError('INVALID', `Artifact "${artifact.name}" is empty: no files in "${artifact.shown}"`, {
    hint: `an empty artifact would prune everything: check the path and "${IGNORE_FILE}"`,
  });
}

function refuseDropped(artifact: ArtifactPlan, files: readonly SourceFile[]): void {
  const dropped = droppedByConsumer(files);
  if (dropped.length === 0) return;
  const names = dropped.slice(0, NAMES_SHOWN).map((path) => JSON.stringify(path));
  if (dropped.length > names.length) names.push(`and ${dropped.length - names.length} more`);
  const verb = dropped.length === 1 ? 'a file' : `${dropped.length} files`;
  const message = `Flux would drop ${verb} of artifact "${artifact.name}": ${names.join(', ')}`;
  const excluded = `leave them out in "${IGNORE_FILE}"`;
  throw new SlipwayError('INVALID', message, {
    hint: `${excluded}; to publish them, add "${IGNORE_FILE}" with any rule: it switches Flux's default list off`,
  });
}
