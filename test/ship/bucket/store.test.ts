import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { gzip } from '../../../src/archive/gzip.ts';
import { tar } from '../../../src/archive/tar.ts';
import { digestOf } from '../../../src/digest.ts';
import type { Entry, ReleaseRecord } from '../../../src/model.ts';
import { forms } from '../../../src/seal/forms.ts';
import { bucketStore } from '../../../src/ship/bucket/store.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import type { Goods, Store } from '../../../src/ship/store.ts';
import { packed } from '../../flow/world.ts';

const PROD = { kind: 'channel', channel: 'prod' } as const;

function open(objects: Objects = memoryObjects(), layout?: 'object' | 'tarball'): { objects: Objects; store: Store } {
  const referenceTo = (key: string): string => `s3://b/${key}`;
  const options = { name: 'eu', url: 's3://b/gitops', project: 'default', keyPrefix: 'gitops/', referenceTo };
  return { objects, store: bucketStore({ ...options, layout, objects, forms }) };
}

function goodsOf(letter: string): Goods {
  const { content, views, bytes } = packed('east', letter);
  const manifest = Buffer.from(`{"layers":["${content.digest}"]}`);
  const entry: Entry = {
    name: 'east',
    content: content.digest,
    manifest: digestOf(manifest),
    size: content.size,
    resources: 1,
    views,
    proofs: [],
    since: 1,
  };
  return { entry, manifest, content: bytes };
}

const record = (generation: number, run = 'ab'.repeat(16)): ReleaseRecord => ({
  schema: 1,
  project: 'default',
  channel: 'prod',
  generation,
  run,
  kind: 'publish',
  at: '2026-01-01T00:00:00Z',
  blocked: [],
  primary: 'eu',
  artifacts: [goodsOf('a').entry],
  allowed: [],
  gates: [],
});

const keysOf = async (objects: Objects): Promise<readonly string[]> =>
  (await objects.list('')).objects.map((o) => o.key);

