import { expect, test } from 'vitest';
import { assertSettled, simulate } from './simulation.ts';

const SEEDS = Number(process.env.SLIPWAY_SEEDS ?? 5_000);
const GROUPS = 10;

/** The real stages over stores in memory, one request at a time in a seeded order. */
for (let group = 0; group < GROUPS; group += 1) {
  test(`names equal the newest record after one more run, seeds ${group + 1} of ${GROUPS}`, {
    timeout: 120_000,
  }, async () => {
    let steps = 0;
    for (let i = 0; i < SEEDS / GROUPS; i += 1) {
      const seed = 1 + group + i * GROUPS;
      try {
        const simulated = await simulate(seed);
        await assertSettled(simulated);
        steps += simulated.steps;
      } catch (cause) {
        throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      }
    }
    expect(steps).toBeGreaterThan(SEEDS);
  });
}
