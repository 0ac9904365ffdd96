import { describe, expect, test } from 'vitest';
import { isCrd, readCrd } from '../../../src/check/schema/crd.ts';
import { WIDGETS } from './widget.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A CRD whose kind has one version with this schema. */
function crdWith(schema: unknown): Fields {
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } };
  const names = { kind: 'Thing', plural: 'things' };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.test.example' },
    spec: { group: 'test.example', scope: 'Cluster', names, versions: [version] },
  };
}

const withField = (field: unknown): Fields => crdWith({ type: 'object', properties: { field } });

describe('a CRD', () => {
  test('is told from other objects', () => {
    expect(isCrd(WIDGETS)).toBe(true);
    expect(isCrd({ ...WIDGETS, apiVersion: 'apiextensions.k8s.io/v1beta1' })).toBe(true);
    expect(isCrd({ ...WIDGETS, kind: 'Pod' })).toBe(false);
    expect(isCrd(null)).toBe(false);
    expect(isCrd([])).toBe(false);
  });

  test('defines a kind', () => {
    const { spec, problems } = readCrd(WIDGETS);
    expect(problems).toEqual([]);
    expect(spec).toMatchObject({ group: 'test.example', kind: 'Widget', plural: 'widgets', namespaced: true });
    expect(spec?.versions).toMatchObject([{ name: 'v1', served: true, storage: true, status: true }]);
  });

  test('keeps its kind when its schema is wrong, without the schema', () => {
    const { spec, problems } = readCrd(withField({ $ref: '#/definitions/a' }));
    expect(spec?.versions).toEqual([{ name: 'v1', served: true, storage: true }]);
    expect(problems).toEqual([
      {
        crd: 'things.test.example',
        path: ['spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'properties', 'field', '$ref'],
        message: 'is forbidden in a CRD',
      },
      {
        crd: 'things.test.example',
        path: ['spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'properties', 'field', 'type'],
        message: 'is required',
      },
    ]);
  });

  test.each<[string, unknown, string, string]>([
    ['no type', {}, 'type', 'is required'],
    ['an unknown type', { type: 'text' }, 'type', 'must be one of object, array, string, integer, number, boolean'],
    ['a list without items', { type: 'array' }, 'items', 'is required'],
    [
      'nothing allowed besides',
      { type: 'object', additionalProperties: false },
      'additionalProperties',
      'must not be false',
    ],
    [
      'fields and a map at once',
      { type: 'object', properties: {}, additionalProperties: { type: 'string' } },
      'additionalProperties',
      'cannot stand beside properties',
    ],
    [
      'unique items',
      { type: 'array', items: { type: 'string' }, uniqueItems: true },
      'uniqueItems',
      'must not be true',
    ],
    ['a pattern that is none', { type: 'string', pattern: '(' }, 'pattern', 'is not a regular expression'],
    [
      'a type in a junctor',
      { type: 'string', anyOf: [{ type: 'string' }] },
      'anyOf.0.type',
      'is forbidden below allOf, anyOf, oneOf and not',
    ],
    [
      'a default in a junctor',
      { type: 'string', not: { default: 'a' } },
      'not.default',
      'is forbidden below allOf, anyOf, oneOf and not',
    ],
    ['required that is no list', { type: 'object', required: 'a' }, 'required', 'must be a list of names'],
    ['a schema that is none', { type: 'array', items: 'text' }, 'items', 'must be a schema'],
    ['properties that are none', { type: 'object', properties: [] }, 'properties', 'must be an object'],
    ['a junctor that is no list', { type: 'string', oneOf: {} }, 'oneOf', 'must be a list'],
  ])('is refused with %s', (_, field, path, message) => {
    const { problems } = readCrd(withField(field));
    const short = problems.map((problem) => [problem.path.slice(7).join('.'), problem.message]);
    expect(short).toEqual([[path, message]]);
  });

  test.each([
    ['a keyword', { type: 'object', required: null, additionalProperties: null, items: null, not: null }],
    ['a required name', { type: 'object', required: [null] }],
    ['an alternative', { type: 'string', anyOf: [null] }],
    ['a default, and a value among others', { type: 'string', nullable: true, default: null, enum: [null, 'a'] }],
  ])('may have null as %s, which Go reads as absent or empty', (_, field) => {
    expect(readCrd(withField(field)).problems).toEqual([]);
  });

  test('may have types in the junctor of int-or-string', () => {
    const either = [{ type: 'integer' }, { type: 'string' }];
    expect(readCrd(withField({ 'x-kubernetes-int-or-string': true, anyOf: either })).problems).toEqual([]);
    expect(readCrd(withField({ type: 'string', 'x-kubernetes-int-or-string': true })).problems).toEqual([]);
    const nested = { 'x-kubernetes-int-or-string': true, allOf: [{ anyOf: either }, { pattern: '^a' }] };
    expect(readCrd(withField(nested)).problems).toEqual([]);
  });

  test('is refused when its root is no object', () => {
    expect(readCrd(crdWith({ type: 'string' })).problems).toMatchObject([{ message: 'must be "object" at the root' }]);
  });

  test('is refused when it is nested too deeply, without end', () => {
    const endless: Record<string, unknown> = { type: 'object' };
    endless.properties = { again: endless };
    expect(readCrd(crdWith(endless)).problems).toMatchObject([{ message: 'is nested too deeply' }]);
  });

  test.each<[string, Fields, string[]]>([
    ['in an old API version', { apiVersion: 'apiextensions.k8s.io/v1beta1' }, ['apiVersion']],
    ['without spec', { spec: undefined }, ['spec.group', 'spec.names.kind', 'spec.names.plural', 'spec.versions']],
    [
      'without versions',
      { spec: { group: 'a.b', names: { kind: 'A', plural: 'as' }, versions: [] } },
      ['spec.versions'],
    ],
  ])('defines nothing %s', (_, change, paths) => {
    const { spec, problems } = readCrd({ ...crdWith({ type: 'object' }), ...change });
    expect(spec).toBeUndefined();
    expect(problems.map(({ path }) => path.join('.'))).toEqual(paths);
  });

  test('needs a schema in every version', () => {
    const { problems } = readCrd(crdWith(undefined));
    expect(problems).toMatchObject([
      { path: ['spec', 'versions', 0, 'schema', 'openAPIV3Schema'], message: 'is required' },
    ]);
  });
});
