import { expect, test } from 'vitest';
import { MASK, MASK_CHANGED } from '../../../src/watch/diff/mask.ts';
import { changesOf, differenceOf, object } from '../sides.ts';

const secret = (rest: string): string => object('Secret', 'a/db', rest);
const fieldsOf = (before: string, after: string): unknown => changesOf(before, after).map(({ fields }) => fields);

test('of a Secret only the keys are told', () => {
  const before = secret('data:\n  same: AAAA\n  password: b2xk\n  gone: eA==\nstringData:\n  text: one\n');
  const after = secret('data:\n  same: AAAA\n  password: bmV3\nstringData:\n  text: two\n  more: x\n');
  expect(fieldsOf(before, after)).toEqual([
    [
      { path: 'data.password', change: 'changed', masked: true },
      { path: 'data.gone', change: 'removed', masked: true },
      { path: 'stringData.text', change: 'changed', masked: true },
      { path: 'stringData.more', change: 'added', masked: true },
    ],
  ]);
});

test.each([
  ['that comes', '', 'data: { a: eA==, b: eA== }\n', ['data.a added', 'data.b added']],
  ['that goes', 'data: { a: eA== }\n', '', ['data.a removed']],
  ['that is nothing', 'data: { a: eA== }\n', 'data:\n', ['data changed']],
  ['that is a list', 'data: [eA==]\n', 'data: [eQ==]\n', ['data changed']],
  ['that is empty', '', 'data: {}\n', ['data added']],
  ['with mappings inside', 'data: { a: { b: eA== } }\n', 'data: { a: { b: eQ== } }\n', ['data.a changed']],
])('data %s is masked', (_what, before, after, expected) => {
  const fields = changesOf(secret(before), secret(after)).flatMap((change) => change.fields);
  expect(fields.map(({ path, change }) => `${path} ${change}`)).toEqual(expected);
  expect(
    fields.every(({ masked, before: old, after: young }) => masked && old === undefined && young === undefined),
  ).toBe(true);
});

const CANARY = 'Y2FuYXJ5';

