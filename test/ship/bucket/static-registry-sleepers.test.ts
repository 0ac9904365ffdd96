/** Publishers of a bucket that is a registry who stand still between a look and a write: nobody's work is taken back. */
import { describe, expect, test } from 'vitest';
import { digestOf, viewOfBytes } from '../../../src/digest.ts';
import type { Entry } from '../../../src/model.ts';
import { listsOf } from '../../../src/ship/bucket/static-registry/lists.ts';
import { staticRegistry } from '../../../src/ship/bucket/static-registry.ts';
import { INDEX_TYPE, MANIFEST_TYPE } from '../../../src/ship/manifest.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects, Repositories } from '../../../src/ship/ports.ts';
import type { Goods, Store } from '../../../src/ship/store.ts';
import { randomOf, scheduler } from '../../flow/scheduler.ts';
import { goodsOf } from '../proofs-fixture.ts';
import { listTags, pull } from './static-registry-client.ts';
import { probe, openStore as storeIn, triedBucket } from './static-registry-world.ts';

const PROD = { kind: 'channel', channel: 'prod' } as const;
const VERSION = { kind: 'version', version: '1.0.0' } as const;
const PUT = { mediaType: MANIFEST_TYPE };
const [first, second, third] = ['a', 'b', 'c'].map((letter): Goods => {
  const goods = goodsOf('east', letter);
  return { ...goods, entry: { ...goods.entry, manifestMd5: viewOfBytes(goods.manifest).md5 } };
}) as [Goods, Goods, Goods];

/** A registry in a bucket whose `If-Match` was shown to be atomic. */
const proven = (objects: Objects): Repositories =>
  staticRegistry(objects, { lists: listsOf({ objects, matches: () => true }) });

/** A store in such a bucket. */
async function openStore(root: Objects): Promise<Store> {
  const store = storeIn(await triedBucket('atomic', root), { probe });
  await store.open();
  return store;
}

