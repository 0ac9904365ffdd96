/** The images that an object runs. */
import type { FieldPath } from '../../model.ts';
import { fieldsOf, type KubernetesObject, listOf } from '../object.ts';
import { type PodTemplate, podTemplatesOf } from '../objects/pod-specs.ts';

/** An image, as written. */
export interface ImageUse {
  readonly image: string;
  readonly field: FieldPath;
}

const CONTAINERS: readonly string[] = ['initContainers', 'containers', 'ephemeralContainers'];

/** The images of an object, in its containers and its volumes. */
export function imagesOf(object: KubernetesObject): readonly ImageUse[] {
  return podTemplatesOf(object).flatMap((template) => [...inContainers(template), ...inVolumes(template)]);
}

function inContainers({ spec, at }: PodTemplate): readonly ImageUse[] {
  return CONTAINERS.flatMap((key) =>
    listOf(spec[key]).flatMap((container, index) => use(fieldsOf(container).image, [...at, key, index, 'image'])),
  );
}

function inVolumes({ spec, at }: PodTemplate): readonly ImageUse[] {
  return listOf(spec.volumes).flatMap((volume, index) =>
    use(fieldsOf(fieldsOf(volume).image).reference, [...at, 'volumes', index, 'image', 'reference']),
  );
}

function use(image: unknown, field: FieldPath): readonly ImageUse[] {
  return typeof image === 'string' && image !== '' ? [{ image, field }] : [];
}
