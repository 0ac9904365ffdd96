import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kubernetesBundle } from '../../../src/check/schema/bundle.ts';
import { openCatalog } from '../../../src/check/schema/catalog.ts';
import { hasVersion } from '../../../src/check/schema/kinds.ts';
import { ANYTHING } from '../../../src/check/schema/prepare.ts';
import type { Schema } from '../../../src/check/schema/schema.ts';
import { validate } from '../../../src/check/schema/validate.ts';
import { madeFrom, type Place, placesIn, randomFrom } from './generate.ts';

interface Sample {
  readonly schema: Schema;
  readonly object: unknown;
  readonly places: readonly Place[];
}

const { versions, kinds } = kubernetesBundle();
const catalogs = versions.map((kubernetes) => openCatalog({ kubernetes, flux: '2.9' }));

const served = versions.flatMap((_, index) =>
  kinds.filter(([, , , , bits]) => hasVersion(bits, index)).map(([apiVersion, kind]) => ({ index, apiVersion, kind })),
);

/** A kind in any version of Kubernetes, and what an object of it is made from. */
const recipes = fc.record({ kind: fc.constantFrom(...served), seed: fc.nat() });
type Recipe = { readonly kind: (typeof served)[number]; readonly seed: number };

/** What a manifest says in `status` hardly counts. */
function sampleOf({ kind, seed }: Recipe): Sample {
  const schema = catalogs[kind.index]?.find(kind.apiVersion, kind.kind) ?? ANYTHING;
  const object = madeFrom(schema, randomFrom(seed));
  return { schema, object, places: placesIn(object, schema).filter(({ path }) => path[0] !== 'status') };
}

const RUNS = { numRuns: 1_000 };

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('an object made from a schema', () => {
  test('is valid', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { schema, object } = sampleOf(recipe);
        expect(validate(object, schema)).toEqual([]);
      }),
      RUNS,
    );
  });

  test('is refused at the very place where an unknown field is added', () => {
    let added = 0;
    fc.assert(
      fc.property(recipes, fc.nat(), (recipe, choice) => {
        const { schema, object, places } = sampleOf(recipe);
        const closed = places.filter(
          (place) => place.schema.type === 'object' && !place.schema.open && !place.schema.values,
        );
        const place = closed[choice % Math.max(1, closed.length)];
        if (place === undefined || !isFields(place.value)) return;
        place.value.notThere = 'x';
        added += 1;
        expect(validate(object, schema)).toMatchObject([
          { path: [...place.path, 'notThere'], problem: 'unknown-field' },
        ]);
      }),
      RUNS,
    );
    expect(added).toBeGreaterThan(RUNS.numRuns * 0.9);
  });

  test('is refused at the very place where a required field is dropped', () => {
    let dropped = 0;
    fc.assert(
      fc.property(recipes, fc.nat(), (recipe, choice) => {
        const { schema, object, places } = sampleOf(recipe);
        const required = places.flatMap(({ path, value, schema: { required: names } }) =>
          names
            .filter((name) => name !== 'status' || path.length > 0)
            .map((name) => ({ path: [...path, name], value, name })),
        );
        const target = required[choice % Math.max(1, required.length)];
        if (target === undefined || !isFields(target.value)) return;
        delete target.value[target.name];
        dropped += 1;
        expect(validate(object, schema)).toMatchObject([{ path: target.path, problem: 'missing', found: 'nothing' }]);
      }),
      RUNS,
    );
    expect(dropped).toBeGreaterThan(RUNS.numRuns * 0.3);
  });

  test('is refused at the very place where a value of another type stands', () => {
    let changed = 0;
    fc.assert(
      fc.property(recipes, fc.nat(), (recipe, choice) => {
        const { schema, object, places } = sampleOf(recipe);
        const typed = places.flatMap(({ path, value }) =>
          isFields(value) ? Object.keys(value).map((name) => ({ path: [...path, name], value, name })) : [],
        );
        const described = new Map(places.map((place) => [JSON.stringify(place.path), place.schema.type]));
        const strict = typed.filter(({ path }) => !['any', undefined].includes(described.get(JSON.stringify(path))));
        const target = strict[choice % Math.max(1, strict.length)];
        if (target === undefined) return;
        const isList = described.get(JSON.stringify(target.path)) === 'array';
        target.value[target.name] = isList ? { not: 'a list' } : [['not this']];
        changed += 1;
        expect(validate(object, schema)).toMatchObject([{ path: target.path, problem: 'wrong-type' }]);
      }),
      RUNS,
    );
    expect(changed).toBeGreaterThan(RUNS.numRuns * 0.7);
  });
});
