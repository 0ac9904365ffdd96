import { describe, expect, test } from 'vitest';
import {
  configMap,
  deployment,
  documents,
  kustomization,
  object,
  ociRepository,
  service,
} from '../../../src/check/set/examples.ts';
import { found, shown } from '../found.ts';

const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: payments\n';
const secret = (name: string): string => object('v1', 'Secret', name, 'stringData:\n  token: ENC[x]\n');
const volume = (source: string): string => deployment(`      volumes:\n        - name: data\n${source}`);
const env = (rest: string): string =>
  deployment('', `          env:\n            - name: A\n              valueFrom:\n${rest}`);
const envFrom = (kind: string, name: string, rest = ''): string =>
  deployment('', `          envFrom:\n            - ${kind}:\n                name: ${name}\n${rest}`);
const release = (rest: string): string =>
  object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'web', `spec:\n  interval: 1h\n${rest}`);
const ingress = (backend: string): string =>
  object('networking.k8s.io/v1', 'Ingress', 'web', `spec:\n  defaultBackend:\n    service:\n${backend}`);

/** Manifests, and all that the rules of the set say about them. */
const ABSENT: readonly (readonly [title: string, manifests: string, messages: readonly string[]])[] = [
  [
    'a ConfigMap in envFrom, where the namespace is the artifact’s own',
    documents(NAMESPACE, envFrom('configMapRef', 'settings')),
    ['The artifact has no ConfigMap "settings" in namespace "payments": no Pod starts without it'],
  ],
  [
    'a ConfigMap of a variable',
    documents(
      configMap('other'),
      env('                configMapKeyRef:\n                  name: settings\n                  key: A\n'),
    ),
    ['The artifact has no ConfigMap "settings" in namespace "payments": no Pod starts without it'],
  ],
  [
    'a ConfigMap of a volume, said once for all its items',
    documents(
      configMap('other'),
      volume(
        '          configMap:\n            name: settings\n            items:\n              - key: a\n                path: a\n              - key: b\n                path: b\n',
      ),
    ),
    ['The artifact has no ConfigMap "settings" in namespace "payments": no Pod starts without it'],
  ],
  [
    'a ConfigMap and a Secret of a projected volume',
    documents(
      configMap('other'),
      secret('other'),
      volume(
        '          projected:\n            sources:\n              - configMap:\n                  name: settings\n              - secret:\n                  name: token\n',
      ),
    ),
    [
      'The artifact has no ConfigMap "settings" in namespace "payments": no Pod starts without it',
      'The artifact has no Secret "token" in namespace "payments": no Pod starts without it',
    ],
  ],
  [
    'a Secret of a volume',
    documents(secret('other'), volume('          secret:\n            secretName: token\n')),
    ['The artifact has no Secret "token" in namespace "payments": no Pod starts without it'],
  ],
  [
    'a ServiceAccount of Pods',
    documents(NAMESPACE, deployment('      serviceAccountName: web\n')),
    ['The artifact has no ServiceAccount "web" in namespace "payments": no Pod is created without it'],
  ],
  [
    'a ServiceAccount of a binding',
    documents(
      object('v1', 'ServiceAccount', 'web'),
      object(
        'rbac.authorization.k8s.io/v1',
        'RoleBinding',
        'web',
        'roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: view\nsubjects:\n  - kind: ServiceAccount\n    name: wep\n    namespace: payments\n',
      ),
    ),
    ['The artifact has no ServiceAccount "wep" in namespace "payments": the binding grants nothing'],
  ],
  [
    'a Service of an Ingress, beside Pods',
    documents(deployment(), ingress('      name: web\n      port:\n        number: 80\n')),
    ['The artifact has no Service "web" in namespace "payments": nothing can be reached under this name'],
  ],
  [
    'a Service of a route',
    documents(
      deployment(),
      object(
        'gateway.networking.k8s.io/v1',
        'HTTPRoute',
        'web',
        'spec:\n  rules:\n    - backendRefs:\n        - name: web\n          port: 80\n',
      ),
    ),
    ['The artifact has no Service "web" in namespace "payments": nothing can be reached under this name'],
  ],
  [
    'a Service of a webhook',
    documents(
      deployment(),
      'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata:\n  name: web\nwebhooks:\n  - name: web.example.com\n    admissionReviewVersions: [v1]\n    sideEffects: None\n    clientConfig:\n      service:\n        name: web\n        namespace: payments\n',
    ),
    ['The artifact has no Service "web" in namespace "payments": nothing can be reached under this name'],
  ],
  [
    'a ClusterRole, where the artifact holds another',
    'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: reader\nrules: []\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: web\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: readr\n',
    ['The artifact has no ClusterRole "readr": the binding grants nothing'],
  ],
  [
    'values of a HelmRelease',
    documents(configMap('other'), release('  valuesFrom:\n    - kind: ConfigMap\n      name: values\n')),
    ['The artifact has no ConfigMap "values" in namespace "payments": Flux waits for it'],
  ],
  [
    'variables of a Kustomization',
    documents(
      configMap('other'),
      `${kustomization('web')}  postBuild:\n    substituteFrom:\n      - kind: ConfigMap\n        name: variables\n`,
    ),
    ['The artifact has no ConfigMap "variables" in namespace "payments": Flux waits for it'],
  ],
  [
    'a source of another kind than the one that is there',
    documents(ociRepository('fleet'), kustomization('web').replace('kind: OCIRepository', 'kind: GitRepository')),
    ['The artifact has no GitRepository "fleet" in namespace "payments": Flux waits for it'],
  ],
  [
    'the chart of a HelmRelease',
    documents(ociRepository('chart'), release('  chartRef:\n    kind: OCIRepository\n    name: charts\n')),
    ['The artifact has no OCIRepository "charts" in namespace "payments": Flux waits for it'],
  ],
  [
    'a dependency in another namespace, where the artifact has Kustomizations in it',
    documents(
      kustomization('infra'),
      kustomization('web', { dependsOn: 'infra' }).replace(
        '    - name: infra\n',
        '    - name: infra\n      namespace: platform\n',
      ),
      kustomization('other').replace('namespace: payments', 'namespace: platform'),
    ),
    ['The artifact has no Kustomization "infra" in namespace "platform": Flux waits for it'],
  ],
];

