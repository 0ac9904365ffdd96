/** The data that the publishing stages hand on: each stage adds what it found and changes nothing it was given. */
import { asSlipwayError, SlipwayError } from '../errors.ts';
import type {
  Difference,
  Digest,
  Entry,
  Expectation,
  MadeProof,
  Outcome,
  Packed,
  PlannedName,
  Refusal,
  ReleaseRecord,
  Subject,
  VersionClaim,
} from '../model.ts';
import type { Glimpse } from './prune/board.ts';
import type { ReleasePlan } from './release-plan.ts';
import type { Store } from './store.ts';

export type SiteState = 'current' | 'lagging' | 'diverged' | 'failed';

/** What is known of one store during a run. */
export interface Site {
  readonly store: Store;
  readonly state: SiteState;
  /** The newest record it held when compared. */
  readonly newest?: ReleaseRecord;
  readonly claim?: VersionClaim;
  /** What the channel's names showed when compared, by artifact. */
  readonly held: ReadonlyMap<string, Digest>;
  /** What must be put and read back here. */
  readonly wants: readonly Entry[];
  /** Whose proofs must be read back here, although the content is known to be there: a version is about to name it. */
  readonly judged: readonly Entry[];
  /** Entries of the version's claim that its names do not show here yet, by {@link keyOf}. */
  readonly unnamed: ReadonlySet<string>;
  readonly repaired: ReadonlySet<string>;
  /** Name and manifest of what was here before this run put it: {@link keyOf}. */
  readonly present: ReadonlySet<string>;
  /** What works here, but not for every reader. */
  readonly warnings: readonly string[];
  /** Whether this run wrote names here. */
  readonly named: boolean;
  /** What Flux finds under the names, where that was listed. */
  readonly revisions: ReadonlyMap<string, string>;
  readonly error?: SlipwayError;
}

/** The channel's state across stores. */
export interface Line {
  readonly newest?: ReleaseRecord;
  /** Stores keep differing copies of it, and nothing tells which one is true. */
  readonly disputed?: true;
  /** The highest generation in any store; 0 when there is none. */
  readonly highest: number;
  readonly blocked: readonly string[];
  /** Why nobody may move the channel: as the newest record says, else a store on another line. */
  readonly frozen?: ReleaseRecord['frozen'];
  /** Names of stores whose newest record is on another line. */
  readonly diverged: ReadonlySet<string>;
}

/** How a run ended early or which way it goes. */
export interface Ending {
  readonly outcome: Outcome;
  readonly error?: SlipwayError;
}

/** After `compare`. `lost` asks for another round. */
export interface Compared {
  readonly plan: ReleasePlan;
  readonly packed: readonly Packed[];
  readonly sites: readonly Site[];
  readonly line: Line;
  readonly lost?: true;
  readonly end?: Ending;
}

/** A difference, and what of it needs somebody's word. */
export interface Weighed {
  readonly difference: Difference;
  readonly refusals: readonly Refusal[];
  /** Artifacts of which nobody can tell what changes: no store has their content any more. */
  readonly lost: readonly string[];
}

/** After `decide`. */
export interface Decided extends Compared {
  readonly outcome: Outcome;
  /** What the channel shall hold: a new record, or the newest one to roll forward. */
  readonly target?: ReleaseRecord;
  /** Whether `target` is ours and still has to be created. */
  readonly fresh: boolean;
  readonly claim?: VersionClaim;
  readonly claimed: boolean;
  /** Names of artifacts with new content. */
  readonly changed: ReadonlySet<string>;
  /** Manifests made by this run, by digest. */
  readonly manifests: ReadonlyMap<Digest, Uint8Array>;
  /** Where the bytes of a kept manifest lie, when it is known under another artifact. */
  readonly origins: ReadonlyMap<Digest, Entry>;
  /** Whether this run writes names anew that lead to the right content for other consumers: that of the newest commit alone. */
  readonly brings: boolean;
  /** Whether proofs of what did not change may be made again: an older commit takes back nothing. */
  readonly reproves: boolean;
  /** What had to be proved, and the proofs that were made for it. */
  readonly subjects: readonly Subject[];
  readonly made: readonly MadeProof[];
  /** Bytes of proofs that stores held already and others have to be given. */
  readonly held: ReadonlyMap<Digest, Uint8Array>;
  /** The prunes' newest claims before anything was put, by store; absent in a run that writes nothing. */
  readonly glimpses?: ReadonlyMap<string, Glimpse>;
  /** What the decision rests on, and what becomes of every name. */
  readonly foreseen?: { readonly expectation: Expectation; readonly names: readonly PlannedName[] };
  /** What the clusters will see change, and how much of that is too far-reaching. */
  readonly weighed?: Weighed;
  /** What people should know of the decision, whatever the store. */
  readonly warnings: readonly string[];
}

