/** Namespaces that kustomize gives to objects, where it is the consumer that runs it. */
import { isKustomizationPath, readKustomization } from '../flux/kustomization-file.ts';
import { textOf } from '../object.ts';
import type { ArtifactView, FilePlace } from '../view.ts';

/** A namespace that a kustomization sets, and where it says so. */
export interface NamespaceSet {
  readonly namespace: string;
  readonly place: FilePlace;
}

/** The namespaces that the kustomizations of an artifact of source files set. */
export function namespacesSet({ artifact, files }: ArtifactView): readonly NamespaceSet[] {
  if (artifact.render.kind !== 'source') return [];
  return files
    .filter(({ path }) => isKustomizationPath(path))
    .map(readKustomization)
    .flatMap(({ fields, placeOf }) => {
      const namespace = textOf(fields.namespace) ?? '';
      return namespace === '' ? [] : [{ namespace, place: placeOf(['namespace']) }];
    });
}
