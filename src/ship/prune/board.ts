/**
 * What prunes and publishers leave for each other on the board of a store (`prune/` in a bucket):
 *
 *     000000007.json    the claim of the seventh prune, create-only: who, when, and what it may delete (the marks)
 *     000000007.closed  the seventh prune is through
 *     wanted-<run>-<hex>.json  a publisher needs these again: their age starts anew, and no later claim takes them
 *     clock-<run>       written to learn the store's time
 *
 * The number of the newest claim only ever goes up, so that whoever looks twice sees whether anybody could have deleted in
 * between. That is why the newest claim stays when it is closed.
 */
import { eachLimit } from '../../concurrency.ts';
import { digestOf } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import { encode } from '../document.ts';
import type { Note, Notes } from '../holdings.ts';

const AT_ONCE = 16;
const DIGITS = 9;
/** Claims that may follow one another while one is read. */
const LOOKS = 8;
const CLAIM = /^(\d{9})\.json$/;
const NUMBERED = /^(\d{9})\.(?:json|closed)$/;
const WANTED = /^wanted-[0-9a-f-]+\.json$/;

/** What a prune may delete. */
export interface PruneClaim {
  readonly schema: 1;
  readonly run: string;
  /** ISO 8601, by the clock of the run. */
  readonly at: string;
  /** Ids of what nothing needs, with the time since when, by the store's clock; null: since this claim was written. */
  readonly marks: Readonly<Record<string, number | null>>;
  /** Names of artifacts whose places may still hold something when no record tells of them any more. */
  readonly artifacts: readonly string[];
}

/** The newest claim on a board, as a listing shows it. `number` is 0 where nobody ever pruned. */
export interface Glimpse {
  readonly number: number;
  readonly open: boolean;
}

/** A board, read. */
export interface Board extends Glimpse {
  readonly claim?: PruneClaim;
  /** When the newest claim was written: milliseconds since 1970, by the store's clock where it tells. */
  readonly written: number;
  /** Whether the store tells when the claim was written. */
  readonly tellsTime: boolean;
  /** Ids that publishers needed again since. */
  readonly wanted: ReadonlySet<string>;
  /** Those of them that somebody wanted who saw this claim: its owner does not remove that note. */
  readonly lasting: ReadonlySet<string>;
  /** Names of notes that say nothing any more once a newer claim stands. */
  readonly spent: readonly string[];
}

/** The name of a claim. */
export const claimName = (number: number): string => `${String(number).padStart(DIGITS, '0')}.json`;
/** The name of the note that closes a claim. */
export const closedName = (number: number): string => `${String(number).padStart(DIGITS, '0')}.closed`;

function glimpseOf(notes: readonly Note[]): Glimpse {
  const number = notes.reduce((newest, { name }) => Math.max(newest, Number(CLAIM.exec(name)?.[1] ?? 0)), 0);
  return { number, open: number > 0 && !notes.some(({ name }) => name === closedName(number)) };
}

/** One LIST. */
export async function glimpse(notes: Notes): Promise<Glimpse> {
  return glimpseOf(await notes.list());
}

function parse(bytes: Uint8Array | undefined): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The claim of this number; undefined when a newer one made it obsolete. Throws `CORRUPT`, `STORE` for a newer schema. */
async function readClaim(notes: Notes, number: number): Promise<PruneClaim | undefined> {
  const bytes = number === 0 ? undefined : await notes.read(claimName(number));
  if (bytes === undefined) return undefined;
  const { schema, run, marks } = parse(bytes);
  if (typeof schema === 'number' && schema > 1)
    throw new SlipwayError('STORE', `Cannot read the claim of prune ${number}: schema "${schema}" is newer than "1"`, {
      hint: 'a newer slipway wrote it; upgrade this one',
    });
  if (typeof run !== 'string' || typeof marks !== 'object' || marks === null)
    throw new SlipwayError('CORRUPT', `Cannot read the claim of prune ${number}: it is not a slipway document`, {
      hint: 'someone else wrote under "prune/"; delete that object when no prune is at work, and run again',
    });
  return parse(bytes) as unknown as PruneClaim;
}

/** What one publisher wants, and the claim that it saw. */
interface Sheet {
  readonly ids: readonly string[];
  readonly number: unknown;
}

async function sheetsIn(notes: Notes, names: readonly string[]): Promise<readonly Sheet[]> {
  return eachLimit(names, AT_ONCE, async (name) => {
    const { ids, number } = parse(await notes.read(name));
    return { ids: Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [], number };
  });
}

const idsOf = (sheets: readonly Sheet[]): ReadonlySet<string> => new Set(sheets.flatMap(({ ids }) => ids));

/** Reads a board; where a newer claim took the place of the one that was listed, once more. Throws what {@link readClaim} throws. */
export async function readBoard(notes: Notes): Promise<Board> {
  let listed = await notes.list();
  let claim = await readClaim(notes, glimpseOf(listed).number);
  for (let look = 1; claim === undefined && glimpseOf(listed).number > 0; look += 1) {
    if (look === LOOKS) throw new SlipwayError('CORRUPT', 'Cannot read the newest claim of a prune: it is missing');
    listed = await notes.list();
    claim = await readClaim(notes, glimpseOf(listed).number);
  }
  const { number, open } = glimpseOf(listed);
  const names = listed.map(({ name }) => name);
  const modified = listed.find(({ name }) => name === claimName(number))?.modified;
  const sheets = await sheetsIn(
    notes,
    names.filter((name) => WANTED.test(name)),
  );
  return {
    number,
    open,
    ...(claim !== undefined && { claim }),
    written: modified ?? Date.parse(claim?.at ?? ''),
    tellsTime: modified !== undefined,
    wanted: idsOf(sheets),
    lasting: idsOf(sheets.filter((sheet) => sheet.number === number)),
    spent: names.filter((name) => NUMBERED.test(name) || WANTED.test(name) || name.startsWith('clock-')),
  };
}

/** What a run says that it needs again. */
interface Wish {
  readonly run: string;
  readonly at: string;
  /** Of the newest claim that it saw. */
  readonly number: number;
  readonly ids: readonly string[];
}

/** Says that a run needs these again. */
export async function want(notes: Notes, { run, at, number, ids }: Wish): Promise<void> {
  const sheet = encode({ schema: 1, run, at, number, ids: [...ids].sort() });
  await notes.create(`wanted-${run}-${digestOf(sheet).slice(-8)}.json`, sheet);
}

/** The store's time in milliseconds since 1970; undefined where it does not tell. */
export async function storeTime(notes: Notes, run: string): Promise<number | undefined> {
  const name = `clock-${run}`;
  await notes.create(name, encode({ schema: 1, run }));
  const found = (await notes.list()).find((note) => note.name === name)?.modified;
  await notes.remove(name);
  return found;
}
