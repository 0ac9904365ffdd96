import { describe, expect, onTestFinished, test } from 'vitest';
import type { Code } from '../../../src/errors.ts';
import { MATCH_RACES } from '../../../src/ship/bucket/probe/matches.ts';
import { type Capability, type CreateClass, probeBucket, RACES } from '../../../src/ship/bucket/probe.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import { openBucket } from '../../../src/wire/s3.ts';
import { type FakeBucketOptions, startFakeBucket } from '../../fakes/bucket.ts';
import * as stores from './probe-stores.ts';
import { GOOD, interleaved, OPTIONS, ofClass } from './probing.ts';

/** What a store was asked, in order: `get key`, `put key`, `create key`, `replace key`, `delete key`, `list prefix`. */
function watched(inner: Objects): { readonly objects: Objects; readonly asked: string[] } {
  const asked: string[] = [];
  const objects: Objects = {
    ...inner,
    get(key) {
      asked.push(`get ${key}`);
      return inner.get(key);
    },
    put(key, bytes, options) {
      asked.push(`${options.create === true ? 'create' : 'put'} ${key}`);
      return inner.put(key, bytes, options);
    },
    replace(key, bytes, etag, options) {
      asked.push(`replace ${key}`);
      return inner.replace(key, bytes, etag, options);
    },
    delete(key) {
      asked.push(`delete ${key}`);
      return inner.delete(key);
    },
    list(prefix, options) {
      asked.push(`list ${prefix}`);
      return inner.list(prefix, options);
    },
  };
  return { objects, asked };
}

describe('the class of a store', () => {
  test.each<[CreateClass, string, () => Objects]>([
    ['atomic', 'one whose writer wins alone', memoryObjects],
    ['unsupported', 'one that refuses the condition', stores.refusing],
    ['unsupported', 'one that refuses it where an object is', () => stores.refusing({ existing: true })],
    ['unsupported', 'one that takes it the wrong way round', stores.inverted],
    ['ignored', 'one that overwrites', stores.ignoring],
    ['ignored', 'one that overwrites and says that it did not', () => stores.ignoring({ quiet: true })],
    ['racy', 'one that looks first and writes then', () => stores.checkThenAct(memoryObjects())],
    ['racy', 'one where a loser writes too', stores.lastLoserStays],
  ])('is "%s" for %s', async (expected, _, open) => {
    expect(await probeBucket(open(), OPTIONS)).toEqual(ofClass(expected));
  });

  test('is never anything but "atomic" for an atomic store, in 60 interleavings', async () => {
    const found = new Set<string>();
    for (let seed = 1; seed <= 60; seed += 1) found.add(await interleaved(seed, (gated) => gated));
    expect([...found]).toEqual(['atomic']);
  });

  test('is "atomic" or not known, where answers are lost and writes fail on the way to an atomic store', async () => {
    const found = new Map<string, number>();
    for (let seed = 1; seed <= 60; seed += 1) {
      const answer = await interleaved(seed, (gated, random) =>
        stores.weathered(gated, (key) => {
          const bad = (['answer lost, sent again', 'answer lost', 'never arrived'] as const)[random(3)];
          return key.includes('/race-') && random(8) === 0 && bad !== undefined ? bad : 'fair';
        }),
      );
      found.set(answer, (found.get(answer) ?? 0) + 1);
    }
    const honest = ['atomic', 'NETWORK', 'RATE_LIMITED'];
    expect([...found.keys()].filter((answer) => !honest.includes(answer))).toEqual([]);
    expect(found.get('atomic')).toBeGreaterThan(50);
  });

  test('is "atomic" when the winner of every write says "exists", because its first answer was lost', async () => {
    const objects = stores.weathered(memoryObjects(), () => 'answer lost, sent again');
    expect(await probeBucket(objects, OPTIONS)).toEqual(GOOD);
  });

  test.each([1, 2, 4])('is "racy" in 100 of 100 seeds where one write in %i looks first and writes then', async (n) => {
    const found = new Map<string, number>();
    for (let seed = 1; seed <= 100; seed += 1) {
      const answer = await interleaved(seed, (gated, random) => stores.checkThenAct(gated, () => random(n) === 0));
      found.set(answer, (found.get(answer) ?? 0) + 1);
    }
    expect([...found]).toEqual([['racy', 100]]);
  });
});

