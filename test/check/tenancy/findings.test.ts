import { describe, expect, test } from 'vitest';
import type { Example } from '../../../src/check/rule.ts';
import { found, shown } from '../found.ts';

const TENANT =
  'tenants:\n  - name: payments\n    artifacts: [payments, "payments-*"]\n    namespaces: [payments, "payments-*"]\n';

const object = (kind: string, apiVersion: string, namespace?: string, name = 'api'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n${namespace === undefined ? '' : `  namespace: ${namespace}\n`}`;
const configMap = (namespace?: string): string => object('ConfigMap', 'v1', namespace);

/** The manifest in an artifact of the tenant, `more` being further keys of the tenant. */
const owned = (manifest: string, more = '', artifact = 'payments-api'): Example => ({
  artifacts: { [artifact]: { 'manifests.yaml': manifest } },
  config: `${TENANT}${more}`,
});
const of = async (example: Example): Promise<readonly string[]> => {
  const findings = await found('tenant', example);
  return findings.map(({ rule, path = '', message }) => `${rule} ${path} ${message}`);
};

describe('namespaces', () => {
  test('of other tenants are refused, with all that one needs to know', async () => {
    expect(await found('tenant', owned(configMap('kube-system')))).toEqual([
      {
        rule: 'tenant/namespace',
        severity: 'error',
        artifact: 'payments-api',
        file: 'payments-api/manifests.yaml',
        line: 5,
        column: 3,
        object: 'ConfigMap kube-system/api',
        path: 'metadata.namespace',
        message: 'Tenant "payments" may not have a ConfigMap in namespace "kube-system"',
        found: 'namespace "kube-system"',
        expected: 'one of "payments", "payments-*"',
        hint: "use one of the tenant's namespaces, or list this one under namespaces of the tenant",
      },
    ]);
  });

  test.each(['payments', 'payments-dev', 'payments-'])('that match, such as "%s", are fine', async (namespace) => {
    expect(await of(owned(configMap(namespace)))).toEqual([]);
  });

  test.each(['payment', 'xpayments', 'paymentsx', `\${NAMESPACE}`])('such as "%s" do not match', async (namespace) => {
    expect(await of(owned(configMap(namespace)))).toHaveLength(1);
  });

  test('that are missing are refused, unless the tenant says where objects land', async () => {
    expect(await of(owned(configMap()))).toEqual([
      'tenant/no-namespace metadata ConfigMap "api" of tenant "payments" has no namespace, so nothing keeps it in the tenant\'s',
    ]);
    expect(await of(owned(configMap(), '    targetNamespace: payments\n'))).toEqual([]);
    expect(await of(owned(configMap('web'), '    targetNamespace: payments\n'))).toHaveLength(1);
  });

  test('count for each item of a list', async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n  - ${configMap('web').trim().replaceAll('\n', '\n    ')}\n`;
    expect(shown(await found('tenant', owned(list)))).toEqual([
      'tenant/namespace payments-api/manifests.yaml:8:7 Tenant "payments" may not have a ConfigMap in namespace "web"',
    ]);
  });

  describe('that a kustomization of a source artifact sets', () => {
    const source = (kustomization: string): Example => ({
      artifacts: {
        payments: { 'api/kustomization.yaml': `resources: [api.yaml]\n${kustomization}`, 'api/api.yaml': configMap() },
      },
      render: 'source',
      config: TENANT,
    });

    test('give one to objects that have none', async () => {
      expect(await of(source('namespace: payments\n'))).toEqual([]);
      expect(await of(source(''))).toHaveLength(1);
    });

    test("have to be the tenant's", async () => {
      expect(shown(await found('tenant', source('namespace: kube-system\n')))).toEqual([
        'tenant/namespace payments/api/kustomization.yaml:2:1 A kustomization of tenant "payments" moves objects to namespace "kube-system"',
      ]);
    });
  });
});

