/**
 * Deletes what nothing needs: mark → age → claim → read all records again → delete what is still unneeded → close the claim.
 *
 * Why it is safe beside publishers: a publisher writes its record and then looks at the board; a prune writes its claim and
 * then reads the records. So either the prune sees the record and keeps what it lists, or the publisher sees the claim, waits
 * until it is closed, and puts everything again (`spare.ts`). What was verified before the record could be deleted by a claim
 * that came and went in between: the number of the newest claim tells.
 *
 * Records go first, then proofs, manifests, content: wherever it is killed, nothing that is left speaks of something that is
 * gone, and what is left without a record is found by LIST the next time.
 */
import { eachLimit } from '../../concurrency.ts';
import { SlipwayError, throwIfInterrupted } from '../../errors.ts';
import type { Progress, Pruned } from '../../model.ts';
import { HOLDING_KINDS, type Holding } from '../holdings.ts';
import { atStore } from '../release.ts';
import type { Store } from '../store.ts';
import {
  type Before,
  type Claimant,
  type Claimed,
  claimAll,
  closeAll,
  guardOf,
  LeaseOver,
  marksFor,
  readBoards,
  ripeIn,
} from './claim.ts';
import { type Judged, report } from './report.ts';
import { goingOf, type Unneeded, unneededIn } from './rules.ts';
import { atEvery, type Survey, survey } from './survey.ts';

const AT_ONCE = 16;
/** Each is as long as a lease: enough for millions of objects. */
const ROUNDS = 200;

