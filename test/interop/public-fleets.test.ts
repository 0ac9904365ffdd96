import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Finding, Receipt } from '../../src/model.ts';
import type { SourceTree } from '../flow/source-tree.ts';
import { copyFleet, makeFleet } from './data.ts';
import { configMap, emptyTree } from './fixture.ts';
import { filesIn, folder, untar } from './folder.ts';
import { run } from './peer.ts';
import { toolPath } from './servers.ts';
import { build, publish, slipway } from './slipway.ts';
import { pathWith } from './toolbox.ts';

/** A public fleet in a repository of its own, with this config. */
async function fleetTree(name: string, config: string): Promise<SourceTree> {
  const tree = await emptyTree();
  onTestFinished(tree.remove);
  await copyFleet(name, tree.dir);
  await tree.commit({ 'slipway.yaml': `version: 1\nchannel: live\n${config}` });
  await mkdir(join(tree.dir, '.slipway'));
  return tree;
}

const STORES = 'stores:\n  disk: file:.slipway/store\n  bucket: file:.slipway/bucket?layout=LAYOUT\n';
const config = (paths: readonly string[], render: string, layout: string): string =>
  `artifacts:\n${paths.map((path) => `  - name: "{path}"\n    path: ${path}\n    render: ${render}\n`).join('')}` +
  STORES.replace('LAYOUT', layout);

const SOURCES: readonly (readonly [string, readonly string[]])[] = [
  ['kustomize-helm-example', ['production', 'staging']],
  ['d2-fleet', ['prod-eu', 'prod-us', 'staging', 'update']],
];

describe.each(SOURCES)('clusters/* of %s under source', (name, clusters) => {
  test('reach an image layout and a bucket with exactly their files', async () => {
    const tree = await fleetTree(name, config(['clusters/*'], 'source', 'tarball'));
    const receipt = await publish([], { cwd: tree.dir });
    expect(receipt).toMatchObject({ outcome: 'published', generation: 1 });
    expect(errorsIn(receipt)).toEqual([]);
    expect(receipt.artifacts.map((artifact) => artifact.name)).toEqual(
      clusters.map((cluster) => `clusters-${cluster}`),
    );
    for (const [index, cluster] of clusters.entries()) {
      const wanted = await filesIn(join(tree.dir, 'clusters', cluster));
      expect(Object.keys(wanted).length).toBeGreaterThan(1);
      const key = `bucket/channels/live/clusters-${cluster}/manifests.tgz`;
      expect(await filesIn(await untar(key, join(tree.dir, '.slipway'), `tar-${cluster}`))).toEqual(wanted);
      const reference = receipt.artifacts[index]?.stores.disk?.reference ?? 'none';
      const pulled = await slipway(['pull', reference, '-o', `.slipway/pulled-${cluster}`], { cwd: tree.dir });
      expect(pulled.code, pulled.stderr).toBe(0);
      expect(await filesIn(join(tree.dir, `.slipway/pulled-${cluster}`))).toEqual(wanted);
    }
    expect(await publish([], { cwd: tree.dir })).toMatchObject({ outcome: 'unchanged', generation: 1 });
  });
});

/** Warnings are what check-fleets.test.ts is about. */
const errorsIn = ({ findings }: Receipt): readonly Finding[] => findings.filter(({ severity }) => severity === 'error');

/** Every folder with a kustomization, by fleet: how many there are and the paths that find them. */
const OVERLAYS: readonly (readonly [string, number, readonly string[]])[] = [
  ['d2-infra', 12, ['components/*/*/*']],
  ['d2-apps', 6, ['components/*/*']],
  ['kustomize-helm-example', 5, ['apps/production', 'apps/staging', 'apps/base/*', 'infrastructure/*']],
];

describe.each(OVERLAYS)('the overlays of %s under kustomize', (name, count, globs) => {
  test('are what kustomize prints, byte for byte, and kubectl makes the same of them', async () => {
    const tree = await fleetTree(name, config(globs, 'kustomize', 'object'));
    const folders = await foldersWith('kustomization.yaml', tree.dir, globs);
    expect(folders).toHaveLength(count);
    const kustomize = await pathWith(join(tree.dir, '.slipway'), 'kustomize');
    const receipt = await publish([], { cwd: tree.dir, env: kustomize });
    expect(receipt).toMatchObject({ outcome: 'published' });
    expect(errorsIn(receipt)).toEqual([]);
    expect(receipt.artifacts.map((artifact) => artifact.name).sort()).toEqual(
      folders.map((path) => path.replaceAll('/', '-')).sort(),
    );
    for (const path of folders) {
      const { bytes } = await run(toolPath('kustomize'), ['build', path], { cwd: tree.dir });
      const key = `.slipway/bucket/channels/live/${path.replaceAll('/', '-')}/manifests.yaml`;
      expect((await readFile(join(tree.dir, key))).equals(bytes), path).toBe(true);
      const objects = bytes.toString('utf8').match(/^kind: /gm)?.length;
      const artifact = receipt.artifacts.find((one) => one.name === path.replaceAll('/', '-'));
      expect(artifact?.resources, path).toBe(objects);
    }
    const kubectl = await pathWith(join(tree.dir, '.slipway'), 'kubectl');
    const again = await publish([], { cwd: tree.dir, env: kubectl });
    expect(again).toMatchObject({ outcome: 'unchanged', requests: { disk: { writes: 0 }, bucket: { writes: 0 } } });
    const built = await build([], { cwd: tree.dir, env: kubectl });
    expect(built.artifacts.map(({ renderer }) => renderer)).toEqual(
      folders.map(() => ({ name: 'kubectl', version: 'v1.36.0 (kustomize v5.8.1)' })),
    );
    expect(digests(built.artifacts)).toEqual(digests(receipt.artifacts));
  });
});

