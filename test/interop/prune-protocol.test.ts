/** Pruning beside publishers in more orders of requests than the fast suite has time for. */
import { describe, expect, test } from 'vitest';
import { brokenSeeds, testPruning } from '../flow/pruning.ts';

describe('publishers and prunes at once lose nothing', () => {
  testPruning(101, Number(process.env.SLIPWAY_SEEDS ?? 240), 3);
});

describe('a broken protocol is found', () => {
  test('when publishers do not look at claims', { timeout: 600_000 }, async () => {
    expect(await brokenSeeds(1, 120, { blind: true })).toBeGreaterThan(0);
  });
});
