import { describe, expect, test } from 'vitest';
import { found, shown } from '../found.ts';

const OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: web\n';
const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\n  namespace: web\n';

interface Sync {
  readonly path?: string;
  readonly source?: string;
  readonly more?: string;
  readonly name?: string;
}

const sync = ({ path = './', source = 'web', more = '', name = 'web' }: Sync): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: ${name}\n  namespace: flux-system\nspec:\n  interval: 5m\n  prune: true\n  path: ${path}\n  sourceRef:\n    kind: OCIRepository\n    name: ${source}\n${more}---\n`;

const OCI =
  'apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata:\n  name: web\n  namespace: flux-system\nspec:\n  interval: 5m\n  url: oci://registry.example.com/fleet/web\n  ref:\n    tag: prod\n';

const VARIABLES = '  postBuild:\n    substitute:\n      region: eu\n';

type Files = Readonly<Record<string, string>>;

/** The findings in a cluster with this Kustomization, and the artifact `web` that it builds. */
async function findings(one: Sync, web: Files, { render = 'source', flux = '2.9', extra = {} }: Options = {}) {
  const artifacts = { cluster: { 'sync.yaml': `${sync(one)}${OCI}`, ...extra }, web };
  return shown(await found('flux', { render, artifacts, config: `check:\n  flux: "${flux}"\n` }));
}

interface Options {
  readonly render?: 'source' | 'plain';
  readonly flux?: string;
  readonly extra?: Files;
}

describe('paths', () => {
  test('that are not in the artifact are told of at the Kustomization', async () => {
    expect(await findings({ path: './Deploy' }, { 'deploy/web.yaml': OBJECT })).toEqual([
      'flux/path-missing cluster/sync.yaml:9:3 The artifact "web" has no folder "Deploy"',
    ]);
  });

  test('of a rendered artifact can only be its root', async () => {
    const web = { 'manifests.yaml': OBJECT };
    expect(await findings({ path: './deploy' }, web, { render: 'plain' })).toEqual([
      'flux/path-missing cluster/sync.yaml:9:3 The artifact "web" has no folder "deploy"',
    ]);
    for (const path of ['./', '.', '/', '""', './deploy/..']) {
      expect(await findings({ path }, web, { render: 'plain' }), path).toEqual([]);
    }
  });

  test('that a variable makes are not judged, nor those of other sources', async () => {
    expect(await findings({ path: `./\${env}` }, { 'deploy/web.yaml': OBJECT })).toEqual([]);
    expect(await findings({ path: './gone', source: 'other' }, { 'deploy/web.yaml': OBJECT })).toEqual([]);
  });
});

describe('files that are no manifests', () => {
  const built = (path: string, folder: string, problem: string): string =>
    `Kustomization "web" builds "${path}" with all YAML files below "${folder}", and ${problem}`;

  test('fail the build of a folder without a kustomization file, at any depth and hidden too', async () => {
    const web = {
      'deploy/web.yaml': OBJECT,
      'deploy/values.yaml': '# values\nreplicas: 3\n',
      'deploy/.hidden/list.yml': '- a\n',
      'deploy/broken.yaml': 'a: [\n',
      'deploy/comments.yaml': '# nothing\n',
      'deploy/notes.txt': 'a\n',
      'values.yaml': 'replicas: 3\n',
    };
    expect(await findings({ path: './deploy' }, web)).toEqual([
      `flux/not-a-manifest web/deploy/.hidden/list.yml:1:1 ${built('deploy/.hidden/list.yml', 'deploy', 'it is not a Kubernetes object: it is a list')}`,
      `flux/not-a-manifest web/deploy/broken.yaml ${built('deploy/broken.yaml', 'deploy', 'it is no YAML that kustomize can read')}`,
      `flux/not-a-manifest web/deploy/values.yaml:1:1 ${built('deploy/values.yaml', 'deploy', 'it is not a Kubernetes object: "apiVersion" is missing')}`,
    ]);
  });

  test('are left alone below a kustomization file, and in folders that are not built', async () => {
    const web = {
      'deploy/web.yaml': OBJECT,
      'deploy/app/kustomization.yaml': 'resources:\n  - app.yaml\n',
      'deploy/app/app.yaml': OBJECT.replace('name: web', 'name: app'),
      'deploy/app/values.yaml': 'replicas: 3\n',
      'charts/values.yaml': 'replicas: 3\n',
    };
    expect(await findings({ path: './deploy' }, web)).toEqual([]);
  });

  test('are a warning where nobody is known to build the manifests above them', async () => {
    const web = { 'a/web.yaml': OBJECT, 'a/b/values.yaml': 'replicas: 3\n', 'c/values.yaml': 'replicas: 3\n' };
    expect(shown(await found('flux', { render: 'source', artifacts: { web } }))).toEqual([
      'flux/mixed-folder web/a/b/values.yaml:1:1 Whoever builds "a/web.yaml" without a kustomization.yaml builds "a/b/values.yaml" too, and it is not a Kubernetes object: "apiVersion" is missing',
    ]);
  });

  test('are told of once for a chart', async () => {
    const web = {
      'web.yaml': OBJECT,
      'chart/Chart.yaml': 'name: web\nversion: 1.0.0\n',
      'chart/values.yaml': 'replicas: 3\n',
      'chart/templates/web.yaml': 'a: {{ b }}\n',
    };
    expect(shown(await found('flux', { render: 'source', artifacts: { web } }))).toHaveLength(1);
  });

  test('are left to the Kustomization where it leaves files out itself', async () => {
    const web = { 'deploy/web.yaml': OBJECT, 'deploy/list.yaml': '- a\n' };
    const [finding, ...others] = await findings({ path: './deploy', more: '  ignore: |\n    list.yaml\n' }, web);
    expect(finding).toMatch(/^flux\/mixed-folder /);
    expect(others).toEqual([]);
  });

  test('in the fleet itself are found by the name that bootstrap gives its source', async () => {
    const fleet = {
      'clusters/prod/apps.yaml': sync({ path: './apps', source: 'flux-system', name: 'apps' }),
      'apps/web.yaml': OBJECT,
      'apps/values.yaml': 'a: b\n',
    };
    expect(shown(await found('flux', { render: 'source', artifacts: { fleet } }))).toEqual([
      'flux/not-a-manifest fleet/apps/values.yaml:1:1 Kustomization "apps" builds "apps/values.yaml" with all YAML files below "apps", and it is not a Kubernetes object: "apiVersion" is missing',
    ]);
  });
});

describe('variables', () => {
  const data = (value: string): string => `${OBJECT}data:\n  a: '${value}'\n`;
  const plain = { render: 'plain' } as const;
  const within = (text: string, more = VARIABLES, options: Options = {}) =>
    findings({ more }, { 'manifests.yaml': text }, { ...plain, ...options });

  test('without value fail the build from Flux 2.9 on, and vanish before', async () => {
    const text = data(`\${zone} \${region} \${zone}`);
    expect(await within(text)).toEqual([
      `flux/variable-unset web/manifests.yaml:7:3 "\${zone}" has no value and no default, and the build fails (Kustomization "web" replaces variables here)`,
    ]);
    expect(await within(text, VARIABLES, { flux: '2.8' })).toEqual([
      `flux/variable-unset web/manifests.yaml:7:3 "\${zone}" has no value and no default, and Flux puts nothing in its place (Kustomization "web" replaces variables here)`,
    ]);
  });

  test('that cannot be read fail it in any version', async () => {
    expect(await within(data(`\${{ a }}`), VARIABLES, { flux: '2.6' })).toEqual([
      `flux/variable-syntax web/manifests.yaml:7:3 "\${{ a }}" is no variable that Flux can read (Kustomization "web" replaces variables here)`,
    ]);
  });

  test('are text where Flux replaces none: without postBuild, in comments, escaped, and in objects that say so', async () => {
    expect(await within(data(`\${zone}`), '')).toEqual([]);
    expect(await within(`# \${zone}\n${OBJECT}`)).toEqual([]);
    expect(await within(data(`$\${zone}`))).toEqual([]);
    const off = '  annotations:\n    kustomize.toolkit.fluxcd.io/substitute: disabled\n';
    expect(await within(`${OBJECT}${off}data:\n  a: \${zone}\n`)).toEqual([]);
  });

  test('may come from the cluster, or from what others patch in', async () => {
    const from = `${VARIABLES}    substituteFrom:\n      - kind: ConfigMap\n        name: facts\n`;
    expect((await within(data(`\${zone}`), from)).filter((text) => text.startsWith('flux/variable'))).toEqual([]);
    const patches =
      '  patches:\n    - target:\n        kind: Kustomization\n      patch: |\n        - op: add\n          path: /spec/postBuild/substituteFrom\n          value: []\n';
    const extra = { 'fleet.yaml': sync({ path: './x', source: 'other', name: 'fleet', more: patches }) };
    expect(await within(data(`\${zone}`), VARIABLES, { extra })).toEqual([]);
  });

  test('in a Secret are not shown', async () => {
    const [finding] = await within(`${SECRET}stringData:\n  password: 'a\${hunter2}b'\n`);
    expect(finding).toMatch(/^flux\/variable-unset web\/manifests\.yaml:7:3 A variable/);
    expect(finding).not.toContain('hunter2');
  });

  test('are looked for in what the path leads to only', async () => {
    const web = {
      'prod/kustomization.yaml': 'resources:\n  - ../base\n  - own.yaml\n',
      'prod/own.yaml': data(`\${own}`),
      'base/kustomization.yaml': 'resources:\n  - web.yaml\n',
      'base/web.yaml': data(`\${base}`).replace('name: web', 'name: base'),
      'dev/kustomization.yaml': 'resources:\n  - dev.yaml\n',
      'dev/dev.yaml': data(`\${dev}`),
    };
    const lines = await findings({ path: './prod', more: VARIABLES }, web);
    expect(lines.map((line) => line.split(' ')[1])).toEqual(['web/base/web.yaml:7:3', 'web/prod/own.yaml:7:3']);
  });
});

