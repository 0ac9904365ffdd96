/** Files whose names and bytes are the hard cases of archives: long, not ASCII, empty, binary, without a last newline. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SourceTree, sourceTree } from '../flow/source-tree.ts';

/** The YAML of a small object. */
export function configMap(name: string, value = 'hello'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: default\ndata:\n  greeting: ${value}\n`;
}

const segment = (letter: string): string => letter.repeat(60);

/** Paths that ustar holds in its name, in its prefix, and not at all. */
export const HARD_FILES: Readonly<Record<string, string>> = {
  'app.yaml': configMap('app'),
  'B.yaml': configMap('upper-case'),
  'a-b.yaml': configMap('dash'),
  'a/b.yaml': configMap('folder'),
  'empty.yaml': '',
  'no-newline.yaml': configMap('no-newline').trimEnd(),
  'windows.yaml': configMap('windows').replaceAll('\n', '\r\n'),
  'with space.yaml': configMap('space'),
  '.hidden/.file.yaml': configMap('hidden'),
  'räume/日本 😀.yaml': configMap('wide'),
  [`${segment('p')}/${segment('q')}/prefix.yaml`]: configMap('prefix'),
  [`${segment('n')}${segment('m')}.yaml`]: configMap('long-name'),
  [`${segment('x')}/${segment('y')}/${segment('z')}/${segment('ä')}/deep.yaml`]: configMap('pax'),
};

const under = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

/** A repository with the hard files in `clusters/eu` and a plain one in `clusters/us`, and this config. */
export async function hardTree(config: string): Promise<SourceTree> {
  const tree = await emptyTree();
  await tree.git('remote', 'add', 'origin', 'https://git.example.com/team/fleet.git');
  await tree.commit({
    'slipway.yaml': config,
    ...under('clusters/eu', HARD_FILES),
    'clusters/us/app.yaml': configMap('app', 'howdy'),
  });
  return tree;
}

/** A repository without commits that leaves slipway's own folder out. */
export async function emptyTree(): Promise<SourceTree> {
  const tree = await sourceTree();
  await appendFile(join(tree.dir, '.git/info/exclude'), '.slipway/\n');
  return tree;
}

/** Where a tree's artifact has its files. */
export const clusterFolder = (tree: SourceTree, name: string): string => join(tree.dir, 'clusters', name);