/** A decision that is still empty: nothing to publish, nothing made. */
export const UNDECIDED: Omit<Decided, keyof Compared | 'outcome'> = {
  fresh: false,
  claimed: false,
  changed: new Set<string>(),
  manifests: new Map<Digest, Uint8Array>(),
  origins: new Map<Digest, Entry>(),
  brings: false,
  reproves: false,
  subjects: [],
  made: [],
  held: new Map<Digest, Uint8Array>(),
  warnings: [],
};

/** What is known of a store before it was looked at. */
export function newSite(store: Store, state: SiteState): Site {
  return {
    store,
    state,
    held: new Map(),
    wants: [],
    judged: [],
    unnamed: new Set(),
    repaired: new Set(),
    present: new Set(),
    warnings: [],
    named: false,
    revisions: new Map(),
  };
}

/** Tells entries of one round apart: an artifact may be in the record and in the version's claim with two manifests. */
export function keyOf({ name, manifest }: Pick<Entry, 'name' | 'manifest'>): string {
  return `${name} ${manifest}`;
}

/** Stores that still take part. */
export function reachable(sites: readonly Site[]): readonly Site[] {
  return sites.filter((site) => site.state !== 'failed');
}

/** An error with the store's name in front, once. */
export function atStore(name: string, thrown: unknown): SlipwayError {
  const error = asSlipwayError(thrown);
  return new SlipwayError(error.code, `Store "${name}": ${error.message}`, { hint: error.hint, cause: error });
}

const REFUSALS: ReadonlySet<string> = new Set(['REFUSED', 'FOREIGN', 'VERSION_TAKEN']);

const isRefusal = ({ code }: SlipwayError): boolean => REFUSALS.has(code);

/** How a run ends with an error. */
export const endingOf = (error: SlipwayError): Ending => ({ outcome: isRefusal(error) ? 'refused' : 'failed', error });

/** Errors that end the whole run. What else keeps a store from use, a refusal too, is no reason to leave the others behind. */
const FATAL: ReadonlySet<string> = new Set(['INTERRUPTED', 'INTERNAL', 'CONFIG', 'VERSION_TAKEN']);

/**
 * Works on every store that still takes part, all at once; stores fail independently. What `work` answers is merged
 * into the site; a thrown store error marks the site as failed.
 */
export async function atEach(
  sites: readonly Site[],
  work: (site: Site) => Promise<Partial<Site> | undefined>,
): Promise<readonly Site[]> {
  return Promise.all(
    sites.map(async (site): Promise<Site> => {
      if (site.state === 'failed') return site;
      try {
        return { ...site, ...(await work(site)) };
      } catch (thrown) {
        const error = atStore(site.store.name, thrown);
        if (FATAL.has(error.code)) throw error;
        return { ...site, state: 'failed', error };
      }
    }),
  );
}

/** The primary's site. */
export function primaryOf({ plan, sites }: Pick<Compared, 'plan' | 'sites'>): Site {
  const site = sites.find(({ store }) => store.name === plan.primary);
  if (site === undefined) throw new SlipwayError('CONFIG', `Primary "${plan.primary}" is not one of the stores`);
  return site;
}

/** Fewer stores than the quorum, or no primary: how the run ends, with a refusal where one is the reason; undefined when there are enough. */
export function missing(round: Pick<Compared, 'plan' | 'sites'>): Ending | undefined {
  const { plan, sites } = round;
  if (plan.quorum === 0) return undefined;
  const good = reachable(sites).length;
  const primary = primaryOf(round);
  const failed = sites.find((site) => site.error !== undefined);
  if (primary.state === 'failed') {
    return endingOf(primary.error ?? new SlipwayError('QUORUM', `Primary "${plan.primary}" is not usable`));
  }
  if (good >= plan.quorum) return undefined;
  const refused = sites.find(({ error }) => error !== undefined && isRefusal(error))?.error;
  if (refused !== undefined) return endingOf(refused);
  if (sites.length === 1 && failed?.error) return { outcome: 'failed', error: failed.error };
  const nothing = 'nothing was recorded and no name moved; repair the store and run again, or lower the quorum';
  const hint = failed?.error?.hint === undefined ? nothing : `${failed.error.hint}; ${nothing}`;
  const message = `Only ${good} of ${sites.length} stores are usable, the quorum is ${plan.quorum}`;
  return {
    outcome: 'failed',
    error: new SlipwayError('QUORUM', `${message}: ${failed?.error?.message ?? ''}`, { hint, cause: failed?.error }),
  };
}
