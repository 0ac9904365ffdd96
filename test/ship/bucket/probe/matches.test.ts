import { describe, expect, test } from 'vitest';
import type { Code } from '../../../../src/errors.ts';
import { probeBucket } from '../../../../src/ship/bucket/probe.ts';
import { memoryObjects } from '../../../../src/ship/memory.ts';
import type { Objects } from '../../../../src/ship/ports.ts';
import * as stores from '../probe-stores.ts';
import { GOOD, interleaved, OPTIONS } from '../probing.ts';

describe('writes over an ETag', () => {
  test.each<[string, () => Objects]>([
    ['refuses the condition', stores.matchRefusing],
    ['finds no ETag equal', stores.matchNever],
    ['ignores the condition', stores.matchIgnoring],
    ['takes the condition for an object that is not there', stores.matchAbsent],
    ['looks first and writes then', () => stores.matchThenAct(memoryObjects())],
  ])('are "none" in a store that %s', async (_, open) => {
    expect(await probeBucket(open(), OPTIONS)).toEqual({ ...GOOD, match: 'none' });
  });

  test.each([1, 2])('are "none" in 40 of 40 seeds where one of %i looks first and writes then', async (n) => {
    const found = new Set<string>();
    for (let seed = 1; seed <= 40; seed += 1)
      found.add(await interleaved(seed, (gated, random) => stores.matchThenAct(gated, () => random(n) === 0)));
    expect([...found]).toEqual(['no match']);
  });

  test('are "atomic" where the winner of every write says "changed", because its first answer was lost', async () => {
    expect(await probeBucket(stores.matchSentAgain(), OPTIONS)).toEqual(GOOD);
  });

  test.each<Code>(['DENIED', 'INTERRUPTED', 'NETWORK'])('are not known where "%s" comes in the way', async (code) => {
    const objects: Objects = { ...memoryObjects(), replace: () => Promise.reject(stores.failure(code)) };
    await expect(probeBucket(objects, OPTIONS)).rejects.toMatchObject({ code });
  });
});
