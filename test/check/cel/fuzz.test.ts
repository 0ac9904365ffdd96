import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokenRules } from '../../../src/check/cel/evaluate.ts';
import { programOf } from '../../../src/check/cel/program.ts';
import { objectsOf } from '../../../src/check/object.ts';
import type { Breach } from '../../../src/check/rule.ts';
import { openCatalog } from '../../../src/check/schema/catalog.ts';
import { checkCrd } from '../../../src/check/schema/check-crds.ts';
import { checkSchema } from '../../../src/check/schema/check-schema.ts';
import { MAX_DEPTH } from '../../../src/yaml/events.ts';
import { EXPRESSIONS } from './expressions.ts';
import { GADGET_CASES, GADGETS, gadget } from './gadget.ts';

const TARGETS = { kubernetes: '1.36', flux: '2.9' };
const expressions = Object.values(EXPRESSIONS).flatMap((cases) => cases.map(([expression]) => expression));
const pieces = fc.constantFrom(
  '(',
  ')',
  '[',
  '{',
  '"',
  "'",
  '.',
  '?',
  ':',
  ' in ',
  '&&',
  '\\',
  '"""',
  'self',
  '-',
  '1',
  '%s',
  '\n',
  'r"',
  '\0',
);

/** A value that has no business where it is put. */
const junk = fc.oneof(
  fc.constantFrom<unknown>(null, '', 0, -1, 1e300, true, [], {}, [null], 'object', '$ref', '__proto__'),
  fc.constant({ type: 'object', properties: { self: { $ref: '#' } } }),
  fc.constant([{ rule: 1 }, null, { rule: 'self' }, { rule: 'oldSelf == self', optionalOldSelf: 'yes' }]),
  fc.constant(JSON.parse('{"__proto__": {"type": "string"}, "constructor": {"type": "string"}}')),
);

interface Slot {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Every field below a value. */
function slotsIn(value: unknown): readonly Slot[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...slotsIn(holder[key])]);
}

/** A copy with some of its fields replaced. */
function spoiled(value: object, changes: readonly (readonly [number, unknown])[]): object {
  const copy = structuredClone(value);
  for (const [choice, replacement] of changes) {
    const slots = slotsIn(copy);
    const slot = slots[choice % slots.length];
    if (slot !== undefined) slot.holder[slot.key] = structuredClone(replacement);
  }
  return copy;
}

const changes = fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 3 });

function breachesOf(value: unknown, crds: readonly unknown[]): readonly Breach[] {
  const catalog = openCatalog(TARGETS);
  catalog.add(crds);
  const breaches: Breach[] = [];
  for (const { object } of objectsOf(value).objects) {
    for (const check of [checkCrd, checkSchema]) {
      check(object, { catalog, targets: TARGETS, tenants: [] }, (breach) => breaches.push(breach));
    }
  }
  return breaches;
}

describe('whatever is written', () => {
  test('an expression is a program, wrong or not supported, and comes to an answer', () => {
    const kinds = new Set<string>();
    const property = fc.property(
      fc.constantFrom(...expressions),
      fc.nat(),
      fc.nat(6),
      pieces,
      (text, at, cut, piece) => {
        const start = at % (text.length + 1);
        const program = programOf(text.slice(0, start) + piece + text.slice(start + cut));
        kinds.add(program.kind === 'program' ? program.run(new Map([['least', 1n]])).kind : program.kind);
      },
    );
    fc.assert(property, { numRuns: 2_000 });
    expect([...kinds]).toEqual(expect.arrayContaining(['unsupported', 'value', 'wrong']));
  });

  test('a CRD is accepted or refused with a reason', () => {
    let refused = 0;
    const property = fc.property(changes, (some) => {
      const crd = spoiled(GADGETS, some);
      refused += breachesOf(crd, [crd]).length > 0 ? 1 : 0;
    });
    fc.assert(property, { numRuns: 150 });
    expect(refused).toBeGreaterThan(30);
  });

  test('objects of a spoiled CRD, and spoiled objects, are looked at to the end', () => {
    let found = 0;
    const property = fc.property(fc.nat(), fc.boolean(), changes, (choice, spoilCrd, some) => {
      const value = gadget(GADGET_CASES[choice % GADGET_CASES.length] ?? {});
      const crd = spoilCrd ? spoiled(GADGETS, some) : GADGETS;
      found += breachesOf(spoilCrd ? value : spoiled(value, some), [crd]).length;
    });
    fc.assert(property, { numRuns: 150 });
    expect(found).toBeGreaterThan(15);
  });

  test('a schema as deep as can be read ends', () => {
    let schema: object = { type: 'string' };
    for (let level = 0; level < MAX_DEPTH / 2; level++) schema = { type: 'object', properties: { a: schema } };
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }];
    const crd = { ...GADGETS, spec: { ...(GADGETS.spec as object), versions } };
    expect(breachesOf(crd, [crd])).toEqual([]);
  });

  test('a schema that refers to itself ends', () => {
    const schema: Record<string, unknown> = { type: 'object', $ref: '#' };
    schema.properties = { a: { type: 'object', $ref: '#/properties/a' } };
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }];
    const crd = { ...GADGETS, spec: { ...(GADGETS.spec as object), versions } };
    expect(breachesOf(crd, [crd]).map(({ rule }) => rule)).toEqual(['schema/crd', 'schema/crd']);
    expect(breachesOf(gadget({ spec: { a: { a: {} } } }), [crd])).toEqual([]);
  });

  test('a rule over many items ends', () => {
    const catalog = openCatalog(TARGETS);
    catalog.add([GADGETS]);
    const schema = catalog.find('test.example.com/v1', 'Gadget');
    const items = Array.from({ length: 5_000 }, (_, index) => ({ name: `n${index}`, size: index % 2 }));
    expect(schema && brokenRules(gadget({ spec: { items } }), schema)).toHaveLength(2_500);
  });
});
