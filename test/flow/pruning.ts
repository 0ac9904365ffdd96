import { expect, test } from 'vitest';
import { type Mutation, simulatePrunes } from './prune-simulation.ts';

/** Tests that publishers and prunes at once lose nothing, for these seeds. */
export function testPruning(first: number, seeds: number, groups: number): void {
  for (let group = 0; group < groups; group += 1) {
    test(`seeds ${group + 1} of ${groups}`, { timeout: 600_000 }, async () => {
      let deleted = 0;
      for (let seed = first + group; seed < first + seeds; seed += groups) {
        try {
          deleted += (await simulatePrunes(seed)).deleted;
        } catch (cause) {
          throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
        }
      }
      // What nobody deletes while others publish, nobody can lose.
      expect(deleted).toBeGreaterThan(0);
    });
  }
}

/** How many of these seeds go wrong with a protocol that is broken on purpose. */
export async function brokenSeeds(first: number, seeds: number, mutation: Mutation): Promise<number> {
  let broken = 0;
  for (let seed = first; seed < first + seeds; seed += 1) {
    const isWhole = await simulatePrunes(seed, mutation).then(
      () => true,
      () => false,
    );
    if (!isWhole) broken += 1;
  }
  return broken;
}
