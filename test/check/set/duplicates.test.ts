import { describe, expect, test } from 'vitest';
import { configMap, documents, object } from '../../../src/check/set/examples.ts';
import { found, shown } from '../found.ts';

const say = async (...manifests: readonly string[]): Promise<readonly string[]> =>
  shown((await found('set', documents(...manifests))).filter(({ rule }) => rule === 'set/duplicate'));
const listing = (...paths: readonly string[]): string => `resources:\n${paths.map((path) => `  - ${path}\n`).join('')}`;

describe('an object that is there twice', () => {
  test('is reported at the second, with the place of the first', async () => {
    expect(await say(configMap('settings'), configMap('settings'), configMap('settings'))).toEqual([
      'set/duplicate app/manifests.yaml:9:1 ConfigMap "payments/settings" is in the artifact twice: first in app/manifests.yaml:1',
      'set/duplicate app/manifests.yaml:17:1 ConfigMap "payments/settings" is in the artifact twice: first in app/manifests.yaml:1',
    ]);
  });

  test('is the same in another version of its API, and in the namespace "default"', async () => {
    const scaler = (version: string): string => object(`autoscaling/${version}`, 'HorizontalPodAutoscaler', 'web');
    expect(await say(scaler('v1'), scaler('v2'))).toHaveLength(1);
    const bare = configMap('settings').replace('  namespace: payments\n', '');
    expect(await say(bare, configMap('settings').replace('payments', 'default'))).toHaveLength(1);
  });

  test('of the whole cluster is the same in any namespace', async () => {
    const role = object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'reader', 'rules: []\n');
    expect(await say(role, role.replace('payments', 'other'))).toEqual([
      'set/duplicate app/manifests.yaml:8:1 ClusterRole "reader" is in the artifact twice: first in app/manifests.yaml:1',
    ]);
  });

  test('in a list is found', async () => {
    const item = '  - apiVersion: v1\n    kind: ConfigMap\n    metadata:\n      name: settings\n';
    expect(await say(`apiVersion: v1\nkind: List\nitems:\n${item}${item}`)).toHaveLength(1);
  });

  test('is not one of another kind, group, name or namespace, nor one with a generated name', async () => {
    const job = 'apiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: web-\n  namespace: payments\n';
    const other = configMap('settings').replace('payments', 'other');
    expect(await say(configMap('settings'), object('v1', 'Secret', 'settings'), configMap('more'), other)).toEqual([]);
    expect(await say(object('a.example.com/v1', 'Item', 'x'), object('b.example.com/v1', 'Item', 'x'))).toEqual([]);
    expect(await say(job, job)).toEqual([]);
  });
});

describe('in source artifacts', () => {
  const source = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
    shown(
      (await found('set', { render: 'source', artifacts: { app: files } })).filter(
        ({ rule }) => rule === 'set/duplicate',
      ),
    );
  const settings = configMap('settings');
  const base = { 'base/kustomization.yaml': listing('a.yaml'), 'base/a.yaml': settings };

  test('files of one folder meet, those of two folders may be for two clusters', async () => {
    expect(await source({ 'east/a.yaml': settings, 'east/b.yaml': settings, 'west/a.yaml': settings })).toEqual([
      'set/duplicate app/east/b.yaml:1:1 ConfigMap "payments/settings" is in the artifact twice: first in app/east/a.yaml:1',
    ]);
  });

  test('files that one kustomization loads meet, wherever they lie', async () => {
    expect(
      await source({ ...base, 'web/kustomization.yaml': listing('../base', 'b.yaml'), 'web/b.yaml': settings }),
    ).toEqual([
      'set/duplicate app/web/b.yaml:1:1 ConfigMap "payments/settings" is in the artifact twice: first in app/base/a.yaml:1',
    ]);
  });

  test('a base may be used by many, but not twice by one', async () => {
    const overlays = { 'east/kustomization.yaml': listing('../base'), 'west/kustomization.yaml': listing('../base') };
    expect(await source({ ...base, ...overlays })).toEqual([]);
    expect(await source({ ...base, ...overlays, 'all/kustomization.yaml': listing('../east', '../west') })).toEqual([
      'set/duplicate app/all/kustomization.yaml ConfigMap "payments/settings" is loaded twice, by two resources of this kustomization',
    ]);
  });

  test.each(['namespace: other\n', 'namePrefix: east-\n', 'nameSuffix: -east\n'])(
    '%j tells two uses apart',
    async (change) => {
      const east = { 'east/kustomization.yaml': `${change}${listing('../base')}` };
      expect(await source({ ...base, ...east, 'all/kustomization.yaml': listing('../base', '../east') })).toEqual([]);
    },
  );

  test('a patch that deletes or renames leaves it open what comes out', async () => {
    const patch =
      'patches:\n  - patch: |\n      apiVersion: v1\n      kind: ConfigMap\n      metadata:\n        name: settings\n      $patch: delete\n';
    const east = { 'east/kustomization.yaml': `${patch}${listing('../base')}` };
    expect(await source({ ...base, ...east, 'all/kustomization.yaml': listing('../base', '../east') })).toEqual([]);
  });

  test('kustomizations that load each other end', async () => {
    const files = {
      'a/kustomization.yaml': listing('../b'),
      'b/kustomization.yaml': listing('../a', 'x.yaml'),
      'b/x.yaml': settings,
    };
    expect(await source(files)).toEqual([]);
  });
});
