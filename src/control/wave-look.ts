/** What the records of a channel tell of a promotion in waves. Reads only. */
import { openLive, readingPlan } from '../live/open.ts';
import type { ReleaseRecord, Taken } from '../model.ts';
import { isFinal, isWaveOf } from '../ship/control/wave-state.ts';
import { orNothing } from '../ship/known.ts';
import type { Ledger } from '../ship/store.ts';
import { newestIn } from './origin.ts';
import type { Prepared } from './promote.ts';

/** A look at the channel. */
export interface Look {
  readonly newest: ReleaseRecord | undefined;
  /** Records of waves of this promotion since a promotion was last finished, newest first. */
  readonly made: readonly ReleaseRecord[];
  /** The newest wave of another release from the same channel, where that promotion was never finished. */
  readonly other?: ReleaseRecord;
  /** The record of a generation; of one that was pruned the first behind it that is there. */
  readonly at: (generation: number) => Promise<ReleaseRecord | undefined>;
}

/** Looks at the channel anew. */
export type Looking = () => Promise<Look>;

/** Generations to look back for a promotion that was not finished. */
const BACK = 50;

/** What of the records before the newest one is about this promotion. `newestFirst` ends where there are no more. */
async function madeIn(newestFirst: AsyncIterable<ReleaseRecord>, from: Taken): Promise<Pick<Look, 'made' | 'other'>> {
  const made: ReleaseRecord[] = [];
  let other: ReleaseRecord | undefined;
  for await (const record of newestFirst) {
    if (isFinal(record)) break;
    if (isWaveOf(record, from)) made.push(record);
    else if (record.wave !== undefined && record.from?.channel === from.channel && from.channel !== undefined)
      other ??= record;
  }
  return { made, ...(other && made.length === 0 && { other }) };
}

/** What is looked at: the ledgers of the channel's stores, and how its newest record is found. */
export interface LookingOptions {
  readonly channel: string;
  readonly from: Taken;
  readonly ledgers: readonly Pick<Ledger, 'read'>[];
  readonly newest: () => Promise<ReleaseRecord | undefined>;
}

/** Looks at a channel whenever it is called. A record is read once: it never changes. */
export function lookingAt({ channel, from, ledgers, newest: find }: LookingOptions): Looking {
  const known = new Map<number, ReleaseRecord>();
  const read = async (generation: number): Promise<ReleaseRecord | undefined> => {
    for (const ledger of ledgers) {
      const record = known.get(generation) ?? (await orNothing(() => ledger.read(channel, { generation })));
      if (record === undefined) continue;
      known.set(generation, record);
      return record;
    }
    return undefined;
  };
  async function* back(newest: ReleaseRecord): AsyncIterable<ReleaseRecord> {
    yield newest;
    for (let generation = newest.generation - 1; generation > Math.max(0, newest.generation - BACK); generation -= 1) {
      const record = await read(generation);
      if (record !== undefined) yield record;
    }
  }
  return async () => {
    const newest = await find();
    if (newest === undefined) return { newest, made: [], at: async () => undefined };
    const at = async (generation: number): Promise<ReleaseRecord> => {
      for (let next = generation; next < newest.generation; next += 1) {
        const record = await read(next);
        if (record !== undefined) return record;
      }
      return newest;
    };
    return { newest, at, ...(await madeIn(back(newest), from)) };
  };
}

/** Opens the stores of the channel for looking. Nothing is sent yet. */
export async function openLooking({ settings, context, origin }: Prepared): Promise<Looking> {
  const { config, channel } = settings;
  const live = await openLive({ config, chosen: [] }, context);
  const { stores } = readingPlan(live, { channel });
  const ledgers = stores.map(({ ledger }) => ledger);
  return lookingAt({ channel, from: origin.from, ledgers, newest: () => newestIn(live, channel) });
}
