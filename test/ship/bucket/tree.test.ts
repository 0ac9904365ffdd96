import { describe, expect, test } from 'vitest';
import type { SourceFile } from '../../../src/model.ts';
import { refuseFiles } from '../../../src/ship/bucket/tree.ts';
import { readRoot } from '../../../src/ship/bucket/tree-root.ts';
import { fetchArtifact } from '../../../src/ship/fetch.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import { goodsOf, listedRevision, readTree, treeStore } from './tree-store.ts';

const PROD = { kind: 'channel', channel: 'prod' } as const;
const FILES = { 'app.yaml': 'kind: ConfigMap\n', 'räume/😀.json': '{}', 'base/.sourceignore': '*\n', empty: '' };
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
      ...['app.yaml', 'base/.sourceignore', 'empty', 'räume/😀.json'].map((path) => folder + path),
      `gitops/manifests/sha256/${manifest.slice(7)}.json`,
    ]);
    expect(await readTree(bucket, OUTER)).toEqual(FILES);
  });

  test('has the manifest put last', async () => {
    const bucket = memoryObjects();
    const order: string[] = [];
    const put: Objects['put'] = (key, ...rest) => {
      order.push(key);
      return bucket.put(key, ...rest);
    };
    await treeStore({ ...bucket, put }).shelf.put(goods);
    expect(order).toHaveLength(6);
    expect(order.at(-1)).toContain('/manifests/');
  });

  test('has the revision of the object that leads to it, as a listing shows it', async () => {
    const { bucket, store } = await published();
    const revision = await listedRevision(bucket, OUTER);
    expect(store.names.fluxRevision(PROD, goods.entry)).toBe(revision);
    expect(await store.names.revisions(PROD, [goods.entry])).toEqual(new Map([['east', revision]]));
  });

  test('is the same object in every channel and at every time', async () => {
    const { bucket, store } = await published();
    await store.names.move({ kind: 'channel', channel: 'staging' }, goods);
    await store.names.move({ kind: 'version', version: '1.0.0' }, goods);
    const [prod, ...others] = await Promise.all(
      ['channels/prod', 'channels/staging', 'versions/1.0.0'].map((space) =>
        bucket.get(`gitops/${space}/east/root.yaml`),
      ),
    );
    expect(others.map((object) => object?.etag)).toEqual([prod?.etag, prod?.etag]);
    expect(readRoot(prod?.bytes ?? Buffer.of())?.folder).toBe(folder);
  });

  test('is proved by its content', async () => {
    const { store } = await published();
    expect(store.names.proved(goods.entry)).toBe(goods.entry.content);
    expect(store.names.shows(goods.entry)).not.toBe(goods.entry.content);
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
  test('make another object of the same content, which is known and replaced', async () => {
    const { bucket, store } = await published();
    const moved = treeStore(bucket, { endpoint: 's3.example.com' });
    const held = (await moved.names.held(PROD, [goods.entry])).get('east');
    expect(held).toBe(store.names.shows(goods.entry));
    expect(held).not.toBe(moved.names.shows(goods.entry));
    expect(moved.names.isEarlierForm(goods.entry, store.names.shows(goods.entry))).toBe(true);
    const other = goodsOf({ 'app.yaml': 'kind: Secret\n' });
    expect(moved.names.isEarlierForm(other.entry, store.names.shows(goods.entry))).toBe(false);
    await moved.names.move(PROD, goods);
    expect((await moved.names.held(PROD, [goods.entry])).get('east')).toBe(moved.names.shows(goods.entry));
  });

  test('leave versions as they were claimed', async () => {
    const version = { kind: 'version', version: '1.0.0' } as const;
    const { bucket, store } = await published();
    await store.names.move(version, goods);
    const moved = treeStore(bucket, { endpoint: 's3.example.com' });
    expect((await moved.names.held(version, [goods.entry])).get('east')).toBe(moved.names.shows(goods.entry));
    const other = goodsOf({ 'app.yaml': 'kind: Secret\n' });
    expect((await moved.names.held(version, [other.entry])).get('east')).toBe(store.names.shows(goods.entry));
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
