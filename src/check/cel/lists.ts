/** Lists: those of Kubernetes (isSorted, sum …), of CEL (sort, distinct …), and sets. */
import type { Environment } from '@marcbachmann/cel-js';
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { compare, elements, equal, nanosOf } from './compare.ts';
import { fault, unsupported } from './fault.ts';
import { functionsOf } from './functions.ts';
import { own } from './source.ts';
import { durationOf } from './time.ts';

function least(list: unknown, better: (order: number) => boolean, name: string): unknown {
  const [first, ...rest] = elements(list);
  if (first === undefined) throw fault(`${name} called on empty list`);
  return rest.reduce((best, item) => (better(compare(item, best)) ? item : best), first);
}

function isSorted(list: unknown): boolean {
  const items = elements(list);
  return items.every((item, index) => index === 0 || compare(items[index - 1], item) <= 0);
}

/** An empty list sums up to the integer 0: its type is not known. */
function sum(list: unknown): unknown {
  return elements(list).reduce((total, item) => (total === undefined ? item : plus(total, item)), undefined) ?? 0n;
}

function plus(a: unknown, b: unknown): unknown {
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    if (BigInt.asIntN(64, a + b) !== a + b) throw fault('integer overflow');
    return a + b;
  }
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a instanceof UnsignedInt && b instanceof UnsignedInt) return new UnsignedInt(a.value + b.value);
  if (a instanceof Duration && b instanceof Duration) return durationOf(nanosOf(a) + nanosOf(b));
  throw unsupported('these values have no sum');
}

function distinct(list: unknown): readonly unknown[] {
  const found: unknown[] = [];
  for (const item of elements(list)) if (!found.some((before) => equal(before, item))) found.push(item);
  return found;
}

function slice(list: unknown, start: bigint, end: bigint): readonly unknown[] {
  const items = elements(list);
  if (start < 0n || end < start || end > BigInt(items.length)) throw fault('slice is out of range');
  return items.slice(Number(start), Number(end));
}

function flatten(list: unknown, depth: bigint): readonly unknown[] {
  if (depth < 0n) throw fault('flatten: depth must not be negative');
  const deeper = (item: unknown): readonly unknown[] =>
    Array.isArray(item) || item instanceof Set ? flatten(item, depth - 1n) : [item];
  return depth === 0n ? elements(list) : elements(list).flatMap(deeper);
}

function range(count: bigint): readonly bigint[] {
  if (count > 1_000_000n) throw unsupported('lists.range of more than a million');
  return Array.from({ length: Math.max(0, Number(count)) }, (_, index) => BigInt(index));
}

const has = (list: unknown, item: unknown): boolean => elements(list).some((other) => equal(other, item));
const contains = (list: unknown, part: unknown): boolean => elements(part).every((item) => has(list, item));

class SetsNamespace {}
class ListsNamespace {}

/** Adds what works on lists. */
export function addLists(environment: Environment): void {
  const add = functionsOf(environment);
  add('list.isSorted(): bool', isSorted);
  add('list.sum(): dyn', sum);
  add('list.min(): dyn', (list: unknown) => least(list, (order) => order < 0, 'min'));
  add('list.max(): dyn', (list: unknown) => least(list, (order) => order > 0, 'max'));
  add(`list.${own('indexOf')}(dyn): int`, (list: unknown, item: unknown) =>
    BigInt(elements(list).findIndex((other) => equal(other, item))),
  );
  add(`list.${own('lastIndexOf')}(dyn): int`, (list: unknown, item: unknown) =>
    BigInt(elements(list).findLastIndex((other) => equal(other, item))),
  );
  add('list.distinct(): list<dyn>', distinct);
  add('list.reverse(): list<dyn>', (list: unknown) => elements(list).toReversed());
  add('list.slice(int, int): list<dyn>', slice);
  add('list.sort(): list<dyn>', (list: unknown) => elements(list).toSorted(compare));
  add('list.flatten(): list<dyn>', (list: unknown) => flatten(list, 1n));
  add('list.flatten(int): list<dyn>', flatten);
  environment.registerType('ListsNamespace', ListsNamespace);
  environment.registerConstant('lists', 'ListsNamespace', new ListsNamespace());
  add('ListsNamespace.range(int): list<int>', (_: unknown, count: bigint) => range(count));
  environment.registerType('SetsNamespace', SetsNamespace);
  environment.registerConstant('sets', 'SetsNamespace', new SetsNamespace());
  add('SetsNamespace.contains(list, list): bool', (_: unknown, list: unknown, part: unknown) => contains(list, part));
  add(
    'SetsNamespace.equivalent(list, list): bool',
    (_: unknown, one: unknown, other: unknown) => contains(one, other) && contains(other, one),
  );
  add('SetsNamespace.intersects(list, list): bool', (_: unknown, one: unknown, other: unknown) =>
    elements(one).some((item) => has(other, item)),
  );
}
