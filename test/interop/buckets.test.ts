import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../../src/model.ts';
import { openBucket } from '../../src/wire/s3.ts';
import { objectsContract } from '../contract/objects.ts';
import type { SourceTree } from '../flow/source-tree.ts';
import { type Bucket, type ListedObject, startBucket } from './bucket.ts';
import { closing } from './closing.ts';
import { clusterFolder, configMap, hardTree } from './fixture.ts';
import { filesIn, sha256, untar } from './folder.ts';
import { publish, slipway } from './slipway.ts';

objectsContract('MinIO', async () => {
  const { minio, name, env, stop } = await startBucket();
  const meter = { reads: 0, writes: 0 };
  const objects = openBucket({ bucket: name, prefix: 'contract/', endpoint: minio.endpoint, env, meter });
  return { objects, close: stop };
});

const CONFIG = `version: 1
channel: staging
artifacts:
  - path: clusters/us
    render: plain
stores:
  one: s3://fleet/one?layout=object
  two: s3://fleet/two/deeper?layout=tarball
  root: s3://fleet?layout=object
`;
/** What lies before `channels/` in each store. */
const PREFIXES: Readonly<Record<string, string>> = { one: 'one/', two: 'two/deeper/', root: '' };
const FILES: Readonly<Record<string, string>> = { one: 'manifests.yaml', two: 'manifests.tgz', root: 'manifests.yaml' };

