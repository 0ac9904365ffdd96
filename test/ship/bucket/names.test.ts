import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { accessUnknown, type Showing } from '../../../src/ship/bucket/layouts.ts';
import { bucketNames } from '../../../src/ship/bucket/names.ts';
import { bucketShelf } from '../../../src/ship/bucket/shelf.ts';
import { fluxManifest } from '../../../src/ship/manifest.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects, PutOptions } from '../../../src/ship/ports.ts';
import type { Goods, Names } from '../../../src/ship/store.ts';
import { packed } from '../../flow/world.ts';
import { listedRevision } from './tree-store.ts';

const PROD = { kind: 'channel', channel: 'prod' } as const;
const KEY = 'channels/prod/east/manifests.yaml';

function namesIn(
  objects: Objects,
  {
    matches = true,
    etags = 'md5' as 'md5' | 'other',
    prefix = '',
  }: { matches?: boolean; etags?: 'md5' | 'other'; prefix?: string } = {},
): Names {
  const showing: Showing = { project: 'default', layout: 'object', keyPrefix: prefix, access: accessUnknown };
  const shelf = bucketShelf(objects, showing);
  const settings = { shelf, matches: () => matches, etags: () => etags };
  return bucketNames(objects, { ...showing, ...settings, referenceTo: (key) => key });
}

function goodsOf(letter: string, ref = 'main', name = 'east'): Goods {
  const { content, views, bytes } = packed(name, letter);
  const manifest = fluxManifest(content, { commit: 'c'.repeat(40), ref, dirty: false });
  const found = { content: content.digest, manifest: digestOf(manifest), size: content.size, resources: 1, views };
  return { entry: { name, commit: 'd'.repeat(40), ...found, proofs: [], since: 1 }, manifest, content: bytes };
}

const write = (objects: Objects, key: string, text = 'x'): Promise<unknown> =>
  objects.put(key, Buffer.from(text), { contentType: 'x' });
const textAt = async (objects: Objects, key = KEY): Promise<string> =>
  Buffer.from((await objects.get(key))?.bytes ?? []).toString('utf8');

describe('objects that nobody published under a name', () => {
  test.each([
    ['beside it', ['channels/prod/east/extra.yaml'], '"channels/prod/east/extra.yaml"'],
    ['below it', ['channels/prod/east/deep/er/x.txt'], '"channels/prod/east/deep/er/x.txt"'],
    ['of another layout', ['channels/prod/east/manifests.tgz'], '"channels/prod/east/manifests.tgz"'],
    ['hidden', ['channels/prod/east/.sourceignore'], '"channels/prod/east/.sourceignore"'],
    [
      'several',
      ['c.yaml', 'a.yaml', 'b/d.yaml'].map((f) => `channels/prod/east/${f}`),
      '"channels/prod/east/a.yaml" (and 2 more)',
    ],
  ])('are refused: %s', async (_, keys, first) => {
    const objects = memoryObjects();
    await write(objects, KEY);
    for (const key of keys) await write(objects, key);
    for (const entries of [[goodsOf('a').entry], [goodsOf('a').entry, goodsOf('a', 'main', 'west').entry]]) {
      await expect(namesIn(objects).held(PROD, entries)).rejects.toMatchObject({
        code: 'REFUSED',
        message: `${first} lies beside "${KEY}": clusters would apply both`,
        hint: 'look who wrote it: where an earlier layout left it, publish under a new artifact name, or move the consumers and delete it first',
      });
    }
  });

  test('are refused where the name itself is not there yet', async () => {
    const objects = memoryObjects();
    await write(objects, 'channels/prod/east/other.yaml');
    await expect(namesIn(objects).held(PROD, [goodsOf('a').entry])).rejects.toMatchObject({ code: 'REFUSED' });
  });

  test('are not folder markers, what other names begin with, and what lies above', async () => {
    const objects = memoryObjects();
    for (const key of [
      'channels/prod/east/',
      'channels/prod/east/a/',
      'channels/prod/east',
      'channels/prod/east-2/x',
    ]) {
      await write(objects, key);
    }
    const names = namesIn(objects);
    await names.move(PROD, goodsOf('a'));
    const held = await names.held(PROD, [goodsOf('a').entry, goodsOf('a', 'main', 'west').entry]);
    expect([...held]).toEqual([['east', names.shows(PROD, goodsOf('a').entry)]]);
  });
});

