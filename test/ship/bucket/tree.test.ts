import { describe, expect, test } from 'vitest';
import type { SourceFile } from '../../../src/model.ts';
import { refuseFiles } from '../../../src/ship/bucket/tree.ts';
import { rootName } from '../../../src/ship/bucket/tree-name.ts';
import { readRoot } from '../../../src/ship/bucket/tree-root.ts';
import { fetchArtifact } from '../../../src/ship/fetch.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import { ACCESS, goodsOf, listedRevision, readTree, treeStore } from './tree-store.ts';

const PROD = { kind: 'channel', channel: 'prod' } as const;
const FILES = { 'app.yaml': 'kind: ConfigMap\n', 'räume/😀.json': '{}', 'base/.sourceignore': '*\n', empty: '' };
const LISTING = `# Made by slipway: a file that is missing fails the build instead of being deleted from the cluster.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - "./app.yaml"
`;
/** What clusters see of them. */
const SHOWN = { ...FILES, 'kustomization.yaml': LISTING };
const OUTER = 'gitops/channels/prod/east/';
const NO_BYTES = { bytes: Buffer.of() };

const goods = goodsOf(FILES);
const folder = `gitops/content/sha256/${goods.entry.content.slice('sha256:'.length)}/`;

const keysOf = async (bucket: Objects): Promise<readonly string[]> =>
  (await bucket.list('')).objects.map(({ key }) => key);
const overwrite = (bucket: Objects, key: string): Promise<unknown> =>
  bucket.put(key, Buffer.from('torn'), { contentType: 'x' });

async function published(): Promise<{ readonly bucket: Objects; readonly store: ReturnType<typeof treeStore> }> {
  const bucket = memoryObjects();
  const store = treeStore(bucket);
  await store.shelf.put(goods);
  await store.names.move(PROD, goods);
  return { bucket, store };
}

describe('a tree', () => {
  test('lies beside its content, one object for each file, and is led to by one object', async () => {
    const { bucket } = await published();
    const { content, manifest } = goods.entry;
    expect(await keysOf(bucket)).toEqual([
      'gitops/channels/prod/east/root.yaml',
      `gitops/content/sha256/${content.slice(7)}.tgz`,
      ...Object.keys(SHOWN)
        .sort()
        .map((path) => folder + path),
      `gitops/manifests/sha256/${manifest.slice(7)}.json`,
    ]);
    expect(await readTree(bucket, OUTER)).toEqual(FILES);
  });

  test('has the listing put after the files, and the manifest last', async () => {
    const bucket = memoryObjects();
    const order: string[] = [];
    const put: Objects['put'] = (key, ...rest) => {
      order.push(key);
      return bucket.put(key, ...rest);
    };
    await treeStore({ ...bucket, put }).shelf.put(goods);
    expect(order).toHaveLength(7);
    expect(order.slice(-2).map((key) => key.replace(/[0-9a-f]{64}/, 'HEX'))).toEqual([
      'gitops/content/sha256/HEX/kustomization.yaml',
      'gitops/manifests/sha256/HEX.json',
    ]);
  });

  test('has the revision of the object that leads to it, as a listing shows it', async () => {
    const { bucket, store } = await published();
    const revision = await listedRevision(bucket, OUTER);
    expect(store.names.fluxRevision(PROD, goods.entry)).toBe(revision);
    expect(await store.names.revisions(PROD, [goods.entry])).toEqual(new Map([['east', revision]]));
  });

  test('leads to the same folder from every channel and version, by objects of their own', async () => {
    const { bucket, store } = await published();
    await store.names.move({ kind: 'channel', channel: 'staging' }, goods);
    await store.names.move({ kind: 'version', version: '1.0.0' }, goods);
    const roots = await Promise.all(
      ['channels/prod', 'channels/staging', 'versions/1.0.0'].map(async (space) => {
        const object = await bucket.get(`gitops/${space}/east/root.yaml`);
        return readRoot(object?.bytes ?? Buffer.of());
      }),
    );
    expect(roots.map((root) => root?.folder)).toEqual([folder, folder, folder]);
    expect(roots.map((root) => root && rootName(root))).toEqual([
      'slipway.default.prod.east',
      'slipway.default.staging.east',
      'slipway.default.versions.east',
    ]);
  });

  test('is proved by its content', async () => {
    const { store } = await published();
    expect(store.names.proved(goods.entry)).toBe(goods.entry.content);
    expect(store.names.shows(PROD, goods.entry)).not.toBe(goods.entry.content);
  });

  test('is pulled with every file checked, by a reference of the store', async () => {
    const { bucket } = await published();
    const pulled = await fetchArtifact({ kind: 'object', label: 'REF', objects: bucket, key: `${OUTER}root.yaml` });
    expect(pulled.digest).toBe(goods.entry.content);
    const files = pulled.files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('utf8')]);
    expect(Object.fromEntries(files)).toEqual(FILES);
  });
});

