/** What the records know: which digests may stand under a name, and which manifest equal content already has. */
import { eachLimit } from '../concurrency.ts';
import { asSlipwayError } from '../errors.ts';
import type { Digest, Entry, ReleaseRecord } from '../model.ts';
import { reachable, type Site } from './release.ts';
import type { Head, Ledger, NameSpace } from './store.ts';

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

/** The readable records of one store, newest first, a page of up to eight at a time; undefined after the last page. */
export type Pages = (page: number) => Promise<readonly ReleaseRecord[] | undefined>;

/** The records of a channel in all reachable stores, read once however many names are judged by them. */
export type History = (site: Site) => Pages;

/** What a name shows is mostly in one of the newest records. */
const PAGE = 8;

/** A history that reads a page of a store's records when it is first asked for. */
export function historyOf(channel: string): History {
  const known = new Map<string, Pages>();
  return (site) => {
    const pages = known.get(site.store.name) ?? pagesOf(site.store.ledger, channel);
    known.set(site.store.name, pages);
    return pages;
  };
}

function pagesOf(ledger: Ledger, channel: string): Pages {
  let listing: Promise<readonly Head[]> | undefined;
  const read: Promise<readonly ReleaseRecord[]>[] = [];
  const page = async (heads: readonly Head[]): Promise<readonly ReleaseRecord[]> => {
    const records = await Promise.all(heads.map((head) => orNothing(() => ledger.read(channel, head))));
    return records.filter((record) => record !== undefined);
  };
  return async (number) => {
    listing ??= orNothing(() => ledger.heads(channel)).then((heads) => heads ?? []);
    const heads = (await listing).slice(number * PAGE, (number + 1) * PAGE);
    if (heads.length === 0) return undefined;
    read[number] ??= page(heads);
    return read[number];
  };
}

async function isIn(pages: Pages, shows: (record: ReleaseRecord) => boolean): Promise<boolean> {
  for (let number = 0; ; number += 1) {
    const records = await pages(number);
    if (records === undefined) return false;
    if (records.some(shows)) return true;
  }
}

/** Whether any record of the channel, in any store, lists this digest for the artifact, or it was adopted. */
export async function isKnown(
  sites: readonly Site[],
  { channel, history }: { readonly channel: string; readonly history: History },
  { site, artifact, digest }: NameAt,
): Promise<boolean> {
  const space: NameSpace = { kind: 'channel', channel };
  const shows = ({ artifacts }: ReleaseRecord): boolean =>
    artifacts.some((entry) => entry.name === artifact && isShown(site, space, entry, digest));
  for (const other of [site, ...reachable(sites).filter(({ store }) => store.name !== site.store.name)]) {
    if (await isIn(history(other), shows)) return true;
  }
  return ((await orNothing(() => site.store.ledger.adopted(channel))) ?? []).includes(digest);
}

/** Whether a store's layout can show an entry: what was published before the layout changed may have no view for it. */
export const isShowable = ({ store }: Site, entry: Entry): boolean => store.names.canShow(entry);

/** What a store's name would show of an entry; undefined when its layout cannot show it. Throws `CONFIG` for other reasons. */
export function showsThere(site: Site, space: NameSpace, entry: Entry): Digest | undefined {
  return isShowable(site, entry) ? site.store.names.shows(space, entry) : undefined;
}

/** Whether what a name shows leads to the entry, also where it was written for other consumers. */
export function isShown(site: Site, space: NameSpace, entry: Entry, digest: Digest | undefined): boolean {
  if (digest === undefined || !isShowable(site, entry)) return false;
  const { names } = site.store;
  return names.shows(space, entry) === digest || names.isOtherForm(space, entry, digest);
}

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
