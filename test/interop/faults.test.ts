/** Every fault at every request of a publish that matters, through the real clients (SLIPWAY_FAULTS=all: in every role). */
import { beforeAll, expect, test } from 'vitest';
import { eachLimit } from '../../src/concurrency.ts';
import { ALL_CASES, CASES, titleOf } from '../flow/faults-cases.ts';
import { type Bases, cleanStates, runCase, startBases } from '../flow/faults-run.ts';
import { STORIES } from '../flow/faults-stories.ts';

/** Cases at once: most of their time they wait for the next attempt. */
const AT_ONCE = 12;
const LONG = { timeout: 1_800_000 };

let bases: Bases;
beforeAll(async () => {
  bases = await startBases();
});

/** What went wrong with which of them. */
async function failuresOf<T>(
  all: readonly T[],
  titled: (one: T) => string,
  run: (one: T) => Promise<void>,
): Promise<readonly string[]> {
  const failures: string[] = [];
  await eachLimit(all, AT_ONCE, (one) =>
    run(one).catch((thrown: unknown) => void failures.push(`${titled(one)}: ${String(thrown)}`)),
  );
  return failures;
}

test(
  'no fault leaves a name that is not whole, the receipt says what failed, and the next run completes',
  LONG,
  async () => {
    const clean = cleanStates(bases);
    const cases = process.env.SLIPWAY_FAULTS === 'all' ? ALL_CASES : CASES;
    expect(await failuresOf(cases, titleOf, (one) => runCase(one, bases, clean))).toEqual([]);
    expect(cases.length).toBeGreaterThan(300);
  },
);

test(
  'rivals, listings of the past, damage and a clock that is a day off undo nothing that is newer',
  LONG,
  async () => {
    const failures = await failuresOf(
      STORIES,
      ({ what }) => what,
      (story) => story.run(bases),
    );
    expect(failures).toEqual([]);
  },
);