describe('moving a name', () => {
  test('goes on from what was read, and only from that', async () => {
    const objects = memoryObjects();
    const names = namesIn(objects);
    await names.held(PROD, [goodsOf('a').entry]);
    expect(await names.move(PROD, goodsOf('a'))).toBe('moved');
    await names.held(PROD, [goodsOf('a').entry]);
    await write(objects, KEY, 'by somebody else');
    expect(await names.move(PROD, goodsOf('b'))).toBe('exists');
    expect(await textAt(objects)).toBe('by somebody else');
    await names.held(PROD, [goodsOf('b').entry]);
    expect(await names.move(PROD, goodsOf('b'))).toBe('moved');
    expect(await textAt(objects)).toContain('name: b');
  });

  test('does not take a place that was empty and is not any more', async () => {
    const objects = memoryObjects();
    const names = namesIn(objects);
    await names.held(PROD, [goodsOf('a').entry]);
    await write(objects, KEY, 'by somebody else');
    expect(await names.move(PROD, goodsOf('a'))).toBe('exists');
    expect(await textAt(objects)).toBe('by somebody else');
  });

  test.each(['put', 'replace'] as const)('is done where the answer to its %s was lost', async (method) => {
    const objects = memoryObjects();
    if (method === 'replace') await write(objects, KEY, 'old');
    const lost: Objects = {
      ...objects,
      async put(...put) {
        await objects.put(...put);
        return { outcome: 'exists' };
      },
      async replace(...replace) {
        await objects.replace(...replace);
        return 'changed';
      },
    };
    const names = namesIn(lost);
    await names.held(PROD, [goodsOf('a').entry]);
    expect(await names.move(PROD, goodsOf('a'))).toBe('moved');
    expect(await textAt(objects)).toContain('name: a');
  });

  test('where conditions do not hold is a plain write', async () => {
    const objects = memoryObjects();
    const names = namesIn(objects, { matches: false });
    await names.held(PROD, [goodsOf('a').entry]);
    await write(objects, KEY, 'by somebody else');
    expect(await names.move(PROD, goodsOf('a'))).toBe('moved');
    expect(await textAt(objects)).toContain('name: a');
  });

  test('goes on from what was read, not listed, where the ETag had to be looked behind', async () => {
    const objects = memoryObjects();
    await write(objects, KEY, 'old');
    const raced: Objects = {
      ...objects,
      async list(...asked) {
        const listing = await objects.list(...asked);
        await write(objects, KEY, 'newer');
        return listing;
      },
    };
    const names = namesIn(raced);
    expect([...(await names.held(PROD, [goodsOf('a').entry])).values()]).toEqual([digestOf(Buffer.from('newer'))]);
    expect(await names.move(PROD, goodsOf('a'))).toBe('moved');
  });

  test('tells in metadata what is shown', async () => {
    const objects = memoryObjects();
    const seen: PutOptions[] = [];
    const put: Objects['put'] = (key, bytes, options) => {
      seen.push(options);
      return objects.put(key, bytes, options);
    };
    const goods = goodsOf('a', 'fix/grün und 100%');
    await namesIn({ ...objects, put }).move(PROD, goods);
    await namesIn({ ...objects, put }).move(
      { kind: 'version', version: '1.0.0' },
      { ...goods, manifest: Buffer.from('{}') },
    );
    const { manifest, content } = goods.entry;
    const both = { 'slipway-manifest': manifest, 'slipway-content': content, 'slipway-commit': 'd'.repeat(40) };
    expect(seen).toEqual([
      {
        contentType: 'application/yaml',
        cacheControl: 'no-cache',
        metadata: { ...both, 'slipway-revision': `fix/gr%C3%BCn%20und%20100%@sha1:${'c'.repeat(40)}` },
      },
      {
        contentType: 'application/yaml',
        cacheControl: 'public, max-age=31536000, immutable',
        create: true,
        metadata: both,
      },
    ]);
  });
});

describe('the revision that Flux reports', () => {
  test('is computed from a listing as Flux does: in byte order, without folder markers', async () => {
    const objects = memoryObjects();
    for (const [key, text] of [
      ['b', '1'],
      ['a/\u{1F600}', '2'],
      ['a/\uFF5E', '3'],
    ]) {
      await write(objects, `channels/prod/east/${key}`, text);
    }
    const expected = await listedRevision(objects, 'channels/prod/east/');
    const shuffled: Objects = {
      ...objects,
      async list(...asked) {
        const { objects: found, prefixes } = await objects.list(...asked);
        const marker = { key: 'channels/prod/east/a/', etag: 'e', size: 0, modified: 0 };
        return { objects: [...found, marker].reverse(), prefixes };
      },
    };
    const entries = [goodsOf('a').entry, goodsOf('a', 'main', 'west').entry];
    expect(await namesIn(shuffled).revisions(PROD, entries)).toEqual(new Map([['east', expected]]));
  });

  test('has the keys of the whole bucket in it', async () => {
    const objects = memoryObjects();
    const names = namesIn(objects, { prefix: 'gitops/' });
    await names.move(PROD, goodsOf('a'));
    const [listed] = (await objects.list('channels/prod/east/')).objects;
    const revision = digestOf(Buffer.from(`gitops/${KEY} ${listed?.etag}\n`));
    expect((await names.revisions(PROD, [goodsOf('a').entry]))?.get('east')).toBe(revision);
    expect(names.fluxRevision(PROD, goodsOf('a').entry)).toBe(revision);
  });

  test('is told by a listing alone where ETags say nothing', async () => {
    const objects = memoryObjects();
    const opaque: Objects = {
      ...objects,
      async list(...asked) {
        const { objects: found, prefixes } = await objects.list(...asked);
        return { objects: found.map((object) => ({ ...object, etag: 'opaque' })), prefixes };
      },
    };
    const names = namesIn(opaque, { etags: 'other' });
    await names.move(PROD, goodsOf('a'));
    const { entry } = goodsOf('a');
    expect(names.fluxRevision(PROD, entry)).toBe('');
    expect((await names.revisions(PROD, [entry]))?.get('east')).toBe(digestOf(Buffer.from(`${KEY} opaque\n`)));
    expect((await names.held(PROD, [entry])).get('east')).toBe(names.shows(PROD, entry));
  });
});
