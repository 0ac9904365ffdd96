import { expect, test } from 'vitest';
import { pause, soak, soakLeft, timeText } from '../../src/control/soak.ts';

const SINCE = new Date('2026-05-01T12:00:00Z');

interface World {
  clock: number;
  readonly pauses: number[];
  readonly notes: string[];
  readonly left: number[];
}

/** Soaks half an hour with a clock that a pause moves by itself and by what `leap` says. */
async function soaked(
  start: string,
  leap: (pauses: number) => number = () => 0,
  signal?: AbortSignal,
): Promise<World & { readonly waited: number }> {
  const world: World = { clock: new Date(start).getTime(), pauses: [], notes: [], left: [] };
  const waited = await soak({
    ...{ wave: 'canary', since: SINCE, seconds: 1800, every: 60_000, signal },
    time: {
      now: () => new Date(world.clock),
      async pause(milliseconds) {
        world.pauses.push(milliseconds);
        world.clock += milliseconds + leap(world.pauses.length);
      },
    },
    goOn: 'run it again',
    left: (_, left) => world.left.push(left),
    note: (text) => world.notes.push(text),
  });
  return { ...world, waited };
}

test('what was live for long enough already is not waited for', async () => {
  expect(await soaked('2026-05-01T12:30:00Z')).toMatchObject({ waited: 0, pauses: [], notes: [] });
});

test('only what is left is waited for, and told minute by minute', async () => {
  const { waited, left, notes } = await soaked('2026-05-01T12:27:30Z');
  expect([waited, left, notes]).toEqual([150, [150, 90, 30], []]);
});

test('a record from the future is told, and waited for no longer than the whole soak', async () => {
  const { waited, notes } = await soaked('2026-05-01T09:00:00Z');
  expect(waited).toBe(1800);
  expect(notes).toEqual(['Wave "canary" went live 3h from now by its record: a clock is wrong']);
});

test('a clock that is set back is told, and does not make the wait longer than the whole soak', async () => {
  const { waited, notes } = await soaked('2026-05-01T12:20:00Z', (pauses) => (pauses === 5 ? -7_200_000 : 0));
  expect(waited).toBe(1800);
  expect(notes).toEqual(['The clock went 2h back']);
});

test('a clock that leaps ahead is told, for the time may have passed while the machine slept', async () => {
  const { waited, notes } = await soaked('2026-05-01T12:00:00Z', (pauses) => (pauses === 5 ? 7_200_000 : 0));
  expect(waited).toBe(300);
  expect(notes).toEqual(['The clock went 2h ahead of the time that was waited']);
});

test('clocks that differ by seconds are no news', async () => {
  const { waited, notes } = await soaked('2026-05-01T11:59:30Z', () => 900);
  expect([waited, notes]).toEqual([1800, []]);
});

test('an interruption ends it before anything is waited for', async () => {
  await expect(soaked('2026-05-01T12:00:00Z', () => 0, AbortSignal.abort())).rejects.toMatchObject({
    code: 'INTERRUPTED',
    message: 'Interrupted while wave "canary" soaks: 30m left',
    hint: 'run it again',
  });
});

test('a pause ends with its time, and at once with the signal', async () => {
  await pause(1, undefined);
  const stop = new AbortController();
  const long = pause(3_600_000, stop.signal);
  stop.abort();
  await long;
  await pause(3_600_000, stop.signal);
});

test('what is left is never negative and never more than the whole', () => {
  const at = (now: string): number =>
    soakLeft({ since: SINCE, seconds: 60, time: { now: () => new Date(now), pause } });
  expect([at('2026-05-01T11:00:00Z'), at('2026-05-01T12:00:59Z'), at('2026-05-01T13:00:00Z')]).toEqual([
    60_000, 1000, 0,
  ]);
});

test.each([
  [0, '0s'],
  [0.2, '1s'],
  [59, '59s'],
  [60, '1m'],
  [3599.5, '1h'],
  [5400, '1h 30m'],
  [86_405, '1d'],
  [90_061, '1d 1h'],
])('%d seconds are said as %s', (seconds, said) => {
  expect(timeText(seconds)).toBe(said);
});
