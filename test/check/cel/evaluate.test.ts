import { beforeAll, describe, expect, test } from 'vitest';
import { brokenRules } from '../../../src/check/cel/evaluate.ts';
import { programOf } from '../../../src/check/cel/program.ts';
import { fieldText } from '../../../src/check/object.ts';
import { fluxBundle } from '../../../src/check/schema/bundle.ts';
import { type Catalog, openCatalog } from '../../../src/check/schema/catalog.ts';
import type { CelRule, OpenApiSchema } from '../../../src/check/schema/openapi.ts';
import type { Schema } from '../../../src/check/schema/schema.ts';
import { validate } from '../../../src/check/schema/validate.ts';
import { FLUX_CASES, fluxObject } from './flux-objects.ts';
import { GADGET_CASES, GADGETS, gadget } from './gadget.ts';

let catalog: Catalog;

beforeAll(() => {
  catalog = openCatalog({ kubernetes: '1.36', flux: '2.9' });
});

function schemaOf(apiVersion: string, kind: string): Schema {
  const schema = catalog.find(apiVersion, kind);
  if (schema === undefined) throw new Error(`no schema for ${kind}`);
  return schema;
}

function broken(value: object, schema: Schema): readonly (readonly [string, string | undefined])[] {
  expect(validate(value, schema)).toEqual([]);
  return brokenRules(value, schema).map(({ path, message }) => [fieldText(path), message]);
}

describe('a Gadget with', () => {
  beforeAll(() => {
    expect(catalog.add([GADGETS])).toEqual([]);
  });

  test.each(GADGET_CASES.map((one) => [one.title, one] as const))('%s', (_, one) => {
    expect(broken(gadget(one), schemaOf('test.example.com/v1', 'Gadget'))).toEqual(one.broken);
  });
});

describe('objects of Flux: the rules of its CRDs', () => {
  test.each(FLUX_CASES.map((one) => [one.kind, one.message ?? 'nothing', one] as const))('%s: %s', (kind, _, one) => {
    const messages = broken(fluxObject(one), schemaOf(one.apiVersion, kind)).map(([, message]) => message);
    expect(messages).toEqual(one.message === undefined ? [] : [one.message]);
  });

  test('are all understood', () => {
    const rules = fluxBundle().crds.flatMap(([, { versions }]) => versions.flatMap(({ schema }) => rulesIn(schema)));
    const bad = rules.filter(({ rule }) => programOf(rule).kind !== 'program');
    expect(bad).toEqual([]);
    expect(new Set(rules.map(({ rule }) => rule)).size).toBeGreaterThanOrEqual(20);
  });
});

function rulesIn(schema: OpenApiSchema | undefined): readonly CelRule[] {
  if (schema === undefined) return [];
  const { properties = {}, items, additionalProperties } = schema;
  const below = [
    ...Object.values(properties),
    items,
    typeof additionalProperties === 'object' ? additionalProperties : undefined,
  ];
  return [...(schema['x-kubernetes-validations'] ?? []), ...below.flatMap(rulesIn)];
}

describe('an object', () => {
  test('stays as it is when defaults are filled in for the rules', () => {
    catalog.add([GADGETS]);
    const value = gadget({ spec: { items: [{ name: 'a' }], nested: {} } });
    const before = structuredClone(value);
    brokenRules(value, schemaOf('test.example.com/v1', 'Gadget'));
    expect(value).toEqual(before);
  });

  test('is not accused of a rule that cannot be evaluated here', () => {
    catalog.add([gizmos({ rule: 'self.text.unheardOf()' }, { rule: "self.text.matches('a(?=b)')" })]);
    expect(broken(gizmo('x'), schemaOf('test.example.com/v1', 'Gizmo'))).toEqual([]);
  });

  test('breaks a rule that comes to an error', () => {
    catalog.add([gizmos({ rule: 'int(self.text) > 1' })]);
    const [found] = brokenRules(gizmo('x'), schemaOf('test.example.com/v1', 'Gizmo'));
    expect(found).toEqual({
      path: ['spec'],
      rule: 'int(self.text) > 1',
      message: undefined,
      fault: 'not an integer: "x"',
    });
  });

  test('does not show its secrets in the error of a rule', () => {
    catalog.add([gizmos({ rule: 'int(self.token) > 1', message: 'must be a number' })]);
    const [found] = brokenRules(gizmo('x', 's3cr3t'), schemaOf('test.example.com/v1', 'Gizmo'));
    expect(found).toMatchObject({ message: 'must be a number', fault: 'a value that the rule cannot read' });
  });
});

function gizmos(...rules: readonly CelRule[]): object {
  const spec = {
    type: 'object',
    properties: { text: { type: 'string' }, token: { type: 'string' } },
    'x-kubernetes-validations': rules,
  };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gizmos.test.example.com' },
    spec: {
      group: 'test.example.com',
      scope: 'Namespaced',
      names: { kind: 'Gizmo', plural: 'gizmos' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

const gizmo = (text: string, token = ''): object => ({
  apiVersion: 'test.example.com/v1',
  kind: 'Gizmo',
  metadata: { name: 'web' },
  spec: { text, token },
});