describe('a name that leads nowhere', () => {
  test.each(ABSENT)('%s', async (_title, manifests, messages) => {
    const findings = await found('set', manifests);
    expect(findings.map(({ message }) => message)).toEqual(messages);
    expect(findings.every(({ severity, path }) => severity === 'warn' && path !== undefined)).toBe(true);
  });

  test('is shown at its field, with the name that was probably meant', async () => {
    const [finding] = await found('set', documents(configMap('settings'), envFrom('configMapRef', 'setings')));
    expect(finding).toEqual({
      rule: 'set/configmap',
      severity: 'warn',
      artifact: 'app',
      file: 'app/manifests.yaml',
      line: 31,
      column: 17,
      object: 'Deployment payments/web',
      path: 'spec.template.spec.containers[0].envFrom[0].configMapRef.name',
      message: 'The artifact has no ConfigMap "setings" in namespace "payments": no Pod starts without it',
      expected: 'a ConfigMap "setings" in namespace "payments"',
      hint: 'did you mean "settings"? If not, add it, correct the name, or mark it as optional',
    });
  });
});

const sealed = (name: string): string =>
  object('bitnami.com/v1alpha1', 'SealedSecret', name, 'spec:\n  encryptedData:\n    a: b\n');

const SILENT: readonly (readonly [title: string, manifests: string])[] = [
  ['optional ones', documents(NAMESPACE, envFrom('configMapRef', 'settings', '                optional: true\n'))],
  ['artifacts that hold neither the namespace nor another of the kind', envFrom('configMapRef', 'settings')],
  ['Secrets, where the artifact makes none', documents(NAMESPACE, envFrom('secretRef', 'token'))],
  ['Secrets that a SealedSecret makes', documents(secret('other'), sealed('token'), envFrom('secretRef', 'token'))],
  [
    'Secrets that a Certificate makes',
    documents(
      secret('other'),
      object('cert-manager.io/v1', 'Certificate', 'web', 'spec:\n  secretName: web-tls\n'),
      volume('          secret:\n            secretName: web-tls\n'),
    ),
  ],
  [
    'Secrets that an ExternalSecret makes under another name',
    documents(
      secret('other'),
      object('external-secrets.io/v1', 'ExternalSecret', 'web', 'spec:\n  target:\n    name: token\n'),
      envFrom('secretRef', 'token'),
    ),
  ],
  [
    'namespaces in which a HelmRelease makes objects',
    documents(NAMESPACE, release(''), envFrom('configMapRef', 'web-settings')),
  ],
  [
    'namespaces in which an operator makes objects',
    documents(
      NAMESPACE,
      object('databases.example.com/v1', 'Database', 'main'),
      envFrom('configMapRef', 'main-settings'),
    ),
  ],
  ['names that Flux fills in', documents(NAMESPACE, envFrom('configMapRef', `\${settings}`))],
  [
    'names that a name could become that Flux fills in',
    documents(configMap(`\${app}-settings`), envFrom('configMapRef', 'web-settings')),
  ],
  [
    'what every cluster has',
    documents(NAMESPACE, volume('          configMap:\n            name: kube-root-ca.crt\n')),
  ],
  ['the ServiceAccount "default"', documents(NAMESPACE, deployment('      serviceAccountName: default\n'))],
  ['the source "flux-system"', documents(ociRepository('fleet'), kustomization('web', { source: 'flux-system' }))],
  [
    'artifacts that an ArtifactGenerator makes',
    documents(
      ociRepository('fleet'),
      object(
        'source.extensions.fluxcd.io/v1beta1',
        'ArtifactGenerator',
        'parts',
        'spec:\n  sources:\n    - alias: fleet\n      kind: OCIRepository\n      name: fleet\n  artifacts:\n    - name: web\n      copy:\n        - from: "@fleet/web/**"\n          to: "@artifact/"\n',
      ),
      kustomization('web', { source: 'web' }).replace('kind: OCIRepository', 'kind: ExternalArtifact'),
    ),
  ],
  [
    'backends that the AWS load balancer controller takes from an annotation',
    documents(deployment(), ingress('      name: redirect\n      port:\n        name: use-annotation\n')),
  ],
  [
    'what the annotation says to ignore',
    documents(
      configMap('other'),
      envFrom('configMapRef', 'settings').replace(
        '  namespace: payments\n',
        '  namespace: payments\n  annotations:\n    slipway.dev/ignore: set/configmap\n',
      ),
    ),
  ],
  [
    'objects without namespace, whose namespace may be any',
    documents(configMap('settings').replace('  namespace: payments\n', ''), envFrom('configMapRef', 'settings')),
  ],
];

