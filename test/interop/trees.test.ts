/** Trees in MinIO, read by aws and built by kustomize, as a cluster would. */
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../../src/model.ts';
import type { SourceTree } from '../flow/source-tree.ts';
import { type Bucket, startBucket } from './bucket.ts';
import { closing } from './closing.ts';
import { clusterFolder, configMap, hardTree } from './fixture.ts';
import { filesIn } from './folder.ts';
import { run } from './peer.ts';
import { toolPath } from './servers.ts';
import { publish, slipway } from './slipway.ts';

const configOf = (endpoint: string): string => `version: 1
channel: live
artifacts:
  - path: clusters/*
    render: source
  - path: apps/web
    render: kustomize
    name: web-rendered
stores:
  trees: { url: s3://fleet/gitops, layout: tree, endpoint: "${endpoint}", consumer: { endpoint: "${endpoint}" } }
`;
const WEB = {
  'kustomization.yaml': 'resources: [base]\nnamePrefix: web-\n',
  'base/kustomization.yaml': 'resources: [app.yaml]\n',
  'base/app.yaml': configMap('app'),
};
/** Folders with and without a kustomization file of their own. */
const MIXED = {
  'z.yaml': configMap('a'),
  'b/b.yaml': configMap('b'),
  'b-c/more/c.yml': configMap('c'),
  ...Object.fromEntries(Object.entries(WEB).map(([path, text]) => [`b-base/${path}`, text])),
  'b/notes.txt': 'no manifest',
};

/** What lies in the folder of a tree: what was committed, and the listing of what has none of its own. */
async function filesShown(committed: string, shown: string): Promise<Readonly<Record<string, string>>> {
  const files = await filesIn(committed);
  const { 'kustomization.yaml': listing = '' } = await filesIn(shown);
  return { ...files, 'kustomization.yaml': files['kustomization.yaml'] ?? listing };
}

const under = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

interface FluxObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

describe('a tree in MinIO', () => {
  let opened: { readonly bucket: Bucket; readonly tree: SourceTree; receipt: Receipt } | undefined;
  const scene = (): NonNullable<typeof opened> => {
    if (opened === undefined) throw new Error('nothing was published');
    return opened;
  };
  const atEnd = closing();
  beforeAll(async () => {
    const bucket = await startBucket();
    atEnd(bucket.stop);
    const tree = await hardTree(configOf(bucket.minio.endpoint));
    atEnd(tree.remove);
    await tree.commit({ ...under('clusters/web', WEB), ...under('apps/web', WEB), ...under('clusters/mixed', MIXED) });
    opened = { bucket, tree, receipt: await publish([], { cwd: tree.dir, env: bucket.env }) };
  });
  const outer = (name: string): string => `gitops/channels/live/${name}/`;

  /** What root.yaml says, and what lies where it says. */
  async function follow(name: string): Promise<{ readonly source: FluxObject; readonly folder: string }> {
    const { bucket, tree } = scene();
    const downloads = join(tree.dir, '.slipway/read', name);
    const root = join(downloads, 'root.yaml');
    await bucket.aws('s3', 'cp', `s3://fleet/${outer(name)}root.yaml`, root, '--quiet');
    const [source, sync] = loadAll(await readFile(root, 'utf8')) as FluxObject[];
    if (source === undefined || sync === undefined) throw new Error('root.yaml holds no two objects');
    const { prefix, bucketName } = source.spec;
    await bucket.aws(
      's3',
      'cp',
      '--recursive',
      `s3://${bucketName}/${prefix}`,
      join(downloads, `${prefix}`),
      '--quiet',
    );
    return { source, folder: join(downloads, `${sync.spec.path}`) };
  }

  test('is the only thing that its reader finds, with the revision that the receipt told', async () => {
    const { bucket, receipt } = scene();
    expect(receipt.artifacts.map(({ name }) => name)).toEqual(['eu', 'mixed', 'us', 'web', 'web-rendered']);
    for (const { name, stores } of receipt.artifacts) {
      expect((await bucket.list(outer(name))).map(({ key }) => key)).toEqual([`${outer(name)}root.yaml`]);
      expect(stores.trees?.fluxRevision).toBe(await bucket.fluxRevision(outer(name)));
    }
  });

  test('has every file as it was committed, whatever its name', async () => {
    const { bucket, tree } = scene();
    for (const name of ['eu', 'us', 'web']) {
      const { source, folder } = await follow(name);
      expect(source.metadata.name).toBe(`slipway.default.live.${name}`);
      expect(source.spec).toMatchObject({ endpoint: bucket.minio.host, insecure: true, provider: 'generic' });
      expect(await filesIn(folder)).toEqual(await filesShown(clusterFolder(tree, name), folder));
    }
  });

  test('is built by kustomize to the same objects as its source', async () => {
    const { tree } = scene();
    const built = async (folder: string): Promise<string> =>
      (await run(toolPath('kustomize'), ['build', folder], { cwd: tree.dir })).stdout;
    const { folder } = await follow('web');
    expect(await built(folder)).toBe(await built(clusterFolder(tree, 'web')));
    const { folder: rendered } = await follow('web-rendered');
    expect(await readFile(join(rendered, 'manifests.yaml'), 'utf8')).toBe(await built(folder));
  });

  test('without a kustomization file is built to what kustomize lists by itself', async () => {
    const { tree } = scene();
    const { folder } = await follow('mixed');
    const copy = join(tree.dir, '.slipway/listed');
    await cp(clusterFolder(tree, 'mixed'), copy, { recursive: true });
    await run(toolPath('kustomize'), ['create', '--autodetect', '--recursive'], { cwd: copy });
    const built = async (path: string): Promise<string> =>
      (await run(toolPath('kustomize'), ['build', '--reorder', 'none', path], { cwd: tree.dir })).stdout;
    const whole = await built(copy);
    expect(whole.match(/^ {2}name: .*$/gm)).toEqual(['  name: b', '  name: web-app', '  name: c', '  name: a']);
    expect(await built(folder)).toBe(whole);
    await rm(join(folder, 'b', 'b.yaml'));
    await expect(built(folder)).rejects.toThrow('b/b.yaml');
  });

  test('is pulled by the reference of the receipt', async () => {
    const { bucket, tree, receipt } = scene();
    const reference = receipt.artifacts[0]?.stores.trees?.reference ?? 'none';
    const pulled = await slipway(['pull', reference, '-o', '.slipway/pulled'], { cwd: tree.dir, env: bucket.env });
    expect(pulled.code, pulled.stderr).toBe(0);
    expect(await filesIn(join(tree.dir, '.slipway/pulled'))).toEqual(await filesIn(clusterFolder(tree, 'eu')));
  });

  test('is switched by one object, and the old folder stays', async () => {
    const { bucket, tree } = scene();
    const before = new Map((await bucket.list('')).map(({ key, etag }) => [key, etag]));
    await tree.commit({ 'clusters/us/app.yaml': configMap('app', 'changed') });
    const receipt = await publish([], { cwd: tree.dir, env: bucket.env });
    expect(receipt.outcome).toBe('published');
    const after = new Map((await bucket.list('')).map(({ key, etag }) => [key, etag]));
    const replaced = [...before].filter(([key, etag]) => after.get(key) !== etag).map(([key]) => key);
    expect(replaced).toEqual([`${outer('us')}root.yaml`]);
    const { folder } = await follow('us');
    expect(await filesIn(folder)).toEqual(await filesShown(clusterFolder(tree, 'us'), folder));
  });
});
