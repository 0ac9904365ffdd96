import { expect, test } from 'vitest';
import { stopwatch } from '../src/stopwatch.ts';

test('a stage that comes again is summed, and one that fails is counted too', async () => {
  const clock = stopwatch();
  expect(await clock.time('put', async () => 'done')).toBe('done');
  await clock.time('put', async () => undefined);
  await expect(clock.time('name', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const seconds = clock.seconds();
  expect(Object.keys(seconds)).toEqual(['put', 'name', 'total']);
  expect(Object.values(seconds).every((value) => value >= 0)).toBe(true);
});
