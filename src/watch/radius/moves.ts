/** Objects that change their artifact: the old owner may delete what the new one has applied. */
import type { Edit } from '../diff/edits.ts';
import { objectText } from '../diff/objects.ts';
import { isLeftAlone } from './deleted.ts';
import type { Trip } from './trip.ts';

/** Each object that is in another artifact now. */
export function moves(edits: readonly Edit[]): readonly Trip[] {
  return edits.flatMap((edit): readonly Trip[] => {
    if (edit.change !== 'moved' || edit.from.artifact === edit.to.artifact) return [];
    const { from, to } = edit;
    if (isLeftAlone(from)) return [];
    const { name } = to;
    const what = [name.kind, ...(name.namespace === undefined ? [] : [name.namespace]), name.name];
    const race = 'the old one may delete it after the new one applied it';
    return [
      {
        ...{ rule: 'move', artifact: to.artifact, object: name, what },
        one: `Moves ${objectText(name)} from artifact "${from.artifact}" to "${to.artifact}": ${race}`,
        many: `Moves ${objectText(name)} from other artifacts (${race}), and it is now`,
      },
    ];
  });
}
