/** Objects that take data or other objects with them when they are deleted. */
import type { Edit } from '../diff/edits.ts';
import { groupOf, objectText, type Placed } from '../diff/objects.ts';
import { deleted } from './deleted.ts';
import type { Trip } from './trip.ts';

/** By kind and group: what is lost with it. */
const LOST: Readonly<Record<string, string>> = {
  'Namespace.': 'everything in it is deleted too',
  'CustomResourceDefinition.apiextensions.k8s.io': 'all objects of its kind are deleted too',
  'PersistentVolumeClaim.': 'its data may be deleted too',
  'PersistentVolume.': 'its data may be deleted too',
  'StatefulSet.apps': 'its pods stop, and their volumes lose their owner',
};

const lostWith = ({ name }: Placed): string | undefined => {
  const kind = `${name.kind}.${groupOf(name)}`;
  return Object.hasOwn(LOST, kind) ? LOST[kind] : undefined;
};

/** Each such object that is deleted. */
export function precious(edits: readonly Edit[]): readonly Trip[] {
  return deleted(edits).flatMap((object): readonly Trip[] => {
    const { artifact, name } = object;
    const lost = lostWith(object);
    if (lost === undefined) return [];
    const many = `Deletes ${objectText(name)} (${lost})`;
    const what = [name.kind, ...(name.namespace === undefined ? [] : [name.namespace]), name.name];
    return [{ rule: 'delete', artifact, object: name, what, one: `${many} in artifact "${artifact}"`, many }];
  });
}
