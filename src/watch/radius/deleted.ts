/** Objects that Flux deletes when they are no longer in their artifact. */
import { fieldsOf } from '../../yaml/value.ts';
import type { Edit } from '../diff/edits.ts';
import { groupOf, type Placed } from '../diff/objects.ts';

const PRUNE = 'kustomize.toolkit.fluxcd.io/prune';
const FORCE = 'kustomize.toolkit.fluxcd.io/force';

/** Kinds without namespaces: what is written there means nothing. */
const CLUSTER_WIDE: ReadonlySet<string> = new Set([
  'Namespace.',
  'PersistentVolume.',
  'CustomResourceDefinition.apiextensions.k8s.io',
]);

/** What is gone, without what Flux is told to leave alone. In another namespace it is another object, and this one is gone. */
export function deleted(edits: readonly Edit[]): readonly Placed[] {
  return edits.flatMap((edit) => (isGone(edit) && !isLeftAlone(edit.from) ? [edit.from] : []));
}

/** A namespace that is written no longer, or for the first time, may be the same: only the consumer knows, so it counts. */
function isGone(edit: Edit): edit is Exclude<Edit, { change: 'added' }> {
  if (edit.change === 'removed') return true;
  if (edit.change !== 'moved' || edit.from.artifact !== edit.to.artifact) return false;
  const { name } = edit.from;
  return name.namespace !== edit.to.name.namespace && !CLUSTER_WIDE.has(`${name.kind}.${groupOf(name)}`);
}

/** Whether Flux is told not to delete it. */
export const isLeftAlone = (object: Placed): boolean => isMarked(object, PRUNE, 'disabled');

/** Whether Flux is told to delete it and to create it anew where it cannot be changed. */
export const isForced = (object: Placed): boolean => isMarked(object, FORCE, 'enabled');

/** Flux reads a label and an annotation. */
function isMarked({ value }: Placed, key: string, as: string): boolean {
  const { labels, annotations } = fieldsOf(value.metadata);
  return [labels, annotations].some((marks) => {
    const mark = fieldsOf(marks)[key];
    return typeof mark === 'string' && mark.toLowerCase() === as;
  });
}
