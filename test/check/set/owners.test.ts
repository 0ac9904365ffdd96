import { describe, expect, test } from 'vitest';
import { configMap, documents, kustomization, object, ociRepository } from '../../../src/check/set/examples.ts';
import { found, shown } from '../found.ts';

type Artifacts = Readonly<Record<string, Readonly<Record<string, string>>>>;

const say = async (artifacts: Artifacts, render: 'plain' | 'source' = 'plain'): Promise<readonly string[]> =>
  shown((await found('set', { artifacts, render })).filter(({ rule }) => rule === 'set/two-owners'));
const file = (...manifests: readonly string[]): Readonly<Record<string, string>> => ({
  'a.yaml': documents(...manifests),
});
const applying = (name: string, rest = ''): string =>
  documents(ociRepository(name), `${kustomization(name, { source: name })}${rest}`);

describe('one object in two artifacts', () => {
  const settings = file(configMap('settings'));

  test('that a third brings to one cluster is reported', async () => {
    const cluster = file(applying('api'), applying('web'));
    expect(await say({ cluster, web: settings, api: settings })).toEqual([
      'set/two-owners web/a.yaml:1:1 ConfigMap "payments/settings" is in artifact "api" too, and both go to one cluster: each takes it from the other',
    ]);
  });

  test('is reported once, however many clusters they go to', async () => {
    const cluster = file(applying('api'), applying('web'));
    expect(await say({ east: cluster, west: cluster, web: settings, api: settings })).toHaveLength(1);
  });

  test('is reported where the one brings the other', async () => {
    expect(await say({ cluster: file(applying('web'), configMap('settings')), web: settings })).toHaveLength(1);
  });

  test('is fine where nothing says that they meet: fleets are full of copies', async () => {
    expect(await say({ east: settings, west: settings })).toEqual([]);
    const clusters = { east: file(applying('web')), west: file(applying('api')) };
    expect(await say({ ...clusters, web: settings, api: settings })).toEqual([]);
  });

  test('is two objects where they are put into two namespaces, and one where into the same', async () => {
    const into = (api: string, web: string): Artifacts => ({
      cluster: file(applying('api', `  targetNamespace: ${api}\n`), applying('web', `  targetNamespace: ${web}\n`)),
      web: settings,
      api: settings,
    });
    expect(await say(into('api', 'web'))).toEqual([]);
    expect(await say(into('shop', 'shop'))).toEqual([
      'set/two-owners web/a.yaml:1:1 ConfigMap "shop/settings" is in artifact "api" too, and both go to one cluster: each takes it from the other',
    ]);
  });

  test('is fine where Flux is told to merge, and where a Kustomization leads to another cluster', async () => {
    const merged = file(
      configMap('settings').replace('data:', '  annotations:\n    kustomize.toolkit.fluxcd.io/ssa: Merge\ndata:'),
    );
    expect(await say({ cluster: file(applying('api'), applying('web')), web: merged, api: settings })).toEqual([]);
    const remote = applying('web', '  kubeConfig:\n    secretRef:\n      name: east\n');
    expect(await say({ cluster: file(applying('api'), remote), web: settings, api: settings })).toEqual([]);
  });

  test('is left alone in source artifacts, of which a folder may be built', async () => {
    expect(
      await say({ cluster: file(applying('api'), applying('web')), web: settings, api: settings }, 'source'),
    ).toEqual([]);
  });

  test('is found by way of a bucket, whose prefix ends in the name of the artifact', async () => {
    const bucket = object(
      'source.toolkit.fluxcd.io/v1',
      'Bucket',
      'web',
      'spec:\n  interval: 5m\n  bucketName: fleet\n  endpoint: s3.example.com\n  prefix: channels/prod/web/\n',
    );
    const read = kustomization('web', { source: 'web' }).replace('kind: OCIRepository', 'kind: Bucket');
    expect(await say({ cluster: file(applying('api'), bucket, read), web: settings, api: settings })).toHaveLength(1);
  });
});

describe('a custom resource beside the HelmRelease that brings its kind', () => {
  const release = (chart: string, rest = ''): string =>
    object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'operator', `spec:\n  interval: 1h\n${chart}${rest}`);
  const named =
    '  chart:\n    spec:\n      chart: external-secrets\n      sourceRef:\n        kind: HelmRepository\n        name: x\n';
  const secret = object('external-secrets.io/v1', 'ExternalSecret', 'web', 'spec: {}\n');
  const charts = async (artifacts: Artifacts, render: 'plain' | 'source' = 'plain'): Promise<readonly string[]> =>
    shown((await found('set', { artifacts, render })).filter(({ rule }) => rule === 'set/kind-from-chart'));

  test('waits for ever on a new cluster', async () => {
    expect(await charts({ app: file(secret, release(named)) })).toEqual([
      'set/kind-from-chart app/a.yaml:2:1 ExternalSecret "web" and HelmRelease "operator", which brings its kind, are applied together: a new cluster refuses both',
    ]);
  });

  test('is told once for each kind, and whatever holds the chart', async () => {
    const chart = ociRepository('external-secrets').replace('name: external-secrets', 'name: chart');
    const ref = '  chartRef:\n    kind: OCIRepository\n    name: chart\n';
    expect(
      await charts({ app: file(chart, release(ref), secret, secret.replace('name: web', 'name: api')) }),
    ).toHaveLength(1);
  });

  test('is fine where the CRD is there too, or where the chart is told not to bring it', async () => {
    const crd =
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: externalsecrets.external-secrets.io\nspec:\n  group: external-secrets.io\n  scope: Namespaced\n  names:\n    kind: ExternalSecret\n    plural: externalsecrets\n  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          x-kubernetes-preserve-unknown-fields: true\n';
    expect(await charts({ app: file(release(named), secret, crd) })).toEqual([]);
    expect(await charts({ app: file(release(named, '  values:\n    installCRDs: false\n'), secret) })).toEqual([]);
    expect(await charts({ app: file(release(named, '  install:\n    crds: Skip\n'), secret) })).toEqual([]);
  });

  test('is fine in another artifact, and in another folder of a source artifact', async () => {
    expect(await charts({ operator: file(release(named)), app: file(secret) })).toEqual([]);
    const app = { 'controllers/a.yaml': release(named), 'configs/a.yaml': secret };
    expect(await charts({ app }, 'source')).toEqual([]);
    expect(
      await charts(
        { app: { ...app, 'kustomization.yaml': 'resources:\n  - controllers/a.yaml\n  - configs/a.yaml\n' } },
        'source',
      ),
    ).toHaveLength(1);
  });
});
