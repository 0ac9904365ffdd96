/** Names of places: of files as their author calls them, and of rendered documents. */
import { basename, posix, relative, sep } from 'node:path';
import type { ArtifactPlan, RenderedPlace, SourcePlace } from '../../model.ts';

/** A file of an artifact by its path there, as the user would name it. A single file is the artifact's path itself. */
export function sourceName({ root, shown }: ArtifactPlan, path: string): string {
  const isSingle = basename(root) === path && basename(shown) === path;
  return isSingle ? shown : posix.join(shown, path);
}

/** A file by its absolute path, which may lie outside of the artifact's folder. */
export function fileName(artifact: ArtifactPlan, path: string): string {
  return sourceName(artifact, relative(artifact.root, path).replaceAll(sep, '/'));
}

/** The rendered document itself: the file that `slipway build --out` writes. */
export function renderedPlace({ name }: ArtifactPlan, { line, column }: RenderedPlace): SourcePlace {
  return { file: `${name}.yaml`, ...(line > 0 && { line, column }), rendered: true };
}
