/**
 * One place to publish to, as four small powers: a ledger of releases, a shelf of immutable content, the proofs beside
 * it, and names that move. A registry and a bucket each make these from their port; the protocol knows nothing else.
 */
import type {
  Attachments,
  BucketAccess,
  Digest,
  Entry,
  Proof,
  ProofGoods,
  ProofKind,
  ReleaseRecord,
  VersionClaim,
} from '../model.ts';
import type { Holdings } from './holdings.ts';

/** Where names live: under a channel they move, under a version they are written once. */
export type NameSpace =
  | { readonly kind: 'channel'; readonly channel: string }
  | { readonly kind: 'version'; readonly version: string };

/** Names that a run is about to write, or to look after. */
export interface Naming {
  readonly space: NameSpace;
  readonly entries: readonly Entry[];
}

/** A record's place in its channel, as a listing shows it. `run` is the first 8 hex digits, where the listing has it. */
export interface Head {
  readonly generation: number;
  readonly run?: string;
}

/** The bytes behind an entry: its OCI manifest and its content (tar+gzip). */
export interface Goods {
  readonly entry: Entry;
  readonly manifest: Uint8Array;
  readonly content: Uint8Array;
  /** The repository that they were read from, `oci://HOST/REPOSITORY`: others of that registry need no upload. */
  readonly home?: string;
}

/** The release records, version claims and adopted names of one project in one store. */
export interface Ledger {
  /** The newest record's place; of two records of one number (no lock) the one with the smaller run id. */
  head(channel: string): Promise<Head | undefined>;
  /** All records' places, newest first. */
  heads(channel: string): Promise<readonly Head[]>;
  read(channel: string, head: Head): Promise<ReleaseRecord | undefined>;
  /** Channels of this project that have a record. */
  channels(): Promise<readonly string[]>;
  /** Create-only: `exists` when this generation has a record already (never where the store has no lock). */
  create(record: ReleaseRecord): Promise<'created' | 'exists'>;
  claim(version: string): Promise<VersionClaim | undefined>;
  /** Versions of this project that are claimed. */
  versions(): Promise<readonly string[]>;
  createClaim(claim: VersionClaim): Promise<'created' | 'exists'>;
  /** Writes a record or claim where its copy is damaged. For nothing else: what can be read is never written over. */
  restore(document: ReleaseRecord | VersionClaim): Promise<void>;
  /** What adopted names showed, see {@link Names.shows}. */
  adopted(channel: string): Promise<readonly Digest[]>;
  createAdopted(record: ReleaseRecord, shown: Digest): Promise<void>;
  /** The record that {@link createAdopted} made. */
  readAdopted(channel: string, shown: Digest): Promise<ReleaseRecord | undefined>;
}

/** Immutable content by digest. */
export interface Shelf {
  /** Throws `CONFIG` for content that this store could not show to its readers. Sends nothing. */
  refuse(goods: Pick<Goods, 'entry' | 'content'>): void;
  /**
   * Puts content, views and manifest, create-only; what is there already is left alone unless `repair` is set. Answers
   * whether the manifest was there.
   */
  put(goods: Goods, options?: { readonly repair?: boolean }): Promise<'put' | 'present'>;
  /** Reads everything back and hashes it; `inFull` also what not every reader asks for. Throws `CORRUPT` for damage, `NOT_FOUND` for what is missing. */
  check(entry: Entry, options?: { readonly inFull?: boolean }): Promise<void>;
  /** Undefined when any part is missing or damaged. */
  get(entry: Entry): Promise<Goods | undefined>;
  /** The entry's content alone; undefined when it is missing or damaged. */
  content(entry: Entry): Promise<Uint8Array | undefined>;
  /** The entry's manifest alone; undefined when it is missing. Throws `CORRUPT` for damage. */
  manifest(entry: Entry): Promise<Uint8Array | undefined>;
}

/** Proofs beside the manifests that they are about. */
export interface Proofs {
  /** What readers of this store look at: those of a registry never see `views`, those of a bucket nothing but bundles. */
  readonly kinds: readonly ProofKind[];
  /** Attaches a proof to the entry's manifest, which is there; one that is attached already is left alone. */
  attach(entry: Entry, goods: ProofGoods): Promise<void>;
  /**
   * Looks once more at what this run wrote beside the entry where others write without a lock, and puts back what they undid:
   * one read for each such tag, none elsewhere. For the end of a run, when a writer who had not seen ours has long written.
   */
  settle(entry: Entry): Promise<void>;
  /** The proof's bytes, hashed; undefined when they are missing or damaged. */
  get(entry: Entry, proof: Proof): Promise<Uint8Array | undefined>;
  /** What readers find beside the entry: in a registry whatever is attached, in a bucket the entry's own proofs. */
  found(entry: Entry): Promise<Attachments>;
  /** Those of the entry's proofs that have a place here and are not among what was found. */
  missing(entry: Entry, found: Attachments): readonly Proof[];
}