describe('content', () => {
  test('lies under its digest beside its view and manifest', async () => {
    const { objects, store } = open();
    const { entry, manifest, content } = goodsOf('a');
    await store.shelf.put({ entry, manifest, content });
    const hex = entry.content.slice(7);
    const keys = [
      `content/sha256/${hex}.tgz`,
      `content/sha256/${hex}.yaml`,
      `manifests/sha256/${entry.manifest.slice(7)}.json`,
    ];
    expect(await keysOf(objects)).toEqual(keys);
    await expect(store.shelf.check(entry)).resolves.toBeUndefined();
    const found = await store.shelf.get(entry);
    expect([digestOf(found?.content ?? content.subarray(1)), digestOf(found?.manifest ?? content)]).toEqual([
      entry.content,
      entry.manifest,
    ]);
  });

  test.each(['.tgz', '.yaml'])('that was damaged (%s) is found, and written again on repair', async (suffix) => {
    const { objects, store } = open();
    const goods = goodsOf('a');
    await store.shelf.put(goods);
    const key = `content/sha256/${goods.entry.content.slice(7)}${suffix}`;
    await objects.put(key, Buffer.from('torn'), { contentType: 'x' });
    await expect(store.shelf.check(goods.entry)).rejects.toMatchObject({ code: 'CORRUPT' });
    await store.shelf.put(goods);
    await expect(store.shelf.check(goods.entry)).rejects.toMatchObject({ code: 'CORRUPT' });
    await store.shelf.put(goods, { repair: true });
    await expect(store.shelf.check(goods.entry)).resolves.toBeUndefined();
  });

  test('that is missing is found', async () => {
    await expect(open().store.shelf.check(goodsOf('a').entry)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('names', () => {
  test('show the rendered file under channels/<channel>/<artifact>/, and a tarball where the layout says so', async () => {
    const { objects, store } = open();
    await store.names.move(PROD, goodsOf('a'));
    expect(await keysOf(objects)).toEqual(['channels/prod/east/manifests.yaml']);
    const tarballs = open(memoryObjects(), 'tarball');
    await tarballs.store.names.move(PROD, goodsOf('a'));
    expect(await keysOf(tarballs.objects)).toEqual(['channels/prod/east/manifests.tgz']);
  });

  test('are known by LIST alone while ETags are MD5, and read where they are not', async () => {
    const { objects, store } = open();
    const { entry } = goodsOf('a');
    await store.names.move(PROD, goodsOf('a'));
    let gets = 0;
    const counting = (etag?: string): Store =>
      open({
        ...objects,
        get: (key) => {
          gets += 1;
          return objects.get(key);
        },
        list: async (...args) => {
          const listing = await objects.list(...args);
          return { ...listing, objects: listing.objects.map((o) => ({ ...o, etag: etag ?? o.etag })) };
        },
      }).store;
    expect((await counting().names.held(PROD, [entry])).get('east')).toBe(store.names.shows(PROD, entry));
    expect(gets).toBe(0);
    expect((await counting('opaque-1').names.held(PROD, [entry])).get('east')).toBe(store.names.shows(PROD, entry));
    expect(gets).toBe(1);
  });

  test('of a version are written once', async () => {
    const { store } = open();
    const version = { kind: 'version', version: '1.0.0' } as const;
    expect(await store.names.move(version, goodsOf('a'))).toBe('moved');
    expect(await store.names.move(version, goodsOf('b'))).toBe('exists');
    expect((await store.names.held(version, [goodsOf('a').entry])).get('east')).toBe(
      store.names.shows(PROD, goodsOf('a').entry),
    );
  });

  test('have the revision that Flux computes: sha256 over the line of key and ETag', async () => {
    const { objects, store } = open();
    await store.names.move(PROD, goodsOf('a'));
    const lines = (await objects.list('channels/prod/east/')).objects.map(({ key, etag }) => `gitops/${key} ${etag}\n`);
    const revision = `sha256:${createHash('sha256').update(lines.join('')).digest('hex')}`;
    expect(store.names.fluxRevision(PROD, goodsOf('a').entry)).toBe(revision);
  });

  test.each([
    ['object', 'channels/prod/east/manifests.yaml', Buffer.from('kind: Old\n')],
    ['tarball', 'channels/prod/east/manifests.tgz', gzip(tar([{ path: 'x', bytes: Buffer.from('old') }]))],
  ] as const)('that someone else wrote can be kept (%s)', async (layout, key, bytes) => {
    const { objects, store } = open(memoryObjects(), layout);
    await objects.put(key, bytes, { contentType: 'x' });
    const adopted = await store.names.adopt(PROD, goodsOf('a').entry);
    expect(store.names.shows(PROD, adopted)).toBe(digestOf(bytes));
    const goods = await store.shelf.get(adopted);
    if (goods === undefined) throw new Error('the adopted content is not on the shelf');
    await store.names.move(PROD, goods);
    expect(Buffer.from((await objects.get(key))?.bytes ?? [])).toEqual(Buffer.from(bytes));
  });
});

describe('records', () => {
  test('sort so that the first key of a page is the newest', async () => {
    const { objects, store } = open();
    for (const generation of [1, 2, 9, 10, 11]) await store.ledger.create(record(generation));
    await store.ledger.createAdopted({ ...record(0), kind: 'adopt' }, digestOf(Buffer.from('x')));
    expect((await objects.list('releases/default/prod/', { limit: 1 })).objects[0]?.key).toBe(
      'releases/default/prod/999999988-000000011.json',
    );
    expect(await store.ledger.head('prod')).toEqual({ generation: 11 });
    expect((await store.ledger.heads('prod')).map((head) => head.generation)).toEqual([11, 10, 9, 2, 1]);
    expect(await store.ledger.channels()).toEqual(['prod']);
  });

  test('are created once', async () => {
    const { store } = open();
    expect(await store.ledger.create(record(1))).toBe('created');
    expect(await store.ledger.create(record(1, 'cd'.repeat(16)))).toBe('exists');
    expect((await store.ledger.read('prod', { generation: 1 }))?.run).toBe('ab'.repeat(16));
  });
});

describe('the marker', () => {
  test('is written once, before the first write', async () => {
    const { objects, store } = open();
    await store.open();
    expect(await keysOf(objects)).toEqual([]);
    await store.begin();
    await store.begin();
    expect(Buffer.from((await objects.get('slipway.json'))?.bytes ?? []).toString()).toBe(
      '{"format":1,"owner":"slipway"}\n',
    );
  });

  test.each([
    ['{"format":2}', 'STORE'],
    ['{}', 'FOREIGN'],
    ['hello', 'CORRUPT'],
  ])('%s is refused', async (marker, code) => {
    const { objects, store } = open();
    await objects.put('slipway.json', Buffer.from(marker), { contentType: 'x' });
    await expect(store.open()).rejects.toMatchObject({ code });
  });
});

test('an artifact that is not rendered cannot be shown as one object', () => {
  const { entry } = goodsOf('a');
  const { store } = open(memoryObjects(), 'object');
  const source: Entry = { ...entry, views: { tarball: entry.views.tarball } };
  expect(() => store.names.shows(PROD, source)).toThrow(expect.objectContaining({ code: 'CONFIG' }));
});
