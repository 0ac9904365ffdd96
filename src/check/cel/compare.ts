/** Values of CEL, compared as it compares them. */
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { unsupported } from './fault.ts';

/** A value of a type that a library brings. */
export interface Comparable {
  equals(other: unknown): boolean;
}

function isComparable(value: unknown): value is Comparable {
  return typeof value === 'object' && value !== null && 'equals' in value && typeof value.equals === 'function';
}

/** The elements of a list. */
export function elements(list: unknown): readonly unknown[] {
  if (Array.isArray(list)) return list;
  return list instanceof Set ? [...list] : [];
}

/** The entries of a map. Numbers as keys of a literal have become text. */
export function entries(map: unknown): readonly (readonly [unknown, unknown])[] {
  if (map instanceof Map) return [...map];
  return typeof map === 'object' && map !== null ? Object.entries(map) : [];
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || value instanceof Set;
}

/** Numbers of all types as one that can be compared. */
function plain(value: unknown): unknown {
  if (value instanceof UnsignedInt) return value.value;
  if (value instanceof Date) return value.getTime();
  return value instanceof Duration ? nanosOf(value) : value;
}

/** A duration in nanoseconds. */
export function nanosOf({ seconds, nanos }: Duration): bigint {
  return seconds * 1_000_000_000n + BigInt(nanos);
}

/** Whether two values are equal: numbers by value, lists and maps element by element. */
export function equal(one: unknown, other: unknown): boolean {
  const [a, b] = [plain(one), plain(other)];
  // biome-ignore lint/suspicious/noDoubleEquals: an integer and a double of the same value are equal, and === says they are not.
  if (isNumber(a) && isNumber(b)) return a == b;
  if (isComparable(a)) return a.equals(b);
  if (isList(a) && isList(b)) {
    const [left, right] = [elements(a), elements(b)];
    return left.length === right.length && left.every((item, index) => equal(item, right[index]));
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || isList(a) || isList(b)) {
    return a === b;
  }
  const right = new Map(entries(b));
  const left = entries(a);
  return left.length === right.size && left.every(([key, value]) => right.has(key) && equal(value, right.get(key)));
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Less than 0, 0 or more than 0. Throws for values that have no order. */
export function compare(one: unknown, other: unknown): number {
  const [a, b] = [plain(one), plain(other)];
  if ((isNumber(a) && isNumber(b)) || (typeof a === typeof b && (typeof a === 'string' || typeof a === 'boolean'))) {
    const [left, right] = [a as number, b as number];
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  throw unsupported('these values have no order');
}