/** Who a name was written for, and who this run would write it for. */
export interface OtherConsumers {
  readonly was: BucketAccess;
  readonly is: BucketAccess;
}

/** How a name is moved. */
export interface MoveOptions {
  readonly repair?: boolean;
  readonly keep?: boolean;
}

/** The names that consumers read. */
export interface Names {
  /** Whether the layout of this store has a view of the entry at all. */
  canShow(entry: Entry): boolean;
  /**
   * What the name of this entry shows here: the manifest's digest in a registry, the object's sha256 in a bucket. Throws
   * `CONFIG` where the entry cannot be shown, and where it is not known how clusters reach the bucket.
   */
  shows(space: NameSpace, entry: Entry): Digest;
  /** What proofs of the entry have to name besides its manifest: what its name shows, or the content that this leads to. */
  proved(entry: Entry): Digest;
  /** Whether {@link held} read this digest where this name leads to the entry in another form: written for other consumers. */
  isOtherForm(space: NameSpace, entry: Entry, digest: Digest): boolean;
  /** What {@link held} read last of this name, where it was written for other consumers than this run's, whatever it leads to. */
  otherConsumers(space: NameSpace, entry: Entry): OtherConsumers | undefined;
  /**
   * What the names of these entries show now; an absent name is absent from the map. `inFull`: by their bytes, whatever a
   * listing says of them.
   */
  held(
    space: NameSpace,
    entries: readonly Entry[],
    options?: { readonly inFull?: boolean },
  ): Promise<ReadonlyMap<string, Digest>>;
  /**
   * Points the entry's name at the goods. Under a version create-only: `exists` when the name is there. Under a channel
   * `exists` says that it is no longer what {@link held} read last, where the store can tell. `repair`: a version's name is
   * there, and its bytes are damaged. `keep`: whoever the name was written for, as {@link held} read it last, stays.
   */
  move(space: NameSpace, goods: Goods, options?: MoveOptions): Promise<'moved' | 'exists'>;
  /** Makes what a foreign name shows keepable: the entry that describes it, its bytes put on the shelf. */
  adopt(space: NameSpace, entry: Entry): Promise<Entry>;
  /** What to hand to `slipway pull`. */
  reference(space: NameSpace, entry: Entry): string;
  /** What Flux will report as the revision of this name, in the form that was read or written last; empty where only a listing can tell. */
  fluxRevision(space: NameSpace, entry: Entry): string;
  /**
   * What Flux finds now, by listing as Flux does, by name of the artifact; an absent name is absent from the map. Undefined
   * where the revision is the digest itself, so that nothing is left to be compared.
   */
  revisions(space: NameSpace, entries: readonly Entry[]): Promise<ReadonlyMap<string, string> | undefined>;
}

/** A store. Every method is safe to repeat; errors are `SlipwayError`s without the store's name. */
export interface Store {
  readonly name: string;
  /** Never holds a credential. */
  readonly url: string;
  /** What create-only writes are worth here; for certain only after {@link open}. */
  readonly lock: 'cas' | 'none';
  /** Refuses a store of a newer format. Reads only. */
  open(): Promise<void>;
  /**
   * Called before the first write of a run: tries what a new store can do, and marks it as ours. Throws what keeps it from use
   * for these names; without them, for any.
   */
  begin(about?: readonly Naming[]): Promise<void>;
  /** What does not hold in this store, as sentences for people; complete after {@link begin}. */
  cautions(): readonly string[];
  readonly ledger: Ledger;
  readonly shelf: Shelf;
  readonly proofs: Proofs;
  readonly names: Names;
  readonly holdings: Holdings;
}

/** Whether a record's place comes after a record: a higher generation, or the same number won by a smaller run id. */
export function isAbove(head: Head, record: { readonly generation: number; readonly run: string }): boolean {
  if (head.generation !== record.generation) return head.generation > record.generation;
  return head.run !== undefined && head.run < record.run.slice(0, head.run.length);
}
