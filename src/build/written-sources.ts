/** The local YAML files that a renderer reads: where it fails, they may tell why, and at which line. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import type { ArtifactPlan, SourceFile } from '../model.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../yaml/value.ts';
import { KUSTOMIZATION_FILES } from './origins/kustomization.ts';
import { fileName } from './origins/place.ts';
import type { ReadYaml } from './read-yaml.ts';

/** Enough to find the one that is broken; a renderer that fails is no reason to read a whole disk. */
const MOST_FILES = 1_000;
const MOST_BYTES = 10_000_000;

/**
 * Under `kustomize` the kustomization and all local files that it names, under `helm` the chart's own files and values;
 * templates are no YAML. Paths are as the user would write them. What cannot be read is left out.
 */
export function writtenSources(artifact: ArtifactPlan, read: ReadYaml): readonly SourceFile[] {
  const { render, root } = artifact;
  const found = new Map<string, Uint8Array>();
  if (render.kind === 'kustomize') addKustomization(root, found, read);
  if (render.kind === 'helm') {
    const chart = extname(root) === '.tgz' ? [] : ['Chart.yaml', 'values.yaml'].map((name) => join(root, name));
    for (const path of [...chart, ...render.values]) add(path, found);
  }
  return [...found].map(([path, bytes]) => ({ path: fileName(artifact, path), bytes }));
}

type Found = Map<string, Uint8Array>;

/** Reads a file, once; answers its bytes when it is new and can be read. */
function add(path: string, found: Found): Uint8Array | undefined {
  if (found.has(path) || found.size >= MOST_FILES) return undefined;
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > MOST_BYTES) return undefined;
    const bytes = readFileSync(path);
    found.set(path, bytes);
    return bytes;
  } catch {
    // A renderer that misses it has said so.
    return undefined;
  }
}

function addKustomization(folder: string, found: Found, read: ReadYaml): void {
  for (const name of KUSTOMIZATION_FILES) {
    const file = join(folder, name);
    const bytes = add(file, found);
    if (bytes === undefined) continue;
    const [document] = read(Buffer.from(bytes).toString());
    for (const path of namedIn(fieldsOf(document?.value)).map((entry) => resolve(dirname(file), entry))) {
      if (isFolder(path)) addKustomization(path, found, read);
      else if (/\.(?:ya?ml|json)$/.test(path)) add(path, found);
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

const LISTS = ['resources', 'bases', 'components', 'patchesStrategicMerge', 'generators', 'transformers', 'validators'];
const WITH_PATHS = ['patches', 'patchesJson6902', 'replacements'];

/** What a kustomization builds from: files, folders, and what is neither (URLs, patches in place), which nothing will match. */
function namedIn(kustomization: Fields): readonly string[] {
  const named = [
    ...[...LISTS, 'configurations', 'crds'].flatMap((key) => listOf(kustomization[key])),
    ...WITH_PATHS.flatMap((key) => listOf(kustomization[key])).map((entry) => fieldsOf(entry).path),
  ];
  return named.flatMap((entry) => textOf(entry) ?? []).filter((entry) => !entry.includes('\n'));
}
