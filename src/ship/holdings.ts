/** What a store holds besides names, as `prune` sees it: everything that could go, and the board where runs leave notes. */
import { SlipwayError } from '../errors.ts';
import type { ReleaseRecord, VersionClaim } from '../model.ts';
import type { StillMay } from './ports.ts';
import type { Store } from './store.ts';

/** In the order in which they go: whatever speaks of something goes before it. */
export const HOLDING_KINDS = ['record', 'proof', 'manifest', 'content', 'scratch'] as const;

export type HoldingKind = (typeof HOLDING_KINDS)[number];

/**
 * Throws when the caller may not delete any more. Asked directly before everything that deletes; the answer goes with the request,
 * which may have to wait and to be repeated.
 */
export type MayDelete = () => Promise<StillMay | undefined>;

/** One thing that can be deleted, with all its parts. */
export interface Holding {
  readonly kind: HoldingKind;
  /** Equal in all stores: `<kind>-<hex>`, for records `record-<project>/<channel>/<generation>/<run>`. */
  readonly id: string;
  /** Where it lies, for people. */
  readonly what: string;
  readonly bytes: number;
  /** Ids of parts that stay for as long as this does. */
  readonly needs?: readonly string[];
  /** What is gone already is no error. */
  remove(mayDelete: MayDelete): Promise<void>;
}

/** A record and how to delete it. Those of kind `adopt` are never deleted. */
export interface HeldRecord {
  readonly record: ReleaseRecord;
  readonly holding: Holding;
}

/** All records and claims of all projects in a store. */
export interface Papers {
  readonly records: readonly HeldRecord[];
  readonly claims: readonly VersionClaim[];
}

/** A note's name, and when it was written by the store's clock (milliseconds since 1970) where the store tells. */
export interface Note {
  readonly name: string;
  readonly modified?: number;
}

/** Small documents by which prunes and publishers see each other. Names are letters, digits, `.` and `-`. */
export interface Notes {
  list(): Promise<readonly Note[]>;
  read(name: string): Promise<Uint8Array | undefined>;
  create(name: string, bytes: Uint8Array): Promise<'created' | 'exists'>;
  remove(name: string): Promise<void>;
}

/** The power of a store to be pruned. */
export interface Holdings {
  readonly notes: Notes;
  /**
   * Throws `CORRUPT` for what cannot be read: what nobody understands must not be judged. Throws `STORE` for what is listed and
   * missing; unless the place is `claimed` only if it still is when it is listed again: another prune may have removed it.
   */
  papers(options?: { readonly claimed?: boolean }): Promise<Papers>;
  /** Whether {@link list} leaves out by itself what names show; elsewhere only records tell what a name needs. */
  readonly sparesShown: boolean;
  /**
   * Proofs, manifests, content and leftovers. `artifacts` names those whose places have to be looked at where a store cannot
   * list them; what anything but a record shows there is left out.
   */
  list(artifacts: readonly string[]): Promise<readonly Holding[]>;
  /** Throws `DENIED` where the store has deletion switched off. Deletes nothing. */
  ready(): Promise<void>;
  /** The same store without what was remembered of content and proofs: somebody may have deleted it meanwhile. */
  afresh(): Store;
}

/** The id of a record in all stores. */
export const recordId = ({ project, channel, generation, run }: ReleaseRecord): string =>
  `record-${project}/${channel}/${generation}/${run}`;

/** The error for a record or claim that is listed and cannot be read. */
export function missingPaper(what: string): SlipwayError {
  return new SlipwayError('STORE', `Cannot read ${what}: it is listed, and missing`, {
    hint: 'the store may lag behind what it lists, and nothing is deleted by guess: run again later',
  });
}
