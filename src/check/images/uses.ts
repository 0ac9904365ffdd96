/** The images that an artifact says itself: what somebody else writes in later is left out. */
import { isKustomizationPath, readKustomization } from '../flux/kustomization-file.ts';
import { fieldsOf, listOf, textOf } from '../object.ts';
import type { ArtifactView, PlacedObject } from '../view.ts';
import type { ImageUse } from './facts.ts';

/** An image where it stands. */
export interface PlacedImage extends ImageUse {
  readonly object: PlacedObject;
  /** Nothing can change it any more. */
  readonly certain: boolean;
}

/** What kustomizations of an artifact do to images, where it is the consumer that runs them. */
interface Changes {
  readonly replaced: ReadonlySet<string>;
  readonly patched: boolean;
}

/** The images of an artifact, as far as they are written in it. */
export function* finalImages(view: ArtifactView): Generator<PlacedImage> {
  const { replaced, patched } = changesIn(view);
  for (const object of view.objects) {
    for (const use of object.facts.images) {
      if (isWrittenLater(use.image)) continue;
      if (replaced.size === 0 || !replaced.has(nameOf(use.image))) yield { ...use, object, certain: !patched };
    }
  }
}

/** Flux fills variables in, and Istio puts its proxy where `auto` stands. */
const isWrittenLater = (image: string): boolean => image.includes('${') || image === 'auto';

/** The name that kustomize compares: without tag and digest. */
const nameOf = (image: string): string => image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');

const PATCHES: readonly string[] = [
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'replacements',
  'transformers',
  'components',
];

function changesIn({ artifact, files }: ArtifactView): Changes {
  if (artifact.render.kind !== 'source') return { replaced: new Set(), patched: false };
  const kustomizations = files.filter(({ path }) => isKustomizationPath(path)).map(readKustomization);
  const names = kustomizations.flatMap(({ fields }) =>
    listOf(fields.images).map((image) => textOf(fieldsOf(image).name) ?? ''),
  );
  const patched = kustomizations.some(({ fields }) => PATCHES.some((key) => listOf(fields[key]).length > 0));
  return { replaced: new Set(names), patched };
}