const digests = (artifacts: readonly { readonly name: string; readonly digest: string }[]): Record<string, string> =>
  Object.fromEntries(artifacts.map(({ name, digest }) => [name, digest]));

const REFUSED: readonly (readonly [string, string, string, readonly string[]])[] = [
  // The Flux bootstrap has not filled these files yet: nothing but comments.
  [
    'kustomize-helm-example',
    'clusters/production/flux-system',
    'kustomize',
    ['renders to nothing', 'prune everything'],
  ],
  ['kustomize-helm-example', 'clusters/production/flux-system/gotk-components.yaml', 'plain', ['renders to nothing']],
  ['kustomize-helm-example', 'apps/base', 'kustomize', ['unable to find one of', 'kustomization.yaml']],
  [
    'd2-infra',
    'components/monitoring/controllers/base/kustomizeconfig.yaml',
    'plain',
    ['1:1 error Not a Kubernetes object', 'object/not-an-object'],
  ],
  ['d2-infra', 'components/monitoring/controllers/base', 'plain', ['base/kustomization.yaml"', 'is a kustomization']],
  ['d2-fleet', 'clusters/staging', 'plain', ['staging/flux-system/kustomization.yaml"', 'is a kustomization']],
];

test.each(REFUSED)('%s: %s under %s is refused by name, and nothing is written', async (name, path, render, words) => {
  const tree = await fleetTree(name, config([path], render, 'object'));
  const env = await pathWith(join(tree.dir, '.slipway'), 'kustomize');
  for (const command of ['build', 'publish']) {
    const { code, stdout, stderr } = await slipway([command], { cwd: tree.dir, env });
    expect(code, stderr).toBe(1);
    expect(stdout).toBe('');
    for (const word of [path, ...words]) expect(stderr).toContain(word);
  }
  expect(Object.keys(await filesIn(join(tree.dir, '.slipway')))).toEqual([]);
});

test('an overlay fleet under kustomize: one changed cluster moves one name', async () => {
  await using fleet = await folder();
  await using scratch = await folder();
  await makeFleet(fleet.path, '--clusters', '5', '--form', 'overlay');
  const env = await pathWith(scratch.path, 'kustomize');
  const store = `file:${scratch.path}/bucket?layout=object`;
  const configFile = `version: 1\nartifacts:\n  - path: clusters/*\n    render: kustomize\nstores:\n  bucket: ${store}\n`;
  await run('sh', ['-c', 'printf %s "$1" > slipway.yaml; echo slipway.yaml >> .git/info/exclude', 'sh', configFile], {
    cwd: fleet.path,
  });
  const first = await publish([], { cwd: fleet.path, env });
  expect(first.artifacts.map(({ resources }) => resources)).toEqual([72, 72, 72, 72, 72]);
  await makeFleet(fleet.path, '--clusters', '5', '--form', 'overlay', '--change', '1');
  const second = await publish([], { cwd: fleet.path, env });
  expect(second.artifacts.filter(({ changed }) => changed)).toHaveLength(1);
  expect(second).toMatchObject({ outcome: 'published', generation: 2 });
});

test('a chart under helm is what helm prints, with its CRDs, values and namespace', async () => {
  const tree = await emptyTree();
  onTestFinished(tree.remove);
  await tree.commit({
    'chart/Chart.yaml': 'apiVersion: v2\nname: greeter\nversion: 1.2.3\n',
    'chart/values.yaml': 'greeting: hello\n',
    'chart/crds/greeting.yaml': configMap('stands-for-a-crd'),
    'chart/templates/config.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\n' +
      'data:\n  greeting: {{ .Values.greeting | quote }}\n',
    'values/prod.yaml': 'greeting: howdy\n',
    'slipway.yaml':
      'version: 1\nartifacts:\n  - name: greeter\n    path: chart\n    render:\n      kind: helm\n' +
      '      namespace: welcome\n      values: values/prod.yaml\n',
  });
  await mkdir(join(tree.dir, '.slipway'));
  const env = await pathWith(join(tree.dir, '.slipway'), 'helm');
  const { artifacts } = await build(['--out', '.slipway/out'], { cwd: tree.dir, env });
  expect(artifacts).toMatchObject([{ render: 'helm', resources: 2, renderer: { name: 'helm', version: 'v4.3.1' } }]);
  const written = await readFile(join(tree.dir, '.slipway/out/greeter.yaml'), 'utf8');
  const args = ['template', 'greeter', 'chart', '--include-crds', '--namespace', 'welcome', '--values'];
  const printed = await run(toolPath('helm'), [...args, 'values/prod.yaml'], { cwd: tree.dir });
  expect(written).toBe(printed.stdout);
  for (const part of ['stands-for-a-crd', 'namespace: welcome', 'greeting: "howdy"']) expect(written).toContain(part);
});

/** The folders that a glob of ours and a file inside select, relative to `cwd`. */
async function foldersWith(file: string, cwd: string, globs: readonly string[]): Promise<readonly string[]> {
  const found = await filesIn(cwd);
  const patterns = globs.map((one) => new RegExp(`^(${one.replaceAll('*', '[^/]+')})/${file}$`));
  return Object.keys(found).flatMap((path) => {
    const [, match] = patterns.map((pattern) => pattern.exec(path)).find((hit) => hit !== null) ?? [];
    return match === undefined ? [] : [match];
  });
}
