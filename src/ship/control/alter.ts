/** Steps 2 and 3 in between, where nothing is built: what the channel shall hold after a change of its state. */
import { SlipwayError } from '../../errors.ts';
import type { Entry, ReleaseRecord, VersionClaim } from '../../model.ts';
import { type Draft, draft } from '../draft.ts';
import { type Compared, type Decided, reachable, UNDECIDED } from '../release.ts';
import { type ChannelDecision, isBehind, withWants } from '../wants.ts';
import type { Change } from './change.ts';
import { freeze, unfreeze } from './freeze.ts';

/** The next record besides what this run says of itself; nothing where the channel is as it was asked to be. */
export interface Alteration {
  readonly next?: Draft;
  /** Makes a claim too, or completes one. */
  readonly claim?: VersionClaim;
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
      return freeze(newestOf(compared), change.reason);
    case 'unfreeze':
      return unfreeze(newestOf(compared));
    default:
      throw new SlipwayError('INTERNAL', `Change "${change.kind}" is not known`);
  }
}

const changedNames = (artifacts: readonly Entry[], before: readonly Entry[]): ReadonlySet<string> => {
  const known = new Map(before.map(({ name, manifest }) => [name, manifest]));
  return new Set(artifacts.filter(({ name, manifest }) => known.get(name) !== manifest).map(({ name }) => name));
};

function decisionOf(compared: Compared, { next }: Alteration): ChannelDecision {
  const { line, sites, plan } = compared;
  const artifacts = next?.artifacts ?? line.newest?.artifacts ?? [];
  const bringing = { brings: false, listed: artifacts };
  const space = { kind: 'channel', channel: plan.channel ?? '' } as const;
  const lagging = reachable(sites).some((site) => isBehind(site, space, bringing));
  const target = next === undefined ? line.newest : draft(compared, next);
  return {
    outcome: next === undefined ? (lagging ? 'healed' : 'unchanged') : 'published',
    ...(target && { target }),
    fresh: next !== undefined,
    changed: changedNames(artifacts, line.newest?.artifacts ?? []),
    reproves: false,
    brings: false,
  };
}

/**
 * Decides what a change makes of the channel. Throws `REFUSED` where somebody has to allow it, `NOT_FOUND` for what is not
 * there, `VERSION_TAKEN` for a version with other content.
 */
export async function alter(compared: Compared, change: Change): Promise<Decided> {
  if (compared.end !== undefined || compared.lost)
    return { ...UNDECIDED, ...compared, outcome: compared.end?.outcome ?? 'failed' };
  const altered = await alteration(compared, change);
  const decision = decisionOf(compared, altered);
  const { claim } = altered;
  const sites = withWants(compared.sites, decision, { plan: compared.plan, claim, claimed: false });
  return { ...UNDECIDED, ...compared, ...decision, sites, ...(claim && { claim }) };
}
