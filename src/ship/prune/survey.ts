/** Reads everything that decides what may go: all records, claims and names of all projects, and what the stores hold. */

import { eachLimit } from '../../concurrency.ts';
import type { Digest, Entry, ReleaseRecord } from '../../model.ts';
import type { Papers } from '../holdings.ts';
import { atStore } from '../release.ts';
import type { NameSpace, Store } from '../store.ts';
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

/** Whether a name leads to the entry. What the layout cannot show was published before that layout was chosen. */
function isShown({ names }: Store, space: NameSpace, entry: Entry, digest: Digest): boolean {
  return names.canShow(entry) && (names.shows(space, entry) === digest || names.isOtherForm(space, entry, digest));
}

/**
 * The newest record for everything that the store's names show: a store that lags behind shows what is old elsewhere, and
 * without its record nobody would know that name any more. Undefined for what no record lists.
 */
async function shownIn(
  store: Store,
  channel: string,
  everywhere: readonly ReleaseRecord[],
): Promise<readonly (ReleaseRecord | undefined)[]> {
  const records = newestFirst(everywhere);
  const space: NameSpace = { kind: 'channel', channel };
  const entries = latestEntries(records).filter((entry) => store.names.canShow(entry));
  const held = await store.names.held(space, entries);
  return [...held].map(([name, digest]) =>
    records.find(({ artifacts }) =>
      artifacts.some((entry) => entry.name === name && isShown(store, space, entry, digest)),
    ),
  );
}

async function seenIn(
  { store, papers }: Read,
  all: readonly ReleaseRecord[],
  { artifacts, before }: { readonly artifacts: readonly string[]; readonly before: Seen['holdings'] | undefined },
): Promise<Seen> {
  const channels = [...new Set(all.map(({ channel }) => channel))];
  const found = await eachLimit(channels, AT_ONCE, (channel) =>
    shownIn(
      store,
      channel,
      all.filter((record) => record.channel === channel),
    ),
  );
  const { records, claims } = papers;
  const shown = found.flat().filter((record) => record !== undefined);
  const showsUnlisted = !store.holdings.sparesShown && shown.length < found.flat().length;
  const listed = store.holdings.sparesShown ? undefined : before;
  const holdings = listed ?? (await store.holdings.list(artifacts));
  return { store: store.name, records, claims, shown, holdings, showsUnlisted };
}

/** What was read, and all names of artifacts that anything told of. */
export interface Survey {
  readonly seen: readonly Seen[];
  readonly artifacts: readonly string[];
}

/**
 * Reads all stores: first the records of all, then what is judged by them. `known` are artifacts of earlier records. `before` is
 * what was read before the claim: now nobody else deletes anything, and what a bucket holds is not listed again. What came since
 * is not in that list and cannot go; what is needed is told by records and names alone, which are read. A registry's list says what
 * anybody's tags show, and is.
 */
export async function survey(stores: readonly Store[], known: readonly string[], before?: Survey): Promise<Survey> {
  const claimed = before !== undefined;
  const read = await atEvery(
    stores,
    async (store): Promise<Read> => ({ store, papers: await store.holdings.papers({ claimed }) }),
  );
  const records = read.flatMap(({ papers }) => papers.records.map(({ record }) => record));
  const claims = read.flatMap(({ papers }) => papers.claims);
  const told = [...records, ...claims].flatMap(({ artifacts }) => artifacts.map(({ name }) => name));
  const artifacts = [...new Set([...known, ...told])].sort();
  const papersOf = new Map(read.map((one) => [one.store.name, one]));
  const seen = await atEvery(stores, async (store) =>
    seenIn(papersOf.get(store.name) ?? { store, papers: { records: [], claims: [] } }, records, {
      artifacts,
      before: before?.seen.find((one) => one.store === store.name)?.holdings,
    }),
  );
  return { seen, artifacts };
}
