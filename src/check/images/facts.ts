/** The images that an object runs. */
import type { FieldPath } from '../../model.ts';
import type { KubernetesObject } from '../object.ts';

/** An image, as written. */
export interface ImageUse {
  readonly image: string;
  readonly field: FieldPath;
}

/** The images of an object. */
export function imagesOf(_object: KubernetesObject): readonly ImageUse[] {
  return [];
}