function signal() {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

/** Stands still before its first write of this key, and is killed by the next request after it. */
function sleeper(objects: Objects, key: string) {
  const [asleep, woken] = [signal(), signal()];
  let isOver = false;
  const late =
    <A extends readonly [string, ...unknown[]], R>(isWrite: boolean, method: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (isOver) throw new Error('killed');
      const [written, , options] = args as unknown as [string, unknown, { readonly create?: boolean } | undefined];
      if (!isWrite || written !== key || options?.create === true) return method(...args);
      asleep.give();
      await woken.given;
      isOver = true;
      return method(...args);
    };
  const slow: Objects = {
    get: late(false, objects.get),
    list: late(false, objects.list),
    delete: late(false, objects.delete),
    put: late(true, objects.put),
    replace: late(true, objects.replace),
  };
  return { slow, asleep: asleep.given, wake: woken.give };
}

describe('a channel that moved since it was looked at', () => {
  test('is not moved back', async () => {
    const root = memoryObjects();
    const [late, early] = [await openStore(root), await openStore(root)];
    for (const goods of [first, second, third]) await early.shelf.put(goods);
    await early.names.move(PROD, first);
    await late.names.held(PROD, [second.entry]);
    await early.names.held(PROD, [third.entry]);
    expect(await early.names.move(PROD, third)).toBe('moved');
    expect(await late.names.move(PROD, second)).toBe('exists');
    expect((await pull(root, 'gitops/east', 'prod'))?.manifest).toBe(third.entry.manifest);
    expect((await late.names.held(PROD, [second.entry])).get('east')).toBe(third.entry.manifest);
    expect(await late.names.move(PROD, second)).toBe('moved');
    expect((await pull(root, 'gitops/east', 'prod'))?.manifest).toBe(second.entry.manifest);
  });

  test.each([PROD, VERSION])('is not made twice where it was missing: %o', async (space) => {
    const root = memoryObjects();
    const [late, early] = [await openStore(root), await openStore(root)];
    for (const goods of [first, second]) await early.shelf.put(goods);
    expect(await late.names.held(space, [second.entry])).toEqual(new Map());
    await early.names.move(space, first);
    expect(await late.names.move(space, second)).toBe('exists');
    expect((await early.names.held(space, [first.entry])).get('east')).toBe(first.entry.manifest);
  });
});

describe('a list that was read before others added to it', () => {
  test('of tags keeps what they added', async () => {
    const objects = memoryObjects();
    await proven(objects).putManifest('fleet/east', '0.9.0', third.manifest, PUT);
    const { slow, asleep, wake } = sleeper(objects, 'v2/fleet/east/tags/list');
    const late = proven(slow).putManifest('fleet/east', '1.0.0', first.manifest, PUT);
    await asleep;
    await proven(objects).putManifest('fleet/east', '1.1.0', second.manifest, PUT);
    wake();
    await expect(late).rejects.toThrow('killed');
    expect(await listTags(objects, 'fleet/east')).toEqual(['0.9.0', '1.0.0', '1.1.0']);
  });

  test('of what is attached keeps what they added', async () => {
    const objects = memoryObjects();
    const subject = { mediaType: MANIFEST_TYPE, digest: first.entry.manifest, size: first.manifest.length };
    const attached = (text: string): Uint8Array =>
      Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST_TYPE, subject, annotations: { text } }));
    const attach = (repositories: Repositories, text: string): Promise<unknown> =>
      repositories.putManifest('fleet/east', digestOf(attached(text)), attached(text), PUT);
    await proven(objects).putManifest('fleet/east', subject.digest, first.manifest, PUT);
    const { slow, asleep, wake } = sleeper(objects, `v2/fleet/east/referrers/${subject.digest}`);
    const late = attach(proven(slow), 'late');
    await asleep;
    await attach(proven(objects), 'early');
    wake();
    await expect(late).rejects.toThrow('killed');
    const wanted = ['late', 'early'].map((text) => digestOf(attached(text))).sort();
    for (const name of [`referrers/${subject.digest}`, `manifests/${subject.digest.replace(':', '-')}`]) {
      const { bytes = Buffer.of() } = (await objects.get(`v2/fleet/east/${name}`)) ?? {};
      const { manifests } = JSON.parse(Buffer.from(bytes).toString()) as { manifests: { digest: string }[] };
      expect([name, manifests.map(({ digest }) => digest)]).toEqual([name, wanted]);
    }
  });

  test('has what all who lived added, in any order of their requests and whoever died or slept', async () => {
    const subject = { mediaType: MANIFEST_TYPE, digest: digestOf(Buffer.from('subject')), size: 7 };
    const made = ['a', 'b', 'c'].map((tag) => {
      const parts = { schemaVersion: 2, mediaType: MANIFEST_TYPE, subject, artifactType: tag };
      return { tag, bytes: Buffer.from(JSON.stringify(parts)) };
    });
    for (let seed = 0; seed < 90; seed++) {
      const objects = memoryObjects();
      const schedule = scheduler(randomOf(seed));
      const at = Math.floor(seed / 3);
      if (seed % 3 === 2) schedule.freeze('a', at, 40);
      else schedule.crash('a', { afterRequests: at, when: seed % 3 === 0 ? 'before' : 'after' });
      const ended: string[] = [];
      for (const { tag, bytes } of made) {
        const { putManifest } = proven(schedule.gate(tag, objects, () => false));
        void putManifest('fleet', tag, bytes, PUT).then(() => ended.push(tag));
      }
      await schedule.run();
      expect([seed, ended]).toEqual([seed, expect.arrayContaining(['b', 'c'])]);
      expect([seed, await listTags(objects, 'fleet')]).toEqual([seed, expect.arrayContaining(ended)]);
      const listed = await proven(objects).referrers('fleet', subject.digest);
      const wanted = made.filter(({ tag }) => ended.includes(tag)).map(({ bytes }) => digestOf(bytes));
      expect([seed, listed?.map(({ digest }) => digest)]).toEqual([seed, expect.arrayContaining(wanted)]);
    }
  });
});

