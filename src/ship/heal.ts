/**
 * Heal: the newest record's content, proofs, records and names, read back in every store and written again where they are
 * missing or damaged. Nothing is made: what no store has any more is told.
 */
import { eachLimit } from '../concurrency.ts';
import { asSlipwayError, SlipwayError, throwIfInterrupted } from '../errors.ts';
import type { Entry, ReleaseRecord } from '../model.ts';
import { standingClaim } from './claims.ts';
import { consumerWarnings } from './consumers.ts';
import { recordDigest } from './copies.ts';
import { countOf, type Mends } from './heal/damage.ts';
import { type Copy, copiesOf, disputeError, standingAt } from './heal/records.ts';
import { takesPart } from './heal/taking-part.ts';
import { isShowable } from './known.ts';
import { namingsOf, verifyEntry } from './put.ts';
import { verifyProofs } from './read-back.ts';
import { atEach, atStore, type Compared, type Decided, reachable, type Site, UNDECIDED } from './release.ts';
import { isAbove, type NameSpace } from './store.ts';
import { type Supply, supplyOf } from './supply.ts';

const AT_ONCE = 16;

/** What heal works on besides the plan of its stages, which has a quorum of 0: nothing is recorded anew. */
export interface HealOptions {
  /** Names of the stores to heal; the others only lend what they have. */
  readonly chosen: ReadonlySet<string>;
  /** How many of the chosen stores must be whole in the end. */
  readonly quorum: number;
  /** What was done so far, by store. */
  readonly mends: ReadonlyMap<string, Mends>;
}

const nothing = (what: string): SlipwayError =>
  new SlipwayError('NOT_FOUND', `Cannot heal ${what}: no store that answers has a record of it`, {
    hint: 'slipway heal without a name heals every channel that is there',
  });

/** A store that only lends, or went another way, is neither read in full nor written. */
function aimed(site: Site, entries: readonly Entry[], { chosen }: HealOptions): Site {
  if (site.state === 'failed') return site;
  if (!chosen.has(site.store.name)) return { ...site, state: 'diverged', wants: [] };
  if (site.state === 'diverged') return { ...site, error: anotherLine(site) };
  return { ...site, wants: entries.filter((entry) => isShowable(site, entry)) };
}

function anotherLine({ store, newest }: Site): SlipwayError {
  const message = `Store "${store.name}" holds another line of releases: its newest is generation ${newest?.generation ?? 0} by run "${newest?.run ?? ''}"`;
  return new SlipwayError('STORE', message, { hint: 'publish: the next record is made above both lines and heals it' });
}

/** Records that are there and nobody can read any more: names must not fall back behind them. */
function unreadable(site: Site, copies: readonly Copy[], newest: ReleaseRecord | undefined): Site {
  const here = copies.filter(({ store }) => store === site.store.name);
  const lost = here.find(
    ({ record, generation }) => record === undefined && isAbove({ generation }, newest ?? { generation: 0, run: '' }),
  );
  if (lost === undefined || !takesPart(site)) return site;
  const message = `Store "${site.store.name}" holds a newer record, generation ${lost.generation}, which is damaged, and no store has it whole`;
  const error = new SlipwayError('CORRUPT', message, {
    hint: 'move that record away, then publish the newest commit again',
  });
  return { ...site, state: 'failed', error };
}

/** What the names showed was compared with another copy of the record. */
const doubted = (site: Site): Site => (site.state === 'current' ? { ...site, state: 'lagging' } : site);

/** What shall be whole: of a channel its newest record, of a version its claim. */
export async function aim(compared: Compared, options: HealOptions): Promise<Decided> {
  const { plan, line } = compared;
  const base: Decided = { ...UNDECIDED, ...compared, outcome: 'unchanged' };
  if (compared.lost) return base;
  const { channel } = plan;
  if (channel === undefined) return aimAtVersion(base, options);
  const { sites: seen, copies } = await copiesOf(compared.sites, channel);
  const { newest } = line;
  const { record: target, stores } = standingAt({ generation: newest?.generation ?? 0, run: newest?.run }, copies);
  const known = seen.map((site) => unreadable(site, copies, newest));
  if (target === undefined || newest === undefined) {
    const dispute = newest && stores.length > 0 && disputeError({ generation: newest.generation, stores }, channel);
    const error = dispute || (known.find((site) => site.error !== undefined)?.error ?? nothing(`channel "${channel}"`));
    return { ...base, sites: known, end: { outcome: 'failed', error } };
  }
  const space: NameSpace = { kind: 'channel', channel };
  const sites = (recordDigest(newest) === recordDigest(target) ? known : known.map(doubted)).map((site) => {
    const one = aimed(site, target.artifacts, options);
    if (!takesPart(one)) return one;
    const told = consumerWarnings(one, space, { entries: target.artifacts, brings: false });
    return { ...one, warnings: [...one.warnings, ...told] };
  });
  return { ...base, sites, target, plan: { ...plan, allowed: target.allowed } };
}

