import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMapping } from '../../../src/check/object.ts';
import * as bases from './bases.ts';
import { breachesOf } from './breaches.ts';

/** All places of a value. */
function placesOf(value: unknown, at: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (Array.isArray(value)) return [at, ...value.flatMap((item, index) => placesOf(item, [...at, index]))];
  if (!isMapping(value)) return [at];
  return [at, ...Object.entries(value).flatMap(([key, child]) => placesOf(child, [...at, key]))];
}

function replaced(value: unknown, at: readonly (string | number)[], other: unknown): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return other;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? replaced(item, rest, other) : item));
  return isMapping(value) ? { ...value, [key]: replaced(value[key], rest, other) } : value;
}

const kinds = Object.values(bases).map((base) => ({ base, places: placesOf(base) }));

/** Words that mean something to the rules, among them names of what every object has. */
const word = fc.constantFrom(
  ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'Indexed', 'Always', 'Exists', 'In', 'type', 'name'],
  ...[
    `\u0024{A}`,
    'ENC[',
    '*',
    '*/*',
    '/',
    '..',
    '0',
    '-1',
    '1Gi',
    '@every 1h',
    'system-node-critical',
    '10.0.0.0/8',
    '::',
  ],
);
const leaf = fc.oneof(word, fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.bigInt());
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('json')),
    fc.dictionary(fc.oneof(word, fc.string()), tie('json')),
  ),
}));

const change = fc.record({ kind: fc.nat(), place: fc.nat(), value: json });

test('objects with anything anywhere are looked at, and never throw', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(change, { minLength: 1, maxLength: 3 }), (kind, changes) => {
      const { base, places } = kinds[kind % kinds.length] ?? { base: {}, places: [[]] };
      const object = changes.reduce<unknown>(
        (value, { place, value: other }) => replaced(value, places[place % places.length] ?? [], other),
        base,
      );
      for (const breach of breachesOf(object)) expect(breach).toMatch(/^object\/[a-z-]+ .*: \S/s);
    }),
    { numRuns: 600 },
  );
});
