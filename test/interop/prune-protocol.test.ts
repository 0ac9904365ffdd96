/** Pruning beside publishers in more orders of requests than the fast suite has time for. */
import { describe, expect, test } from 'vitest';
import { brokenSeeds, testPruning } from '../flow/pruning.ts';

describe('publishers and prunes at once lose nothing', () => {
  testPruning(101, Number(process.env.SLIPWAY_SEEDS ?? 250), 10);
});

describe('a broken protocol is found', () => {
  test.each([
    ['publishers do not look at claims', { blind: true }],
    ['prunes judge by the records from before their claim', { stale: true }],
  ] as const)('when %s', { timeout: 600_000 }, async (_what, mutation) => {
    expect(await brokenSeeds(1, 120, mutation)).toBeGreaterThan(0);
  });
});