/** What `prune` works with. */
export interface PruneOptions extends Claimant {
  /** Every store of the project, in any order. */
  readonly stores: readonly Store[];
  /** Names of the stores that order the releases of any channel. */
  readonly primaries: readonly string[];
  /** Releases that are kept of each channel. */
  readonly keep: number;
  /** For how long nothing must have needed what goes: milliseconds. */
  readonly minAge: number;
  /** The user's word that no publisher runs. */
  readonly exclusive: boolean;
  /** Delete. Otherwise nothing is written, and ages are told by the clock of this machine. */
  readonly write: boolean;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Stores that order releases without a lock cannot keep a publisher waiting. */
function checkLocks({ stores, primaries, exclusive }: PruneOptions): void {
  const unlocked = stores.find(({ name, lock }) => lock === 'none' && primaries.includes(name));
  if (unlocked === undefined || exclusive) return;
  const state = 'it orders releases and has no lock, so that a publisher would not see what is being deleted';
  throw new SlipwayError('REFUSED', `Cannot prune store "${unlocked.name}" beside publishers: ${state}`, {
    hint: 'pass --exclusive while the CI lets no publisher run',
  });
}

/** Whoever publishes another project must see the claim in a store that he shares with this run. */
function checkProjects(stores: readonly Store[], { seen }: Survey, exclusive: boolean): void {
  if (exclusive) return;
  const projectsOf = (name: string): ReadonlySet<string> =>
    new Set(seen.filter(({ store }) => store === name).flatMap(({ records }) => records.map((r) => r.record.project)));
  const locked = stores.filter(({ lock }) => lock === 'cas').map(({ name }) => projectsOf(name));
  for (const { name } of stores.filter(({ lock }) => lock === 'none')) {
    const foreign = [...projectsOf(name)].find((project) => !locked.some((projects) => projects.has(project)));
    if (foreign === undefined) continue;
    const state =
      'no store with a lock here holds its records, so that its publishers would not see what is being deleted';
    throw new SlipwayError(
      'REFUSED',
      `Cannot prune store "${name}" beside publishers of project "${foreign}": ${state}`,
      {
        hint: "add that project's primary to the stores, or pass --exclusive while the CI lets no publisher run",
      },
    );
  }
}

/** The stores that keep the claims: those with a lock; where there is none, nobody else is at work. */
function boardsOf(stores: readonly Store[]): readonly Store[] {
  const locked = stores.filter(({ lock }) => lock === 'cas');
  return locked.length > 0 ? locked : stores;
}

const idsOf = (unneeded: readonly Unneeded[]): ReadonlySet<string> =>
  new Set(unneeded.flatMap(({ holdings }) => holdings.map(({ id }) => id)));

/** Deletes one kind after the other, in all stores at once. Answers what is gone; `isOver`: there was no time for the rest. */
async function sweep(
  going: readonly Unneeded[],
  { signal, progress }: PruneOptions,
  guard: () => Promise<void>,
): Promise<{ readonly gone: ReadonlySet<Holding>; readonly isOver: boolean }> {
  const gone = new Set<Holding>();
  const total = going.reduce((sum, { holdings }) => sum + holdings.length, 0);
  const remove = async (holding: Holding): Promise<void> => {
    throwIfInterrupted(signal);
    await holding.remove(guard);
    gone.add(holding);
    progress?.({ stage: 'prune', done: gone.size, total });
  };
  try {
    for (const kind of HOLDING_KINDS) {
      await Promise.all(
        going.map(async ({ store, holdings }) => {
          const ofKind = holdings.filter((holding) => holding.kind === kind);
          await eachLimit(ofKind, AT_ONCE, remove).catch((thrown) => {
            throw thrown instanceof LeaseOver ? thrown : atStore(store, thrown);
          });
        }),
      );
    }
    return { gone, isOver: false };
  } catch (thrown) {
    if (!(thrown instanceof LeaseOver)) throw thrown;
    return { gone, isOver: true };
  }
}

/** One claim: read everything again, delete, close. */
async function round(
  stores: readonly Store[],
  boards: readonly Before[],
  { unneeded, artifacts }: { readonly unneeded: ReadonlySet<string>; readonly artifacts: readonly string[] },
  options: PruneOptions,
): Promise<Judged & { readonly isOver: boolean }> {
  const { keep, minAge } = options;
  const began = options.now();
  const claimed: readonly Claimed[] = await claimAll(boards, options, { unneeded, artifacts });
  try {
    const { seen } = await survey(stores, artifacts);
    const still = unneededIn(seen, keep);
    const going = goingOf(seen, still, ripeIn(claimed, minAge));
    const { gone, isOver } = await sweep(going, options, guardOf(claimed, began, options.now));
    return { unneeded: still, marks: claimed, gone, isOver };
  } finally {
    await closeAll(claimed);
  }
}

/** What `--yes` would do. */
function planned({ seen }: Survey, boards: readonly Before[], { keep, minAge, now }: PruneOptions): Judged {
  const unneeded = unneededIn(seen, keep);
  const ids = idsOf(unneeded);
  const time = now();
  const marks = boards.map(({ board }) => ({ written: time, marks: marksFor(board, ids) }));
  const going = goingOf(seen, unneeded, (id) => marks.every((one) => time - (one.marks[id] ?? time) >= minAge));
  return { unneeded, marks, gone: new Set(going.flatMap(({ holdings }) => holdings)) };
}

const nothingLeft = (unneeded: ReadonlySet<string>, boards: readonly Before[]): boolean =>
  unneeded.size === 0 &&
  boards.every(
    ({ board }) => !board.open && Object.keys(board.claim?.marks ?? {}).length === 0 && board.wanted.size === 0,
  );

/**
 * Prunes all stores. Throws `REFUSED` beside another prune and where publishers would not see it, `DENIED` where deletion is
 * switched off (before anything is deleted), and whatever keeps it from reading any store: nothing is deleted then.
 */
export async function prune(options: PruneOptions): Promise<Pruned> {
  const { stores: given, write, keep, minAge } = options;
  const stores = [...given].sort((a, b) => (a.name < b.name ? -1 : 1));
  await atEvery(stores, (store) => store.open());
  checkLocks(options);
  const summary = { keep, minAge: minAge / 1000 };
  const rounds: Judged[] = [];
  while (rounds.length < ROUNDS) {
    const boards = await readBoards(boardsOf(stores), options);
    const known = boards.flatMap(({ board }) => board.claim?.artifacts ?? []);
    const read = await survey(stores, known);
    checkProjects(stores, read, options.exclusive);
    const unneeded = idsOf(unneededIn(read.seen, keep));
    if (!write) return report([planned(read, boards, options)], { ...summary, outcome: 'planned' });
    if (nothingLeft(unneeded, boards)) break;
    if (rounds.length === 0) await atEvery(stores, (store) => store.holdings.ready());
    const done = await round(stores, boards, { unneeded, artifacts: read.artifacts }, options);
    rounds.push(done);
    if (!done.isOver) break;
  }
  const isUntouched = rounds.every(({ unneeded }) => unneeded.every(({ holdings }) => holdings.length === 0));
  return report(rounds, { ...summary, outcome: isUntouched ? 'unchanged' : 'pruned' });
}
