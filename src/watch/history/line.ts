/** Which of the kept records are the channel's generations: the newest, and from each the one that it names as its former. */
import { groupedBy } from '../../grouped.ts';
import type { LogGap, ReleaseRecord, Standing } from '../../model.ts';

/** A record and the names of the stores that keep it. */
export interface Kept {
  readonly record: ReleaseRecord;
  readonly stores: readonly string[];
}

/** A kept record in its place. */
export interface Placed extends Kept {
  readonly standing: Standing;
  /** The record before it, where it is kept. */
  readonly before?: ReleaseRecord;
}

/** Everything kept, newest first; of one number the record of the line comes first. */
export interface History {
  readonly placed: readonly Placed[];
  /** Numbers of the line that no store keeps. */
  readonly gaps: readonly LogGap[];
}

const keyOf = ({ generation, run }: Pick<ReleaseRecord, 'generation' | 'run'>): string => `${generation} ${run}`;

/** Behind a gap nothing names the record: it is the one that most stores keep, else the one of the smaller run id. */
const likelier = (a: Kept, b: Kept): number =>
  b.stores.length - a.stores.length || (a.record.run < b.record.run ? -1 : 1);

const highest = (kept: readonly Kept[]): number => Math.max(...kept.map(({ record }) => record.generation));

interface Line {
  readonly members: readonly Kept[];
  readonly gaps: readonly LogGap[];
}

function lineFrom(newest: ReleaseRecord, kept: readonly Kept[], floor: number): Line {
  const byKey = new Map(kept.map((one) => [keyOf(one.record), one]));
  const members: Kept[] = [];
  const gaps: LogGap[] = [];
  let next = byKey.get(keyOf(newest));
  while (next !== undefined) {
    members.push(next);
    const { previous, generation } = next.record;
    // A record that names itself or a later one was not made by slipway.
    if (previous === undefined || previous.generation >= generation) break;
    next = byKey.get(keyOf(previous));
    if (next !== undefined) continue;
    const older = kept.filter(({ record }) => record.generation < previous.generation);
    const top = older.length === 0 ? undefined : highest(older);
    next = older.filter(({ record }) => record.generation === top).sort(likelier)[0];
    const from = Math.max((top ?? 0) + 1, floor);
    if (from <= previous.generation) gaps.push({ from, to: previous.generation });
  }
  return { members, gaps };
}

/**
 * Puts kept records in order. `newest` is the truth and among them. Of numbers below `floor` nothing was read, so that nothing is
 * missing there.
 */
export function lineUp(newest: ReleaseRecord | undefined, kept: readonly Kept[], floor = 1): History {
  if (newest === undefined) return { placed: [], gaps: [] };
  const { members, gaps } = lineFrom(newest, kept, floor);
  const line = new Map(members.map((one) => [one.record.generation, one]));
  const known = new Map(kept.map(({ record }) => [keyOf(record), record]));
  const standing = (one: Kept): Standing => {
    const own = line.get(one.record.generation);
    if (own?.record.run === one.record.run) return 'line';
    // A store that keeps both had no lock when two runs took one number.
    return own !== undefined && one.stores.every((store) => own.stores.includes(store)) ? 'lost' : 'diverged';
  };
  const placed = kept.map((one): Placed => {
    const { previous } = one.record;
    const before = previous && known.get(keyOf(previous));
    return { ...one, standing: standing(one), ...(before && { before }) };
  });
  const numbered = groupedBy(placed, ({ record }) => record.generation);
  const isOff = ({ standing }: Placed): number => (standing === 'line' ? 0 : 1);
  return {
    placed: [...numbered.values()]
      .sort(([a], [b]) => b.record.generation - a.record.generation)
      .flatMap((same) => [...same].sort((a, b) => isOff(a) - isOff(b) || (a.record.run < b.record.run ? -1 : 1))),
    gaps,
  };
}

/** The channel's own generations, newest first. */
export const lineOf = ({ placed }: History): readonly Placed[] => placed.filter(({ standing }) => standing === 'line');
