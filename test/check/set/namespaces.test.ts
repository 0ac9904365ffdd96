import { describe, expect, test } from 'vitest';
import { configMap, documents, kustomization, object, ociRepository } from '../../../src/check/set/examples.ts';
import { found, shown } from '../found.ts';

const bare = (name: string): string => configMap(name).replace('  namespace: payments\n', '');
const say = async (manifests: string, on?: string): Promise<readonly string[]> =>
  shown(await found('set', manifests, on));

describe('a missing namespace', () => {
  test('is reported at each object, where most of the artifact have one', async () => {
    expect(await say(documents(configMap('a'), configMap('b'), bare('c'), bare('d')))).toEqual([
      'set/namespace-missing app/manifests.yaml:19:1 ConfigMap "c" has no namespace, others of the artifact have one: Flux refuses it without',
      'set/namespace-missing app/manifests.yaml:26:1 ConfigMap "d" has no namespace, others of the artifact have one: Flux refuses it without',
    ]);
  });

  test('is reported once, where most have none', async () => {
    expect(await say(documents(configMap('a'), bare('b'), bare('c')))).toEqual([
      'set/namespace-missing app/manifests.yaml:11:1 2 objects have no namespace, 1 other has one: Flux refuses them without',
    ]);
  });

  test('is meant so where no object has one, unless you say otherwise', async () => {
    expect(await say(documents(bare('a'), bare('b')))).toEqual([]);
    expect(await say(documents(bare('a'), bare('b')), 'set/namespace-open')).toEqual([
      'set/namespace-open app/manifests.yaml:3:1 2 objects need a namespace and none has one: Flux applies them only with a targetNamespace',
    ]);
  });

  test('is none for objects of the whole cluster, and for kinds that nobody knows', async () => {
    const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: reader\nrules: []\n';
    const custom = 'apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: x\n';
    expect(await say(documents(configMap('a'), role, custom))).toEqual([]);
  });

  test('is given by a Kustomization of the run that applies the artifact', async () => {
    const mixed = { 'a.yaml': documents(configMap('a'), bare('b')) };
    const applying = documents(ociRepository('web'), kustomization('web', { source: 'web' }));
    const run = async (cluster: string): Promise<readonly string[]> =>
      shown(await found('set', { artifacts: { web: mixed, cluster: { 'a.yaml': cluster } } }));
    expect(await run(applying)).toHaveLength(1);
    expect(await run(`${applying}  targetNamespace: shop\n`)).toEqual([]);
  });

  test('is given by kustomization files of a source artifact', async () => {
    const run = async (text: string): Promise<readonly string[]> => {
      const app = {
        'kustomization.yaml': `${text}resources:\n  - a.yaml\n`,
        'a.yaml': documents(configMap('a'), bare('b')),
      };
      return shown(await found('set', { render: 'source', artifacts: { app } }));
    };
    expect(await run('')).toHaveLength(1);
    expect(await run('namespace: payments\n')).toEqual([]);
  });
});

test('a namespace on an object of the whole cluster means nothing', async () => {
  const role = object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'reader', 'rules: []\n');
  expect(await say(role)).toEqual([
    'set/namespace-in-vain app/manifests.yaml:5:3 A ClusterRole belongs to the whole cluster: its namespace "payments" means nothing',
  ]);
});

test('a namespace that the artifact does not define is told once, if you want to know', async () => {
  const manifests = documents(configMap('a'), configMap('b'), configMap('c').replace('payments', 'default'));
  expect(await say(manifests)).toEqual([]);
  expect(await say(manifests, 'set/namespace-undefined')).toEqual([
    'set/namespace-undefined app/manifests.yaml:5:3 The artifact has no Namespace "payments": Flux cannot apply its objects before somebody makes it',
  ]);
});
