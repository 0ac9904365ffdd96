/** The records of a channel across its stores: which ones belong to its line, and which copies are missing or altered. */
import { eachLimit } from '../../concurrency.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest, ReleaseRecord } from '../../model.ts';
import { type KeptCopy, recordDigest, type Standing, standingOf } from '../copies.ts';
import { atEach, type Site } from '../release.ts';

const AT_ONCE = 16;

/** A record as one store keeps it; `record` is missing where it cannot be read. */
export interface Copy {
  readonly store: string;
  readonly generation: number;
  readonly record?: ReleaseRecord;
}

/** Every record of a channel in every store. One that cannot be read is failed. */
export async function copiesOf(
  sites: readonly Site[],
  channel: string,
): Promise<{ readonly sites: readonly Site[]; readonly copies: readonly Copy[] }> {
  const copies: Copy[] = [];
  const seen = await atEach(sites, async ({ store }) => {
    const heads = await store.ledger.heads(channel);
    const found = await eachLimit(heads, AT_ONCE, async (head): Promise<Copy> => {
      const record = await store.ledger.read(channel, head);
      return { store: store.name, generation: head.generation, ...(record && { record }) };
    });
    copies.push(...found);
    return undefined;
  });
  return { sites: seen, copies };
}

/** A record's place in its line; `digest` is what the record after it says of its bytes. */
export interface Place {
  readonly generation: number;
  readonly run: string | undefined;
  readonly digest?: Digest;
}

/** Which copies of the record at a place are true. */
export function standingAt({ generation, run, digest }: Place, copies: readonly Copy[]): Standing {
  const same = copies.flatMap(({ store, record }): readonly KeptCopy[] =>
    record?.generation === generation && record.run === run ? [{ store, record }] : [],
  );
  return standingOf(same, digest);
}

/** Nothing tells which copy of a record is true. */
export interface Dispute {
  readonly generation: number;
  readonly stores: readonly string[];
}

const listed = (stores: readonly string[]): string => stores.map((store) => `"${store}"`).join(', ');

/** What a dispute is told as. */
export function disputeError({ generation, stores }: Dispute, channel: string): SlipwayError {
  const where = stores.length === 1 ? `Store ${listed(stores)} keeps` : `Stores ${listed(stores)} keep`;
  const what = stores.length === 1 ? 'an altered record' : 'different copies of the record';
  const message = `${where} ${what} of channel "${channel}", generation ${generation}: nothing tells what was recorded`;
  return new SlipwayError('CORRUPT', message, {
    hint: 'move the wrong copy away, then heal again; publish the newest commit again where no copy is right',
  });
}

/** The records that lead to the newest one, oldest first, itself included. What nobody keeps any more is left out. */
export interface KeptLine {
  readonly records: readonly { readonly record: ReleaseRecord; readonly stores: readonly string[] }[];
  readonly disputes: readonly Dispute[];
}

/** The line of a record. */
export function lineOf(newest: ReleaseRecord, copies: readonly Copy[]): KeptLine {
  const keeping = copies.filter(({ record }) => record && recordDigest(record) === recordDigest(newest));
  const records: KeptLine['records'][number][] = [{ record: newest, stores: keeping.map(({ store }) => store) }];
  const disputes: Dispute[] = [];
  const below = [...new Set(copies.map(({ generation }) => generation))].filter((n) => n < newest.generation);
  let above: ReleaseRecord | undefined = newest;
  for (const generation of below.sort((a, b) => b - a)) {
    const previous: ReleaseRecord['previous'] = above?.previous?.generation === generation ? above.previous : undefined;
    const readable = copies.filter((copy) => copy.generation === generation && copy.record !== undefined);
    const runs = new Set(readable.map(({ record }) => record?.run));
    // Where the record in between is gone, only what all stores keep is known to belong to the line.
    const [only] = runs.size === 1 ? runs : [];
    const { record, stores } = standingAt({ generation, run: only, ...previous }, readable);
    above = record;
    if (record !== undefined) records.push({ record, stores });
    else if (stores.length > 0) disputes.push({ generation, stores });
  }
  return { records: records.reverse(), disputes };
}

/** What a store keeps of a record. `other`: another run's record has its number. */
export type Kept = 'same' | 'altered' | 'missing' | 'other';

/** How a store's copy of a record compares to it. */
export function keptIn(store: string, record: ReleaseRecord, copies: readonly Copy[]): Kept {
  const here = copies.filter((copy) => copy.store === store && copy.generation === record.generation);
  const own = here.find((copy) => copy.record?.run === record.run)?.record;
  if (own !== undefined) return recordDigest(own) === recordDigest(record) ? 'same' : 'altered';
  return here.some((copy) => copy.record !== undefined) ? 'other' : 'missing';
}

/** What is told of a store whose altered copy of a record is replaced by that of other stores. */
export const replacedText = ({ generation }: ReleaseRecord, stores: readonly string[]): string =>
  `its copy of the record of generation ${generation} was altered: what ${listed(stores)} ${stores.length === 1 ? 'keeps' : 'keep'} replaces it`;
