import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import type { Objects } from '../../src/ship/ports.ts';
import type { Store } from '../../src/ship/store.ts';
import { type Fleet, fleet, ripen } from './prune-fleet.ts';
import { heedless } from './prune-simulation.ts';
import { allOf, assertKept } from './prune-world.ts';
import { testPruning } from './pruning.ts';
import { openStore, recordsOf } from './world.ts';

describe('publishers and prunes at once lose nothing', () => {
  testPruning(19, Number(process.env.SLIPWAY_PRUNE_SEEDS ?? 6), 1);
});

/** What the kept records of the bucket speak of, and everything else that may be there. */
async function neededKeys(store: Store): Promise<readonly string[]> {
  const entries = (await recordsOf(store)).flatMap(({ artifacts }) => artifacts);
  const hex = (digest: string): string => digest.slice('sha256:'.length);
  const objects = entries.flatMap(({ content, manifest, proofs }) => [
    `content/sha256/${hex(content)}.tgz`,
    `content/sha256/${hex(content)}.yaml`,
    `manifests/sha256/${hex(manifest)}.json`,
    ...proofs.map(({ digest }) => `proofs/sha256/${hex(digest)}.sigstore.json`),
  ]);
  return [...new Set(objects)].sort();
}

describe('after many releases', () => {
  test('two phases leave what the kept releases need and nothing else', { timeout: 30_000 }, async () => {
    const { time, publish, prune: pruneIt, keys, stores } = fleet();
    for (let commit = 1; commit <= 50; commit += 1) await publish(commit, `v${commit}`);
    await pruneIt();
    ripen(time);
    const { outcome, totals } = await pruneIt();
    expect(outcome).toBe('pruned');
    expect(totals.waits.items + totals.new.items).toBe(0);
    const [bucket, mirror] = stores();
    if (bucket === undefined || mirror === undefined) throw new Error('There are two stores');
    const records = await recordsOf(bucket);
    expect(records.map(({ generation }) => generation)).toEqual([50, 49]);
    expect((await recordsOf(mirror)).map(({ generation }) => generation)).toEqual([50, 49]);
    const left = await keys();
    expect(left.filter((key) => /^(?:content|manifests|proofs)\//.test(key))).toEqual(await neededKeys(bucket));
    expect(left.filter((key) => key.startsWith('prune/'))).toEqual(['prune/000000002.closed', 'prune/000000002.json']);
    await assertKept(stores(), allOf);
    const again = await pruneIt();
    expect(again.outcome).toBe('unchanged');
  });

  test('generations that only moved the floor do not count', async () => {
    const { time, publish, prune: pruneIt, stores } = fleet();
    await publish(1, 'a');
    for (let commit = 2; commit <= 6; commit += 1) await publish(commit, 'b');
    await pruneIt();
    ripen(time);
    await pruneIt();
    const [bucket] = stores();
    expect(bucket && (await recordsOf(bucket)).map(({ generation }) => generation)).toEqual([6, 5, 4, 3, 2, 1]);
  });
});

describe('without --yes', () => {
  test('nothing is written, and what is told is what --yes does', async () => {
    const { time, publish, prune: pruneIt, keys } = fleet();
    for (const [index, letter] of [...'abcd'].entries()) await publish(index + 1, letter);
    const before = await keys();
    const first = await pruneIt({ write: false });
    expect(await keys()).toEqual(before);
    expect([first.outcome, first.totals.goes.items, first.totals.new.items > 0]).toEqual(['planned', 0, true]);
    await pruneIt();
    ripen(time);
    const told = await pruneIt({ write: false });
    const done = await pruneIt();
    expect(told.totals.goes).toEqual(done.totals.deleted);
    expect(told.totals.goes.items).toBe(first.totals.new.items);
  });
});

describe('age', () => {
  test('starts anew when a publisher needs something again', async () => {
    const { time, publish, prune: pruneIt, keys } = fleet();
    for (const [index, letter] of [...'abcd'].entries()) await publish(index + 1, letter);
    await pruneIt();
    ripen(time);
    await publish(5, 'a');
    expect((await keys()).filter((key) => key.startsWith('prune/wanted-'))).toHaveLength(1);
    await publish(6, 'e');
    await publish(7, 'f');
    const { totals } = await pruneIt();
    // Content `a` was let go a moment ago.
    expect(totals.deleted.items).toBeGreaterThan(0);
    expect(totals.new.items).toBeGreaterThan(0);
    expect((await keys()).filter((key) => key.startsWith('prune/wanted-'))).toEqual([]);
  });
});

describe('frozen between two deletes for longer than its claim is good', () => {
  /** A prune sleeps at its first delete, content that it may delete is published again, it wakes up. */
  async function wakeUp(change: (store: Store) => Store): Promise<Fleet> {
    const it = fleet();
    for (const [index, letter] of [...'abc'].entries()) await it.publish(index + 1, letter);
    await it.prune({ keep: 1 });
    ripen(it.time);
    let wake = (): void => undefined;
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    let reach = (): void => undefined;
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const sleepy: Objects = {
      ...it.objects,
      async delete(key) {
        await it.objects.delete(key);
        if (key.startsWith('prune/')) return;
        reach();
        await woken;
      },
    };
    const stores = it.ports.map((port) => openStore(port.kind === 'bucket' ? { ...port, port: sleepy } : port));
    const pruning = it.prune({ keep: 1, stores: stores.map(change) });
    await reached;
    it.time.now += 31 * 60_000;
    await it.publish(4, 'a');
    wake();
    await pruning;
    return it;
  }

  test('it deletes nothing that was published meanwhile', async () => {
    const { stores } = await wakeUp((store) => store);
    await assertKept(stores(), allOf);
  });

  test('and would, if it did not look at the clock', async () => {
    const { stores } = await wakeUp(heedless);
    await expect(assertKept(stores(), allOf)).rejects.toThrow('is not whole, and a kept record lists it');
  });
});

describe('killed at any request', () => {
  test('no record is left without its content, and no proof without its subject', { timeout: 60_000 }, async () => {
    const stride = Number(process.env.SLIPWAY_STRIDE ?? 9);
    for (let requests = 1, isOver = false; !isOver; requests += stride) {
      const { time, objects, ports, publish, prune: pruneIt, stores } = fleet();
      for (const [index, letter] of [...'abc'].entries()) await publish(index + 1, letter);
      await pruneIt({ keep: 1 });
      ripen(time);
      let left = requests;
      const dying = <T extends object>(port: T): T => {
        const methods = Object.entries(port).map(([name, member]: [string, unknown]) => {
          if (typeof member !== 'function' || !/^(?:put|delete)/.test(name)) return [name, member];
          return [
            name,
            async (...args: unknown[]): Promise<unknown> => {
              left -= 1;
              if (left < 0) throw new SlipwayError('INTERRUPTED', 'Killed');
              return Reflect.apply(member, port, args);
            },
          ];
        });
        return Object.fromEntries(methods) as T;
      };
      const killed = ports.map((port) =>
        openStore(port.kind === 'bucket' ? { ...port, port: dying(port.port) } : { ...port, port: dying(port.port) }),
      );
      isOver = await pruneIt({ keep: 1, stores: killed }).then(
        () => true,
        () => false,
      );
      await assertKept(stores(), allOf);
      await assertNoStrayProof(objects);
    }
  });
});

/** Every bundle speaks of something that is there. */
async function assertNoStrayProof(objects: Objects): Promise<void> {
  const { objects: found } = await objects.list('proofs/');
  for (const { key } of found) {
    const text = Buffer.from((await objects.get(key))?.bytes ?? []).toString('utf8');
    const { kind, about } = JSON.parse(text) as { kind: string; about: { digests: string[] }[] };
    const manifests = about.flatMap(({ digests }) => digests.map((one) => `manifests/sha256/${one.slice(7)}.json`));
    const there = await Promise.all(manifests.map((manifest) => objects.get(manifest)));
    if (kind === 'bundle' && there.every((one) => one === undefined)) throw new Error(`"${key}" is about nothing`);
  }
}
