/** A CRD that uses everything that CRDs can say, with objects of its kind and what the API server (1.36) says to them. */
import type { Violation } from '../../../src/check/schema/violation.ts';

/** The CRD. */
export const WIDGETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.test.example' },
  spec: {
    group: 'test.example',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 10 } } },
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'string', enum: ['small', 'large'] },
                  count: { type: 'integer', format: 'int32', minimum: 1, maximum: 10 },
                  total: { type: 'integer', format: 'int64' },
                  even: { type: 'integer', multipleOf: 2 },
                  ratio: { type: 'number', minimum: 0, exclusiveMinimum: true },
                  code: { type: 'string', pattern: '^[a-z]+$', minLength: 2, maxLength: 4 },
                  port: { 'x-kubernetes-int-or-string': true },
                  maybe: { type: 'string', nullable: true },
                  mode: { type: 'string', default: 'fast' },
                  labels: { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 2 },
                  flags: { type: 'array', items: { type: 'boolean' }, minItems: 1, maxItems: 2 },
                  tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name', 'kind'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string' }, kind: { type: 'string', default: 'bolt' } },
                    },
                  },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  half: {
                    type: 'object',
                    'x-kubernetes-preserve-unknown-fields': true,
                    properties: { known: { type: 'integer' } },
                  },
                  any: { 'x-kubernetes-preserve-unknown-fields': true },
                  template: {
                    type: 'object',
                    'x-kubernetes-embedded-resource': true,
                    'x-kubernetes-preserve-unknown-fields': true,
                  },
                  source: {
                    type: 'object',
                    properties: { git: { type: 'string' }, oci: { type: 'string' } },
                    oneOf: [{ required: ['git'] }, { required: ['oci'] }],
                  },
                  target: {
                    type: 'object',
                    properties: { a: { type: 'string' }, b: { type: 'string' } },
                    anyOf: [{ required: ['a'] }, { required: ['b'] }],
                  },
                  plain: { type: 'string', not: { enum: ['forbidden'] }, allOf: [{ pattern: '^f' }, { maxLength: 9 }] },
                  day: { type: 'string', format: 'date' },
                  moment: { type: 'string', format: 'date-time' },
                  blob: { type: 'string', format: 'byte' },
                  wait: { type: 'string', format: 'duration' },
                  address: { type: 'string', format: 'ipv4' },
                  id: { type: 'string', format: 'uuid' },
                  odd: { type: 'string', format: 'of-my-own' },
                },
              },
              status: { type: 'object', required: ['phase'], properties: { phase: { type: 'string' } } },
            },
          },
        },
      },
    ],
  },
} as const;

type Brief = readonly [path: string, problem: Violation['problem']];

/** A widget's `spec` beside `size: small`, and the violations that are expected of it. */
export interface WidgetCase {
  readonly title: string;
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Merged into the object's root. */
  readonly root?: Readonly<Record<string, unknown>>;
  readonly violations: readonly Brief[];
}

const good = (title: string, spec: WidgetCase['spec']): WidgetCase => ({
  title,
  ...(spec && { spec }),
  violations: [],
});
const bad = (title: string, spec: WidgetCase['spec'], ...violations: Brief[]): WidgetCase => ({
  title,
  ...(spec && { spec }),
  violations,
});

