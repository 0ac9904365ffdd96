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
import { storeTime } from './board.ts';
import {
  type Before,
  type Claimant,
  type Claimed,
  claimAll,
  closeAll,
  DEAD,
  type Guard,
  guardOf,
  LEASE,
  LeaseOver,
  marksFor,
  readBoards,
  ripeIn,
} from './claim.ts';
import { checkChannels, checkLocks } from './locks.ts';
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
  /** Gets what was deleted before an error, where anything was. */
  readonly failed?: ((partial: Pruned) => void) | undefined;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The stores that keep the claims: those with a lock; where there is none, nobody else is at work. */
function boardsOf(stores: readonly Store[]): readonly Store[] {
  const locked = stores.filter(({ lock }) => lock === 'cas');
  return locked.length > 0 ? locked : stores;
}

const idsOf = (unneeded: readonly Unneeded[]): ReadonlySet<string> =>
  new Set(unneeded.flatMap(({ holdings }) => holdings.map(({ id }) => id)));

interface Failure {
  readonly thrown: unknown;
}

/** What a round did. `isOver`: there was no time for the rest. `failure`: what ended it. */
interface Done extends Judged {
  readonly isOver: boolean;
  readonly failure?: Failure | undefined;
}

/**
 * Deletes one kind after the other, in all stores at once; where one fails, all stop. Nothing is under way any more when it is
 * through: only then may claims be closed.
 */
async function sweep(
  going: readonly Unneeded[],
  { signal, progress }: PruneOptions,
  { mayDelete, stop }: Guard,
): Promise<Omit<Done, 'unneeded' | 'marks'>> {
  const gone = new Set<Holding>();
  const total = going.reduce((sum, { holdings }) => sum + holdings.length, 0);
  const remove = async (holding: Holding): Promise<void> => {
    throwIfInterrupted(signal);
    await holding.remove(mayDelete);
    gone.add(holding);
    progress?.({ stage: 'prune', done: gone.size, total });
  };
  for (const kind of HOLDING_KINDS) {
    const failures: Failure[] = [];
    const sweepStore = async ({ store, holdings }: Unneeded): Promise<void> => {
      const ofKind = holdings.filter((holding) => holding.kind === kind);
      await eachLimit(ofKind, AT_ONCE, remove).catch((thrown) => {
        stop();
        failures.push({ thrown: thrown instanceof LeaseOver ? thrown : atStore(store, thrown) });
      });
    };
    await Promise.all(going.map(sweepStore));
    const failure = failures.find(({ thrown }) => !(thrown instanceof LeaseOver));
    if (failures.length > 0) return { gone, isOver: failure === undefined, failure };
  }
  return { gone, isOver: false };
}

/** What is still unneeded goes. */
async function work(
  stores: readonly Store[],
  claimed: readonly Claimed[],
  { before, guard }: { readonly before: Survey; readonly guard: Guard },
  options: PruneOptions,
): Promise<Done> {
  const { keep, minAge, exclusive } = options;
  const { seen } = await survey(stores, before.artifacts, before);
  if (!exclusive) checkChannels(stores, seen);
  const unneeded = unneededIn(seen, keep);
  const going = goingOf(seen, unneeded, ripeIn(claimed, minAge));
  return { unneeded, marks: claimed, ...(await sweep(going, options, guard)) };
}

/** One claim: read everything again, delete, close. */
async function round(
  stores: readonly Store[],
  boards: readonly Before[],
  { unneeded, before }: { readonly unneeded: ReadonlySet<string>; readonly before: Survey },
  options: PruneOptions,
): Promise<Done> {
  const began = options.now();
  const claimed: readonly Claimed[] = await claimAll(boards, options, { unneeded, artifacts: before.artifacts });
  const guard = guardOf(claimed, { began, now: options.now, lease: options.exclusive ? DEAD : LEASE });
  const done = await work(stores, claimed, { before, guard }, options).catch(
    (thrown): Done => ({ unneeded: [], marks: claimed, gone: new Set(), isOver: false, failure: { thrown } }),
  );
  const closing = await closeAll(claimed).then(
    () => undefined,
    (thrown: unknown): Failure => ({ thrown }),
  );
  return { ...done, failure: done.failure ?? closing };
}

/** Another round would end as this one did. */
function tooSlow(): SlipwayError {
  const state = `to read the stores again takes longer than a claim is good for, ${LEASE / 60_000} minutes`;
  return new SlipwayError('STORE', `Cannot prune beside publishers: ${state}`, {
    hint: `run it nearer to the stores, or with --exclusive while the CI lets no publisher run: then a claim is good for ${DEAD / 60_000} minutes`,
  });
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

/** Notices before anything is deleted where nothing can be: registries say so, of buckets only the delete of what is there tells. */
async function tryDeleting(stores: readonly Store[], { run }: PruneOptions): Promise<void> {
  await atEvery(stores, (store) => store.holdings.ready());
  await atEvery(boardsOf(stores), (store) => storeTime(store.holdings.notes, run));
}

/**
 * Prunes all stores. Throws `REFUSED` beside another prune and where publishers would not see it, `DENIED` where deletion is
 * switched off (before anything is deleted), and whatever keeps it from reading any store: nothing is deleted then. What was deleted
 * before an error is told to `failed`.
 */
export async function prune(options: PruneOptions): Promise<Pruned> {
  const { stores: given, write, keep, minAge, exclusive } = options;
  const stores = [...given].sort((a, b) => (a.name < b.name ? -1 : 1));
  await atEvery(stores, (store) => store.open());
  if (!exclusive) checkLocks(stores, options.primaries);
  const summary = { keep, minAge: minAge / 1000 };
  const rounds: Judged[] = [];
  while (rounds.length < ROUNDS) {
    const boards = await readBoards(boardsOf(stores), options);
    const known = boards.flatMap(({ board }) => board.claim?.artifacts ?? []);
    const read = await survey(stores, known);
    if (!exclusive) checkChannels(stores, read.seen);
    const unneeded = idsOf(unneededIn(read.seen, keep));
    if (!write) return report([planned(read, boards, options)], { ...summary, outcome: 'planned' });
    if (nothingLeft(unneeded, boards)) break;
    if (rounds.length === 0) await tryDeleting(stores, options);
    const done = await round(stores, boards, { unneeded, before: read }, options);
    rounds.push(done);
    const failure = done.failure ?? (done.isOver && done.gone.size === 0 ? { thrown: tooSlow() } : undefined);
    if (failure !== undefined) {
      if (rounds.some(({ gone }) => gone.size > 0)) options.failed?.(report(rounds, { ...summary, outcome: 'failed' }));
      throw failure.thrown;
    }
    if (!done.isOver) break;
  }
  const isUntouched = rounds.every(({ unneeded }) => unneeded.every(({ holdings }) => holdings.length === 0));
  return report(rounds, { ...summary, outcome: isUntouched ? 'unchanged' : 'pruned' });
}
