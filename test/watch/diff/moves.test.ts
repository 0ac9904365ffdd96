import { expect, test } from 'vitest';
import { changesOf, differenceOf, object } from '../sides.ts';

const web = { apiVersion: 'v1', kind: 'Service', namespace: 'a', name: 'web' };

test('an object that is in another file has moved', () => {
  const text = object('Service', 'a/web');
  const { artifacts } = differenceOf({ x: { 'a.yaml': text } }, { x: { 'b.yaml': text } });
  expect(artifacts[0]?.changes).toEqual([
    { change: 'moved', object: web, file: 'b.yaml', from: { file: 'a.yaml' }, fields: [] },
  ]);
});

test('an object that is in another artifact has moved, also when it changed', () => {
  const { artifacts, counts } = differenceOf(
    { apps: object('Service', 'a/web', 'spec: { x: 1 }\n'), infra: '' },
    { apps: '', infra: object('Service', 'a/web', 'spec: { x: 2 }\n') },
  );
  expect(artifacts.map(({ changes }) => changes)).toEqual([
    [
      {
        ...{ change: 'moved', object: web, file: 'manifests.yaml', fields: [] },
        to: { artifact: 'infra', file: 'manifests.yaml' },
      },
    ],
    [
      {
        ...{ change: 'moved', object: web, file: 'manifests.yaml', from: { artifact: 'apps' } },
        fields: [{ path: 'spec.x', change: 'changed', before: 1, after: 2 }],
      },
    ],
  ]);
  expect(counts.objects).toEqual({ added: 0, removed: 0, changed: 0, moved: 1, renamed: 0 });
});

test('of many artifacts those with similar names belong together', () => {
  const text = object('Service', 'a/web');
  const { artifacts } = differenceOf(
    { 'eu-apps': text, 'eu-base': '', 'us-apps': text, 'us-base': '' },
    { 'eu-apps': '', 'eu-base': text, 'us-apps': '', 'us-base': text },
  );
  const origins = artifacts.flatMap(({ name, changes }) =>
    changes.flatMap(({ from }) => from && [[name, from.artifact]]),
  );
  expect(origins.filter((origin) => origin !== undefined)).toEqual([
    ['eu-base', 'eu-apps'],
    ['us-base', 'us-apps'],
  ]);
});

test('a namespace that is written now, or no longer, moves an object', () => {
  const [free, bound] = [object('Service', 'web'), object('Service', 'a/web')];
  expect(changesOf(free, bound)).toEqual([
    { change: 'moved', object: web, file: 'manifests.yaml', from: { namespace: '' }, fields: [] },
  ]);
  expect(changesOf(bound, free)).toEqual([
    {
      ...{ change: 'moved', file: 'manifests.yaml', from: { namespace: 'a' }, fields: [] },
      object: { apiVersion: 'v1', kind: 'Service', name: 'web' },
    },
  ]);
});

test('another namespace makes another object', () => {
  const changes = changesOf(object('Service', 'a/web'), object('Service', 'b/web'));
  expect(changes.map(({ change }) => change)).toEqual(['removed', 'added']);
});

const settings = (hash: string, level: string): string =>
  object('ConfigMap', `a/settings-${hash}`, `data: { level: ${level} }\n`);
const user = (hash: string, rest = ''): string =>
  object(
    'Deployment',
    'a/web',
    `spec:\n  envFrom:\n    - configMapRef: { name: settings-${hash} }\n  volumes:\n    - name: v\n      configMap: { name: settings-${hash} }\n${rest}`,
    'apps/v1',
  );

test('a generated object with another hash is renamed, and what refers to it follows', () => {
  const [one, two] = ['2456789bcd', 'fghkmtg222'];
  const before = settings(one, 'info') + user(one);
  const after = settings(two, 'debug') + user(two);
  const { artifacts, counts } = differenceOf({ web: before }, { web: after });
  expect(artifacts[0]?.changes).toEqual([
    {
      ...{ change: 'renamed', file: 'manifests.yaml', from: { name: `settings-${one}` }, references: 2 },
      object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'a', name: `settings-${two}` },
      fields: [{ path: 'data.level', change: 'changed', before: 'info', after: 'debug' }],
    },
    {
      ...{ change: 'changed', file: 'manifests.yaml' },
      object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'a', name: 'web' },
      fields: [
        ['spec.envFrom[0].configMapRef.name', `settings-${one}`, `settings-${two}`],
        ['spec.volumes[name=v].configMap.name', `settings-${one}`, `settings-${two}`],
      ].map(([path, old, young]) => ({ path, change: 'changed', before: old, after: young, follows: true })),
    },
  ]);
  expect(counts).toMatchObject({ objects: { renamed: 1, changed: 1, added: 0, removed: 0 }, references: 2 });
});

test.each([
  ['words that look like a hash', 'ConfigMap', 'app-production', 'app-kubernetes'],
  ['other kinds', 'Service', 'app-2456789bcd', 'app-fghkmtg222'],
  ['another stem', 'ConfigMap', 'app-2456789bcd', 'web-fghkmtg222'],
])('nothing is renamed by %s', (_what, kind, before, after) => {
  const changes = changesOf(object(kind, before), object(kind, after));
  expect(changes.map(({ change }) => change).sort()).toEqual(['added', 'removed']);
});
