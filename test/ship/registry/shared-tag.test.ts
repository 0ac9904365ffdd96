/** Tags that several publishers write at once, without a lock. */
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../src/model.ts';
import { forms } from '../../../src/seal/forms.ts';
import { memoryRepositories } from '../../../src/ship/memory.ts';
import type { Repositories } from '../../../src/ship/ports.ts';
import { randomOf, type Scheduler, scheduler } from '../../flow/scheduler.ts';
import { bundle, digestsIn, goodsOf, open, signature, withProofs } from '../proofs-fixture.ts';

const goods = goodsOf('east');
const { entry } = goods;
const place = 'fleet/east';
const sig = forms.signatureTag(entry.manifest);
const index = entry.manifest.replace(':', '-');
const texts = ['YQ==', 'Yg==', 'Yw=='];
const proved = (text: string): Entry => withProofs(entry, bundle(text), signature(entry, text));

/** A registry without lock and list, in which the artifact is. */
async function registry(): Promise<Repositories> {
  const repositories = memoryRepositories({ lock: 'none', referrers: false });
  await open(repositories).shelf.put(goods);
  return repositories;
}

/** What a publisher does with the proofs of one artifact: attached, read back, and looked at again after the names. */
async function publish(repositories: Repositories, text: string): Promise<void> {
  const { proofs } = open(repositories);
  const own = [bundle(text), signature(entry, text)];
  for (const one of own) await proofs.attach(entry, one);
  const lost = proofs.missing(proved(text), await proofs.found(entry));
  for (const one of own) if (lost.includes(one.proof)) await proofs.attach(entry, one);
  // Each of the record and the name is read, fenced and written.
  for (let request = 0; request < 6; request++) await repositories.tags(place);
  await proofs.settle(entry);
}

/** Three publishers in one interleaving; answers how many of their proofs readers find in the end. */
async function found(seed: number, plan: (schedule: Scheduler) => void = () => {}): Promise<readonly number[]> {
  const repositories = await registry();
  const schedule = scheduler(randomOf(seed));
  plan(schedule);
  const all = texts.map((text) =>
    publish(
      schedule.gate(text, repositories, () => false),
      text,
    ),
  );
  await schedule.run();
  await Promise.all(all);
  const { bundles, signatures } = digestsIn(await open(repositories).proofs.found(entry));
  return [bundles?.length ?? 0, signatures?.length ?? 0];
}

describe('proofs of one artifact by three publishers', () => {
  test('are all there in the end, in any order of their requests', async () => {
    for (let seed = 1; seed <= 300; seed++) expect([seed, await found(seed)]).toEqual([seed, [3, 3]]);
  });

  test('are all there in the end when one stands still before any of its requests', async () => {
    for (let from = 0; from <= 40; from++) {
      const result = await found(from, (schedule) => schedule.freeze('YQ==', from, 12));
      expect([from, result]).toEqual([from, [3, 3]]);
    }
  });
});

describe('what a publisher saw under a shared tag', () => {
  /** Puts back what a tag showed at first, right after our first write. */
  function stale(real: Repositories, tag: string, old: Uint8Array, mediaType: string): Repositories {
    let isFirst = true;
    return {
      ...real,
      async putManifest(...put) {
        const result = await real.putManifest(...put);
        if (put[1] === tag && isFirst) await real.putManifest(place, tag, old, { mediaType });
        if (put[1] === tag) isFirst = false;
        return result;
      },
    };
  }

  test.each([
    ['signatures', sig],
    ['referrers', index],
  ])('comes back with ours when a writer who had not seen it undoes both (%s)', async (_, tag) => {
    const [one, two, three] = [await registry(), await registry(), await registry()];
    const kept = async (from: Repositories): Promise<{ readonly bytes: Uint8Array; readonly mediaType: string }> => {
      const manifest = await from.getManifest(place, tag);
      if (manifest === undefined) throw new Error('nothing is there');
      return manifest;
    };
    const attachTo = async (to: Repositories, text: string): Promise<void> => {
      for (const made of [bundle(text), signature(entry, text)]) await open(to).proofs.attach(entry, made);
    };
    await attachTo(one, 'YQ==');
    await attachTo(two, 'Yg==');
    const old = await kept(two);
    // The blobs of both are in the registry, and its tag shows the first.
    await attachTo(three, 'Yg==');
    const first = await kept(one);
    for (const text of ['YQ==', 'Yg==']) await attachTo(three, text);
    await three.putManifest(place, tag, first.bytes, first);
    await attachTo(stale(three, tag, old.bytes, old.mediaType), 'Yw==');
    const { bundles, signatures } = digestsIn(await open(three).proofs.found(entry));
    expect([bundles?.length, signatures?.length]).toEqual([3, 3]);
  });
});

describe('a last look', () => {
  test('reads each tag that this run wrote once, and nothing where it wrote none', async () => {
    const real = await registry();
    const reads: string[] = [];
    const counted: Repositories = {
      ...real,
      getManifest(repository, reference) {
        reads.push(reference);
        return real.getManifest(repository, reference);
      },
    };
    const { proofs } = open(counted);
    for (const one of [bundle(), signature(entry)]) await proofs.attach(entry, one);
    reads.length = 0;
    await proofs.settle(entry);
    expect(reads).toEqual([sig, index]);
    await proofs.settle(goodsOf('west').entry);
    await open(counted).proofs.settle(entry);
    expect(reads).toEqual([sig, index]);
  });
});

test.each([
  ['a proof', index, bundle()],
  ['a signature', sig, signature(entry)],
])('a registry that takes %s and shows what was there before is not blamed on others', async (what, tag, made) => {
  const real = await registry();
  const swallowing: Repositories = {
    ...real,
    putManifest: async (...put) => (put[1] === tag ? { outcome: 'created' } : real.putManifest(...put)),
  };
  for (const before of [false, true]) {
    if (before) await open(real).proofs.attach(entry, what === 'a proof' ? bundle('b') : signature(entry, 'b3RoZXI='));
    await expect(open(swallowing).proofs.attach(entry, made)).rejects.toMatchObject({
      code: 'STORE',
      message: `Cannot add ${what} to tag "${tag}" of "${place}": the registry accepted the write and does not show it`,
      hint: 'look for a cache or a replica in front of the registry, then run again',
    });
  }
});