function aimAtVersion(base: Decided, options: HealOptions): Decided {
  const claim = standingClaim(base);
  if (claim === undefined) {
    const error = base.sites.find((site) => site.error !== undefined)?.error;
    const end = { outcome: 'failed', error: error ?? nothing(`version "${base.plan.version ?? ''}"`) } as const;
    return { ...base, end };
  }
  const sites = base.sites.map((site) => aimed(site, claim.artifacts, options));
  return { ...base, sites, claim, claimed: true };
}

/** These concern one artifact; others keep the whole store from being read. */
const OF_ONE: ReadonlySet<string> = new Set(['NOT_FOUND', 'CORRUPT', 'UNTRUSTED']);

async function mendEntry(round: Decided, site: Site, entry: Entry, supply: Supply): Promise<readonly string[]> {
  await verifyEntry(site, entry, supply);
  return verifyProofs(round, site, entry);
}

async function mendSite(round: Decided, site: Site, { mends }: HealOptions): Promise<Partial<Site>> {
  const { store, wants } = site;
  const supply = supplyOf(round);
  const failures = mends.get(store.name)?.failures ?? new Map<string, unknown>();
  const warnings = new Set(site.warnings);
  failures.clear();
  let done = 0;
  await eachLimit(wants, AT_ONCE, async (entry) => {
    throwIfInterrupted(round.plan.signal);
    try {
      for (const text of await mendEntry(round, site, entry, supply)) warnings.add(`"${entry.name}": ${text}`);
    } catch (thrown) {
      if (!OF_ONE.has(asSlipwayError(thrown).code)) throw thrown;
      failures.set(entry.name, lostFrom(thrown, entry));
    }
    done += 1;
    round.plan.progress?.({ stage: 'verify', store: store.name, done, total: wants.length });
  });
  const [first] = failures.values();
  if (first === undefined) return { warnings: [...warnings] };
  const error = asSlipwayError(first);
  const others = failures.size === 1 ? '' : ` (and ${failures.size - 1} more)`;
  const all = new SlipwayError(error.code, `${error.message}${others}`, { hint: error.hint, cause: error });
  return { state: 'failed', error: atStore(store.name, all), warnings: [...warnings] };
}

/** What nobody has can be made again only from its source. */
function lostFrom(thrown: unknown, { commit }: Entry): unknown {
  const error = asSlipwayError(thrown);
  if (error.code !== 'NOT_FOUND') return thrown;
  const from = commit === undefined ? 'the source that published it' : `commit "${commit}", which published it`;
  const hint = error.hint?.includes('prove-again')
    ? 'run slipway publish --allow prove-again to have it proved anew'
    : `check out ${from}, and run slipway publish --allow put-again`;
  return new SlipwayError(error.code, error.message, { hint, cause: error });
}

/**
 * Reads everything back that is aimed at, and writes again what is missing or damaged, from any store that has it. A name
 * over damaged bytes looks foreign until they are whole: then the stores are compared once more.
 */
export async function mend(aimedAt: Decided, options: HealOptions): Promise<Decided> {
  if (aimedAt.lost || (aimedAt.target === undefined && aimedAt.claim === undefined)) return aimedAt;
  const before = writtenIn(options);
  const sites = await atEach(aimedAt.sites, async (site) => {
    if (!takesPart(site)) return undefined;
    await site.store.begin(namingsOf(aimedAt));
    return mendSite(aimedAt, site, options);
  });
  const isMended = writtenIn(options) > before;
  return { ...aimedAt, sites, ...(aimedAt.end?.outcome === 'refused' && isMended && { lost: true }) };
}

/** How often anything was written. */
export const writtenIn = ({ mends }: HealOptions): number =>
  [...mends.values()].reduce((sum, one) => sum + countOf(one), 0);

/** A last look at the proofs that were attached: a publisher may have written the same tag meanwhile. */
export async function settleProofs(named: Decided, { mends }: HealOptions): Promise<Decided> {
  if (named.end !== undefined || named.lost) return named;
  const sites = await atEach(named.sites, async ({ store }) => {
    const attached = [...(mends.get(store.name)?.attached.values() ?? [])];
    await eachLimit(attached, AT_ONCE, (entry) => store.proofs.settle(entry));
    return undefined;
  });
  return { ...named, sites };
}

/** Stores that are whole in the end. */
export const wholeOf = ({ sites, end }: Decided, { chosen }: HealOptions): readonly Site[] =>
  end === undefined ? reachable(sites).filter(({ state, store }) => state === 'current' && chosen.has(store.name)) : [];
