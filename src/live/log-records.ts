/** The records of a channel in all its stores, read from the newest down, as far as somebody wants to know. */
import { eachLimit } from '../concurrency.ts';
import { asSlipwayError, SlipwayError } from '../errors.ts';
import { groupedBy } from '../grouped.ts';
import type { AskedStore, ReleaseRecord } from '../model.ts';
import { type KeptCopy, standingOf } from '../ship/copies.ts';
import { findLine } from '../ship/line.ts';
import { failureOf } from '../ship/receipt.ts';
import { atEach, newSite, reachable, type Site } from '../ship/release.ts';
import type { Head } from '../ship/store.ts';
import { type History, type Kept, lineUp } from '../watch/history/line.ts';
import { type Live, readingPlan } from './open.ts';

const AT_ONCE = 16;

/** What the stores of a channel keep, before most of it is read. */
export interface ChannelRecords {
  readonly channel: string;
  readonly sites: readonly Site[];
  /** The truth; absent where no store has a release. */
  readonly newest?: ReleaseRecord;
  /** Places by name of the store, newest first. */
  readonly heads: ReadonlyMap<string, readonly Head[]>;
}

/** What was read. */
export interface ReadHistory {
  readonly history: History;
  /** Numbers that are kept and were not read. */
  readonly older: readonly number[];
  readonly warnings: readonly string[];
}

/** Asks every store of the channel for its listing and its newest record. Throws the first error where no store answers. */
export async function openRecords(live: Live, channel: string): Promise<ChannelRecords> {
  const plan = readingPlan(live, { channel });
  const heads = new Map<string, readonly Head[]>();
  const unseen = plan.stores.map((store) => newSite(store, 'current'));
  const sites = await atEach(unseen, async ({ store }) => {
    await store.open();
    const found = await store.ledger.heads(channel);
    const [first] = found;
    const newest = first && (await store.ledger.read(channel, first));
    heads.set(store.name, found);
    return newest && { newest };
  });
  const [failed] = sites.flatMap(({ error }) => error ?? []);
  if (failed !== undefined && reachable(sites).length === 0) throw failed;
  const { newest } = await findLine(reachable(sites), plan);
  return { channel, sites, heads, ...(newest && { newest }) };
}

/** How each store answered. */
export function askedStores({ sites, heads }: ChannelRecords): Readonly<Record<string, AskedStore>> {
  return Object.fromEntries(
    sites.map(({ store: { name, url }, error }) => {
      const generation = error === undefined ? (heads.get(name)?.[0]?.generation ?? 0) : 0;
      return [name, { url, generation, ...(error && { error: failureOf(error) }) }];
    }),
  );
}

const keyOf = ({ generation, run }: Pick<ReleaseRecord, 'generation' | 'run'>): string => `${generation} ${run}`;

/** Copies of one record are one; where they differ somebody altered one, and the record after it tells which. */
function keptOf(copies: readonly KeptCopy[]): { readonly kept: readonly Kept[]; readonly warnings: readonly string[] } {
  const digests = new Map(
    copies.flatMap(({ record: { previous } }) => (previous?.digest ? [[keyOf(previous), previous.digest]] : [])),
  );
  const warnings: string[] = [];
  const kept = [...groupedBy(copies, ({ record }) => keyOf(record))].map(([key, same]): Kept => {
    const standing = standingOf(same, digests.get(key));
    const record = standing.record ?? same[0].record;
    const others = same.filter(({ store }) => !standing.stores.includes(store)).map(({ store }) => `"${store}"`);
    if (standing.record === undefined)
      warnings.push(`Copies of generation ${record.generation} differ, and nothing tells which one is true`);
    else if (others.length > 0)
      warnings.push(`Generation ${record.generation} was altered in ${others.join(', ')}: slipway heal puts it right`);
    return { record, stores: same.map(({ store }) => store) };
  });
  return { kept, warnings };
}

/** Reads what the store keeps of these numbers. What cannot be read is told. */
async function readIn(
  { channel, heads }: ChannelRecords,
  { store, newest }: Site,
  numbers: ReadonlySet<number>,
  tell: (warning: string) => void,
): Promise<readonly KeptCopy[]> {
  const wanted = (heads.get(store.name) ?? []).filter(({ generation }) => numbers.has(generation));
  const copies = await eachLimit(wanted, AT_ONCE, async (head): Promise<readonly KeptCopy[]> => {
    const isNewest = newest?.generation === head.generation && newest.run.startsWith(head.run ?? '');
    if (isNewest) return [];
    try {
      const record = await store.ledger.read(channel, head);
      return record === undefined ? [] : [{ store: store.name, record }];
    } catch (thrown) {
      const error = asSlipwayError(thrown);
      if (error.code === 'INTERRUPTED' || error.code === 'INTERNAL') throw error;
      tell(`Store "${store.name}": ${error.message}`);
      return [];
    }
  });
  return copies.flat();
}

/** Numbers that are read at a time, at least. */
const PAGE = 16;

/**
 * Reads down until `enough`, which is told the history so far and the lowest number that was read, or until there is nothing
 * left. `page` is how many numbers are read at a time.
 */
export async function readDown(
  records: ChannelRecords,
  enough: (history: History, floor: number) => boolean,
  page: number = PAGE,
): Promise<ReadHistory> {
  const sites = reachable(records.sites);
  const all = new Set(sites.flatMap(({ store }) => (records.heads.get(store.name) ?? []).map((h) => h.generation)));
  const numbers = [...all].sort((a, b) => b - a);
  const copies: KeptCopy[] = sites.flatMap(({ store, newest }) =>
    newest === undefined ? [] : [{ store: store.name, record: newest }],
  );
  const told = new Set<string>();
  for (let read = 0; ; ) {
    const next = numbers.slice(read, read + Math.max(page, PAGE));
    const wanted = new Set(next);
    for (const found of await Promise.all(sites.map((site) => readIn(records, site, wanted, (one) => told.add(one)))))
      copies.push(...found);
    read += next.length;
    const floor = read === numbers.length ? 1 : (next.at(-1) ?? 1);
    const order = sites.map(({ store }) => store.name);
    const { kept, warnings } = keptOf([...copies].sort((a, b) => order.indexOf(a.store) - order.indexOf(b.store)));
    const history = lineUp(records.newest, kept, floor);
    if (read === numbers.length || enough(history, floor))
      return { history, older: numbers.slice(read), warnings: [...told, ...warnings] };
  }
}

/** The error for a channel without any release. */
export function noRelease(channel: string): SlipwayError {
  return new SlipwayError('NOT_FOUND', `Channel "${channel}" has no release in these stores`, {
    hint: 'check the name; slipway status shows the channels that there are',
  });
}
