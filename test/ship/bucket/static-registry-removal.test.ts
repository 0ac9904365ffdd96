/** What goes with a manifest of a bucket that is a registry, and what a reader sees between any two of its requests. */
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import type { Digest } from '../../../src/model.ts';
import { staticRegistry } from '../../../src/ship/bucket/static-registry.ts';
import { INDEX_TYPE, MANIFEST_TYPE } from '../../../src/ship/manifest.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import { randomOf, scheduler } from '../../flow/scheduler.ts';
import { bundle, goodsOf, open, signature } from '../proofs-fixture.ts';
import { listTags, pull } from './static-registry-client.ts';

const HOME = 'v2/fleet/east/';
const REPOSITORY = 'fleet/east';
const PROD = { kind: 'channel', channel: 'prod' } as const;
const [older, newer] = [goodsOf('east', 'a'), goodsOf('east', 'b')];

/** Two releases, both signed; `prod` shows the newer one. */
async function publishedTwice(objects = memoryObjects()): Promise<Objects> {
  for (const goods of [older, newer]) {
    const { shelf, proofs, names } = open(staticRegistry(objects));
    await shelf.put(goods);
    await proofs.attach(goods.entry, bundle(goods === older ? 'older' : 'newer'));
    await proofs.attach(goods.entry, signature(goods.entry));
    await names.move(PROD, goods);
  }
  return objects;
}

const keysOf = async (objects: Objects): Promise<readonly string[]> =>
  (await objects.list('')).objects.map(({ key }) => key);

/** Everything that belongs to a release in the way that prune removes it: itself, then what was attached to it. */
async function remove(objects: Objects, subject: Digest): Promise<void> {
  const repositories = staticRegistry(objects);
  const attached = (await repositories.referrers(REPOSITORY, subject)) ?? [];
  const signed = await repositories.getManifest(REPOSITORY, `${subject.replace(':', '-')}.sig`);
  await repositories.deleteManifest(REPOSITORY, subject);
  for (const { digest } of attached) await repositories.deleteManifest(REPOSITORY, digest);
  if (signed !== undefined) await repositories.deleteManifest(REPOSITORY, signed.digest);
}

/** The objects, with somebody who looks after every write and every deletion. */
function watched(objects: Objects, look: () => Promise<void>): Objects {
  const after =
    <A extends readonly unknown[], R>(method: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const answer = await method(...args);
      await look();
      return answer;
    };
  return { ...objects, put: after(objects.put), delete: after(objects.delete) };
}

/** Names of every kind lead to what they name: tags, lists of tags, lists of referrers of what is there. */
async function checkNames(objects: Objects): Promise<void> {
  await listTags(objects, REPOSITORY);
  for (const tag of await staticRegistry(objects).tags(REPOSITORY)) {
    if (!tag.endsWith('.sig')) await pull(objects, REPOSITORY, tag);
  }
}

describe('a manifest that is removed', () => {
  test('goes with its tags and lists, and leaves the other release as it was', async () => {
    const objects = await publishedTwice();
    const alone = memoryObjects();
    const { shelf, proofs, names } = open(staticRegistry(alone));
    await shelf.put(newer);
    await proofs.attach(newer.entry, bundle('newer'));
    await proofs.attach(newer.entry, signature(newer.entry));
    await names.move(PROD, newer);
    await remove(objects, older.entry.manifest);
    const left = (await keysOf(objects)).filter((key) => !key.includes('/blobs/'));
    expect(left).toEqual((await keysOf(alone)).filter((key) => !key.includes('/blobs/')));
    expect((await pull(objects, REPOSITORY, 'prod'))?.manifest).toBe(newer.entry.manifest);
  });

  test('is never named while it is gone: a reader looks after every request', async () => {
    const objects = await publishedTwice();
    let looks = 0;
    const reader = watched(objects, async () => {
      looks += 1;
      await checkNames(objects);
      expect((await pull(objects, REPOSITORY, 'prod'))?.proofs).toEqual([bundle('newer').proof.digest]);
    });
    await remove(reader, older.entry.manifest);
    expect(looks).toBeGreaterThan(12);
  });

  test('is taken off tags/list before its tags go', async () => {
    const objects = await publishedTwice();
    const seen: (readonly string[])[] = [];
    const reader = watched(objects, async () => {
      seen.push(await listTags(objects, REPOSITORY));
    });
    await staticRegistry(reader).deleteManifest(REPOSITORY, newer.entry.manifest);
    expect(seen[0]).toEqual([]);
    expect(await objects.get(`${HOME}manifests/prod`)).toBeUndefined();
    expect(await listTags(objects, REPOSITORY)).toEqual([]);
  });

  test('is completed by another call after one that died between any two requests', async () => {
    const wanted = await publishedTwice();
    await remove(wanted, older.entry.manifest);
    for (let afterRequests = 0; afterRequests <= 16; afterRequests++) {
      const objects = await publishedTwice();
      const attached = (await staticRegistry(objects).referrers(REPOSITORY, older.entry.manifest)) ?? [];
      const schedule = scheduler(randomOf(afterRequests));
      schedule.crash('prune', { afterRequests, when: afterRequests % 2 === 0 ? 'before' : 'after' });
      void staticRegistry(schedule.gate('prune', objects, () => false)).deleteManifest(
        REPOSITORY,
        older.entry.manifest,
      );
      await schedule.run();
      await checkNames(objects);
      await remove(objects, older.entry.manifest);
      for (const { digest } of attached) await staticRegistry(objects).deleteManifest(REPOSITORY, digest);
      expect([afterRequests, await keysOf(objects)]).toEqual([afterRequests, await keysOf(wanted)]);
    }
  });

  test('is found under its tags also where ETags tell nothing', async () => {
    const objects = await publishedTwice();
    let count = 0;
    const opaque: Objects = {
      ...objects,
      async list(...args) {
        const { objects: found, prefixes } = await objects.list(...args);
        return { objects: found.map((object) => ({ ...object, etag: `opaque-${count++}` })), prefixes };
      },
    };
    await staticRegistry(opaque).deleteManifest(REPOSITORY, older.entry.manifest);
    const gone = `content-${older.entry.manifest.slice(7, 23)}`;
    const tags = await staticRegistry(objects).tags(REPOSITORY);
    expect(tags).toContain('prod');
    expect(tags).not.toContain(gone);
  });

  test('is written whole by a run that put it before, and puts it again', async () => {
    const objects = memoryObjects();
    const { shelf, names } = open(staticRegistry(objects));
    await shelf.put(older);
    await staticRegistry(objects).deleteManifest(REPOSITORY, older.entry.manifest);
    await shelf.put(older);
    await names.move(PROD, older);
    expect((await pull(objects, REPOSITORY, 'prod'))?.manifest).toBe(older.entry.manifest);
  });
});

