import { expect, test } from 'vitest';
import { assertSettled, simulate } from './simulation.ts';

const GROUPS = 10;

/** Tests that the real stages over stores in memory, one request at a time in a seeded order, settle for these seeds. */
export function testSettling(first: number, seeds: number): void {
  for (let group = 0; group < GROUPS; group += 1) {
    test(`seeds ${group + 1} of ${GROUPS}`, { timeout: 240_000 }, async () => {
      let steps = 0;
      for (let i = 0; i < seeds / GROUPS; i += 1) {
        const seed = first + group + i * GROUPS;
        try {
          const simulated = await simulate(seed);
          await assertSettled(simulated);
          steps += simulated.steps;
        } catch (cause) {
          throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
        }
      }
      expect(steps).toBeGreaterThan(seeds);
    });
  }
}
