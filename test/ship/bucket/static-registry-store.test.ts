/** A bucket that is a registry, as a store: publishes through the whole protocol, and the requests that they take. */
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import { contentOf, logged, many, openStore, outcomeOf, probe, publish, shown } from './static-registry-world.ts';

describe('a bucket that is a registry', () => {
  test('finds by one LIST that every name is right, and writes nothing', async () => {
    const objects = memoryObjects();
    await publish(objects, 1, many('a'));
    const root = logged(objects);
    expect(outcomeOf(await publish(root, 1, many('a')))).toEqual({ outcome: 'unchanged', states: ['current'] });
    const { objects: tags } = await objects.list('v2/gitops/releases/manifests/slipway.');
    const [record] = tags.map(({ key }) => key);
    const releases = 'v2/gitops/releases/';
    expect(root.requests.map((one) => one.replace(/sha256:.*/, 'DIGEST'))).toEqual([
      'get gitops/slipway.json',
      `list ${releases}manifests/`,
      `get ${record}`,
      `get ${releases}blobs/DIGEST`,
      'list v2/gitops/',
    ]);
  });

  test('lists no more keys after six releases than after the first', async () => {
    const objects = memoryObjects();
    let keys = 0;
    const root: Objects = {
      ...objects,
      async list(prefix, options) {
        const listing = await objects.list(prefix, options);
        if (prefix === 'v2/gitops/') keys = listing.objects.length + listing.prefixes.length;
        return listing;
      },
    };
    const counts: number[] = [];
    for (const [index, letter] of [...'abcdef'].entries()) {
      await publish(objects, index + 1, many(letter));
      expect(outcomeOf(await publish(root, index + 1, many(letter)))).toMatchObject({ outcome: 'unchanged' });
      counts.push(keys - 20 * 5);
    }
    // Besides five of each artifact: the tag and the claim of each record, and three folders of digests.
    expect(counts).toEqual([1, 2, 3, 4, 5, 6].map((releases) => 2 * releases + 3));
  });

  test('reads no name and writes one where one artifact changed, and goes back to older content', async () => {
    const root = logged(memoryObjects());
    await publish(root, 1, many('a'));
    for (const [commit, letter] of [
      [2, 'b'],
      [3, 'a'],
    ] as const) {
      const from = root.requests.length;
      const release = { ...many('a'), 'app-03': letter };
      expect(outcomeOf(await publish(root, commit, release))).toEqual({ outcome: 'published', states: ['current'] });
      const names = root.requests.slice(from).filter((one) => one.endsWith('/manifests/prod'));
      expect(names).toEqual(['put v2/gitops/app-03/manifests/prod']);
      expect(await shown(root, 'app-03')).toBe(contentOf('app-03', letter));
      expect(await shown(root, 'app-04')).toBe(contentOf('app-04', 'a'));
    }
  });

  test('says what slipway and clients use', async () => {
    const objects = memoryObjects();
    const { sites, target } = await publish(objects, 1, { web: 'a' });
    const [entry] = target?.artifacts ?? [];
    const { names } = sites[0]?.store ?? openStore(objects);
    if (entry === undefined) throw new Error('nothing was published');
    const space = { kind: 'channel', channel: 'prod' } as const;
    expect(names.reference(space, entry)).toBe(
      `s3://fleet/gitops/web:prod@${entry.manifest}?layout=registry&region=eu-central-1`,
    );
    expect(names.fluxRevision(space, entry)).toBe(`prod@${entry.manifest}`);
    expect(JSON.parse(Buffer.from((await objects.get('gitops/slipway.json'))?.bytes ?? []).toString())).toMatchObject({
      format: 1,
    });
  });

  test.each([
    ['MD5', (etag: string) => etag],
    ['no MD5, as under SSE-KMS', (_: string, key: string) => digestOf(Buffer.from(key)).slice(7, 39)],
    ['no hash at all', (_: string, key: string) => `${key.length}-opaque`],
  ])('finds a name that nobody knows where ETags are %s', async (_, etagOf) => {
    const objects = memoryObjects();
    const root: Objects = {
      ...objects,
      async list(...args) {
        const { objects: found, prefixes } = await objects.list(...args);
        return { objects: found.map((object) => ({ ...object, etag: etagOf(object.etag, object.key) })), prefixes };
      },
    };
    await publish(root, 1, many('a'));
    expect(outcomeOf(await publish(root, 1, many('a')))).toMatchObject({ outcome: 'unchanged' });
    const foreign = Buffer.from('{"schemaVersion":2,"layers":[]}');
    await objects.put('v2/gitops/app-07/manifests/prod', foreign, { contentType: 'application/json' });
    const { end } = await publish(root, 2, many('b'));
    expect(end?.outcome).toBe('refused');
    expect(end?.error?.message).toBe(
      `"s3://fleet/gitops/app-07:prod?layout=registry&region=eu-central-1" holds "${digestOf(foreign)}", which no release record knows`,
    );
    expect(await shown(root, 'app-06')).toBe(contentOf('app-06', 'a'));
  });

  test('cannot be used where creates are ignored, unless that is accepted: then nothing is locked', async () => {
    const objects = memoryObjects();
    const root: Objects = { ...objects, put: (key, bytes, { create: _, ...put }) => objects.put(key, bytes, put) };
    const refused = await publish(root, 1, { web: 'a' }, { stores: [openStore(root, { probe })] });
    expect(refused.end).toMatchObject({ outcome: 'refused', error: { code: 'REFUSED' } });
    expect((await objects.list('v2/')).objects).toEqual([]);
    const store = openStore(root, { probe, acceptUnsafe: true });
    expect(outcomeOf(await publish(root, 1, { web: 'a' }, { stores: [store] }))).toMatchObject({
      outcome: 'published',
    });
    expect([store.lock, store.cautions().length]).toEqual(['none', 1]);
    expect(await shown(root, 'web')).toBe(contentOf('web', 'a'));
  });
});