describe('what else is learnt', () => {
  test.each<[Partial<Capability>, string, () => Objects]>([
    [{ etag: 'other' }, 'ETags that are no MD5', stores.encrypted],
    [{ reads: 'stale' }, 'overwrites that are seen late', stores.staleReads],
    [{ listing: 'stale' }, 'listings without the newest write', stores.staleListings],
    [{ listing: 'unordered' }, 'short pages out of order', stores.unordered],
    [{ listing: 'failed' }, 'no short pages', stores.pageless],
  ])('is %j for %s', async (expected, _, open) => {
    expect(await probeBucket(open(), OPTIONS)).toEqual({ ...GOOD, ...expected });
  });

  test('is nothing where bytes do not read back as written', async () => {
    await expect(probeBucket(stores.framing(), OPTIONS)).rejects.toMatchObject({
      code: 'CORRUPT',
      message: 'Cannot trust this store: "probes/ab12/create" does not read back as written',
    });
  });

  test.each<[Code, string]>([
    ['DENIED', 'create'],
    ['AUTH', 'race-2-3'],
    ['INTERRUPTED', 'race-1-1'],
    ['STORE', 'race-1-1'],
    ['RATE_LIMITED', 'list/c'],
  ])('is nothing where "%s" comes in the way of %s', async (code, name) => {
    const inner = memoryObjects();
    const put: Objects['put'] = async (key, bytes, options) => {
      if (key.endsWith(`/${name}`)) throw stores.failure(code);
      return inner.put(key, bytes, options);
    };
    await expect(probeBucket({ ...inner, put }, OPTIONS)).rejects.toMatchObject({ code });
  });

  test('is nothing where nobody wins a race because a writer died', async () => {
    await expect(probeBucket(stores.deadFirst(), OPTIONS)).rejects.toMatchObject({ code: 'NETWORK' });
  });

  test('is nothing where a store fails once and then takes the condition, or fails without it too', async () => {
    const inner = memoryObjects();
    let failures = 1;
    const put: Objects['put'] = async (key, bytes, options) => {
      failures -= 1;
      if (failures >= 0) throw stores.failure();
      return inner.put(key, bytes, options);
    };
    await expect(probeBucket({ ...inner, put }, OPTIONS)).rejects.toMatchObject({ code: 'STORE' });
    failures = 99;
    await expect(probeBucket({ ...inner, put }, { ...OPTIONS, run: 'cd34' })).rejects.toMatchObject({ code: 'STORE' });
  });
});

describe('what a probe costs and leaves', () => {
  test('is 300 requests and 36 small objects that say what they are, all below its own prefix, and gone afterwards', async () => {
    const { objects, asked } = watched(memoryObjects());
    const stays: Objects = { ...objects, delete: () => Promise.reject(stores.failure('DENIED')) };
    await probeBucket(stays, OPTIONS);
    const left = (await objects.list('')).objects;
    expect(left.length).toBe(36);
    expect(Math.max(...left.map(({ size }) => size))).toBeLessThan(120);
    for (const { key } of left) {
      const body: unknown = JSON.parse(Buffer.from((await objects.get(key))?.bytes ?? []).toString());
      expect(body).toEqual({ probe: 'ab12', at: OPTIONS.at, what: expect.any(String) });
    }
    const before = asked.length;
    await probeBucket(objects, { ...OPTIONS, run: 'cd34' });
    const since = asked.slice(before);
    const count = (verb: string): number => since.filter((request) => request.startsWith(`${verb} `)).length;
    const verbs = ['create', 'put', 'replace', 'get', 'list', 'delete'];
    expect(verbs.map(count)).toEqual([138, 2, 67, 53, 3, 37]);
    expect(since.filter((request) => !/^\w+ probes\/cd34\//.test(request))).toEqual([]);
    expect((await objects.list('probes/cd34/')).objects).toEqual([]);
  });

  test('is asked once to delete where nothing may be deleted, and cleaned up also where nothing was learnt', async () => {
    const inner = memoryObjects();
    let asked = 0;
    const refuses: Objects['delete'] = () => {
      asked += 1;
      return Promise.reject(stores.failure('DENIED'));
    };
    await probeBucket({ ...inner, delete: refuses }, OPTIONS);
    expect(asked).toBe(1);
    const stale: Objects = { ...inner, list: () => Promise.reject(stores.failure('NETWORK')) };
    await expect(probeBucket(stale, { ...OPTIONS, run: 'cd34' })).rejects.toMatchObject({ code: 'NETWORK' });
    expect((await inner.list('probes/cd34/')).objects).toEqual([]);
  });

  test('is little once the answer is known: a refused condition takes 16 requests and cleans up', async () => {
    const { objects, asked } = watched(stores.refusing());
    await probeBucket(objects, OPTIONS);
    expect(asked.filter((request) => !request.startsWith('delete '))).toHaveLength(16);
    const [refused, passed] = ['create probes/ab12/create', 'put probes/ab12/plain'];
    expect(asked.slice(0, 3)).toEqual([refused, passed, refused]);
    expect(asked.slice(3).filter((request) => request.startsWith('create '))).toEqual([]);
  });

  test('never has more writers under way than the client has connections', () => {
    expect([...RACES, ...MATCH_RACES].map(({ keys, writers }) => keys * writers)).toEqual([32, 32, 32, 32, 32, 32]);
  });
});

const BAD_REQUEST = {
  status: 400,
  body: '<Error><Code>InvalidArgument</Code><Message>no conditions here</Message></Error>',
};

describe.each<[string, FakeBucketOptions, Partial<Capability>]>([
  ['atomic conditions', {}, {}],
  ['501 to conditions', { conditions: 'unsupported' }, { class: 'unsupported' }],
  // Its first and third request are those with a condition.
  [
    '400 to conditions',
    { onRequest: ({ index }) => (index % 2 === 0 && index < 3 ? BAD_REQUEST : 'serve') },
    { class: 'unsupported' },
  ],
  ['conditions ignored', { conditions: 'ignored' }, { class: 'ignored' }],
  ['opaque ETags', { etags: 'opaque' }, { etag: 'other' }],
])('a bucket on the wire with %s', (_, options, expected) => {
  test('is told as what it is', async () => {
    const fake = await startFakeBucket(options);
    onTestFinished(() => fake.stop());
    const { endpoint, env } = fake;
    const where = { bucket: 'fleet', prefix: 'gitops/', endpoint, env, meter: { reads: 0, writes: 0 } };
    const objects = openBucket({ ...where, attempts: 2 });
    expect(await probeBucket(objects, OPTIONS)).toEqual({ ...ofClass(expected.class ?? 'atomic'), ...expected });
  });
});