describe('cluster-scoped objects', () => {
  const role = object('ClusterRole', 'rbac.authorization.k8s.io/v1');

  test('are refused unless their kind is allowed', async () => {
    expect(await of(owned(role))).toEqual([
      'tenant/cluster-scoped  Tenant "payments" may not have ClusterRole "api": it belongs to the whole cluster',
    ]);
    for (const pattern of ['ClusterRole', 'rbac.authorization.k8s.io/*', '"*"', '"*/ClusterRole"']) {
      expect(await of(owned(role, `    clusterScoped: [${pattern}]\n`))).toEqual([]);
    }
    expect(await of(owned(role, '    clusterScoped: [apps/ClusterRole]\n'))).toHaveLength(1);
  });

  test('are not allowed by a namespace that they claim to have, nor by kinds.allow', async () => {
    const claims = object('ClusterRole', 'rbac.authorization.k8s.io/v1', 'payments');
    expect(await of(owned(claims, '    kinds: { allow: [ClusterRole] }\n'))).toHaveLength(1);
  });

  test('of kind Namespace have to be the tenant’s own', async () => {
    const allowed = '    clusterScoped: [core/Namespace]\n';
    expect(await of(owned(object('Namespace', 'v1', undefined, 'payments-dev'), allowed))).toEqual([]);
    expect(await of(owned(object('Namespace', 'v1', undefined, 'kube-system'), allowed))).toEqual([
      'tenant/namespace metadata.name Tenant "payments" may not have Namespace "kube-system"',
    ]);
  });

  test('are known by another version of their kind', async () => {
    const old = object('ClusterRole', 'rbac.authorization.k8s.io/v1beta1');
    expect(await of(owned(old))).toEqual([
      'tenant/cluster-scoped  Tenant "payments" may not have ClusterRole "api": it belongs to the whole cluster',
    ]);
  });
});

