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
