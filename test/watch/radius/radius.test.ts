import { describe, expect, test } from 'vitest';
import { refusedByServer } from '../../../src/check/against/changes.ts';
import type { Refusal } from '../../../src/model.ts';
import { type Limits, type RefusedChanges, radiusOf } from '../../../src/watch/radius/radius.ts';
import { compared, configMaps, object, type Texts } from '../sides.ts';

/** The table of the checks, as the wiring gives it. */
const refused: RefusedChanges = refusedByServer;

const radius = (before: Texts, after: Texts, limits?: Partial<Limits>): readonly Refusal[] =>
  radiusOf(compared(before, after), { refusedChanges: refused, ...(limits !== undefined && { limits }) });

const crd = object('CustomResourceDefinition', 'xs.example.com', '', 'apiextensions.k8s.io/v1');
const deployment = (app: string): string =>
  object('Deployment', 'a/web', `spec:\n  selector:\n    matchLabels: { app: ${app} }\n`, 'apps/v1');
const keep = configMaps(20, 100);

/** Each rule: two sides that trip it, and what is said. */
const CASES: readonly (readonly [string, Texts, Texts, readonly Refusal[]])[] = [
  [
    'too many deletions in an artifact',
    { web: configMaps(10), rest: keep },
    { web: configMaps(6), rest: keep },
    [
      {
        ...{ rule: 'deletions', artifacts: ['web'], allow: 'deletions@web' },
        message: 'Deletes 4 of 10 objects of artifact "web": 40 %, and the limit is 30 %',
      },
    ],
  ],
  [
    'too many deletions in the release',
    { a: configMaps(6), b: configMaps(6) },
    { a: configMaps(4), b: configMaps(4) },
    [
      {
        ...{ rule: 'deletions', artifacts: [], allow: 'deletions:release' },
        message: 'Deletes 4 of 12 objects of the release: 33.3 %, and the limit is 30 %',
      },
    ],
  ],
  ...(
    [
      [object('Namespace', 'pay'), 'Namespace pay', 'everything in it is deleted too', 'Namespace/pay'],
      [
        crd,
        'CustomResourceDefinition xs.example.com',
        'all objects of its kind are deleted too',
        'CustomResourceDefinition/xs.example.com',
      ],
      [
        object('PersistentVolumeClaim', 'a/db'),
        'PersistentVolumeClaim a/db',
        'its data may be deleted too',
        'PersistentVolumeClaim/a/db',
      ],
      [object('PersistentVolume', 'v'), 'PersistentVolume v', 'its data may be deleted too', 'PersistentVolume/v'],
      [
        object('StatefulSet', 'a/db', '', 'apps/v1'),
        'StatefulSet a/db',
        'its pods stop, and their volumes lose their owner',
        'StatefulSet/a/db',
      ],
    ] as const
  ).map(([text, name, lost, phrase]): readonly [string, Texts, Texts, readonly Refusal[]] => [
    `the deletion of ${name}`,
    { web: text + keep },
    { web: keep },
    [
      {
        ...{ rule: 'delete', artifacts: ['web'], object: name, allow: `delete:${phrase}@web` },
        message: `Deletes ${name} (${lost}) in artifact "web"`,
      },
    ],
  ]),
  [
    'an artifact that shrinks',
    { web: configMaps(6), rest: keep },
    { web: configMaps(1), rest: keep },
    [
      {
        ...{ rule: 'shrink', artifacts: ['web'], allow: 'shrink@web' },
        message: 'Artifact "web" shrinks from 6 objects to 1',
      },
    ],
  ],
  [
    'an artifact that disappears',
    { web: object('Namespace', 'pay') + configMaps(30), rest: keep },
    { rest: keep },
    [
      {
        ...{ rule: 'disappear', artifacts: ['web'], allow: 'disappear@web' },
        message:
          'Artifact "web" with 31 objects is no longer there: what it left on its cluster stays, without updates',
      },
    ],
  ],
  [
    'a field that cannot be changed',
    { web: deployment('one') },
    { web: deployment('two') },
    [
      {
        ...{ rule: 'immutable', artifacts: ['web'], object: 'Deployment a/web' },
        message:
          'Changes "spec.selector.matchLabels.app" of Deployment a/web, which cannot be changed, in artifact "web"',
        allow: 'immutable:Deployment/a/web/spec.selector.matchLabels.app@web',
      },
    ],
  ],
  [
    'an object that moves to another artifact',
    { apps: object('Service', 'a/web') + keep, infra: configMaps(1) },
    { apps: keep, infra: configMaps(1) + object('Service', 'a/web') },
    [
      {
        ...{ rule: 'move', artifacts: ['infra'], object: 'Service a/web', allow: 'move:Service/a/web@infra' },
        message:
          'Moves Service a/web from artifact "apps" to "infra": the old one may delete it after the new one applied it',
      },
    ],
  ],
];

describe.each(CASES)('%s', (_what, before, after, expected) => {
  const refusals = radius(before, after);

  test('is refused', () => {
    expect(refusals).toEqual(expected);
  });

  test('needs no quotes in a shell', () => {
    expect(refusals.every(({ allow }) => /^[\w.:/@%-]+$/.test(allow))).toBe(true);
  });
});