describe('kinds', () => {
  const role = object('Role', 'rbac.authorization.k8s.io/v1', 'payments');

  test('that are not allowed are refused', async () => {
    expect(await of(owned(role, '    kinds: { allow: [apps/*, ConfigMap] }\n'))).toEqual([
      'tenant/kind kind Tenant "payments" may not have objects of kind "rbac.authorization.k8s.io/Role"',
    ]);
    expect(await of(owned(configMap('payments'), '    kinds: { allow: [apps/*, ConfigMap] }\n'))).toEqual([]);
    expect(await of(owned(configMap('payments'), '    kinds: { allow: [core/*] }\n'))).toEqual([]);
  });

  test('that are denied are refused, whatever is allowed', async () => {
    const kinds = '    kinds: { allow: [Role], deny: [rbac.authorization.k8s.io/*] }\n    clusterScoped: ["*"]\n';
    expect(await of(owned(role, kinds))).toHaveLength(1);
    expect(await of(owned(object('ClusterRole', 'rbac.authorization.k8s.io/v1'), kinds))).toEqual([
      'tenant/kind kind Tenant "payments" may not have objects of kind "rbac.authorization.k8s.io/ClusterRole"',
    ]);
  });

  const ledger = object('Ledger', 'example.com/v1', 'payments');

  test('without a schema have to be named', async () => {
    expect(await of(owned(ledger, '    kinds: { allow: ["*", "example.com/*"] }\n    clusterScoped: ["*"]\n'))).toEqual(
      [
        'tenant/unknown-kind kind Kind "example.com/Ledger" has no schema, so nothing says that objects of tenant "payments" stay in a namespace',
      ],
    );
    expect(await of(owned(ledger, '    kinds: { allow: ["*", example.com/Ledger] }\n'))).toEqual([]);
    expect(await of(owned(ledger, '    clusterScoped: [example.com/Ledger]\n'))).toEqual([]);
    const elsewhere = ledger.replace('payments', 'web');
    expect(await of(owned(elsewhere, '    kinds: { allow: [Ledger] }\n'))).toEqual([
      'tenant/namespace metadata.namespace Tenant "payments" may not have a Ledger in namespace "web"',
    ]);
  });

  test('whose CRD is in the release are known', async () => {
    const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ledgers.example.com }
spec:
  group: example.com
  names: { kind: Ledger, plural: ledgers }
  scope: Cluster
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`;
    const { artifacts, config = '' } = owned(ledger) as Exclude<Example, string>;
    expect(await of({ artifacts: { ...artifacts, platform: { 'crd.yaml': crd } }, config })).toEqual([
      'tenant/cluster-scoped  Tenant "payments" may not have Ledger "api": it belongs to the whole cluster',
    ]);
  });
});

describe('objects of Flux', () => {
  const flux = (kind: string, spec: string): string => {
    const group = kind === 'Kustomization' ? 'kustomize.toolkit.fluxcd.io/v1' : 'helm.toolkit.fluxcd.io/v2';
    return `${object(kind, group, 'payments')}spec:\n  serviceAccountName: payments\n  interval: 10m\n${spec}`;
  };
  const kustomization = (spec = ''): string =>
    flux('Kustomization', `  prune: true\n  sourceRef: { kind: OCIRepository, name: api }\n${spec}`);
  const release = (spec = ''): string => flux('HelmRelease', `  chartRef: { kind: OCIRepository, name: api }\n${spec}`);

  test('within the borders are fine', async () => {
    const specs = '  targetNamespace: payments-dev\n';
    expect(await of(owned(`${kustomization(specs)}---\n${release(`${specs}  storageNamespace: payments\n`)}`))).toEqual(
      [],
    );
  });

  test.each([
    ['Kustomization', kustomization()],
    ['HelmRelease', release()],
    [
      'ResourceSet',
      `${object('ResourceSet', 'fluxcd.controlplane.io/v1', 'payments')}spec:\n  serviceAccountName: payments\n`,
    ],
  ])('of kind %s have to name a service account that the tenant may use', async (kind, manifest) => {
    expect(await of(owned(manifest.replace(/ {2}serviceAccountName.*\n/, '  suspend: true\n')))).toEqual([
      `tenant/service-account spec ${kind} "api" of tenant "payments" names no service account, so Flux applies it with its own rights`,
    ]);
    expect(await of(owned(manifest, '    serviceAccounts: ["deployer-*"]\n'))).toEqual([
      `tenant/service-account spec.serviceAccountName ${kind} "api" of tenant "payments" acts as service account "payments", which the tenant may not`,
    ]);
    expect(await of(owned(manifest, '    serviceAccounts: [pay*]\n'))).toEqual([]);
  });

  test('write to no other namespace', async () => {
    const spec = '  targetNamespace: kube-system\n  storageNamespace: flux-system\n';
    expect(await of(owned(release(spec)))).toEqual([
      'tenant/target-namespace spec.targetNamespace HelmRelease "api" of tenant "payments" writes to namespace "kube-system", which is not the tenant\'s',
      'tenant/target-namespace spec.storageNamespace HelmRelease "api" of tenant "payments" writes to namespace "flux-system", which is not the tenant\'s',
    ]);
  });

  test('work on no other cluster, unless that is allowed', async () => {
    const spec = '  kubeConfig: { secretRef: { name: edge } }\n';
    expect(await of(owned(kustomization(spec)))).toEqual([
      'tenant/remote-cluster spec.kubeConfig Kustomization "api" of tenant "payments" works on another cluster, where nothing is known of the tenant\'s borders',
    ]);
    expect(await of(owned(kustomization(spec), '    remoteClusters: true\n'))).toEqual([]);
  });

  const notify = 'notification.toolkit.fluxcd.io';
  test.each([
    [
      'Kustomization',
      kustomization('  dependsOn: [{ name: a }, { name: b, namespace: shared }]\n'),
      'Kustomization',
      'b',
      'spec.dependsOn[1].namespace',
    ],
    [
      'HelmRelease',
      release().replace('name: api }', 'name: b, namespace: shared }'),
      'OCIRepository',
      'b',
      'spec.chartRef.namespace',
    ],
    [
      'HelmRelease',
      release(
        '  chart: { spec: { chart: b, sourceRef: { kind: HelmRepository, name: b, namespace: shared } } }\n',
      ).replace(/ {2}chartRef.*\n/, ''),
      'HelmRepository',
      'b',
      'spec.chart.spec.sourceRef.namespace',
    ],
    [
      'Alert',
      `${object('Alert', `${notify}/v1beta3`, 'payments')}spec:\n  providerRef: { name: x }\n  eventSources: [{ kind: Kustomization, name: b, namespace: shared }]\n`,
      'Kustomization',
      'b',
      'spec.eventSources[0].namespace',
    ],
    [
      'ImagePolicy',
      `${object('ImagePolicy', 'image.toolkit.fluxcd.io/v1', 'payments')}spec:\n  imageRepositoryRef: { name: b, namespace: shared }\n`,
      'ImageRepository',
      'b',
      'spec.imageRepositoryRef.namespace',
    ],
  ])(
    'of kind %s refer to no object of another namespace, unless that is allowed: %#',
    async (kind, manifest, to, name, path) => {
      expect(await of(owned(manifest))).toEqual([
        `tenant/reference ${path} ${kind} "api" of tenant "payments" refers to ${to} "${name}" in namespace "shared"`,
      ]);
      expect(await of(owned(manifest, `    references: [${to}/shared/${name}]\n`))).toEqual([]);
      expect(await of(owned(manifest, `    references: [${to}/other/*]\n`))).toHaveLength(1);
      expect(await of(owned(manifest.replace('namespace: shared', 'namespace: payments')))).toEqual([]);
    },
  );

  test('may name their own namespace, also where they land by targetNamespace', async () => {
    const landing = kustomization()
      .replace('  namespace: payments\n', '')
      .replace('name: api }', 'name: api, namespace: payments }');
    expect(await of(owned(landing, '    targetNamespace: payments\n'))).toEqual([]);
    expect(await of(owned(landing, '    targetNamespace: payments-dev\n'))).toHaveLength(1);
  });
});

describe('tenants', () => {
  test('own artifacts by name, and the first that matches counts', async () => {
    const two = `${TENANT}  - name: others\n    artifacts: ["*"]\n    namespaces: [web]\n`;
    const inWeb = (artifact: string): Example => ({
      artifacts: { [artifact]: { 'a.yaml': configMap('web') } },
      config: two,
    });
    expect(await of(inWeb('platform'))).toEqual([]);
    expect(await of(inWeb('payments-api'))).toHaveLength(1);
    expect(await of(inWeb('payments'))).toHaveLength(1);
    expect(await of(inWeb('paymentsx'))).toEqual([]);
  });

  test('do not bind artifacts of nobody', async () => {
    expect(await of(owned(object('ClusterRole', 'rbac.authorization.k8s.io/v1'), '', 'platform'))).toEqual([]);
  });

  test('cannot be ignored by annotation, nor switched off', async () => {
    const rules = [
      'tenant/namespace',
      'tenant/no-namespace',
      'tenant/cluster-scoped',
      'tenant/kind',
      'tenant/unknown-kind',
      'tenant/service-account',
      'tenant/target-namespace',
      'tenant/reference',
      'tenant/remote-cluster',
    ];
    const ignoring = `${configMap('web')}  annotations:\n    slipway.dev/ignore: ${rules.join(' ')}\n`;
    const off = `check:\n  rules: { ${rules.map((rule) => `${rule}: off`).join(', ')} }\n`;
    expect(await of(owned(ignoring, off))).toEqual([
      'tenant/namespace metadata.namespace Tenant "payments" may not have a ConfigMap in namespace "web"',
    ]);
  });
});
