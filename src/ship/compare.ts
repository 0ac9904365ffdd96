/** Step 2: what every store holds, which record is the truth, who lags behind, and what nobody knows. */
import { SlipwayError } from '../errors.ts';
import type { Digest, Entry, Packed, ReleaseRecord } from '../model.ts';
import { historyOf, isKnown, isShowable, isShown, orNothing } from './known.ts';
import { findLine } from './line.ts';
import { atEach, type Compared, type Line, missing, newSite, reachable, type Site } from './release.ts';
import type { ReleasePlan } from './release-plan.ts';
import type { NameSpace } from './store.ts';

/** Names are looked up by artifact name; a new artifact has no entry yet, so a probe stands in for it. */
function probe(packed: Packed): Entry {
  const { name, content, views, resources } = packed;
  return {
    name,
    content: content.digest,
    manifest: content.digest,
    size: content.size,
    views,
    resources,
    proofs: [],
    since: 0,
  };
}

async function look(site: Site, plan: ReleasePlan): Promise<Partial<Site>> {
  const { ledger } = site.store;
  await site.store.open();
  const head = plan.channel === undefined ? undefined : await ledger.head(plan.channel);
  const newest = head && plan.channel !== undefined ? await ledger.read(plan.channel, head) : undefined;
  const claim = plan.version === undefined ? undefined : await ledger.claim(plan.version);
  return { ...(newest && { newest }), ...(claim && { claim }) };
}

/** Everything the channel's names must be compared for: what the truth lists and what this run brings. */
function namesToRead(newest: ReleaseRecord | undefined, packed: readonly Packed[]): readonly Entry[] {
  const listed = newest?.artifacts ?? [];
  const known = new Set(listed.map(({ name }) => name));
  return [...listed, ...packed.filter(({ name }) => !known.has(name)).map(probe)];
}

/** A name, and what it shows though nobody published it. */
export interface Unexpected {
  readonly site: Site;
  readonly entry: Entry;
  readonly digest: Digest;
}

/** Names that show neither what the truth lists nor what this run is about to publish. */
function unexpectedNames(site: Site, space: NameSpace, entries: readonly Entry[]): readonly Unexpected[] {
  return entries.flatMap((entry) => {
    const digest = site.held.get(entry.name);
    return digest === undefined || isShown(site, space, entry, digest) ? [] : [{ site, entry, digest }];
  });
}

/** A name that leads to the right content lacks nothing: which consumers it is written for is decided later, and not by everyone. */
function stateOf(site: Site, line: Line, space: NameSpace, entries: readonly Entry[]): Site['state'] {
  if (line.diverged.has(site.store.name)) return 'diverged';
  if (line.newest === undefined) return 'current';
  if (site.newest?.run !== line.newest.run) return 'lagging';
  const listed = new Set(line.newest.artifacts.map(({ name }) => name));
  const missed = entries.some(
    (e) =>
      listed.has(e.name) &&
      (isShowable(site, e) ? !isShown(site, space, e, site.held.get(e.name)) : site.held.has(e.name)),
  );
  return missed ? 'lagging' : 'current';
}

/** Names no record knows, by what the sites held: judged against all records, since a lagging store may show something old. */
export async function foreignNames(
  sites: readonly Site[],
  entries: readonly Entry[],
  channel: string,
): Promise<readonly Unexpected[]> {
  const suspects = reachable(sites).flatMap((site) => unexpectedNames(site, { kind: 'channel', channel }, entries));
  const foreign: Unexpected[] = [];
  const records = { channel, history: historyOf(channel) };
  for (const suspect of suspects) {
    const at = { site: suspect.site, artifact: suspect.entry.name, digest: suspect.digest };
    if (!(await isKnown(sites, records, at))) foreign.push(suspect);
  }
  return foreign;
}

/** Whether another publisher went on since the stores were looked at. */
async function movedOn(sites: readonly Site[], channel: string): Promise<boolean> {
  const heads = await Promise.all(
    reachable(sites).map(async (site) => ({ site, head: await orNothing(() => site.store.ledger.head(channel)) })),
  );
  return heads.some(({ site, head }) => {
    if (head === undefined) return false;
    return (
      head.generation !== site.newest?.generation || (head.run !== undefined && !site.newest.run.startsWith(head.run))
    );
  });
}

/** What the first of the foreign names is told as. */
export function foreignError({ site, entry, digest }: Unexpected, space: NameSpace, more: number): SlipwayError {
  const where = site.store.names.reference(space, entry).replace(/@sha256:[0-9a-f]{64}/, '');
  const others = more > 0 ? ` (and ${more} more)` : '';
  return new SlipwayError('FOREIGN', `"${where}" holds "${digest}", which no release record knows${others}`, {
    hint: 'someone else writes this name: choose another channel or artifact name, or keep it and go on with --adopt',
  });
}

/** Keeps what foreign names show: a record of kind adopt for each, so that a rollback can return to it. */
async function adopt(foreign: readonly Unexpected[], plan: ReleasePlan, channel: string): Promise<void> {
  for (const { site, entry, digest } of foreign) {
    const space: NameSpace = { kind: 'channel', channel };
    await site.store.begin([{ space, entries: [entry] }]);
    const kept = await site.store.names.adopt(space, entry);
    const { project, run, at, primary } = plan;
    const lists = { blocked: [], artifacts: [{ ...kept, proofs: [], since: 0 }], allowed: [], gates: [] };
    const record: ReleaseRecord = {
      schema: 1,
      project,
      channel,
      generation: 0,
      run,
      kind: 'adopt',
      at,
      primary,
      ...lists,
    };
    await site.store.ledger.createAdopted(record, digest);
  }
}

/**
 * Looks at every store: reads only, except that `adopt` keeps foreign names. Stores that cannot be read are failed;
 * without the primary or below the quorum the run ends, and so it does for names that no record knows.
 */
export async function compare(plan: ReleasePlan, packed: readonly Packed[]): Promise<Compared> {
  const none: Line = { highest: 0, blocked: [], diverged: new Set() };
  const unseen = plan.stores.map((store) => newSite(store, 'current'));
  const looked = await atEach(unseen, (site) => look(site, plan));
  const end = missing({ plan, sites: looked });
  if (end !== undefined || plan.channel === undefined)
    return { plan, packed, sites: looked, line: none, ...(end && { end }) };

  const { channel } = plan;
  const space: NameSpace = { kind: 'channel', channel };
  const line = await findLine(reachable(looked), plan);
  const entries = namesToRead(line.newest, packed);
  const named = await atEach(looked, async ({ store }) => ({ held: await store.names.held(space, entries) }));
  const sites = named.map((site) =>
    site.state === 'failed' ? site : { ...site, state: stateOf(site, line, space, entries) },
  );
  const compared: Compared = { plan, packed, sites, line, ...missingOf(plan, sites) };
  const foreign = await foreignNames(sites, entries, channel);
  const [first] = foreign;
  if (first === undefined) return compared;
  if (await movedOn(sites, channel)) return { ...compared, lost: true };
  if (!plan.adopt) {
    return { ...compared, end: { outcome: 'refused', error: foreignError(first, space, foreign.length - 1) } };
  }
  await adopt(foreign, plan, channel);
  return compared;
}

const missingOf = (plan: ReleasePlan, sites: readonly Site[]): Pick<Compared, 'end'> => {
  const end = missing({ plan, sites });
  return end === undefined ? {} : { end };
};
