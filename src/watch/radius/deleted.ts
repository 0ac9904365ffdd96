/** Objects that Flux deletes when they are no longer in their artifact. */
import { fieldsOf } from '../../yaml/value.ts';
import type { Edit } from '../diff/edits.ts';
import type { Placed } from '../diff/objects.ts';

const PRUNE = 'kustomize.toolkit.fluxcd.io/prune';

/** What is gone, without what Flux is told to leave alone. */
export function deleted(edits: readonly Edit[]): readonly Placed[] {
  return edits.flatMap((edit) => (edit.change === 'removed' && !isLeftAlone(edit.from) ? [edit.from] : []));
}

/** Whether Flux is told not to delete it: it reads a label and an annotation. */
export function isLeftAlone({ value }: Placed): boolean {
  const { labels, annotations } = fieldsOf(value.metadata);
  return [labels, annotations].some((marks) => {
    const mark = fieldsOf(marks)[PRUNE];
    return typeof mark === 'string' && mark.toLowerCase() === 'disabled';
  });
}