describe('what a publish left in MinIO', () => {
  let opened: { readonly bucket: Bucket; readonly tree: SourceTree; readonly receipt: Receipt } | undefined;
  const scene = (): NonNullable<typeof opened> => {
    if (opened === undefined) throw new Error('nothing was published');
    return opened;
  };
  const atEnd = closing();
  beforeAll(async () => {
    const bucket = await startBucket();
    atEnd(bucket.stop);
    const tree = await hardTree(CONFIG);
    atEnd(tree.remove);
    opened = { bucket, tree, receipt: await publish([], { cwd: tree.dir, env: bucket.env }) };
  });
  const live = (store: string): string => `${PREFIXES[store]}channels/staging/us/`;
  const again = (): Promise<Receipt> => publish([], { cwd: scene().tree.dir, env: scene().bucket.env });

  test('is listed by aws with exactly the documented keys', async () => {
    const { receipt, bucket } = scene();
    const hex = (digest: string | undefined): string => `${digest?.slice('sha256:'.length)}`;
    const [us] = receipt.artifacts;
    const keys = (await bucket.list('one/')).map(({ key }) => key.slice('one/'.length));
    const [record, ...others] = keys.filter((key) => key.startsWith('releases/'));
    expect(others).toEqual([]);
    expect(record).toBe('releases/default/staging/999999998-000000001.json');
    expect(keys).toEqual([
      'channels/staging/us/manifests.yaml',
      `content/sha256/${hex(us?.digest)}.tgz`,
      `content/sha256/${hex(us?.digest)}.yaml`,
      `manifests/sha256/${hex(us?.manifest)}.json`,
      record,
      'slipway.json',
    ]);
  });

  test('is copied out by aws: bytes that hash to their names, files as they were committed', async () => {
    const { bucket, tree, receipt } = scene();
    const downloads = join(tree.dir, '.slipway');
    await mkdir(downloads, { recursive: true });
    for (const [store, file] of Object.entries(FILES)) {
      await bucket.aws('s3', 'cp', `s3://fleet/${live(store)}${file}`, join(downloads, `${store}-${file}`), '--quiet');
    }
    const source = await readFile(join(clusterFolder(tree, 'us'), 'app.yaml'), 'utf8');
    expect(await readFile(join(downloads, 'one-manifests.yaml'), 'utf8')).toBe(source);
    expect(await readFile(join(downloads, 'root-manifests.yaml'), 'utf8')).toBe(source);
    const tarball = await readFile(join(downloads, 'two-manifests.tgz'));
    expect(`sha256:${sha256(tarball)}`).toBe(receipt.artifacts[0]?.digest);
    expect(await filesIn(await untar('two-manifests.tgz', downloads, 'unpacked'))).toEqual({
      'manifests.yaml': sha256(source),
    });
    await bucket.aws('s3', 'cp', '--recursive', 's3://fleet/two/deeper/', join(downloads, 'all'), '--quiet');
    for (const [path, digest] of Object.entries(await filesIn(join(downloads, 'all')))) {
      const [, hex] = /^(?:content|manifests)\/sha256\/([0-9a-f]{64})\.\w+$/.exec(path) ?? [];
      if (hex !== undefined) expect(digest).toBe(hex);
    }
  });

  test('has ETags that are the MD5 of the bytes, and the types that readers expect', async () => {
    const { bucket, tree } = scene();
    const source = await readFile(join(clusterFolder(tree, 'us'), 'app.yaml'));
    const [listed] = await bucket.list(live('one'));
    expect(listed).toMatchObject({ etag: createHash('md5').update(source).digest('hex'), size: source.length });
    const head = JSON.parse(
      await bucket.aws('s3api', 'head-object', '--bucket', 'fleet', '--key', `${live('one')}manifests.yaml`),
    );
    expect(head).toMatchObject({ ContentType: 'application/yaml', Metadata: { sha256: sha256(source) } });
    expect(head.ContentEncoding).toBeUndefined();
  });

  test('has the Flux revision that the receipt told, computed from a listing', async () => {
    const { bucket, receipt } = scene();
    expect(receipt).toMatchObject({ outcome: 'published', generation: 1 });
    for (const [store, file] of Object.entries(FILES)) {
      expect((await bucket.list(live(store))).map(({ key }) => key)).toEqual([`${live(store)}${file}`]);
      expect(receipt.artifacts[0]?.stores[store]?.fluxRevision).toBe(await bucket.fluxRevision(live(store)));
    }
  });

  test('is pulled by the references of the receipt', async () => {
    const { bucket, tree, receipt } = scene();
    for (const store of Object.keys(FILES)) {
      const reference = receipt.artifacts[0]?.stores[store]?.reference ?? 'none';
      const out = `.slipway/pulled-${store}`;
      const pulled = await slipway(['pull', reference, '-o', out], { cwd: tree.dir, env: bucket.env });
      expect(pulled.code, pulled.stderr).toBe(0);
      expect(Object.keys(await filesIn(join(tree.dir, out)))).toEqual(['manifests.yaml']);
    }
  });

  test('is not written again: a rerun leaves every object, an unrelated commit adds one record', async () => {
    const { bucket, tree } = scene();
    const before = await bucket.list('');
    expect(await again()).toMatchObject({ outcome: 'unchanged', generation: 1 });
    expect(await bucket.list('')).toEqual(before);
    await tree.commit({ 'README.md': 'unrelated\n' });
    expect(await again()).toMatchObject({ outcome: 'unchanged', generation: 2 });
    const after = await bucket.list('');
    const added = after.filter(({ key }) => !before.some((object) => object.key === key));
    expect(added.map(({ key }) => key)).toEqual(
      ['one/', '', 'two/deeper/'].map((prefix) => `${prefix}releases/default/staging/999999997-000000002.json`),
    );
    expect(after.filter((object) => !added.includes(object))).toEqual(before);
  });

  test('is switched by one object each, and the new revision is told', async () => {
    const { bucket, tree } = scene();
    const before = await bucket.list('');
    await tree.commit({ 'clusters/us/app.yaml': configMap('app', 'changed') });
    const receipt = await again();
    expect(receipt.outcome).toBe('published');
    const after = new Map((await bucket.list('')).map((object): [string, ListedObject] => [object.key, object]));
    const replaced = before.filter(({ key, etag }) => after.get(key)?.etag !== etag).map(({ key }) => key);
    expect(replaced.sort()).toEqual(
      Object.entries(FILES)
        .map(([store, file]) => `${live(store)}${file}`)
        .sort(),
    );
    for (const store of Object.keys(FILES)) {
      expect(receipt.artifacts[0]?.stores[store]?.fluxRevision).toBe(await bucket.fluxRevision(live(store)));
    }
  });
});
