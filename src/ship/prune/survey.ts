/** Reads everything that decides what may go: all records, claims and names of all projects, and what the stores hold. */

import { eachLimit } from '../../concurrency.ts';
import type { Entry, ReleaseRecord } from '../../model.ts';
import type { Papers } from '../holdings.ts';
import { atStore } from '../release.ts';
import type { Store } from '../store.ts';
import type { Seen } from './rules.ts';

const AT_ONCE = 8;

interface Read {
  readonly store: Store;
  readonly papers: Papers;
}

const newestFirst = (records: readonly ReleaseRecord[]): readonly ReleaseRecord[] =>
  [...records].sort((a, b) => b.generation - a.generation);

/** Works on every store; one that cannot be read ends it all, because what it needs is not known. */
export async function atEvery<T>(stores: readonly Store[], work: (store: Store) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(
    stores.map((store) =>
      work(store).catch((thrown) => {
        throw atStore(store.name, thrown);
      }),
    ),
  );
}

/** One entry for each artifact, of the newest record that has it: it says where the name lies. */
function latestEntries(records: readonly ReleaseRecord[]): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const { artifacts } of records) {
    for (const entry of artifacts) if (!entries.has(entry.name)) entries.set(entry.name, entry);
  }
  return [...entries.values()];
}

function shows({ names }: Store, entry: Entry): string | undefined {
  try {
    return names.shows(entry);
  } catch {
    // The layout cannot show it: it was published before that layout was chosen.
    return undefined;
  }
}

/**
 * The newest record for everything that the store's names show: a store that lags behind shows what is old elsewhere, and
 * without its record nobody would know that name any more.
 */
async function shownIn(store: Store, channel: string, everywhere: readonly ReleaseRecord[]): Promise<ReleaseRecord[]> {
  const records = newestFirst(everywhere);
  const entries = latestEntries(records).filter((entry) => shows(store, entry) !== undefined);
  const held = await store.names.held({ kind: 'channel', channel }, entries);
  return [...held].flatMap(([name, digest]) => {
    const known = records.find(({ artifacts }) =>
      artifacts.some((entry) => entry.name === name && shows(store, entry) === digest),
    );
    return known === undefined ? [] : [known];
  });
}

async function seenIn(
  { store, papers }: Read,
  all: readonly ReleaseRecord[],
  artifacts: readonly string[],
): Promise<Seen> {
  const channels = [...new Set(all.map(({ channel }) => channel))];
  const shown = await eachLimit(channels, AT_ONCE, (channel) =>
    shownIn(
      store,
      channel,
      all.filter((record) => record.channel === channel),
    ),
  );
  const { records, claims } = papers;
  const holdings = await store.holdings.list(artifacts);
  return { store: store.name, records, claims, shown: shown.flat(), holdings };
}

/** What was read, and all names of artifacts that anything told of. */
export interface Survey {
  readonly seen: readonly Seen[];
  readonly artifacts: readonly string[];
}

/** Reads all stores: first the records of all, then what is judged by them. `known` are artifacts of earlier records. */
export async function survey(stores: readonly Store[], known: readonly string[]): Promise<Survey> {
  const read = await atEvery(
    stores,
    async (store): Promise<Read> => ({ store, papers: await store.holdings.papers() }),
  );
  const records = read.flatMap(({ papers }) => papers.records.map(({ record }) => record));
  const claims = read.flatMap(({ papers }) => papers.claims);
  const told = [...records, ...claims].flatMap(({ artifacts }) => artifacts.map(({ name }) => name));
  const artifacts = [...new Set([...known, ...told])].sort();
  const papersOf = new Map(read.map((one) => [one.store.name, one]));
  const seen = await atEvery(stores, async (store) =>
    seenIn(papersOf.get(store.name) ?? { store, papers: { records: [], claims: [] } }, records, artifacts),
  );
  return { seen, artifacts };
}
