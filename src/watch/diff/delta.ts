/** What turns one value into another. */
import { type Fields, isMapping } from '../../yaml/value.ts';
import { matches } from './list-matches.ts';
import { mergeKeyOf } from './merge-key.ts';

/** What turns one value into another that is not equal. */
export type Delta = ValueDelta | MappingDelta | ListDelta;

/** Another value takes its place. */
export interface ValueDelta {
  readonly kind: 'value';
  readonly before: unknown;
  readonly after: unknown;
}

/** Keys that come, go, or change. */
export interface MappingDelta {
  readonly kind: 'mapping';
  readonly fields: ReadonlyMap<string, FieldDelta>;
}

/** What becomes of one key. */
export type FieldDelta =
  | { readonly kind: 'added'; readonly after: unknown }
  | { readonly kind: 'removed'; readonly before: unknown }
  | Delta;

/** The new list, item by item. Old items that it does not name are removed. */
export interface ListDelta {
  readonly kind: 'list';
  /** The field by which items are told apart; otherwise by their position. */
  readonly key?: string;
  readonly items: readonly ItemDelta[];
}

/** An item that was at `from`, perhaps changed, or a new one. */
export type ItemDelta = { readonly from: number; readonly delta?: Delta } | { readonly added: unknown };

/** What turns `before` into `after`, undefined where they are equal. `field` is the key that they are at. */
export function deltaOf(before: unknown, after: unknown, field = ''): Delta | undefined {
  if (before === after || (Number.isNaN(before) && Number.isNaN(after))) return undefined;
  if (Array.isArray(before) && Array.isArray(after)) return listDelta(before, after, field);
  if (isMapping(before) && isMapping(after)) return mappingDelta(before, after);
  return { kind: 'value', before, after };
}

function mappingDelta(before: Fields, after: Fields): MappingDelta | undefined {
  const fields = new Map<string, FieldDelta>();
  for (const key of Object.keys(before)) {
    const inner: FieldDelta | undefined = Object.hasOwn(after, key)
      ? deltaOf(before[key], after[key], key)
      : { kind: 'removed', before: before[key] };
    if (inner !== undefined) fields.set(key, inner);
  }
  for (const key of Object.keys(after)) {
    if (!Object.hasOwn(before, key)) fields.set(key, { kind: 'added', after: after[key] });
  }
  return fields.size === 0 ? undefined : { kind: 'mapping', fields };
}

type Items = readonly unknown[];

function listDelta(before: Items, after: Items, field: string): ListDelta | undefined {
  const key = mergeKeyOf(field, before, after);
  const items = matches(before, after, key).map((from, index): ItemDelta => {
    if (from === undefined) return { added: after[index] };
    const delta = deltaOf(before[from], after[index]);
    return delta === undefined ? { from } : { from, delta };
  });
  const same = before.length === after.length && items.every((item, index) => isKept(item, index));
  return same ? undefined : { kind: 'list', ...(key !== undefined && { key }), items };
}

const isKept = (item: ItemDelta, index: number): boolean =>
  'from' in item && item.from === index && item.delta === undefined;

/** A value with its delta: `patched(before, deltaOf(before, after))` equals `after`. */
export function patched(value: unknown, delta: Delta | undefined): unknown {
  if (delta === undefined) return value;
  if (delta.kind === 'value') return delta.after;
  if (delta.kind === 'mapping') return patchedMapping(isMapping(value) ? value : {}, delta);
  const old: Items = Array.isArray(value) ? value : [];
  return delta.items.map((item) => ('from' in item ? patched(old[item.from], item.delta) : item.added));
}

function patchedMapping(value: Fields, { fields }: MappingDelta): Fields {
  const result = new Map(Object.entries(value));
  for (const [key, inner] of fields) {
    if (inner.kind === 'removed') result.delete(key);
    else result.set(key, inner.kind === 'added' ? inner.after : patched(value[key], inner));
  }
  return Object.fromEntries(result);
}
