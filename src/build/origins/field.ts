/** A field of a rendered object, found again in what the object was made of. */
import type { FieldPath } from '../../model.ts';
import { isMapping, textOf } from '../../yaml/value.ts';

/**
 * The path in `source` of what is at `path` in `rendered`, undefined where `source` does not write it. Items of lists are
 * told by their `name`; without one by their value, or by their position in lists of one length.
 */
export function pathIn(source: unknown, rendered: unknown, path: FieldPath): FieldPath | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return [];
  if (Array.isArray(source) && Array.isArray(rendered)) {
    const index = indexIn(source, rendered, Number(key));
    return index === undefined ? undefined : prefixed(index, pathIn(source[index], rendered[Number(key)], rest));
  }
  if (!isMapping(source) || !isMapping(rendered) || !Object.hasOwn(source, key)) return undefined;
  return prefixed(key, pathIn(source[key], rendered[key], rest));
}

const prefixed = (key: string | number, path: FieldPath | undefined): FieldPath | undefined =>
  path === undefined ? undefined : [key, ...path];

const nameOf = (item: unknown): string | undefined => (isMapping(item) ? textOf(item.name) : undefined);

function indexIn(source: readonly unknown[], rendered: readonly unknown[], at: number): number | undefined {
  const item = rendered[at];
  const name = nameOf(item);
  if (name !== undefined) return onlyIndex(source, (each) => nameOf(each) === name);
  const equal = onlyIndex(source, (each) => isEqual(each, item));
  return equal ?? (source.length === rendered.length ? at : undefined);
}

function onlyIndex(list: readonly unknown[], fits: (item: unknown) => boolean): number | undefined {
  const first = list.findIndex(fits);
  return first === -1 || list.findLastIndex(fits) !== first ? undefined : first;
}

/** Whether two values read from YAML are the same. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isEqual(item, other[index]));
  }
  if (!isMapping(one) || !isMapping(other)) return one === other;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isEqual(one[key], other[key]))
  );
}

/** The part of a path that leads somewhere. */
export function existing(value: unknown, path: FieldPath): FieldPath {
  let at = value;
  const end = path.findIndex((key) => {
    const found = Array.isArray(at) ? at[Number(key)] : isMapping(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    at = found;
    return found === undefined;
  });
  return end === -1 ? path : path.slice(0, end);
}