describe('damage', () => {
  const app = `${folder}app.yaml`;
  test.each([
    ['a changed file', (bucket: Objects) => overwrite(bucket, app), 'CORRUPT'],
    ['a missing file', (bucket: Objects) => bucket.delete(app), 'NOT_FOUND'],
    ['a damaged content', (bucket: Objects) => overwrite(bucket, `${folder.slice(0, -1)}.tgz`), 'CORRUPT'],
  ])('such as %s is found, and written again on repair', async (_, damage, code) => {
    const { bucket, store } = await published();
    await expect(store.shelf.check(goods.entry)).resolves.toBeUndefined();
    await damage(bucket);
    await expect(store.shelf.check(goods.entry)).rejects.toMatchObject({ code });
    await store.shelf.put(goods, { repair: true });
    await expect(store.shelf.check(goods.entry)).resolves.toBeUndefined();
    expect(await readTree(bucket, OUTER)).toEqual(FILES);
  });

  test('is told with the key, also to who pulls', async () => {
    const { bucket, store } = await published();
    await overwrite(bucket, app);
    await expect(store.shelf.check(goods.entry)).rejects.toThrow(
      `Object "${app.slice('gitops/'.length)}" of artifact "east" does not match its content`,
    );
    const pulling = fetchArtifact({ kind: 'object', label: 'REF', objects: bucket, key: `${OUTER}root.yaml` });
    await expect(pulling).rejects.toThrow(`Object "${app}" of artifact "east" does not match its content`);
  });

  test('is also an object that no file of the content explains, but no folder marker', async () => {
    const { bucket, store } = await published();
    await overwrite(bucket, `${folder}base/`);
    await expect(store.shelf.check(goods.entry)).resolves.toBeUndefined();
    await overwrite(bucket, `${folder}zzz.yaml`);
    await expect(store.shelf.check(goods.entry)).rejects.toMatchObject({
      code: 'CORRUPT',
      message: `"${folder.slice('gitops/'.length)}zzz.yaml" does not belong to artifact "east": clusters would apply it`,
      hint: 'look who wrote it, and delete it',
    });
  });

  test.each([
    ['written by hand', () => Buffer.from('kind: Namespace\n')],
    ['copied from another prefix', (bytes: Uint8Array) => replaced(bytes, 'gitops/', 'other/')],
  ])('of the object that leads to a tree is no file to pull: %s', async (_, change) => {
    const { bucket } = await published();
    const key = `${OUTER}root.yaml`;
    await bucket.put(key, change((await bucket.get(key))?.bytes ?? Buffer.of()), { contentType: 'x' });
    await expect(fetchArtifact({ kind: 'object', label: 'REF', objects: bucket, key })).rejects.toMatchObject({
      code: 'CORRUPT',
      message: 'Cannot pull "REF": it does not lead to a folder of this store',
    });
  });
});

const replaced = (bytes: Uint8Array, from: string, to: string): Buffer =>
  Buffer.from(Buffer.from(bytes).toString('utf8').replaceAll(from, to));