test.each(SILENT)('nothing is said about %s', async (_title, manifests) => {
  const findings = await found('set', manifests);
  expect(shown(findings.filter(({ rule }) => !rule.startsWith('set/namespace')))).toEqual([]);
});

describe('other artifacts of the run', () => {
  const config = (manifests: string): Readonly<Record<string, string>> => ({ 'manifests.yaml': manifests });
  const needy = documents(NAMESPACE, envFrom('configMapRef', 'settings'));
  const ABSENCE = ['The artifact has no ConfigMap "settings" in namespace "payments": no Pod starts without it'];
  const messages = async (
    artifacts: Readonly<Record<string, Readonly<Record<string, string>>>>,
  ): Promise<readonly string[]> => (await found('set', { artifacts })).map(({ message }) => message);

  test('may hold what one of them names', async () => {
    expect(await messages({ web: config(needy) })).toEqual(ABSENCE);
    expect(await messages({ web: config(needy), settings: config(configMap('settings')) })).toEqual([]);
  });

  test('do not help when they hold an object of it too: then they go to another cluster', async () => {
    const other = documents(needy, configMap('settings'));
    expect(await messages({ east: config(needy), west: config(other) })).toEqual(ABSENCE);
  });

  test('may have a HelmRelease that makes it', async () => {
    expect(await messages({ web: config(needy), charts: config(release('')) })).toEqual([]);
  });
});

