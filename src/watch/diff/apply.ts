/** One side and what became of it, put together: the other side. */
import { type Fields, fieldsOf } from '../../yaml/value.ts';
import { canonical } from './canonical.ts';
import { patched } from './delta.ts';
import type { Edit } from './edits.ts';
import type { Placed } from './objects.ts';

/** An object without what can be read from it. */
export type Located = Pick<Placed, 'artifact' | 'file'> & { readonly value: Fields };

const keyOf = ({ artifact, file, value }: Located): string => JSON.stringify([artifact, file, canonical(value)]);

/** The objects after the edits, given those before. Edits of objects that are not there add what became of them. */
export function apply(edits: readonly Edit[], before: readonly Located[]): readonly Located[] {
  const gone = new Map<string, number>();
  for (const edit of edits) {
    if (edit.change === 'added') continue;
    const key = keyOf(edit.from);
    gone.set(key, (gone.get(key) ?? 0) + 1);
  }
  const kept = before.filter((object) => {
    const count = gone.get(keyOf(object)) ?? 0;
    if (count > 0) gone.set(keyOf(object), count - 1);
    return count === 0;
  });
  return [...kept, ...edits.flatMap(resultOf)];
}

function resultOf(edit: Edit): readonly Located[] {
  if (edit.change === 'removed') return [];
  const { artifact, file } = edit.to;
  const value = edit.change === 'added' ? edit.to.value : fieldsOf(patched(edit.from.value, edit.delta));
  return [{ artifact, file, value }];
}