describe('other consumers', () => {
  const MOVED = { endpoint: 's3.example.com', namespace: 'apps' };

  test('make another object of the same content, which is known, told and replaced', async () => {
    const { bucket, store } = await published();
    const moved = treeStore(bucket, MOVED);
    const held = (await moved.names.held(PROD, [goods.entry])).get('east') ?? 'sha256:';
    expect(held).toBe(store.names.shows(PROD, goods.entry));
    expect(held).not.toBe(moved.names.shows(PROD, goods.entry));
    expect(moved.names.isOtherForm(PROD, goods.entry, held)).toBe(true);
    expect(moved.names.otherConsumers(PROD, goods.entry)).toEqual({ was: ACCESS, is: { ...ACCESS, ...MOVED } });
    expect(moved.names.fluxRevision(PROD, goods.entry)).toBe(await listedRevision(bucket, OUTER));
    const other = goodsOf({ 'app.yaml': 'kind: Secret\n' });
    expect(moved.names.isOtherForm(PROD, other.entry, held)).toBe(false);
    await moved.names.move(PROD, goods);
    expect(moved.names.otherConsumers(PROD, goods.entry)).toBeUndefined();
    expect((await moved.names.held(PROD, [goods.entry])).get('east')).toBe(moved.names.shows(PROD, goods.entry));
    expect(moved.names.fluxRevision(PROD, goods.entry)).toBe(await listedRevision(bucket, OUTER));
  });

  test('are kept by who does not know better', async () => {
    const { bucket } = await published();
    const other = goodsOf({ 'app.yaml': 'kind: Secret\n' });
    const moved = treeStore(bucket, MOVED);
    await moved.names.held(PROD, [other.entry]);
    await moved.names.move(PROD, other, { keep: true });
    const root = readRoot((await bucket.get(`${OUTER}root.yaml`))?.bytes ?? Buffer.of());
    expect(root).toMatchObject({ content: other.entry.content, access: ACCESS });
  });

  test('leave versions as they were claimed', async () => {
    const version = { kind: 'version', version: '1.0.0' } as const;
    const { bucket, store } = await published();
    await store.names.move(version, goods);
    const moved = treeStore(bucket, MOVED);
    const held = (await moved.names.held(version, [goods.entry])).get('east') ?? 'sha256:';
    expect(moved.names.isOtherForm(version, goods.entry, held)).toBe(true);
    expect(moved.names.fluxRevision(version, goods.entry)).toBe(
      await listedRevision(bucket, 'gitops/versions/1.0.0/east/'),
    );
  });

  test.each([
    ['another prefix', 'gitops/content', 'other/content'],
    ['another channel', 'channel: "prod"', 'channel: "staging"'],
  ])('are not what a root of %s is for', async (_, from, to) => {
    const { bucket, store } = await published();
    const bytes = (await bucket.get(`${OUTER}root.yaml`))?.bytes ?? Buffer.of();
    const changed = replaced(replaced(bytes, from, to), '.prod.', `.${to.includes('staging') ? 'staging' : 'prod'}.`);
    expect(readRoot(changed)).toBeDefined();
    await bucket.put(`${OUTER}root.yaml`, changed, { contentType: 'x' });
    const held = (await store.names.held(PROD, [goods.entry])).get('east') ?? 'sha256:';
    expect(store.names.isOtherForm(PROD, goods.entry, held)).toBe(false);
  });
});

describe('files that a bucket or Flux could not hold', () => {
  const files = (path: string): readonly SourceFile[] => [
    { path: 'app.yaml', ...NO_BYTES },
    { path, ...NO_BYTES },
  ];
  const long = `${'d'.repeat(236)}/`.repeat(4);
  test.each([
    ['a bell', 'a\u0007b', 'file "a\\u0007b": it holds a control character'],
    ['a way out', 'a/../b', 'file "a/../b": it holds ".."'],
    ['a dot', 'a/./b', 'file "a/./b": it holds the segment "."'],
    ['a trailing slash', 'a/', 'file "a/": it holds an empty segment'],
    ['what XML cannot say', '\uFFFE', 'file "\uFFFE": it holds a character that listings cannot'],
    ['too long a key', `${long}b`, `file "${long}b": its key would have 1029 bytes, and S3 takes 1024`],
    ['too many bytes', 'ä'.repeat(473), `file "${'ä'.repeat(473)}": its key would have 1026 bytes, and S3 takes 1024`],
  ])('are refused by name: %s', (_, path, state) => {
    const refused = `Cannot show artifact "east" as layout "tree": ${state}`;
    expect(() => refuseFiles('east', files(path), `content/sha256/${'0'.repeat(64)}/`)).toThrow(refused);
  });

  test('are not those that are only unusual', () => {
    const usual = ['.sourceignore', 'B.yaml', 'b.yaml', 'with space & +%.yaml', 'a'.repeat(944)];
    expect(() =>
      refuseFiles(
        'east',
        usual.map((path) => ({ path, ...NO_BYTES })),
        `content/sha256/${'0'.repeat(64)}/`,
      ),
    ).not.toThrow();
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['nothing to apply', { 'app.json': '{}' }, 'it has no YAML file that clusters would apply'],
    [
      'a folder in the way',
      { 'app.yaml': 'a', 'kustomization.yaml/b': '' },
      'it has a folder called "kustomization.yaml"',
    ],
  ])('and %s are refused', async (_, wrong, state) => {
    await expect(treeStore(memoryObjects()).shelf.put(goodsOf(wrong))).rejects.toMatchObject({
      code: 'CONFIG',
      message: `Cannot show artifact "east" as layout "tree": ${state}`,
      hint: 'give it a kustomization.yaml, or the store another layout',
    });
  });

  test('and none at all are refused before anything is written', async () => {
    const bucket = memoryObjects();
    const store = treeStore(bucket);
    await expect(store.shelf.put(goodsOf({}))).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'Cannot show artifact "east" as layout "tree": it has no files',
    });
    await expect(store.shelf.put(goodsOf({ ['x'.repeat(960)]: '' }))).rejects.toThrow('its key would have 1047 bytes');
    expect(await keysOf(bucket)).toEqual([]);
  });
});
