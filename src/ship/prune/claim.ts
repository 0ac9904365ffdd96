/**
 * The right to delete: a claim on the board of every store that takes part, one prune at a time.
 *
 * An owner deletes for {@link LEASE} after it began to claim, by its own clock; it looks before each batch whether its claim is
 * still the newest. The permit that it gets goes with the request and is asked before every attempt, repeated ones too, when that
 * is signed: a frozen owner sends nothing any more when it wakes up, but for requests that were on their way already. Another
 * prune takes a claim over {@link DEAD} after it was written, by the store's clock: between the two lies more than the quarter of
 * an hour for which a bucket takes a signed request. A registry signs no time: there a request that was on its way may arrive late.
 *
 * Where a store tells no time, nobody knows that an owner is dead: only who runs alone takes its claim over.
 */
import { SlipwayError } from '../../errors.ts';
import { encode } from '../document.ts';
import type { Notes } from '../holdings.ts';
import type { StillMay } from '../ports.ts';
import { atStore } from '../release.ts';
import type { Store } from '../store.ts';
import { type Board, claimName, closedName, glimpse, type PruneClaim, readBoard, storeTime } from './board.ts';

/** How long one claim is used: milliseconds. */
export const LEASE: number = 5 * 60_000;
/** After this the owner of an open claim is dead: milliseconds. */
export const DEAD: number = 30 * 60_000;
/** How long one look at the claims is believed: milliseconds. */
const BELIEVED = 20_000;
/** How many deletes one look at the claims covers. */
const BATCH = 64;