describe('Secrets that SOPS encrypted', () => {
  const encrypted = `${SECRET}data:\n  a: ENC[AES256_GCM,data:Zm9v]\nsops:\n  mac: ENC[AES256_GCM,data:Zm9v]\n`;

  test('need a Kustomization that decrypts', async () => {
    expect(await findings({}, { 'manifests.yaml': encrypted }, { render: 'plain' })).toEqual([
      'flux/sops-decryption web/manifests.yaml:8:1 SOPS encrypted this Secret, and Kustomization "web", which applies it, does not decrypt',
    ]);
    const more = '  decryption:\n    provider: sops\n';
    expect(await findings({ more }, { 'manifests.yaml': encrypted }, { render: 'plain' })).toEqual([]);
  });

  test('may be left encrypted on purpose', async () => {
    const left = encrypted.replace('data:', '  annotations:\n    kustomize.toolkit.fluxcd.io/decrypt: disabled\ndata:');
    expect(await findings({}, { 'manifests.yaml': left }, { render: 'plain' })).toEqual([]);
  });

  test("are nobody's concern where no Kustomization is known", async () => {
    expect(await found('flux', encrypted)).toEqual([]);
  });
});

test('a path of a Bucket may lie above its prefix, in it, or in a prefix that is no folder', async () => {
  const bucket = (prefix: string) =>
    `apiVersion: source.toolkit.fluxcd.io/v1\nkind: Bucket\nmetadata:\n  name: web\n  namespace: flux-system\nspec:\n  interval: 5m\n  bucketName: fleet\n  endpoint: s3.example.com\n  prefix: ${prefix}\n`;
  const paths = async (prefix: string, path: string) =>
    (await found('flux', sync({ path }).replace('OCIRepository', 'Bucket') + bucket(prefix)))
      .filter(({ rule }) => rule === 'flux/bucket-path')
      .map(({ message }) => message);
  for (const path of ['./prod/web', './prod', 'prod/web/eu', './'])
    expect(await paths('prod/web/', path), path).toEqual([]);
  expect(await paths('prod/web', './prod/web-old')).toEqual([]);
  expect(await paths('prod/web/', './prod/app')).toEqual([
    'The Bucket "web" reads keys that begin with "prod/web/": there is no folder "prod/app"',
  ]);
});

test('a source artifact with a chart or a kustomization is not empty', async () => {
  const of = async (web: Files) => shown(await found('flux', { render: 'source', artifacts: { web } }));
  expect(await of({ 'Chart.yaml': 'name: web\n' })).toEqual([]);
  expect(await of({ 'kustomization.yaml': 'resources:\n  - https://example.com/web.yaml\n' })).toEqual([
    'flux/kustomize-remote web/kustomization.yaml:2:5 "https://example.com/web.yaml" is loaded from elsewhere at every build in the cluster: it is not part of the artifact',
  ]);
  expect(await of({ 'values.yaml': 'a: b\n' })).toEqual(['flux/empty  The artifact "web" holds no Kubernetes object']);
});
