import { describe, expect, it } from 'vitest';
import { eachLimit } from '../src/concurrency.ts';

/** Lets every promise that is ready run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('eachLimit', () => {
  it('answers in the order of the items, whatever finishes first', async () => {
    const waits = [3, 1, 2];
    const results = await eachLimit(waits, 3, async (wait, index) => {
      for (let i = 0; i < wait; i++) await turn();
      return `${index}:${wait}`;
    });
    expect(results).toEqual(['0:3', '1:1', '2:2']);
  });

  it('never has more than the limit under way, and does use the limit', async () => {
    let active = 0;
    let most = 0;
    await eachLimit(Array.from({ length: 20 }), 4, async () => {
      active += 1;
      most = Math.max(most, active);
      await turn();
      active -= 1;
    });
    expect(most).toBe(4);
  });

  it('throws the first failure after all started work has settled and starts nothing more', async () => {
    const events: string[] = [];
    const run = eachLimit([0, 1, 2, 3], 2, async (item) => {
      events.push(`start ${item}`);
      if (item === 0) throw new Error('first');
      await turn();
      await turn();
      events.push(`end ${item}`);
      throw new Error('second');
    });
    await expect(run).rejects.toThrow('first');
    expect(events).toEqual(['start 0', 'start 1', 'end 1']);
  });

  it('rejects when undefined is thrown', async () => {
    let caught = false;
    await eachLimit([1], 1, () => Promise.reject(undefined)).catch(() => {
      caught = true;
    });
    expect(caught).toBe(true);
  });

  it('answers an empty list for no items, and treats a limit below one as one', async () => {
    expect(await eachLimit([], 4, async () => 1)).toEqual([]);
    expect(await eachLimit([1, 2], 0, async (item) => item)).toEqual([1, 2]);
  });
});
