import { describe, expect, test } from 'vitest';
import { lettersIn, SOAK, type WavesWorld, wavesWorld } from './waves-world.ts';
import { assertWhole, openStore } from './world.ts';

/** What happened to `prod`: which wave made a generation, and what it held. */
const story = async (world: WavesWorld): Promise<readonly string[]> =>
  (await world.line()).map((record) => `${record.wave?.name ?? record.kind} ${lettersIn(record)}`);

const WHOLE = ['publish aaa', 'first baa', 'second bba', 'last bbb'];

/** Every wave was live for its time before the next one was recorded. */
async function assertSoaked(world: WavesWorld): Promise<void> {
  const times = (await world.line()).slice(1).map(({ at }) => new Date(at).getTime());
  for (const [index, time] of times.slice(1).entries())
    expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(SOAK * 1000);
}

async function assertEverywhere(world: WavesWorld): Promise<void> {
  for (const port of world.ports) await assertWhole(openStore(port));
}

test('a promotion that is killed before or behind any of its writes is completed by another run', async () => {
  const clean = await wavesWorld();
  const [ended] = await clean.promote({ actor: 'clean', generation: 2 });
  expect(ended?.outcome).toBe('published');
  expect(await story(clean)).toEqual(WHOLE);
  expect(clean.writes.length).toBeGreaterThanOrEqual(24);
  const kills = clean.writes.flatMap(({ index }) =>
    (['before', 'after'] as const).map((when) => ({ afterRequests: index, when })),
  );
  for (const crash of kills) {
    const world = await wavesWorld();
    const [dead] = await world.promote({ actor: 'dead', generation: 2, crash });
    expect(dead, `killed ${crash.when} request ${crash.afterRequests}`).toBeUndefined();
    const [done] = await world.promote({ actor: 'next', generation: 2 });
    expect(done?.error).toBeUndefined();
    expect(await story(world), `killed ${crash.when} request ${crash.afterRequests}`).toEqual(WHOLE);
    await assertSoaked(world);
    await assertEverywhere(world);
  }
});

const SEEDS = Array.from({ length: 10 }, (_, seed) => seed + 1);

describe('two promotions at once', () => {
  test.each(SEEDS)('of two releases make one line, and no wave follows one of the other (seed %i)', async (seed) => {
    const world = await wavesWorld(seed);
    const [older, newer] = await world.promote({ actor: 'older', generation: 2 }, { actor: 'newer', generation: 3 });
    expect(newer?.error).toBeUndefined();
    if (older?.error !== undefined) {
      expect(older.error.message).toMatch(/^Channel "prod" moved since wave "|^Artifact "[a-z]+" would go back: /);
    }
    const line = await world.line();
    expect(line.map(({ generation }) => generation)).toEqual(line.map((_, index) => index + 1));
    for (const record of line.slice(1)) {
      const letter = record.from?.generation === 2 ? 'b' : 'c';
      const { step = 0 } = record.wave ?? {};
      expect(lettersIn(record).slice(0, step)).toBe(letter.repeat(step));
    }
    const times = line.filter(({ from }) => from?.generation === 3).map(({ at }) => new Date(at).getTime());
    expect(times).toHaveLength(3);
    for (const [index, time] of times.slice(1).entries())
      expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(SOAK * 1000);
    expect(lettersIn(line.at(-1) ?? expect.fail())).toBe('ccc');
    await assertEverywhere(world);
  });

  test.each(SEEDS.slice(0, 4))('of one release make each wave once (seed %i)', async (seed) => {
    const world = await wavesWorld(seed);
    const both = await world.promote({ actor: 'one', generation: 2 }, { actor: 'other', generation: 2 });
    expect(both.map((ended) => ended?.error)).toEqual([undefined, undefined]);
    expect(await story(world)).toEqual(WHOLE);
    await assertSoaked(world);
  });
});
