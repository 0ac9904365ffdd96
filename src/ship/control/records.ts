/** The records that a channel has left, each read when it is asked for. */
import { throwIfInterrupted } from '../../errors.ts';
import type { Digest, ReleaseRecord } from '../../model.ts';
import { standingOf } from '../copies.ts';
import { orNothing } from '../known.ts';
import { type Compared, reachable, type Site } from '../release.ts';
import type { Head } from '../store.ts';

/** Records on the line of a channel's newest one. */
export interface Kept {
  /** Their numbers, newest first; that of the newest one is among them. */
  readonly generations: readonly number[];
  /** Undefined for one that no store has, or of which nobody can tell what it says. */
  read(generation: number): Promise<ReleaseRecord | undefined>;
}

interface Place {
  readonly site: Site;
  readonly head: Head;
}

/**
 * The copy that counts among those of all stores. A store that cannot be read now does not count. Where stores went two ways
 * for a while, one number stands for two records: the one after them tells which of them it is made above.
 */
async function standing(
  places: readonly Place[],
  channel: string,
  following: () => Promise<ReleaseRecord | undefined>,
): Promise<ReleaseRecord | undefined> {
  const read = await Promise.all(
    places.map(async ({ site, head }) => {
      const record = await orNothing(() => site.store.ledger.read(channel, head));
      return record === undefined ? [] : [{ store: site.store.name, record }];
    }),
  );
  const copies = read.flat();
  const runs = new Set(copies.map(({ record }) => record.run));
  if (runs.size < 2) return standingOf(copies).record;
  const previous = (await following())?.previous;
  const own = copies.filter(({ record }) => record.run === previous?.run && record.generation === previous.generation);
  return standingOf(own, previous?.digest).record;
}

/** Lists what the stores on the channel's line keep: one listing each. `newest` is not read again. */
export async function keptRecords({ plan, sites }: Compared, newest: ReleaseRecord): Promise<Kept> {
  const { channel } = newest;
  const onLine = reachable(sites).filter(({ state }) => state !== 'diverged');
  const places = new Map<number, Place[]>();
  await Promise.all(
    onLine.map(async (site) => {
      for (const head of (await orNothing(() => site.store.ledger.heads(channel))) ?? []) {
        const known = places.get(head.generation) ?? [];
        // Of two records of one number in a store without a lock the first one listed counts.
        if (!known.some((place) => place.site === site)) places.set(head.generation, [...known, { site, head }]);
      }
    }),
  );
  const read = new Map<number, Promise<ReleaseRecord | undefined>>([[newest.generation, Promise.resolve(newest)]]);
  const below = [...places.keys()].filter((generation) => generation < newest.generation);
  /** The record on the line that is made above this number. */
  async function following(generation: number): Promise<ReleaseRecord | undefined> {
    let record: ReleaseRecord | undefined = newest;
    while (record?.previous !== undefined && record.previous.generation > generation)
      record = await readAt(record.previous.generation);
    return record;
  }
  async function readAt(generation: number): Promise<ReleaseRecord | undefined> {
    throwIfInterrupted(plan.signal);
    const known = read.get(generation) ?? standing(places.get(generation) ?? [], channel, () => following(generation));
    read.set(generation, known);
    return known;
  }
  return { generations: [newest.generation, ...below.sort((a, b) => b - a)], read: readAt };
}

/** The record of what was there before slipway, by what the name showed then. The primary is asked first. */
export async function adoptedRecord({ plan, sites }: Compared, shown: Digest): Promise<ReleaseRecord | undefined> {
  const { channel, primary } = plan;
  if (channel === undefined) return undefined;
  const ordered = [...reachable(sites)].sort((a) => (a.store.name === primary ? -1 : 1));
  for (const { store } of ordered) {
    const record = await orNothing(() => store.ledger.readAdopted(channel, shown));
    if (record !== undefined) return record;
  }
  return undefined;
}
