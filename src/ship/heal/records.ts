/** The records of a channel across its stores: which ones belong to its line, and which copies are missing or altered. */
import { eachLimit } from '../../concurrency.ts';
import type { ReleaseRecord } from '../../model.ts';
import { encode } from '../document.ts';
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

const textOf = (record: ReleaseRecord): string => Buffer.from(encode(record)).toString('utf8');

/** Copies of one record are equal; where one was altered, what most stores keep counts, and among equals the primary's. */
export function agreed(copies: readonly Copy[], primary: string): ReleaseRecord | undefined {
  const votes = new Map<string, { readonly record: ReleaseRecord; readonly stores: string[] }>();
  for (const { record, store } of copies) {
    if (record === undefined) continue;
    const text = textOf(record);
    const known = votes.get(text) ?? { record, stores: [] };
    known.stores.push(store);
    votes.set(text, known);
  }
  const weight = (stores: readonly string[]): number => stores.length * 2 + (stores.includes(primary) ? 1 : 0);
  const [first] = [...votes.values()].sort((a, b) => weight(b.stores) - weight(a.stores));
  return first?.record;
}

/** The records that lead to the newest one, oldest first, itself included. What nobody keeps any more is left out. */
export function lineOf(newest: ReleaseRecord, copies: readonly Copy[], primary: string): readonly ReleaseRecord[] {
  const line: ReleaseRecord[] = [];
  const below = [...new Set(copies.map(({ generation }) => generation))].filter((n) => n < newest.generation);
  let above: ReleaseRecord = newest;
  for (const generation of below.sort((a, b) => b - a)) {
    const { previous } = above;
    const readable = copies.filter((copy) => copy.generation === generation && copy.record !== undefined);
    const runs = new Set(readable.map(({ record }) => record?.run));
    const [only] = runs.size === 1 ? runs : [];
    // Where the record in between is gone, only what all stores keep is known to belong to the line.
    const run = previous?.generation === generation ? previous.run : only;
    const record = agreed(
      readable.filter((copy) => copy.record?.run === run),
      primary,
    );
    if (record === undefined) continue;
    line.push(record);
    above = record;
  }
  return [...line.reverse(), newest];
}

/** What a store keeps of a record. `other`: another run's record has its number. */
export type Kept = 'same' | 'altered' | 'missing' | 'other';

/** How a store's copy of a record compares to it. */
export function keptIn(store: string, record: ReleaseRecord, copies: readonly Copy[]): Kept {
  const here = copies.filter((copy) => copy.store === store && copy.generation === record.generation);
  const own = here.find((copy) => copy.record?.run === record.run)?.record;
  if (own !== undefined) return textOf(own) === textOf(record) ? 'same' : 'altered';
  return here.some((copy) => copy.record !== undefined) ? 'other' : 'missing';
}
