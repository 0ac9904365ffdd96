/** Heal on everything that a store can lose, which takes longer than the other tests. */
import { expect, test } from 'vitest';
import { endings, KINDS, singleThings } from '../flow/heal-matrix.ts';
import { healersBesidePublishers } from '../flow/heal-simulation.ts';

test.each(KINDS.map((name, index) => ({ name, index })))(
  'whatever single thing the store $name loses or damages comes back',
  async ({ index }) => {
    expect(await singleThings(index, 1)).toEqual([]);
  },
);

test('ended before or after any write, a second run completes what the first began', async () => {
  expect(await endings(1)).toBeGreaterThan(100);
});

test('healers beside a publisher move nothing back, and all come to one end', async () => {
  // The publisher comes through in some of them: otherwise nobody raced with anybody.
  expect(await healersBesidePublishers(300)).toBeGreaterThan(100);
});
