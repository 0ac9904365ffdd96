/** Steps 2 and 3 in between, where nothing is built: what the channel shall hold after a change of its state. */
import { SlipwayError } from '../../errors.ts';
import type { Entry, ReleaseRecord, VersionClaim } from '../../model.ts';
import { type Draft, draft } from '../draft.ts';
import { isShowable } from '../known.ts';
import { type Compared, type Decided, keyOf, reachable, type Site, UNDECIDED } from '../release.ts';
import { type ChannelDecision, isBehind, withWants } from '../wants.ts';
import type { Change } from './change.ts';
import { freeze, unfreeze } from './freeze.ts';
import { promote } from './promote.ts';
import { retire } from './retire.ts';
import { rollback } from './rollback.ts';

/** The next record besides what this run says of itself; nothing where the channel is as it was asked to be. */
export interface Alteration {
  readonly next?: Draft;
  /** Makes a claim too, or completes one. */
  readonly claim?: VersionClaim;
  /** The claim stands already. */
  readonly claimed?: boolean;
  /** The stores, with what their version names lack. */
  readonly sites?: readonly Site[];
  /** Entries whose content is there, with proofs that the stores have to be given. */
  readonly wants?: readonly Entry[];
  /** The next record says something new, and clusters see nothing of it. */
  readonly still?: boolean;
  /** What the change itself allows, as phrases. */
  readonly allowed?: readonly string[];
  /** What people should know besides. */
  readonly warnings?: readonly string[];
}

/** The channel's newest record. Throws `NOT_FOUND` for a channel that nothing was published to. */
export function newestOf({ plan, line }: Compared): ReleaseRecord {
  if (line.newest !== undefined) return line.newest;
  throw new SlipwayError('NOT_FOUND', `Channel "${plan.channel ?? ''}" has no release in these stores`, {
    hint: 'check --channel and the config; slipway status shows the channels that there are',
  });
}

async function alteration(compared: Compared, change: Change): Promise<Alteration> {
  switch (change.kind) {
    case 'freeze':
      return freeze(compared, newestOf(compared), change.reason);
    case 'unfreeze':
      return unfreeze(compared, newestOf(compared));
    case 'promote':
      return promote(compared, change);
    case 'retire':
      return retire(compared, newestOf(compared), change);
    case 'rollback':
      return rollback(compared, newestOf(compared), change);
  }
}

/** Stores that went another way heal by a record above both lines alone: it is made also where nothing else is new. */
function aboveAll({ line }: Compared, altered: Alteration): Alteration {
  if (altered.next !== undefined || line.newest === undefined || line.diverged.size === 0) return altered;
  const { artifacts, floor } = line.newest;
  return { ...altered, next: { kind: 'sign', artifacts, floor }, still: true };
}

/** Equal bytes may be shown in another form than before. */
const shownAs = ({ manifest, views }: Entry): string => `${manifest} ${views.object?.digest ?? ''}`;

const changedNames = (artifacts: readonly Entry[], before: readonly Entry[]): ReadonlySet<string> => {
  const known = new Map(before.map((entry) => [entry.name, shownAs(entry)]));
  return new Set(artifacts.filter((entry) => known.get(entry.name) !== shownAs(entry)).map(({ name }) => name));
};

function decisionOf(compared: Compared, { next, still }: Alteration): ChannelDecision {
  const { line, sites, plan } = compared;
  const artifacts = next?.artifacts ?? line.newest?.artifacts ?? [];
  const bringing = { brings: false, listed: artifacts };
  const space = { kind: 'channel', channel: plan.channel ?? '' } as const;
  const lagging = reachable(sites).some((site) => isBehind(site, space, bringing));
  const target = next === undefined ? line.newest : draft(compared, next);
  const nothing = lagging ? 'healed' : 'unchanged';
  return {
    outcome: next === undefined || still === true ? nothing : 'published',
    ...(target && { target }),
    fresh: next !== undefined,
    changed: changedNames(artifacts, line.newest?.artifacts ?? []),
    reproves: false,
    brings: false,
  };
}

/** What gets new proofs is read back in full. */
function adding(site: Site, entries: readonly Entry[]): Site {
  if (site.state === 'failed') return site;
  const shown = entries.filter((entry) => isShowable(site, entry));
  const wants = new Map([...site.wants, ...shown].map((entry) => [keyOf(entry), entry]));
  return { ...site, wants: [...wants.values()] };
}

/**
 * Decides what a change makes of the channel. Throws `REFUSED` where somebody has to allow it, `NOT_FOUND` for what is not
 * there, `VERSION_TAKEN` for a version with other content.
 */
export async function alter(compared: Compared, change: Change): Promise<Decided> {
  if (compared.end !== undefined || compared.lost)
    return { ...UNDECIDED, ...compared, outcome: compared.end?.outcome ?? 'failed' };
  const altered = aboveAll(compared, await alteration(compared, change));
  const { claim, claimed = false, wants = [], sites: seen = compared.sites, allowed = [], warnings = [] } = altered;
  const plan = { ...compared.plan, allowed: [...compared.plan.allowed, ...allowed] };
  const decision = decisionOf({ ...compared, plan }, altered);
  const sites = withWants(seen, decision, { plan, claim, claimed }).map((site) => adding(site, wants));
  return { ...UNDECIDED, ...compared, ...decision, plan, sites, claimed, warnings, ...(claim && { claim }) };
}
