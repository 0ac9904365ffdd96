/** Copies of one record in several stores: a record never changes, so where they differ somebody altered one. */
import { digestOf } from '../digest.ts';
import type { Digest, ReleaseRecord } from '../model.ts';
import { encode } from './document.ts';

/** A copy, and the name of the store that keeps it. */
export interface KeptCopy {
  readonly store: string;
  readonly record: ReleaseRecord;
}

/** The true record with the stores that keep it; without a record nothing tells which of the stores' copies is true. */
export interface Standing {
  readonly record?: ReleaseRecord;
  readonly stores: readonly string[];
}

/** The digest of a record's bytes, as the next record names it. */
export const recordDigest = (record: ReleaseRecord): Digest => digestOf(encode(record));

/**
 * Which copies of one record (same number, same run) are true: those that the next record names by `digest`, else the only ones
 * that there are, else those of more than half of the stores, two at least. No store has a casting vote, the primary neither.
 */
export function standingOf(copies: readonly KeptCopy[], digest?: Digest): Standing {
  const groups = new Map<Digest, { readonly record: ReleaseRecord; readonly stores: string[] }>();
  for (const { store, record } of copies) {
    const key = recordDigest(record);
    const known = groups.get(key) ?? { record, stores: [] };
    known.stores.push(store);
    groups.set(key, known);
  }
  const all = copies.map(({ store }) => store);
  if (digest !== undefined) return groups.get(digest) ?? { stores: all };
  const [first] = groups.values();
  if (first !== undefined && groups.size === 1) return first;
  const most = [...groups.values()].find(({ stores }) => stores.length >= 2 && stores.length * 2 > copies.length);
  return most ?? { stores: all };
}
