/**
 * The kustomization file that every tree has, so that a file that gets lost fails the build. Without one
 * kustomize-controller lists what it finds, and what it does not find is deleted from the cluster.
 */
import { compareUtf8 } from '../../archive/path.ts';
import type { SourceFile } from '../../model.ts';

/** The names that kustomize looks for (kustomize `api/konfig/general.go`). */
const NAMES: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const [OURS = ''] = NAMES;

/** The file of a tree that says what else is in it: the content's own, else the one that is made. `paths` are those below its folder. */
export function listingPath(paths: readonly string[]): string {
  return NAMES.find((name) => paths.includes(name)) ?? OURS;
}

/** By name in each folder, as kustomize-controller walks. For `Array.sort`. */
function inWalk(a: string, b: string): number {
  const [one, other] = [a.split('/'), b.split('/')];
  const at = one.findIndex((name, i) => name !== other[i]);
  return compareUtf8(one[at] ?? '', other[at] ?? '');
}

/**
 * What kustomize-controller would list by itself (fluxcd/pkg `kustomize/kustomize_generator.go`, scanManifests): every file
 * called `*.yaml` or `*.yml`, and in place of those below it every folder that has a kustomization file.
 */
function listedIn(paths: readonly string[]): readonly string[] {
  const known = new Set(paths);
  const folderOf = (path: string): string | undefined => {
    const cuts = [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));
    return cuts.find((folder) => NAMES.some((name) => known.has(`${folder}/${name}`)));
  };
  const isManifest = (path: string): boolean => /\.ya?ml$/.test(path);
  const found = paths.flatMap((path) => folderOf(path) ?? (isManifest(path) ? [path] : []));
  return [...new Set(found)].sort(inWalk);
}

/** The files that lie in the folder of a tree: those of the content, and the listing where they have none of their own. */
export function shownFiles(files: readonly SourceFile[]): readonly SourceFile[] {
  const paths = files.map(({ path }) => path);
  if (NAMES.some((name) => paths.includes(name))) return files;
  const lines = [
    '# Made by slipway: a file that is missing fails the build instead of being deleted from the cluster.',
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    'resources:',
    ...listedIn(paths).map((path) => `  - ${JSON.stringify(`./${path}`)}`),
    '',
  ];
  return [...files, { path: OURS, bytes: Buffer.from(lines.join('\n')) }];
}

/** Why files cannot be listed: nothing to apply deletes everything. Undefined where they can. */
export function listingProblem(files: readonly SourceFile[]): string | undefined {
  const paths = files.map(({ path }) => path);
  if (paths.some((path) => path.startsWith(`${OURS}/`))) return `it has a folder called "${OURS}"`;
  const isOwn = NAMES.some((name) => paths.includes(name));
  return isOwn || listedIn(paths).length > 0 ? undefined : 'it has no YAML file that clusters would apply';
}

/** Stands in the listing's place while a tree is deleted: nobody builds what is left of it. */
export const REMOVED: Uint8Array = Buffer.from(
  [
    '# slipway prune deletes this tree, because no release needs it any more. It cannot be built, so that clusters',
    '# that still read it keep what they have instead of deleting what is missing here.',
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    'resources:',
    '  - ./this-tree-was-deleted-by-slipway-prune.yaml',
    '',
  ].join('\n'),
);
