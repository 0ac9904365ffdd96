import { expect, test } from 'vitest';
import { interleave, lookInEveryGap } from './gaps.ts';
import { GAP_LAYOUTS } from './gaps-layouts.ts';
import { syncInPlace, type Torn } from './gaps-sync.ts';

test.each(GAP_LAYOUTS)(
  'a reader of layout %s that looks between any two requests sees whole releases, in order',
  async (_, layout) => {
    expect(await lookInEveryGap(layout, 1)).toBeGreaterThan(60);
  },
);

test.each(GAP_LAYOUTS)(
  'readers of layout %s whose requests mix with the publisher see whole releases, in order',
  async (_, layout) => {
    let switches = 0;
    for (let seed = 1; seed <= 8; seed += 1) switches += (await interleave(layout, seed)).switches;
    expect(switches).toBeGreaterThan(3);
  },
);

test('the same reader sees torn sets where files are synchronised in place', async () => {
  const torn: Torn[] = [];
  for (let seed = 1; seed <= 60; seed += 1) torn.push(...(await syncInPlace(seed)));
  expect(new Set(torn)).toEqual(new Set(['mixed', 'partial']));
});
