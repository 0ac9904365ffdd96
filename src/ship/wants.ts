/** What each store must be given for a decision, and what has to be read back there. */
import type { Entry, Outcome, ReleaseRecord, VersionClaim } from '../model.ts';
import { consumerWarnings, isForOthers } from './consumers.ts';
import { isShowable } from './known.ts';
import { isAllowed } from './phrases.ts';
import { type Compared, type Decided, keyOf, type Site } from './release.ts';
import type { NameSpace } from './store.ts';

/** What every store lost can come back from its source alone: everything is put and read back, also where all seems well. */
export const putsAgain = (plan: Compared['plan']): boolean => isAllowed(plan, 'put-again');

/** What the channel shall hold, and how the run goes about it. */
export interface ChannelDecision {
  readonly outcome: Outcome;
  readonly target?: ReleaseRecord;
  readonly fresh: boolean;
  readonly changed: ReadonlySet<string>;
  readonly reproves: boolean;
  readonly brings: boolean;
}

/** Whether a store lacks anything; names for other consumers do only to the run that writes them anew. */
export const isBehind = (site: Site, space: NameSpace, { brings, listed }: Bringing): boolean =>
  site.state !== 'current' || (brings && isForOthers(site, space, listed));

/** Whether a run writes names anew, and of which entries. */
export interface Bringing {
  readonly brings: boolean;
  readonly listed: readonly Entry[];
}

/**
 * What must be put into a store and read back: what changed where it is current, everything where it is not, and what a
 * version is about to name; of that the proofs alone where the channel has the content.
 */
function wantsOf(
  site: Site,
  decision: ChannelDecision,
  { plan, claim, claimed }: Pick<Decided, 'plan' | 'claimed'> & { readonly claim: VersionClaim | undefined },
): Pick<Site, 'wants' | 'judged'> {
  // What a store's layout cannot show was published before that layout was chosen: it stays out of there.
  const listed = (decision.target?.artifacts ?? []).filter((entry) => isShowable(site, entry));
  const isTrusted = site.state === 'current' && !putsAgain(plan);
  const fromChannel = isTrusted ? listed.filter(({ name }) => decision.changed.has(name)) : listed;
  const shelved = new Set(site.state === 'current' ? site.newest?.artifacts.map(keyOf) : []);
  const toName = (claim?.artifacts ?? []).filter((entry) => site.unnamed.has(keyOf(entry)));
  const wants = onceEach([...fromChannel, ...toName.filter((entry) => !shelved.has(keyOf(entry)))]);
  // A standing claim says itself what proves its artifacts, whatever the channel has besides.
  return { wants, judged: toName.filter((entry) => claimed || shelved.has(keyOf(entry))) };
}

/** A record and a claim may list one artifact with different proofs, such as by an older key: readers of both find theirs. */
function onceEach(entries: readonly Entry[]): readonly Entry[] {
  const wants = new Map<string, Entry>();
  for (const entry of entries) {
    const all = [...(wants.get(keyOf(entry))?.proofs ?? []), ...entry.proofs];
    const proofs = [...new Map(all.map((proof) => [proof.digest, proof])).values()];
    wants.set(keyOf(entry), { ...entry, proofs });
  }
  return [...wants.values()];
}

/** A store on another line heals with the record that this run makes above both; names for other consumers are told. */
function consumersSeen(site: Site, { channel }: Compared['plan'], { target, brings }: ChannelDecision): Site {
  if (channel === undefined) return site;
  const space: NameSpace = { kind: 'channel', channel };
  const entries = target?.artifacts ?? [];
  const isCurrent = site.state === 'current' && !isBehind(site, space, { brings, listed: entries });
  const warnings = consumerWarnings(site, space, { entries, brings });
  return { ...site, state: isCurrent ? 'current' : 'lagging', warnings: [...site.warnings, ...warnings] };
}

/** The stores of a round with what each of them has to be given. One that is out of reach gets nothing. */
export function withWants(
  sites: readonly Site[],
  decision: ChannelDecision,
  round: Pick<Decided, 'plan' | 'claimed'> & { readonly claim: VersionClaim | undefined },
): readonly Site[] {
  return sites.map((site): Site => {
    if (site.state === 'failed') return site;
    const seen = consumersSeen(site, round.plan, decision);
    return { ...seen, ...wantsOf(seen, decision, round) };
  });
}
