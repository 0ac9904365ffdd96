/** What the records know: which digests may stand under a name, and which manifest equal content already has. */
import { eachLimit } from '../concurrency.ts';
import { asSlipwayError } from '../errors.ts';
import type { Digest, Entry, ReleaseRecord } from '../model.ts';
import { reachable, type Site } from './release.ts';

const AT_ONCE = 16;

/** Where a digest stands under a name. */
export interface NameAt {
  readonly site: Site;
  readonly artifact: string;
  readonly digest: Digest;
}

/** What cannot be read does not count, except that an interrupted run ends. */
export async function orNothing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (asSlipwayError(thrown).code === 'INTERRUPTED') throw thrown;
    return undefined;
  }
}

/** The records of a channel in all reachable stores, read once however many names are judged by them. */
export type History = (site: Site) => Promise<readonly ReleaseRecord[]>;

/** A history that reads each store's records when they are first asked for. */
export function historyOf(channel: string): History {
  const known = new Map<string, Promise<readonly ReleaseRecord[]>>();
  const read = async ({ store }: Site): Promise<readonly ReleaseRecord[]> => {
    const heads = (await orNothing(() => store.ledger.heads(channel))) ?? [];
    const records = await eachLimit(heads, AT_ONCE, (head) => orNothing(() => store.ledger.read(channel, head)));
    return records.filter((record) => record !== undefined);
  };
  return (site) => {
    const answer = known.get(site.store.name) ?? read(site);
    known.set(site.store.name, answer);
    return answer;
  };
}

/** Whether any record of the channel, in any store, lists this digest for the artifact, or it was adopted. */
export async function isKnown(
  sites: readonly Site[],
  { channel, history }: { readonly channel: string; readonly history: History },
  { site, artifact, digest }: NameAt,
): Promise<boolean> {
  const shows = ({ artifacts }: ReleaseRecord): boolean =>
    artifacts.some((entry) => entry.name === artifact && showed(site, entry, digest));
  for (const other of [site, ...reachable(sites).filter(({ store }) => store.name !== site.store.name)]) {
    if ((await history(other)).some(shows)) return true;
  }
  return ((await orNothing(() => site.store.ledger.adopted(channel))) ?? []).includes(digest);
}

/** What a store's name would show of an entry; undefined when its layout cannot show it (the layout changed). */
export function showsThere(site: Site, entry: Entry): Digest | undefined {
  try {
    return site.store.names.shows(entry);
  } catch {
    return undefined;
  }
}

const showed = (site: Site, entry: Entry, digest: Digest): boolean =>
  showsThere(site, entry) === digest || site.store.names.isEarlierForm(entry, digest);

/** The newest record of every channel in every reachable store, as far as they can be read. Costs requests for each channel. */
export async function currentRecords(sites: readonly Site[]): Promise<readonly ReleaseRecord[]> {
  const found: ReleaseRecord[] = [];
  for (const { store } of reachable(sites)) {
    const channels = (await orNothing(() => store.ledger.channels())) ?? [];
    const records = await eachLimit([...channels].sort(), AT_ONCE, (channel) =>
      orNothing(async () => {
        const head = await store.ledger.head(channel);
        return head && store.ledger.read(channel, head);
      }),
    );
    found.push(...records.filter((record) => record !== undefined));
  }
  return found;
}

/** Entries by content digest; earlier ones win. */
export function byContent(entries: readonly Entry[]): ReadonlyMap<Digest, Entry> {
  const known = new Map<Digest, Entry>();
  for (const entry of entries) if (!known.has(entry.content)) known.set(entry.content, entry);
  return known;
}