test.each<[string, Texts, Texts]>([
  ['30 % of an artifact', { web: configMaps(10) }, { web: configMaps(7) }],
  ['most of a small artifact', { web: configMaps(4), rest: keep }, { web: '', rest: keep }],
  ['additions and changes', { web: deployment('one') }, { web: deployment('one') + configMaps(50) }],
  ['a fifth that is left', { web: configMaps(5), rest: keep }, { web: configMaps(1), rest: keep }],
  [
    'what kustomize generates anew',
    { web: object('ConfigMap', 'a-2456789bcd') },
    { web: object('ConfigMap', 'a-fghkmtg222') },
  ],
  ['a Namespace of another group', { web: object('Namespace', 'a', '', 'x/v1') + keep }, { web: keep }],
  ['an artifact that comes', {}, { web: configMaps(3) }],
])('%s is not refused', (_what, before, after) => {
  expect(radius(before, after)).toEqual([]);
});

test('what Flux leaves alone is neither deleted nor fought over', () => {
  const kept = (kind: string, mark: string): string =>
    `---\napiVersion: v1\nkind: ${kind}\nmetadata:\n  name: x\n  ${mark}: { kustomize.toolkit.fluxcd.io/prune: Disabled }\n`;
  expect(radius({ web: kept('Namespace', 'annotations') + keep }, { web: keep })).toEqual([]);
  expect(radius({ web: kept('PersistentVolume', 'labels') + keep }, { web: keep })).toEqual([]);
  const service = kept('Service', 'annotations');
  expect(radius({ a: service + keep, b: keep }, { a: keep, b: keep + service })).toEqual([]);
});

const claim = (namespace: string): string => object('PersistentVolumeClaim', `${namespace}db`);

test.each([
  ['loses', 'a/', '', 'a/db'],
  ['gets', '', 'a/', 'db'],
  ['gets another', 'a/', 'b/', 'a/db'],
])('what %s its namespace is another object: the old one is deleted', (_what, before, after, name) => {
  expect(radius({ web: claim(before) + keep }, { web: claim(after) + keep }).map(({ allow }) => allow)).toEqual([
    `delete:PersistentVolumeClaim/${name}@web`,
  ]);
  const many = (namespace: string): string =>
    Array.from({ length: 20 }, (_, index) => object('ConfigMap', `${namespace}c${index}`)).join('');
  expect(radius({ web: many(before) }, { web: many(after) }).map(({ allow }) => allow)).toEqual([
    'deletions:release',
    'deletions@web',
  ]);
});

test('a namespace says nothing of what belongs to the whole cluster', () => {
  expect(radius({ web: object('Namespace', 'a/pay') + keep }, { web: object('Namespace', 'pay') + keep })).toEqual([]);
});

test('what Flux is told to replace loses what hangs on it, unless nothing does', () => {
  const forced = (kind: string, apiVersion: string, spec: string): string =>
    `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: db\n  namespace: a\n  annotations: { kustomize.toolkit.fluxcd.io/force: Enabled }\n${spec}`;
  const set = (service: string): string => forced('StatefulSet', 'apps/v1', `spec: { serviceName: ${service} }\n`);
  expect(radius({ web: set('one') }, { web: set('two') })).toEqual([
    {
      ...{ rule: 'immutable', artifacts: ['web'], object: 'StatefulSet a/db' },
      message:
        'Changes "spec.serviceName" of StatefulSet a/db, which makes Flux delete it and create it anew, in artifact "web"',
      allow: 'immutable:StatefulSet/a/db/spec.serviceName@web',
    },
  ]);
  const job = (image: string): string =>
    forced('Job', 'batch/v1', `spec: { template: { spec: { containers: [{ name: x, image: ${image} }] } } }\n`);
  expect(radius({ web: job('one') }, { web: job('two') })).toEqual([]);
});

test('the same in many artifacts is one refusal, and its phrase says in how many', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const each = (text: string): Texts => Object.fromEntries(names.map((name) => [name, text]));
  expect(radius(each(object('Namespace', 'pay') + keep), each(keep))).toEqual([
    {
      ...{ rule: 'delete', artifacts: names, object: 'Namespace pay', allow: 'delete:Namespace/pay@count:7' },
      message:
        'Deletes Namespace pay (everything in it is deleted too) in 7 artifacts: "a", "b", "c", "d", "e" and 2 more',
    },
  ]);
});

test('limits can be others', () => {
  const [before, after] = [{ web: configMaps(10) }, { web: configMaps(5) }];
  expect(radius(before, after, { deletions: 0.5 })).toEqual([]);
  expect(radius(before, after, { deletionsFrom: 11 })).toEqual([]);
  expect(radius(before, { web: configMaps(9) }, { deletions: 0 }).map(({ allow }) => allow)).toEqual([
    'deletions:release',
    'deletions@web',
  ]);
});

test('names that no cluster has make no phrase that a shell reads', () => {
  const odd = '---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: "a/b $(x)@é"\n';
  expect(radius({ web: odd + keep }, { web: keep }).map(({ allow }) => allow)).toEqual([
    'delete:Namespace/a%2fb%20%24%28x%29%40%c3a9@web',
  ]);
});

test('no two names share a phrase', () => {
  const odd = (name: string): string => `---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`;
  expect(radius({ web: odd('😀') + odd('😁') + keep }, { web: keep }).map(({ allow }) => allow)).toEqual([
    'delete:Namespace/%f09f9880@web',
    'delete:Namespace/%f09f9881@web',
  ]);
});

test('secrets are in no refusal', () => {
  const secret = (value: string): string => object('Secret', 'a/db', `immutable: true\ndata: { password: ${value} }\n`);
  const refusals = radius({ web: secret('b2xk') }, { web: secret('bmV3') });
  expect(refusals.map(({ allow }) => allow)).toEqual(['immutable:Secret/a/db/data.password@web']);
  expect(JSON.stringify(refusals)).not.toMatch(/b2xk|bmV3/);
});
