/** `slipway prune` by the command line, on stores of every kind at once: what it tells, what it leaves, and what it survives. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Pruned, PruneState } from '../../src/model.ts';
import { closing } from './closing.ts';
import {
  assertBucketsHold,
  assertGone,
  assertNothingDangles,
  assertPeersAccept,
  assertRepositoriesHold,
  assertVerifies,
  everything,
  manifestsIn,
  neededBy,
} from './prune-expectations.ts';
import { type PruneWorld, startPruneWorld } from './prune-world.ts';

let world: PruneWorld;
const atEnd = closing();

/** Releases in turn; each changes these artifacts. The fifth leaves `api` behind as an orphan, the eighth changes nothing. */
const LINE: readonly Readonly<Record<string, string | undefined>>[] = [
  { web: '1', db: '1' },
  { web: '2' },
  { api: '1' },
  { db: '2' },
  { api: undefined },
  { web: '1' },
  { web: '3' },
  {},
  { db: '3' },
  { web: '4' },
  { db: '1' },
  { web: '5' },
];
/** What `--keep 3` keeps of them. */
const KEPT = [10, 11, 12];
const VERSION_AT = 6;

beforeAll(async () => {
  world = await startPruneWorld();
  atEnd(world.stop);
  for (const [index, values] of LINE.entries()) {
    await world.commit(values);
    const version = index + 1 === VERSION_AT ? ['--version', '1.0.0'] : [];
    await world.publish('--allow', 'disappear@api', ...version);
  }
}, 240_000);

const namedIn = ({ stores }: Pruned, ...states: readonly PruneState[]): readonly string[] =>
  Object.entries(stores)
    .flatMap(([store, items]) =>
      items.filter(({ state }) => states.includes(state)).map(({ what }) => `${store} ${what}`),
    )
    .sort();

describe('a line of twelve signed releases in seven stores', () => {
  test('is pruned in two phases, as the dry runs tell', async () => {
    const before = await everything(world);
    const first = await world.prune();
    expect(first.totals).toMatchObject({ goes: { items: 0 }, waits: { items: 0 }, deleted: { items: 0 } });
    expect(await everything(world)).toEqual(before);
    const marked = await world.prune('--yes', '--min-age', '1m');
    expect(marked.outcome).toBe('pruned');
    expect(namedIn(marked, 'new')).toEqual(namedIn(first, 'new'));
    expect(await everything(world)).toEqual(before);
    const then = { distribution: await manifestsIn(world, 'distribution'), plain: await manifestsIn(world, 'plain') };
    const told = await world.prune('--min-age', '0m');
    expect(namedIn(told, 'goes')).toEqual(namedIn(first, 'new'));
    const done = await world.prune('--yes', '--min-age', '0m');
    expect(namedIn(done, 'deleted')).toEqual(namedIn(told, 'goes'));
    expect(done.totals.deleted).toEqual(told.totals.goes);
    expect(Object.keys(done.stores).filter((store) => done.stores[store]?.length === 0)).toEqual([]);
    for (const store of ['distribution', 'plain'] as const) {
      const gone = await assertGone(world.repositories[store], then[store], await manifestsIn(world, store));
      expect(gone).toBeGreaterThan(20);
    }
    expect(await world.prune('--yes', '--min-age', '0m')).toMatchObject({ outcome: 'unchanged' });
  });

  test('leaves what three releases, the version and the orphan need, and nothing else', async () => {
    const needs = await neededBy(world, KEPT);
    await assertBucketsHold(world, needs, KEPT);
    await assertRepositoriesHold(world, needs, KEPT);
  });

  test('is trusted by slipway, cosign and crane as before', async () => {
    const needs = await neededBy(world, KEPT);
    await assertVerifies(world, needs);
    await assertPeersAccept(world, needs);
  });

  test('goes on, also with content that was pruned', async () => {
    await world.commit({ web: '2' });
    expect(await world.publish()).toMatchObject({ outcome: 'published', generation: 13 });
    await assertVerifies(world, await neededBy(world, [10, 11, 12, 13]));
    await world.prune('--yes', '--min-age', '0m');
    const needs = await neededBy(world, [11, 12, 13]);
    await assertBucketsHold(world, needs, [11, 12, 13]);
    await assertRepositoriesHold(world, needs, [11, 12, 13]);
  });

  test('killed in the middle, leaves nothing that speaks of what is gone, and is finished by the next', async () => {
    let generation = 13;
    let writes = 0;
    const release = async (): Promise<readonly number[]> => {
      for (const step of ['a', 'b']) {
        generation += 1;
        await world.commit({ web: `${generation}${step}`, db: `${generation}${step}` });
        expect(await world.publish()).toMatchObject({ generation });
      }
      return [generation - 2, generation - 1, generation];
    };
    await release();
    world.gateway.watch(async (write) => {
      writes = write;
    });
    await world.prune('--yes', '--min-age', '0m');
    for (const part of [0.1, 0.2, 0.35, 0.5, 0.65]) {
      const kept = await release();
      const needs = await neededBy(world, kept);
      const place = Math.round(part * writes);
      const killed = world.slipway(['prune', '--quiet', '--keep', '3', '--yes', '--min-age', '0m']);
      world.gateway.watch(async (write) => {
        if (write !== place) return;
        killed.kill('SIGKILL');
        await killed.ended;
      });
      expect((await killed.ended).code, `killed at write ${place} of ${writes}`).toBe(null);
      world.gateway.watch(async () => {});
      await assertNothingDangles(world);
      expect((await world.verify('prod')).verdict).toBe('trusted');
      const early = await world.tryPrune('--yes', '--min-age', '0m');
      expect([early.code, early.stderr]).toEqual([
        3,
        expect.stringContaining('error[REFUSED]: Another prune is at work in store'),
      ]);
      await world.age();
      // An image layout tells no time: whoever runs alone says so.
      const ended = await world.tryPrune('--yes', '--min-age', '0m', '--exclusive');
      expect([ended.code, ended.stderr], `killed at write ${place} of ${writes}`).toEqual([0, '']);
      world.rejuvenate();
      await assertBucketsHold(world, needs, kept);
      await assertRepositoriesHold(world, needs, kept, { strays: true });
    }
  }, 240_000);
});
