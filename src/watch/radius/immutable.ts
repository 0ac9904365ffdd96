/** Changes that the API server refuses: Flux applies nothing of the artifact then, or replaces the object where it is told to. */
import type { FieldPath } from '../../model.ts';
import type { Edit } from '../diff/edits.ts';
import { objectText } from '../diff/objects.ts';
import { isForced } from './deleted.ts';
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
    const comes = isForced(edit.to) ? 'which makes Flux delete it and create it anew,' : 'which cannot be changed,';
    const many = `Changes ${fields.map((field) => `"${field}"`).join(', ')} of ${objectText(name)}, ${comes}`;
    return [{ rule: 'immutable', artifact, object: name, what, one: `${many} in artifact "${artifact}"`, many }];
  });
}

const textOf = (path: FieldPath): string => path.map(String).join('.');