test.each([
  [
    'in a list',
    `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    metadata: { name: db }\n    data: { a: VALUE }\n`,
  ],
  [
    'inside of a template',
    object('Template', 'x', 'objects:\n  - apiVersion: v1\n    kind: Secret\n    data: { a: VALUE }\n'),
  ],
  [
    'in what kubectl applied',
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  annotations: { kubectl.kubernetes.io/last-applied-configuration: VALUE }\n`,
  ],
  ['encrypted by SOPS', object('Secret', 'db', 'data: { a: "ENC[AES256_GCM,data:VALUE]" }\nsops: { mac: VALUE }\n')],
  [
    'encrypted in another kind',
    object('ConfigMap', 'db', 'data: { a: "ENC[AES256_GCM,data:VALUE]" }\nsops: { mac: VALUE }\n'),
  ],
  [
    'encrypted in names',
    object('X', 'db', 'a: [{ name: "ENC[VALUE]", b: VALUE_ }]\n'.replace('VALUE_', '"ENC[VALUE]"')),
  ],
  [
    'in a list that says what its items are',
    object('Template', 'x', 'objects:\n  - kind: SecretList\n    items: [{ data: { a: VALUE } }]\n'),
  ],
  [
    'of a generator',
    object(
      'Kustomization',
      'x',
      'secretGenerator: [{ name: db, literals: ["a=VALUE"] }]\n',
      'kustomize.config.k8s.io/v1',
    ),
  ],
  ['under a mistyped key', object('Secret', 'db', 'stringdata: { a: VALUE }\n')],
  ['at the top of a Secret', object('Secret', 'db', 'a: VALUE\nb: [VALUE]\n')],
  ['in an anchor', object('Secret', 'db', 'x: &x { a: VALUE }\ndata: *x\n')],
  ['of a generator of its own', object('SecretGenerator', 'x', 'literals: ["a=VALUE"]\n', 'builtin')],
  [
    'in a patch as text',
    object(
      'Kustomization',
      'x',
      'spec:\n  patches:\n    - patch: |\n        kind: Secret\n        stringData: { a: VALUE }\n',
    ),
  ],
  [
    'in a patch of which only the target says it',
    object(
      'Kustomization',
      'x',
      'spec:\n  patches:\n    - target: { kind: Secret }\n      patch: "[{ op: add, path: /stringData/a, value: VALUE }]"\n',
    ),
  ],
  ...['kind: Secret|ConfigMap', 'kind: .*', 'name: db', 'labelSelector: a=b'].map((target): [string, string] => [
    `in a patch of ${target}`,
    object(
      'Kustomization',
      'x',
      `patches:\n  - target: { ${target} }\n    patch: "[{ op: add, path: /stringData/a, value: VALUE }]"\n`,
    ),
  ]),
  [
    'in an annotation of another tool',
    object('X', 'x', `  annotations: { example.com/applied: '{"kind":"Secret","data":{"a":"VALUE"}}' }\n`),
  ],
  [
    'in a text inside a text',
    object(
      'ConfigMap',
      'x',
      `data:\n  a.json: '{"text":"{\\"kind\\":\\"Secret\\",\\"data\\":{\\"a\\":\\"VALUE\\"}}"}'\n`,
    ),
  ],
])('a secret %s is never told', (_what, template) => {
  const before = template.replaceAll('VALUE', `${CANARY}1`);
  const after = template.replaceAll('VALUE', `${CANARY}2`);
  const empty = object('X', 'other');
  for (const [one, other] of [
    [before, after],
    [empty, after],
    [before, empty],
  ] as const) {
    const difference = differenceOf({ web: one }, { web: other }, true);
    expect(difference.artifacts[0]?.changes.length).toBeGreaterThan(0);
    expect(JSON.stringify(difference)).not.toContain(CANARY);
  }
});

test('a Secret that becomes something else is a secret still', () => {
  const template = (kind: string, value: string): string =>
    object('Template', 'x', `objects:\n  - kind: ${kind}\n    data: { a: ${value} }\n`);
  const difference = differenceOf({ web: template('Secret', 'b2xk') }, { web: template('ConfigMap', 'bmV3') }, true);
  expect(JSON.stringify(difference)).not.toMatch(/b2xk|bmV3/);
});

test('both sides tell which secret is different', () => {
  const difference = differenceOf(
    { web: secret('data: { a: eA==, b: eA== }\n') },
    { web: secret('data: { a: eA==, b: eQ== }\n') },
    true,
  );
  const [change] = difference.artifacts[0]?.changes ?? [];
  expect(change?.values).toMatchObject({
    before: { data: { a: MASK, b: MASK } },
    after: { data: { a: MASK, b: MASK_CHANGED } },
  });
});

test('what only speaks of secrets is shown', () => {
  const reference = (name: string): string =>
    object('ConfigMap', 'x', `data:\n  a: "kind: SecretStore, name: ${name}"\n`);
  expect(fieldsOf(reference('one'), reference('two'))).toEqual([
    [
      {
        ...{ path: 'data.a', change: 'changed' },
        ...{ before: 'kind: SecretStore, name: one', after: 'kind: SecretStore, name: two' },
      },
    ],
  ]);
});

test.each([
  ['kind: Deployment', '[{ op: add, path: /data/a, value: VALUE }]'],
  ['name: db', '[{ op: add, path: /spec/replicas, value: VALUE }]'],
])('a patch that is for no Secret is told: %s', (target, patch) => {
  const text = object('Kustomization', 'x', `patches:\n  - target: { ${target} }\n    patch: "${patch}"\n`);
  expect(JSON.stringify(fieldsOf(text.replace('VALUE', '1'), text.replace('VALUE', '2')))).toContain('value: 2');
});

test('a reference to a Secret is told', () => {
  const refers = (key: string): string => object('X', 'x', `spec: { from: { kind: Secret, name: db, key: ${key} } }\n`);
  expect(fieldsOf(refers('a'), refers('b'))).toEqual([
    [{ path: 'spec.from.key', change: 'changed', before: 'a', after: 'b' }],
  ]);
});