describe('a proof that is removed', () => {
  const described = { mediaType: MANIFEST_TYPE, digest: older.entry.manifest, size: older.manifest.length };
  const proof = (text: string): Uint8Array =>
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST_TYPE, artifactType: text, subject: described }));
  const put = (objects: Objects, text: string): Promise<unknown> =>
    staticRegistry(objects).putManifest(REPOSITORY, digestOf(proof(text)), proof(text), { mediaType: MANIFEST_TYPE });
  const listed = async (objects: Objects): Promise<readonly string[] | undefined> =>
    (await staticRegistry(objects).referrers(REPOSITORY, older.entry.manifest))?.map(({ digest }) => digest);

  test('leaves the lists of its subject before it goes, under both of their names', async () => {
    const objects = memoryObjects();
    await open(staticRegistry(objects)).shelf.put(older);
    await put(objects, 'first');
    await put(objects, 'second');
    const reader = watched(objects, async () => {
      for (const digest of (await listed(objects)) ?? [])
        expect(await objects.get(`${HOME}manifests/${digest}`)).toBeDefined();
    });
    await staticRegistry(reader).deleteManifest(REPOSITORY, digestOf(proof('first')));
    expect(await listed(objects)).toEqual([digestOf(proof('second'))]);
    const index = await objects.get(`${HOME}referrers/${older.entry.manifest}`);
    const fallback = await objects.get(`${HOME}manifests/${older.entry.manifest.replace(':', '-')}`);
    expect(index?.bytes).toEqual(fallback?.bytes);
    expect(JSON.parse(Buffer.from(index?.bytes ?? []).toString())).toMatchObject({ mediaType: INDEX_TYPE });
  });

  test('is off the lists for good when somebody attaches another one meanwhile', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const objects = memoryObjects();
      await open(staticRegistry(objects)).shelf.put(older);
      await put(objects, 'first');
      const schedule = scheduler(randomOf(seed));
      void staticRegistry(schedule.gate('prune', objects, () => false)).deleteManifest(
        REPOSITORY,
        digestOf(proof('first')),
      );
      void put(
        schedule.gate('publish', objects, () => false),
        'second',
      );
      await schedule.run();
      expect([seed, await listed(objects)]).toEqual([seed, [digestOf(proof('second'))]]);
    }
  });
});

test('a record that is removed goes with its claim, and the newest claim stays', async () => {
  const objects = memoryObjects();
  const repositories = staticRegistry(objects);
  const record = (n: number): Uint8Array =>
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST_TYPE, annotations: { n: String(n) } }));
  const put = (n: number): Promise<unknown> =>
    repositories.putManifest('releases', `slipway.default.prod.${n}`, record(n), {
      mediaType: MANIFEST_TYPE,
      unless: (tag) => tag.endsWith(`.${n}`),
    });
  const claims = async (): Promise<readonly string[]> => {
    const { objects: found } = await objects.list('v2/releases/_claims/');
    const all = await Promise.all(found.map(({ key }) => objects.get(key)));
    return all.map((one) => (JSON.parse(Buffer.from(one?.bytes ?? []).toString()) as { readonly tag: string }).tag);
  };
  for (const n of [1, 2, 3]) await put(n);
  await repositories.deleteManifest('releases', digestOf(record(2)));
  expect(await claims()).toEqual([3, 2, 1].map((n) => `slipway.default.prod.${n}`));
  await repositories.deleteManifest('releases', digestOf(record(1)));
  expect(await claims()).toEqual(['slipway.default.prod.3']);
  await repositories.deleteManifest('releases', digestOf(record(3)));
  expect(await claims()).toEqual(['slipway.default.prod.3']);
  expect(await put(4)).toEqual({ outcome: 'created' });
  expect(await claims()).toEqual(['slipway.default.prod.4', 'slipway.default.prod.3']);
});
