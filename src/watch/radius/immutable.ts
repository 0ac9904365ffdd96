/** Changes that the API server refuses: Flux applies nothing of the artifact then. */
import type { FieldPath } from '../../model.ts';
import type { Edit } from '../diff/edits.ts';
import { objectText } from '../diff/objects.ts';
import type { RefusedChanges } from './radius.ts';
import type { Trip } from './trip.ts';

/** Objects of which such a field is changed. What has another name is another object to the server. */
export function immutable(edits: readonly Edit[], refusedChanges: RefusedChanges): readonly Trip[] {
  return edits.flatMap((edit): readonly Trip[] => {
    if (edit.change !== 'changed' && edit.change !== 'moved') return [];
    const { artifact, name } = edit.to;
    if (name.namespace !== edit.from.name.namespace) return [];
    const fields = [...new Set(refusedChanges(edit.from.value, edit.to.value).map(textOf))];
    if (fields.length === 0) return [];
    const what = [name.kind, ...(name.namespace === undefined ? [] : [name.namespace]), name.name, ...fields];
    const many = `Changes ${fields.map((field) => `"${field}"`).join(', ')} of ${objectText(name)}, which cannot be changed,`;
    return [{ rule: 'immutable', artifact, object: name, what, one: `${many} in artifact "${artifact}"`, many }];
  });
}

const textOf = (path: FieldPath): string => path.map(String).join('.');
