/** What the records know: which digests may stand under a name, and which manifest equal content already has. */
import type { Digest, Entry, ReleaseRecord } from '../model.ts';
import { reachable, type Site } from './release.ts';

/** Where a digest stands under a name. */
export interface NameAt {
  readonly site: Site;
  readonly artifact: string;
  readonly digest: Digest;
}

/** Whether any record of the channel, in any store, lists this digest for the artifact, or it was adopted. */
export async function isKnown(
  sites: readonly Site[],
  channel: string,
  { site, artifact, digest }: NameAt,
): Promise<boolean> {
  const shows = ({ artifacts }: ReleaseRecord): boolean =>
    artifacts.some((entry) => entry.name === artifact && showsThere(site, entry) === digest);
  for (const { store } of [site, ...reachable(sites).filter((other) => other !== site)]) {
    for (const head of await store.ledger.heads(channel)) {
      const record = await store.ledger.read(channel, head);
      if (record !== undefined && shows(record)) return true;
    }
  }
  return (await site.store.ledger.adopted(channel)).includes(digest);
}

/** What a store's name would show of an entry; undefined when its layout cannot show it (the layout changed). */
export function showsThere(site: Site, entry: Entry): Digest | undefined {
  try {
    return site.store.names.shows(entry);
  } catch {
    return undefined;
  }
}

/**
 * Entries by content digest, from the newest record of every channel in every reachable store; earlier ones win.
 * Costs a few requests for each channel, so it is asked only when something changed.
 */
export async function currentEntries(
  sites: readonly Site[],
  first: readonly Entry[],
): Promise<ReadonlyMap<Digest, Entry>> {
  const known = new Map<Digest, Entry>();
  const add = (entries: readonly Entry[]): void => {
    for (const entry of entries) if (!known.has(entry.content)) known.set(entry.content, entry);
  };
  add(first);
  for (const { store } of reachable(sites)) {
    for (const channel of [...(await store.ledger.channels())].sort()) {
      const head = await store.ledger.head(channel);
      const record = head && (await store.ledger.read(channel, head));
      add(record?.artifacts ?? []);
    }
  }
  return known;
}
