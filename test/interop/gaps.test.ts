/** Readers in the gaps of a publisher, in more orders of requests than the fast suite has time for. */
import { expect, test } from 'vitest';
import { interleave, lookInEveryGap } from '../flow/gaps.ts';
import { GAP_LAYOUTS } from '../flow/gaps-layouts.ts';

const SEEDS = 1_000;
const LONG = { timeout: 600_000 };

test.each(GAP_LAYOUTS)(
  '1,000 orders of requests of layout %s show readers whole releases, never backwards',
  LONG,
  async (_, layout) => {
    let [switches, shown] = [0, 0];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const gaps = await interleave(layout, seed).catch((cause: unknown) => {
        throw new Error(`seed ${seed}: ${String(cause)}`, { cause });
      });
      switches += gaps.switches;
      shown += gaps.shown;
    }
    expect(switches).toBeGreaterThan(SEEDS / 2);
    expect(shown).toBeGreaterThan(10 * SEEDS);
  },
);

test.each(GAP_LAYOUTS)('readers between any two requests of layout %s see whole releases', async (_, layout) => {
  let gaps = 0;
  for (let seed = 1; seed <= 50; seed += 1) gaps += await lookInEveryGap(layout, seed);
  expect(gaps).toBeGreaterThan(50 * 60);
});
