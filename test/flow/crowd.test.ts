import { expect, test } from 'vitest';
import { assertOneLine, crowd, portsOf } from './crowd.ts';
import { openStore } from './world.ts';

/** A publisher alone needs about 60; whoever loses a race compares, puts and verifies again. */
const MOST_REQUESTS = 800;

test('sixteen publishers at once leave one line of generations, and the newest commit under every name', async () => {
  let overtaken = 0;
  for (let seed = 1; seed <= 2; seed += 1) {
    const ports = portsOf(seed);
    const crowded = await crowd(seed, ports);
    await assertOneLine(seed, ports.map(openStore), crowded.finished);
    expect(crowded.most).toBeLessThan(MOST_REQUESTS);
    overtaken += crowded.overtaken;
  }
  expect(overtaken).toBeGreaterThan(1);
});
