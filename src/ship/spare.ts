/**
 * A publisher beside a prune. Before it puts anything it looks at the claims of its stores, waits while a living prune may
 * delete what it is about to need, and writes down what of it is marked: no claim after that takes it. So what it verifies
 * stays, for at least the minimum age.
 *
 * Between its record and its first name it looks again. The same number, closed: nothing was deleted since, and whoever
 * claims now reads our record. Otherwise something that was verified may be gone, if this run slept longer than that age:
 * everything is put and verified once more, proofs too, with nothing remembered of what the stores hold.
 *
 * A run that writes nothing looks nowhere.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError, throwIfInterrupted } from '../errors.ts';
import type { Entry } from '../model.ts';
import { isShowable } from './known.ts';
import { type Glimpse, glimpse, readBoard, want } from './prune/board.ts';
import { isDead } from './prune/claim.ts';
import { needsOf } from './prune/rules.ts';
import { verify } from './put.ts';
import { atEach, type Decided, type Ending, keyOf, missing, type Site } from './release.ts';
import type { Patience } from './release-plan.ts';

/** Milliseconds between two looks at a claim that is in the way. */
const PAUSE = 2_000;
/** Looks until the run gives up: ten minutes, twice as long as a prune keeps a claim. */
const LOOKS = 300;

const PATIENT: Patience = { looks: LOOKS, pause: () => sleep(PAUSE) };

const writes = ({ fresh, claim, claimed, sites, end, lost }: Decided): boolean =>
  end === undefined &&
  lost === undefined &&
  (fresh ||
    (claim !== undefined && !claimed) ||
    sites.some(({ wants, state }) => wants.length > 0 || state === 'lagging'));

/** Everything that the names are about to show. */
const named = ({ target, claim }: Decided): readonly Entry[] => [
  ...new Map(
    [...(target?.artifacts ?? []), ...(claim?.artifacts ?? [])].map((entry) => [keyOf(entry), entry]),
  ).values(),
];

/**
 * Waits while a living prune may delete what is needed, then says what of it is marked, so that its age starts anew. Answers the
 * newest claim when that was said; undefined when patience is over.
 */
async function untilFree({ plan }: Decided, { store }: Site, ids: ReadonlySet<string>): Promise<Glimpse | undefined> {
  const { notes } = store.holdings;
  const { run, at, signal, patience = PATIENT } = plan;
  for (let look = 1; look <= patience.looks; look += 1) {
    throwIfInterrupted(signal);
    const board = await readBoard(notes);
    const marked = Object.keys(board.claim?.marks ?? {}).filter((id) => ids.has(id));
    if (marked.length === 0) return board;
    if (!board.open || (await isDead(notes, board, run))) {
      const unsaid = marked.filter((id) => !board.lasting.has(id));
      // Whatever claim comes next reads what somebody said before.
      if (unsaid.length === 0) return board;
      await want(notes, { run, at, number: board.number, ids: unsaid });
      // A claim that came in between has not read it.
      const now = await glimpse(notes);
      if (now.number === board.number) return board;
    }
    if (look === 1) plan.progress?.({ stage: 'wait', store: store.name, done: 0, total: 1 });
    await patience.pause();
  }
  return undefined;
}

function unfinished(store: string): SlipwayError {
  const message = `A prune of store "${store}" claims what this release needs and does not finish`;
  return new SlipwayError('STORE', message, {
    hint: 'no name was moved; publish again when that prune is through, or half an hour after it was killed; for image layouts end what was killed with slipway prune --yes --exclusive',
  });
}

/** Looks at the boards of all stores that have a lock. Where one is stuck, or the primary's cannot be read, the run ends. */
async function lookAt(
  round: Decided,
): Promise<{ readonly round: Decided; readonly glimpses: ReadonlyMap<string, Glimpse> }> {
  const ids = needsOf(named(round));
  const glimpses = new Map<string, Glimpse>();
  let stuck: SlipwayError | undefined;
  const sites = await atEach(round.sites, async (site) => {
    // Boards without a lock bind nobody: prunes of such stores run alone.
    if (site.store.lock !== 'cas') return undefined;
    const found = await untilFree(round, site, ids);
    if (found === undefined) stuck ??= unfinished(site.store.name);
    else glimpses.set(site.store.name, { number: found.number, open: found.open });
    return undefined;
  });
  const end: Ending | undefined =
    stuck === undefined ? missing({ plan: round.plan, sites }) : { outcome: 'failed', error: stuck };
  return { round: { ...round, sites, ...(end && { end }) }, glimpses };
}

/**
 * Before anything is put: makes sure that what is needed stays. In each store that has a lock one LIST, once somebody pruned
 * there two reads, and a note where something needed is marked; nothing in a run that writes nothing.
 */
export async function reserve(decided: Decided): Promise<Decided> {
  if (!writes(decided)) return decided;
  const { round, glimpses } = await lookAt(decided);
  return { ...round, glimpses };
}

/** Everything once more, as if the stores lagged behind. A store that fails here is left to the next run. */
async function putAgain(round: Decided): Promise<Decided> {
  const entries = named(round);
  const sites = round.sites.map((site): Site => {
    if (site.state !== 'current' && site.state !== 'lagging') return { ...site, wants: [] };
    const wants = entries.filter((entry) => isShowable(site, entry));
    return { ...site, store: site.store.holdings.afresh(), state: 'lagging', wants };
  });
  const { end: _, ...verified } = await verify({ ...round, sites });
  return verified;
}

/** Looks at the claims again, now that a record says what this run needs. Without the primary's answer no name moves. */
export async function spare(recorded: Decided): Promise<Decided> {
  const { glimpses: before } = recorded;
  if (before === undefined || !writes(recorded)) return recorded;
  const { round, glimpses } = await lookAt(recorded);
  if (round.end !== undefined) return round;
  const isMoved = [...glimpses].some(([name, { number, open }]) => {
    const then = before.get(name);
    return open || then === undefined || then.open || then.number !== number;
  });
  return isMoved ? putAgain(round) : round;
}