/** Who claims, and its clock. */
export interface Claimant {
  readonly run: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A store's board, read before it is claimed. */
export interface Before {
  readonly store: Store;
  readonly board: Board;
}

/** A board that is claimed. `written`: when, by the store's clock where it tells. `marks`: what may go if it is old enough. */
export interface Claimed {
  readonly store: Store;
  readonly number: number;
  readonly written: number;
  readonly marks: PruneClaim['marks'];
  /** Names of notes that say nothing any more. */
  readonly spent: readonly string[];
}

/** Thrown to end a round whose time is over. */
export class LeaseOver extends Error {}

function busy({ name }: Store, since: number, tellsTime: boolean): SlipwayError {
  const killed = tellsTime ? `run again ${DEAD / 60_000} minutes after it began` : 'run with --exclusive';
  return new SlipwayError(
    'REFUSED',
    `Another prune is at work in store "${name}": it began at ${new Date(since).toISOString()}`,
    { hint: `wait until it is through; if it was killed, ${killed}` },
  );
}

/**
 * Whether the owner of an open claim is dead: it sends nothing any more. Writes a note to learn the time; where the store does not
 * tell it, nobody is known to be dead: another machine's clock may be wrong.
 */
export async function isDead(notes: Notes, { written }: Board, run: string): Promise<boolean> {
  const time = await storeTime(notes, run);
  return time !== undefined && time - written >= DEAD;
}

/** The boards of these stores. Throws `REFUSED` where another prune is at work, when this one is about to `write`. */
export async function readBoards(
  stores: readonly Store[],
  { run, write, exclusive }: Pick<Claimant, 'run'> & { readonly write: boolean; readonly exclusive: boolean },
): Promise<readonly Before[]> {
  const boards: Before[] = [];
  for (const store of stores) {
    const { notes } = store.holdings;
    const board = await readBoard(notes).catch((thrown) => {
      throw atStore(store.name, thrown);
    });
    const isFree = !board.open || !write || (exclusive && !board.tellsTime) || (await isDead(notes, board, run));
    if (!isFree) throw busy(store, board.written, board.tellsTime);
    boards.push({ store, board });
  }
  return boards;
}

/** The marks of a board for what nothing needs now: what it had keeps its time, unless a publisher needed it again. */
export function marksFor({ claim, written, wanted }: Board, unneeded: ReadonlySet<string>): PruneClaim['marks'] {
  const since = (id: string): number | null => {
    const known = claim?.marks[id];
    return known === undefined || wanted.has(id) ? null : (known ?? written);
  };
  return Object.fromEntries([...unneeded].sort().map((id) => [id, since(id)]));
}

async function claimBoard(
  { store, board }: Before,
  claimant: Claimant,
  { unneeded, artifacts }: { readonly unneeded: ReadonlySet<string>; readonly artifacts: readonly string[] },
): Promise<Claimed> {
  const { notes } = store.holdings;
  const { run, now } = claimant;
  const number = board.number + 1;
  const marks = marksFor(board, unneeded);
  const claim: PruneClaim = { schema: 1, run, at: new Date(now()).toISOString(), marks, artifacts };
  if ((await notes.create(claimName(number), encode({ ...claim }))) === 'exists') {
    // It may be our own, when the answer to the first attempt was lost.
    const standing = await readBoard(notes);
    if (standing.number !== number || standing.claim?.run !== run)
      throw busy(store, standing.written, standing.tellsTime);
  }
  // Whoever needs something again and did not see this claim has said so before it: another claim may take that.
  const { written, wanted } = await readBoard(notes);
  const free = Object.fromEntries(Object.entries(marks).filter(([id]) => !wanted.has(id)));
  return { store, number, written, marks: free, spent: board.spent };
}

/** Claims all boards, in the order of the stores' names, so that of two prunes one comes first everywhere. Throws `REFUSED`. */
export async function claimAll(
  boards: readonly Before[],
  claimant: Claimant,
  what: { readonly unneeded: ReadonlySet<string>; readonly artifacts: readonly string[] },
): Promise<readonly Claimed[]> {
  const claimed: Claimed[] = [];
  try {
    for (const before of boards) claimed.push(await claimBoard(before, claimant, what));
    return claimed;
  } catch (thrown) {
    for (const one of claimed) await close(one).catch(() => undefined);
    throw thrown;
  }
}

async function close({ store, number }: Claimed): Promise<void> {
  await store.holdings.notes.create(closedName(number), encode({ schema: 1, number }));
}

async function closeAndClean(one: Claimed): Promise<void> {
  await close(one);
  for (const name of one.spent) await one.store.holdings.notes.remove(name);
}

/** Ends all claims, and removes the notes that they made obsolete. Throws the first error when all were tried. */
export async function closeAll(claimed: readonly Claimed[]): Promise<void> {
  const errors: SlipwayError[] = [];
  for (const one of claimed) {
    await closeAndClean(one).catch((thrown) => {
      errors.push(atStore(one.store.name, thrown));
    });
  }
  if (errors[0] !== undefined) throw errors[0];
}

/** Whether a mark of every board is that old (milliseconds). */
export function ripeIn(claimed: readonly Claimed[], minAge: number): (id: string) => boolean {
  return (id) =>
    claimed.every(({ marks, written }) => {
      const since = marks[id];
      return since !== undefined && written - (since ?? written) >= minAge;
    });
}

async function isNewest({ number }: Claimed, notes: Notes): Promise<boolean> {
  const now = await glimpse(notes);
  return now.number === number && now.open;
}

/** Guards the deletes of one round, and ends them all at once. */
export interface Guard {
  /** Throws {@link LeaseOver}, also when somebody stopped, and `STORE`. So does what it answers. */
  readonly mayDelete: () => Promise<StillMay>;
  /** From now on nothing more is sent. */
  stop(): void;
}

/** How long a claim is used: from when its owner began to claim, by its own clock, in milliseconds. */
export interface Term {
  readonly began: number;
  readonly lease: number;
  readonly now: Claimant['now'];
}

/** A guard for all stores of a round. */
export function guardOf(claimed: readonly Claimed[], { began, lease, now }: Term): Guard {
  let deletes = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  let isStopped = false;
  const still: StillMay = () => {
    const elapsed = now() - began;
    if (isStopped || elapsed > lease || elapsed < 0) throw new LeaseOver();
  };
  const look = async (): Promise<void> => {
    const at = now();
    for (const one of claimed) {
      if (await isNewest(one, one.store.holdings.notes)) continue;
      throw new SlipwayError('STORE', `Another prune took over in store "${one.store.name}": this one was too slow`, {
        hint: 'nothing is lost; run again when the other one is through',
      });
    }
    lookedAt = at;
    deletes = 0;
  };
  const isFresh = (): boolean => deletes < BATCH && now() - lookedAt < BELIEVED && now() >= lookedAt;
  return {
    async mayDelete() {
      while (!isFresh()) {
        still();
        looking ??= look().finally(() => {
          looking = undefined;
        });
        await looking;
      }
      deletes += 1;
      still();
      return still;
    },
    stop() {
      isStopped = true;
    },
  };
}
