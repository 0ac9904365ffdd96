/** A CRD whose rules look at values of every type, and objects with what a server says about them. */

const rule = (expression: string, more: object = {}): object => ({
  rule: expression,
  message: `keep ${expression}`,
  ...more,
});
const text = { type: 'string', maxLength: 60 };

const SPEC: object = {
  type: 'object',
  properties: {
    replicas: { type: 'integer', default: 3 },
    limit: { type: 'integer', maximum: 100 },
    ratio: { type: 'number', 'x-kubernetes-validations': [rule('self < 0.5')] },
    port: {
      'x-kubernetes-int-or-string': true,
      'x-kubernetes-validations': [rule("type(self) == int ? self < 100 : self.startsWith('http')")],
    },
    at: {
      type: 'string',
      format: 'date-time',
      'x-kubernetes-validations': [rule("self > timestamp('2024-01-01T00:00:00Z')")],
    },
    day: { type: 'string', format: 'date', 'x-kubernetes-validations': [rule('self.getFullYear() == 2024')] },
    every: { type: 'string', format: 'duration', 'x-kubernetes-validations': [rule("self >= duration('1m')")] },
    blob: { type: 'string', format: 'byte', 'x-kubernetes-validations': [rule('self.size() < 4')] },
    'dash-ed': { ...text },
    namespace: { ...text },
    under__score: { ...text },
    maybe: { type: 'string', nullable: true, maxLength: 60 },
    labels: {
      type: 'object',
      maxProperties: 5,
      additionalProperties: text,
      'x-kubernetes-validations': [rule("self.all(k, v, k != v && !k.contains('!'))")],
    },
    tags: {
      type: 'array',
      maxItems: 5,
      items: text,
      'x-kubernetes-list-type': 'set',
      'x-kubernetes-validations': [rule("self == ['b', 'a'] || !('b' in self)")],
    },
    items: {
      type: 'array',
      maxItems: 5,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: text, size: { type: 'integer', default: 1 } },
        'x-kubernetes-validations': [rule('self.size > 0', { fieldPath: '.size' })],
      },
    },
    nested: {
      type: 'object',
      properties: { deep: { type: 'object', default: {}, properties: { on: { type: 'boolean', default: false } } } },
      'x-kubernetes-validations': [
        rule('!has(self.deep) || !self.deep.on', { messageExpression: "self.deep.on ? 'deep is on' : 'deep is off'" }),
      ],
    },
    password: {
      ...text,
      'x-kubernetes-validations': [
        { rule: "self != 'wrong'", message: 'not this one', messageExpression: "'not ' + self" },
      ],
    },
    frozen: {
      ...text,
      'x-kubernetes-validations': [
        rule('self == oldSelf'),
        rule("oldSelf.hasValue() || self != 'no'", { optionalOldSelf: true }),
      ],
    },
    free: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { known: { type: 'integer' } },
      'x-kubernetes-validations': [rule('!has(self.known) || self.known != 0')],
    },
    embedded: {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      'x-kubernetes-preserve-unknown-fields': true,
      'x-kubernetes-validations': [rule("self.kind == 'Pod' && self.metadata.name != 'bad'")],
    },
  },
  'x-kubernetes-validations': [
    rule('!has(self.limit) || self.replicas <= self.limit'),
    rule("!has(self.__namespace__) || self.__namespace__ != 'kube-system'"),
    rule("!has(self.dash__dash__ed) || self.dash__dash__ed != 'x'"),
    rule("!has(self.under__underscores__score) || self.under__underscores__score != 'x'"),
    rule("!has(self.maybe) || self.maybe != 'x'"),
    rule('!has(self.labels) || self.labels["must"] != ""', { fieldPath: ".labels['must']" }),
    {
      rule: '!has(self.password) || self.password.size() > 4',
      message: 'the password is too short',
      messageExpression: "'too short: ' + self.password",
    },
  ],
};

export const GADGETS: { readonly metadata: { readonly name: string } } & Readonly<Record<string, unknown>> = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.test.example.com' },
  spec: {
    group: 'test.example.com',
    scope: 'Namespaced',
    names: { kind: 'Gadget', plural: 'gadgets', singular: 'gadget', listKind: 'GadgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: SPEC, status: { type: 'object', properties: { ready: { type: 'boolean' } } } },
            'x-kubernetes-validations': [
              rule("self.metadata.name.startsWith('g')"),
              rule('!has(self.status) || !has(self.status.ready)'),
            ],
          },
        },
      },
    ],
  },
};

/** An object of it. */
export function gadget({
  name = 'g1',
  spec = {},
  status,
}: Partial<Pick<GadgetCase, 'name' | 'spec' | 'status'>>): object {
  return {
    apiVersion: 'test.example.com/v1',
    kind: 'Gadget',
    metadata: { name, namespace: 'default' },
    spec,
    ...(status !== undefined && { status }),
  };
}

export interface GadgetCase {
  readonly title: string;
  readonly name?: string;
  readonly spec?: object;
  readonly status?: object;
  /** Path and message of each rule that is broken. */
  readonly broken: readonly (readonly [string, string])[];
}