/** Widgets as they are sent by server-side apply. */
export const WIDGET_CASES: readonly WidgetCase[] = [
  good('nothing but what is required', {}),
  bad('an unknown field', { colour: 'red' }, ['spec.colour', 'unknown-field']),
  bad('a value outside the enum', { size: 'medium' }, ['spec.size', 'enum']),
  bad('null for a required field', { size: null }, ['spec.size', 'wrong-type']),
  bad('text for an integer', { count: '3' }, ['spec.count', 'wrong-type']),
  bad('a fraction for an integer', { count: 1.5 }, ['spec.count', 'wrong-type']),
  bad('less than the minimum', { count: 0 }, ['spec.count', 'range']),
  bad('more than the maximum', { count: 11 }, ['spec.count', 'range']),
  good('a large integer', { total: 2 ** 52 }),
  bad('an odd number where only even ones are', { even: 3 }, ['spec.even', 'range']),
  good('an even number', { even: 4 }),
  good('an integer for a number', { ratio: 1 }),
  bad('the excluded minimum', { ratio: 0 }, ['spec.ratio', 'range']),
  good('text that matches', { code: 'abc' }),
  bad('text that does not match', { code: 'A-b' }, ['spec.code', 'pattern']),
  bad('text too short', { code: 'a' }, ['spec.code', 'length']),
  bad('text too long', { code: 'abcde' }, ['spec.code', 'length']),
  good('a port number', { port: 80 }),
  good('a port name', { port: 'http' }),
  bad('a port that is neither', { port: true }, ['spec.port', 'wrong-type']),
  good('null where it is a value', { maybe: null }),
  good('null where a default is', { mode: null }),
  bad('null where it is no value', { code: null }, ['spec.code', 'wrong-type']),
  good('a map', { labels: { a: 'b' } }),
  bad('a map with a wrong value', { labels: { a: 1 } }, ['spec.labels.a', 'wrong-type']),
  bad('a map with null', { labels: { a: null } }, ['spec.labels.a', 'wrong-type']),
  bad('a map too large', { labels: { a: '1', b: '2', c: '3' } }, ['spec.labels', 'length']),
  bad('a list too short', { flags: [] }, ['spec.flags', 'length']),
  bad('a list too long', { flags: [true, true, true] }, ['spec.flags', 'length']),
  bad('a list with a wrong item', { flags: [true, 'true'] }, ['spec.flags.1', 'wrong-type']),
  bad('a list with null', { flags: [null] }, ['spec.flags.0', 'wrong-type']),
  bad('a set with an item twice', { tags: ['a', 'b', 'a'] }, ['spec.tags.2', 'duplicate-key']),
  good('list items that differ in one key', {
    parts: [
      { name: 'a', kind: 'x' },
      { name: 'a', kind: 'y' },
    ],
  }),
  bad(
    'list items with equal keys',
    {
      parts: [
        { name: 'a', kind: 'x' },
        { name: 'a', kind: 'x' },
      ],
    },
    ['spec.parts.1', 'duplicate-key'],
  ),
  bad('list items with equal keys, one by default', { parts: [{ name: 'a' }, { name: 'a', kind: 'bolt' }] }, [
    'spec.parts.1',
    'duplicate-key',
  ]),
  bad('a list item without its required key', { parts: [{ kind: 'x' }] }, ['spec.parts.0.name', 'missing']),
  good('anything in a free object', { free: { a: { b: [1, 'c'] } } }),
  bad('a list for a free object', { free: [] }, ['spec.free', 'wrong-type']),
  bad('a known field of a half free object', { half: { known: 'x', other: 1 } }, ['spec.half.known', 'wrong-type']),
  good('anything at all', { any: [1, 'a', { b: null }] }),
  good('an embedded object', {
    template: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'b' } },
  }),
  bad('an embedded object without kind', { template: { apiVersion: 'v1', metadata: { name: 'a' } } }, [
    'spec.template.kind',
    'missing',
  ]),
  bad(
    'an embedded object with wrong metadata',
    { template: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: 'x' } } },
    ['spec.template.metadata.labels', 'wrong-type'],
  ),
  good('one of two', { source: { git: 'a' } }),
  bad('none of two', { source: {} }, ['spec.source', 'alternatives']),
  bad('both of two', { source: { git: 'a', oci: 'b' } }, ['spec.source', 'alternatives']),
  good('any of two', { target: { a: 'x', b: 'y' } }),
  bad('not any of two', { target: {} }, ['spec.target', 'alternatives']),
  bad('a value that is excluded', { plain: 'forbidden' }, ['spec.plain', 'forbidden']),
  bad('text against one of several patterns', { plain: 'x' }, ['spec.plain', 'pattern']),
  good('a date', { day: '2024-02-29' }),
  bad('a date that is not in the calendar', { day: '2023-02-29' }, ['spec.day', 'format']),
  good('a time in small letters', { moment: '2024-01-31t12:00:00z' }),
  bad('a time without zone', { moment: '2024-01-31T12:00:00' }, ['spec.moment', 'format']),
  good('base64', { blob: 'YWJj' }),
  bad('what is not base64', { blob: 'a b!' }, ['spec.blob', 'format']),
  good('a duration', { wait: '1h30m' }),
  bad('what is not a duration', { wait: 'soon' }, ['spec.wait', 'format']),
  bad('what is not an address', { address: '1.2.3.400' }, ['spec.address', 'format']),
  bad('what is not a UUID', { id: 'x' }, ['spec.id', 'format']),
  good('a format nobody knows', { odd: 'anything' }),
  {
    title: 'a name longer than the CRD allows',
    root: { metadata: { name: 'abcdefghijk' } },
    violations: [['metadata.name', 'length']],
  },
  {
    title: 'an unknown field in metadata',
    root: { metadata: { name: 'w', labls: {} } },
    violations: [['metadata.labls', 'unknown-field']],
  },
  {
    title: 'labels that are not text',
    root: { metadata: { name: 'w', labels: { a: 1 } } },
    violations: [['metadata.labels.a', 'wrong-type']],
  },
  { title: 'an unknown field at the root', root: { data: {} }, violations: [['data', 'unknown-field']] },
  { title: 'a status without what it requires', root: { status: {} }, violations: [] },
  { title: 'a status of the wrong type', root: { status: { phase: 1 } }, violations: [['status.phase', 'wrong-type']] },
  { title: 'a status with null', root: { status: { phase: null } }, violations: [] },
  {
    title: 'a status with an unknown field',
    root: { status: { phrase: 'x' } },
    violations: [['status.phrase', 'unknown-field']],
  },
  { title: 'no spec', root: { spec: undefined }, violations: [['spec', 'missing']] },
];

/** The whole object of a case. */
export function widget({ spec, root }: WidgetCase): Readonly<Record<string, unknown>> {
  const whole: Record<string, unknown> = {
    apiVersion: 'test.example/v1',
    kind: 'Widget',
    metadata: { name: 'w' },
    spec: { size: 'small', ...spec },
    ...root,
  };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
}