describe('source artifacts', () => {
  const listing = (...paths: readonly string[]): string =>
    `resources:\n${paths.map((path) => `  - ${path}\n`).join('')}`;
  const source = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
    shown(await found('set', { render: 'source', artifacts: { app: files } }));

  test('resolve names wherever the object lies, since kustomize gives the namespaces', async () => {
    const base = configMap('settings').replace('  namespace: payments\n', '');
    const files = {
      'kustomization.yaml': `namespace: payments\n${listing('a.yaml', 'b.yaml')}`,
      'a.yaml': base,
      'b.yaml': envFrom('configMapRef', 'settings'),
    };
    expect(await source(files)).toEqual([]);
  });

  test('miss what is nowhere', async () => {
    const files = {
      'kustomization.yaml': listing('a.yaml', 'b.yaml'),
      'a.yaml': configMap('other'),
      'b.yaml': envFrom('configMapRef', 'settings'),
    };
    expect(await source(files)).toEqual([
      'set/configmap app/b.yaml:23:17 The artifact has no ConfigMap "settings" in namespace "payments": no Pod starts without it',
    ]);
  });

  test('have what their generators make', async () => {
    const files = {
      'kustomization.yaml': `configMapGenerator:\n  - name: settings\n    literals: [a=b]\n${listing('a.yaml', 'b.yaml')}`,
      'a.yaml': configMap('other'),
      'b.yaml': envFrom('configMapRef', 'settings'),
    };
    expect(await source(files)).toEqual([]);
  });
});

describe('keys and ports', () => {
  const key = (name: string, kind = 'configMapKeyRef', rest = ''): string =>
    env(`                ${kind}:\n                  name: settings\n                  key: ${name}\n${rest}`);
  const messages = async (...manifests: readonly string[]): Promise<readonly string[]> =>
    (await found('set', documents(...manifests))).map(({ rule, message, hint }) => `${rule} ${message}: ${hint}`);

  test('of a ConfigMap that lacks them are found', async () => {
    expect(await messages(configMap('settings'), key('LOGLEVEL'))).toEqual([
      'set/key ConfigMap "settings" has no key "LOGLEVEL": did you mean "LOG_LEVEL"',
    ]);
  });

  test('of a Secret are compared by name, and no value is shown', async () => {
    const findings = await found('set', documents(secret('settings'), key('password', 'secretKeyRef')));
    expect(findings.map(({ rule, expected }) => `${rule} ${expected}`)).toEqual(['set/key one of "token"']);
    expect(JSON.stringify(findings)).not.toContain('ENC[x]');
  });

  test('are not missed where they are optional, or where others fill the object', async () => {
    expect(
      await messages(configMap('settings'), key('A', 'configMapKeyRef', '                  optional: true\n')),
    ).toEqual([]);
    expect(await messages(object('v1', 'ConfigMap', 'settings'), key('A'))).toEqual([]);
    const merged = configMap('settings').replace(
      'data:',
      '  annotations:\n    kustomize.toolkit.fluxcd.io/ssa: Merge\ndata:',
    );
    expect(await messages(merged, key('A'))).toEqual([]);
  });

  test('of a Service are those that an Ingress calls, by name or number', async () => {
    const calling = (port: string): string => ingress(`      name: web\n      port:\n        ${port}\n`);
    expect(await messages(deployment(), service('web'), calling('number: 80'))).toEqual([]);
    expect(await messages(deployment(), service('web'), calling('name: http'))).toEqual([]);
    expect(await messages(deployment(), service('web'), calling('number: 81'))).toEqual([
      'set/port Service "web" has no port "81": add the port to the Service, or name one that it has',
    ]);
  });
});
