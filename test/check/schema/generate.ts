/** Makes objects out of schemas, the same from the same seed. */
import type { Schema } from '../../../src/check/schema/schema.ts';

/** A number from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** Mulberry32: small, and good enough to choose fields. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Beyond this only what is required is made. */
const DEPTH = 5;

const TEXTS: Readonly<Record<string, string>> = {
  time: '2024-02-29T12:00:00Z',
  'micro-time': '2024-02-29T12:00:00.000000Z',
  byte: 'YWJj',
  cidr: '10.0.0.0/8',
};

/** A valid value, never null and never empty where it is required. */
export function madeFrom(schema: Schema, random: Random, depth = 0): unknown {
  const { type, constraints } = schema;
  const choices = constraints?.enum?.filter((choice) => choice !== '');
  if (choices !== undefined) return choices[random(choices.length)];
  switch (type) {
    case 'object':
      return objectOf(schema, random, depth);
    case 'array':
      return schema.items === undefined ? [] : [madeFrom(schema.items, random, depth + 1)];
    case 'string':
      return TEXTS[schema.format ?? ''] ?? ['a', 'b1', 'long-text'][random(3)];
    case 'integer':
    case 'int-or-string': {
      const least = Math.max(1, constraints?.minimum ?? 1);
      return Math.min(least + random(3), constraints?.maximum ?? Number.MAX_SAFE_INTEGER);
    }
    case 'number':
      return 1.5;
    case 'boolean':
      return random(2) === 1;
    case 'quantity':
      return [1, '500m', '1Gi', 0.5, '1e3', 7n][random(6)];
    case 'any':
      return [{ free: ['form'] }, 'text', 1, true][random(4)];
  }
}

function objectOf({ properties, required, values, open }: Schema, random: Random, depth: number): unknown {
  const made: Record<string, unknown> = {};
  for (const [name, property] of properties) {
    const wanted = required.includes(name) || (depth < DEPTH && random(4) === 0 && !(depth === 0 && name === 'status'));
    if (wanted) made[name] = madeFrom(property, random, depth + 1);
  }
  if (values !== undefined) made.key = madeFrom(values, random, depth + 1);
  else if (open) made.anything = [1, { a: null }];
  return made;
}

/** A place in a value, with its schema. */
export interface Place {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  readonly schema: Schema;
}

/** Every place in a value that a schema describes, the root first. */
export function placesIn(value: unknown, schema: Schema, path: Place['path'] = []): Place[] {
  const here: Place = { path, value, schema };
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? [here] : [here, ...value.flatMap((item, i) => placesIn(item, items, [...path, i]))];
  }
  if (typeof value !== 'object' || value === null) return [here];
  const below = Object.entries(value).flatMap(([name, child]) => {
    const described = schema.properties.get(name) ?? schema.values;
    return described === undefined ? [] : placesIn(child, described, [...path, name]);
  });
  return [here, ...below];
}
