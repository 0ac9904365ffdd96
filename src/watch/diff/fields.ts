/** The fields that are different, as people read them. */
import type { FieldChange } from '../../model.ts';
import { fieldsOf, isMapping } from '../../yaml/value.ts';
import { type Delta, deltaOf, type FieldDelta, type ListDelta, type MappingDelta } from './delta.ts';
import { hidingOf, isHidden, masked } from './mask.ts';
import { keyValue } from './merge-key.ts';

/** New names of generated objects, by their old ones. */
export type Renames = ReadonlyMap<string, string>;

/** What two values with this delta differ in, secrets masked. Unknown names are no renames. */
export function fieldChanges(before: unknown, after: unknown, delta: Delta, renames: Renames): readonly FieldChange[] {
  return new Walk(renames).changes({ before, after, path: '' }, delta);
}

/** The same place on both sides. */
interface Spot {
  readonly before: unknown;
  readonly after: unknown;
  readonly path: string;
}

class Walk {
  private readonly renames: Renames;

  constructor(renames: Renames) {
    this.renames = renames;
  }

  changes(spot: Spot, delta: Delta): readonly FieldChange[] {
    if (delta.kind === 'mapping') return this.inMapping(spot, delta);
    if (delta.kind === 'list') return this.inList(spot, delta);
    return [this.field(spot.path, delta)];
  }

  private inMapping({ before, after, path }: Spot, { fields }: MappingDelta): readonly FieldChange[] {
    return [...fields].flatMap(([key, delta]): readonly FieldChange[] => {
      const inner = { before: fieldsOf(before)[key], after: fieldsOf(after)[key], path: joined(path, key) };
      const hiding = hidingOf(key, [before, after]);
      if (hiding === 'values') return hiddenValues(inner, delta);
      if (hiding === 'all') return [hiddenField(inner.path, delta)];
      if (delta.kind === 'added' || delta.kind === 'removed') return [this.field(inner.path, delta)];
      return this.changes(inner, delta);
    });
  }

  private inList({ before, after, path }: Spot, { key, items }: ListDelta): readonly FieldChange[] {
    const [old, young] = [listed(before), listed(after)];
    const at = (item: unknown, index: number): string =>
      `${path}[${key === undefined ? index : `${key}=${keyValue(item, key)}`}]`;
    const kept = new Set(items.map((item) => ('from' in item ? item.from : undefined)));
    const removed = old.flatMap((item, index) =>
      kept.has(index) ? [] : [this.field(at(item, index), { kind: 'removed', before: item })],
    );
    const rest = items.flatMap((item, index): readonly FieldChange[] => {
      if ('added' in item) return [this.field(at(item.added, index), { kind: 'added', after: item.added })];
      const inner = { before: old[item.from], after: young[index], path: at(young[index], index) };
      return item.delta === undefined ? [] : this.changes(inner, item.delta);
    });
    return [...(isReordered(items) ? [{ path, change: 'reordered' } as const] : []), ...removed, ...rest];
  }

  private field(path: string, delta: Exclude<FieldDelta, MappingDelta | ListDelta>): FieldChange {
    const change = delta.kind === 'value' ? 'changed' : delta.kind;
    const before = 'before' in delta ? delta.before : undefined;
    const after = 'after' in delta ? delta.after : undefined;
    if (isHidden(before) || isHidden(after)) return { path, change, masked: true };
    return {
      ...{ path, change },
      ...('before' in delta && { before: masked(before) }),
      ...('after' in delta && { after: masked(after) }),
      ...(typeof before === 'string' && this.renames.get(before) === after && { follows: true }),
    };
  }
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function isReordered(items: ListDelta['items']): boolean {
  const order = items.flatMap((item) => ('from' in item ? [item.from] : []));
  return order.some((from, index) => index > 0 && from < (order[index - 1] ?? 0));
}

function joined(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

const hiddenField = (path: string, { kind }: FieldDelta): FieldChange => ({
  path,
  change: kind === 'added' || kind === 'removed' ? kind : 'changed',
  masked: true,
});

/** Each key on its own, also where all of them come or go together. */
function hiddenValues({ before, after, path }: Spot, delta: FieldDelta): readonly FieldChange[] {
  const sides = [before, after].filter((side) => side !== undefined);
  const [old, young] = [fieldsOf(before), fieldsOf(after)];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(young)])];
  if (keys.length === 0 || !sides.every(isMapping)) return [hiddenField(path, delta)];
  return keys.flatMap((key): readonly FieldChange[] => {
    const at = joined(path, key);
    if (!Object.hasOwn(young, key)) return [{ path: at, change: 'removed', masked: true }];
    if (!Object.hasOwn(old, key)) return [{ path: at, change: 'added', masked: true }];
    return deltaOf(old[key], young[key]) === undefined ? [] : [{ path: at, change: 'changed', masked: true }];
  });
}