describe('a claim that cannot be read', () => {
  test.each(['', '{}', '{"tag":"a:b"}'])('is told with what to do: %j', async (text) => {
    const objects = memoryObjects();
    const put = (n: number): Promise<unknown> =>
      staticRegistry(objects).putManifest('releases', `slipway.default.prod.${n}`, first.manifest, {
        ...PUT,
        unless: (tag) => tag.endsWith(`.${n}`),
      });
    await put(1);
    const [claim] = (await objects.list('v2/releases/_claims/')).objects;
    const key = claim?.key ?? '';
    await objects.put(key, Buffer.from(text), { contentType: 'text/plain' });
    await expect(put(2)).rejects.toMatchObject({
      code: 'CORRUPT',
      message: 'Cannot read "v2/releases/_claims/999999998": it does not say which tag took this number',
      hint: 'delete that object when no publisher is at work, then run again',
    });
    await objects.delete(key);
    expect(await put(2)).toEqual({ outcome: 'created' });
  });
});

describe('the names of a bucket that is a registry', () => {
  const entryOf = (name: string): Entry => ({ ...first.entry, name });

  test.each([
    ['takes many characters', undefined],
    ['takes the first character only', (delimiter: string) => delimiter[0]],
    ['takes none', () => undefined],
  ])('are found where a delimiter %s, also those that begin like digests', async (_, taken) => {
    const objects = memoryObjects();
    const root: Objects = {
      ...objects,
      async list(prefix, { delimiter, ...options } = {}) {
        const cut = taken && delimiter !== undefined && delimiter.length > 1 ? taken(delimiter) : delimiter;
        return objects.list(prefix, { ...options, ...(cut !== undefined && { delimiter: cut }) });
      },
    };
    const { shelf, names } = await openStore(root);
    const entries = ['east', 'sha256', 'sha256-web', ...Array.from({ length: 8 }, (_, n) => `web-${n}`)].map(entryOf);
    const channels = ['prod', 'sha256x'].map((channel) => ({ kind: 'channel', channel }) as const);
    for (const entry of entries) {
      const goods = { ...first, entry };
      await shelf.put(goods);
      for (const space of channels) await names.move(space, goods);
    }
    const wanted = (some: readonly Entry[]) => new Map(some.map(({ name, manifest }) => [name, manifest]));
    for (const space of channels) {
      expect(await names.held(space, entries)).toEqual(wanted(entries));
      expect(await names.held(space, entries.slice(0, 1))).toEqual(wanted(entries.slice(0, 1)));
    }
    const others = entries.filter(({ name }) => !name.startsWith('sha256'));
    expect(await names.held(PROD, others)).toEqual(wanted(others));
  });

  test('are read where their bytes are asked for, whatever a LIST says of them', async () => {
    const objects = memoryObjects();
    const key = 'v2/gitops/east/manifests/prod';
    const spoilt = Buffer.from('spoilt');
    const get: Objects['get'] = async (asked) => (asked === key ? { bytes: spoilt, etag: 'x' } : objects.get(asked));
    const { shelf, names } = await openStore({ ...objects, get });
    await shelf.put(first);
    await names.move(PROD, first);
    expect((await names.held(PROD, [first.entry])).get('east')).toBe(first.entry.manifest);
    expect((await names.held(PROD, [first.entry], { inFull: true })).get('east')).toBe(digestOf(spoilt));
  });
});

test('what a probe left in the bucket is among what can be pruned', async () => {
  const root = memoryObjects();
  const { holdings } = await openStore(root);
  for (const key of ['race-1-1', 'race-1-2']) {
    await root.put(`gitops/probes/${'ab'.repeat(8)}/${key}`, Buffer.from('{}\n'), { contentType: INDEX_TYPE });
  }
  const found = await holdings.list([]);
  expect(found.map(({ kind, id, what, bytes }) => ({ kind, id, what, bytes }))).toEqual([
    { kind: 'scratch', id: `scratch-${'ab'.repeat(8)}`, what: `probes/${'ab'.repeat(8)}`, bytes: 6 },
  ]);
  for (const { remove } of found) await remove(async () => undefined);
  expect((await root.list('gitops/probes/')).objects).toEqual([]);
});
