/** Objects with one field changed or several: what people get wrong, and much that they do not. The same in each run. */
import type { FieldPath } from '../../../src/model.ts';
import { oneOf, randomOf } from '../../check/yaml/random-yaml.ts';
import type { Manifest } from './manifest.ts';

/** An object with one change. */
export interface Mutant {
  /** What was done, in a word: `delete`, `string to number`. */
  readonly operation: string;
  readonly path: FieldPath;
  readonly object: Manifest;
}

type Change = readonly [operation: string, value: unknown, below?: string];

/** Takes the field away. */
const GONE = Symbol('gone');

/** Every change of every field. API version, kind, name and namespace stay: the object is addressed by them. */
export function* mutantsOf(seed: Manifest): Generator<Mutant> {
  for (const [path, value] of fields(seed, [])) {
    if (isAddress(path)) continue;
    for (const [operation, changed, below] of changesOf(path, value)) {
      const at = below === undefined ? path : [...path, below];
      yield { operation, path: at, object: changedAt(seed, at, changed) };
    }
  }
}

function* fields(value: unknown, path: FieldPath): Generator<readonly [FieldPath, unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, child] of entries) yield* fields(child, [...path, key]);
}

function isAddress([first, second, ...rest]: FieldPath): boolean {
  if (first === 'apiVersion' || first === 'kind') return second === undefined;
  if (first !== 'metadata') return false;
  return second === undefined || (rest.length === 0 && (second === 'name' || second === 'namespace'));
}

function changesOf(path: FieldPath, value: unknown): readonly Change[] {
  if (path.length === 0) return [['unknown field', 1, 'bogusField']];
  return [['delete', GONE], ['null', null], ...changesOfType(value)];
}

function changesOfType(value: unknown): readonly Change[] {
  if (Array.isArray(value)) return changesOfList(value);
  switch (typeof value) {
    case 'object':
      return changesOfMapping(value ?? {});
    case 'string':
      return [
        ['string to number', 7],
        ['string to boolean', true],
        ['string to mapping', { a: 'b' }],
        ['string to list', ['a']],
        ['empty string', ''],
        ['other string', 'Bogus'],
        ['long string', 'a'.repeat(254)],
      ];
    case 'number':
      return [
        ['number to string', 'x'],
        ['number to digits in quotes', '7'],
        ['fraction', 1.5],
        ['zero', 0],
        ['negative', -1],
        ['beyond 32 bits', 2 ** 40],
        ['number to boolean', true],
      ];
    default:
      return [
        ['boolean to string', 'true'],
        ['boolean to number', 1],
      ];
  }
}

function changesOfList(list: readonly unknown[]): readonly Change[] {
  const twice: readonly Change[] = list.length > 0 ? [['first item again', [...list, list[0]]]] : [];
  return [
    ['list to mapping', {}],
    ['list to string', 'bogus'],
    ['empty list', []],
    ...twice,
    ['null item', [...list, null]],
  ];
}

function changesOfMapping(mapping: object): readonly Change[] {
  const [entry] = Object.entries(mapping);
  const nested: readonly Change[] = entry === undefined ? [] : [['extra nesting', { [entry[0]]: mapping }]];
  return [
    ['unknown field', 'x', 'bogusField'],
    ['mapping to list', []],
    ['mapping to string', 'bogus'],
    ['empty mapping', {}],
    ...nested,
  ];
}

const NAMES = ['Bogus', 'a_b', 'a b', 'a.b', '-a', '1', 'a:b', 'a'.repeat(64), 'a'.repeat(254)];

/** Other names of an object, many of which are none. They are to be created: a path cannot hold all of them. */
export function renamed(seed: Manifest): readonly Mutant[] {
  return NAMES.map((name) => ({
    operation: `name ${name.slice(0, 5)}`,
    path: ['metadata', 'name'],
    object: { ...seed, metadata: { ...seed.metadata, name } },
  }));
}

/** How many objects are made of one at random. */
const AT_RANDOM = 20;

/** Objects that lack some fields, and have values that fields of the same name have elsewhere. Many of them are good. */
export function* shuffled(seed: Manifest, others: ReadonlyMap<string, readonly unknown[]>): Generator<Mutant> {
  for (let number = 0; number < AT_RANDOM; number++) {
    const random = randomOf(number + JSON.stringify(seed).length);
    const object = structuredClone(seed);
    for (const [path, value] of [...fields(seed, [])].reverse()) {
      const key = path.at(-1);
      if (typeof key !== 'string' || path.length < 2 || path[0] === 'metadata') continue;
      const holder = holderOf(object, path);
      const values = others.get(key) ?? [];
      if (random() < 0.12) Reflect.deleteProperty(Object(holder), key);
      else if (typeof value !== 'object' && random() < 0.06) Reflect.set(Object(holder), key, oneOf(random, values));
    }
    yield { operation: `at random, ${number}`, path: [], object };
  }
}

/** The simple values of all objects, by the name of their field. */
export function valuesOf(objects: readonly Manifest[]): ReadonlyMap<string, readonly unknown[]> {
  const values = new Map<string, unknown[]>();
  for (const [path, value] of objects.flatMap((object) => [...fields(object, [])])) {
    const key = path.at(-1);
    if (typeof key === 'string' && typeof value !== 'object') values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values;
}

/** What the last key of a path is in. */
function holderOf(object: Manifest, path: FieldPath): unknown {
  let holder: unknown = object;
  for (const key of path.slice(0, -1)) holder = Reflect.get(Object(holder), key);
  return holder;
}

/** A copy of an object in which a field has another value. */
function changedAt(seed: Manifest, path: FieldPath, value: unknown): Manifest {
  const copy = structuredClone(seed);
  const holder = holderOf(copy, path);
  const last = path.at(-1) ?? '';
  if (value !== GONE) Reflect.set(Object(holder), last, value);
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else Reflect.deleteProperty(Object(holder), last);
  return copy;
}