const fine = (title: string, spec: object): GadgetCase => ({ title, spec, broken: [] });
const wrong = (title: string, spec: object, path: string, message: string): GadgetCase => ({
  title,
  spec,
  broken: [[path, message]],
});

export const GADGET_CASES: readonly GadgetCase[] = [
  fine('nothing', {}),
  fine('a limit above the default', { limit: 4 }),
  wrong('a limit below the default', { limit: 2 }, 'spec', 'keep !has(self.limit) || self.replicas <= self.limit'),
  fine('a number', { ratio: 0.25 }),
  wrong('a whole number where fractions are allowed', { ratio: 1 }, 'spec.ratio', 'keep self < 0.5'),
  fine('an integer for a port', { port: 80 }),
  wrong(
    'a large integer for a port',
    { port: 8080 },
    'spec.port',
    "keep type(self) == int ? self < 100 : self.startsWith('http')",
  ),
  fine('a name for a port', { port: 'http' }),
  wrong(
    'another name for a port',
    { port: 'grpc' },
    'spec.port',
    "keep type(self) == int ? self < 100 : self.startsWith('http')",
  ),
  fine('a time', { at: '2024-06-01T00:00:00Z' }),
  wrong('an early time', { at: '2023-06-01T00:00:00Z' }, 'spec.at', "keep self > timestamp('2024-01-01T00:00:00Z')"),
  fine('a day', { day: '2024-02-29' }),
  wrong('a day of another year', { day: '2023-02-28' }, 'spec.day', 'keep self.getFullYear() == 2024'),
  fine('a duration', { every: '90s' }),
  wrong('a short duration', { every: '59s' }, 'spec.every', "keep self >= duration('1m')"),
  fine('bytes', { blob: 'YWJj' }),
  wrong('many bytes', { blob: 'YWJjZA==' }, 'spec.blob', 'keep self.size() < 4'),
  wrong(
    'a field whose name is reserved',
    { namespace: 'kube-system' },
    'spec',
    "keep !has(self.__namespace__) || self.__namespace__ != 'kube-system'",
  ),
  wrong(
    'a field with a dash',
    { 'dash-ed': 'x' },
    'spec',
    "keep !has(self.dash__dash__ed) || self.dash__dash__ed != 'x'",
  ),
  wrong(
    'a field with two underscores',
    { under__score: 'x' },
    'spec',
    "keep !has(self.under__underscores__score) || self.under__underscores__score != 'x'",
  ),
  fine('null where it is a value', { maybe: null }),
  wrong('no null where it could be', { maybe: 'x' }, 'spec', "keep !has(self.maybe) || self.maybe != 'x'"),
  fine('a map', { labels: { must: 'a', 'a.b/c': 'd' } }),
  wrong(
    'a map with a bad key',
    { labels: { must: 'a', 'a!': 'd' } },
    'spec.labels',
    "keep self.all(k, v, k != v && !k.contains('!'))",
  ),
  wrong('a map without a key', { labels: { a: 'b' } }, 'spec', 'keep !has(self.labels) || self.labels["must"] != ""'),
  fine('a set in another order', { tags: ['a', 'b'] }),
  wrong('a larger set', { tags: ['a', 'b', 'c'] }, 'spec.tags', "keep self == ['b', 'a'] || !('b' in self)"),
  fine('items with a default', { items: [{ name: 'a' }] }),
  wrong('an item', { items: [{ name: 'a' }, { name: 'b', size: 0 }] }, 'spec.items[1].size', 'keep self.size > 0'),
  fine('a default within a default', { nested: {} }),
  wrong('a message made of values', { nested: { deep: { on: true } } }, 'spec.nested', 'deep is on'),
  fine('a new object where a rule looks at the old one', { frozen: 'x' }),
  wrong(
    'a new object where a rule may look at the old one',
    { frozen: 'no' },
    'spec.frozen',
    "keep oldSelf.hasValue() || self != 'no'",
  ),
  fine('fields that nothing describes', { free: { other: { a: 1 } } }),
  wrong(
    'a described field beside others',
    { free: { known: 0, other: 1 } },
    'spec.free',
    'keep !has(self.known) || self.known != 0',
  ),
  fine('an embedded object', { embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ok' }, spec: {} } }),
  wrong(
    'a bad embedded object',
    { embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bad' } } },
    'spec.embedded',
    "keep self.kind == 'Pod' && self.metadata.name != 'bad'",
  ),
  { title: 'the name', name: 'x1', broken: [['', "keep self.metadata.name.startsWith('g')"]] },
  { title: 'a status, which is dropped', status: { ready: true }, broken: [] },
  {
    title: 'two rules',
    spec: { ratio: 0.9, limit: 1 },
    broken: [
      ['spec', 'keep !has(self.limit) || self.replicas <= self.limit'],
      ['spec.ratio', 'keep self < 0.5'],
    ],
  },
  // The server repeats the password here.
  wrong('a message that would repeat a password', { password: 'abc' }, 'spec', 'the password is too short'),
  wrong('a message about a password alone', { password: 'wrong' }, 'spec.password', 'not this one'),
];
