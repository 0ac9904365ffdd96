/** Repeats the stages while other publishers win, and turns what stops a round into data. */
import { asSlipwayError, SlipwayError } from '../errors.ts';
import type { Packed } from '../model.ts';
import { type Compared, type Decided, type Ending, endingOf, newSite, UNDECIDED } from './release.ts';
import type { ReleasePlan } from './release-plan.ts';

/** Enough for a crowd of publishers; each round lost means that another one won. */
const ROUNDS = 50;

/** These end the process, not only the release. */
const FATAL: ReadonlySet<string> = new Set(['INTERRUPTED', 'INTERNAL', 'CONFIG', 'USAGE']);

/** A round that ended before it was decided. */
const undecided = (compared: Compared, end: Ending): Decided => ({
  ...UNDECIDED,
  ...compared,
  outcome: end.outcome,
  end,
});

function unseen(plan: ReleasePlan, packed: readonly Packed[]): Compared {
  const sites = plan.stores.map((store) => newSite(store, 'lagging'));
  return { plan, packed, sites, line: { highest: 0, blocked: [], diverged: new Set() } };
}

/**
 * Runs a round until it is not lost. A refusal or store failure becomes the round's ending, with the stores as they
 * were last seen. Throws only `INTERRUPTED`, `CONFIG`, `USAGE` and `INTERNAL`.
 */
export async function untilSettled(
  plan: ReleasePlan,
  packed: readonly Packed[],
  round: (see: (compared: Compared) => void) => Promise<Decided>,
): Promise<Decided> {
  let seen = unseen(plan, packed);
  try {
    for (let i = 0; i < ROUNDS; i += 1) {
      plan.used?.clear();
      const finished = await round((compared) => {
        seen = compared;
      });
      if (!finished.lost) return finished;
    }
  } catch (thrown) {
    const error = asSlipwayError(thrown);
    if (FATAL.has(error.code)) throw error;
    return undecided(seen, endingOf(error));
  }
  const hint = 'let the CI run one publisher of a channel at a time (concurrency group)';
  const error = new SlipwayError('STORE', `Other publishers won ${ROUNDS} rounds of channel "${plan.channel ?? ''}"`, {
    hint,
  });
  return undecided(seen, endingOf(error));
}
