/** Steps 2 and 3 in between: what the channel and the version shall hold, and what each store must be given for it. */
import { SlipwayError } from '../errors.ts';
import type { Entry, Floor, Outcome } from '../model.ts';
import { checkClaim, checkVersionNames, ownClaim, standingClaim } from './claims.ts';
import { checkNamespace } from './consumers.ts';
import { leftSince } from './control/retire.ts';
import { draft } from './draft.ts';
import { checkChannel, checkSource, judge, nextFloor } from './forward.ts';
import { currentRecords, isShowable } from './known.ts';
import { type Own, ownEntries } from './own.ts';
import { lackedBy } from './proofs.ts';
import { type Compared, type Decided, reachable, UNDECIDED } from './release.ts';
import { checkClaimSigning, checkSigning } from './signing.ts';
import type { NameSpace } from './store.ts';
import { type ChannelDecision, isBehind, putsAgain, withWants } from './wants.ts';

/** One artifact of the next record beside the entry it replaces. */
interface Step {
  readonly entry: Entry;
  readonly changed: boolean;
  readonly kept: boolean;
  /** It left the channel after our commit, and stays out. */
  readonly isGone?: boolean;
}

/** Equal bytes may be rendered in one commit and source in the next: the bucket layout follows. */
const isShown = (entry: Entry): boolean => entry.views.object !== undefined;

async function step(compared: Compared, own: Entry, before: Entry | undefined): Promise<Step> {
  const { plan, line } = compared;
  // What was let in without a commit has no place of its own: nothing older than the newest commit of all follows it.
  const recorded = before && (before.commit ?? line.newest?.floor?.commit);
  const verdict = line.newest === undefined ? 'publish' : await judge(plan, line.newest, recorded);
  if (verdict === 'keep' && before !== undefined) return { entry: before, changed: false, kept: true };
  const changed = before?.content !== own.content || isShown(before) !== isShown(own);
  if (changed || before === undefined)
    return { entry: { ...own, since: line.highest + 1 }, changed: true, kept: false };
  const { orphan: _, ...listed } = before;
  const order =
    own.commit === undefined || own.commitTime === undefined ? {} : { commit: own.commit, commitTime: own.commitTime };
  return { entry: { ...listed, ...order }, changed: false, kept: false };
}

/** The artifacts this run does not touch: they keep their place, and become orphans when no config lists them. */
function others({ plan, line }: Compared, own: Own, isNewest: boolean): readonly Entry[] {
  return (line.newest?.artifacts ?? [])
    .filter(({ name }) => !own.entries.has(name))
    .map(({ orphan, ...entry }): Entry => {
      // An older commit does not know what newer ones list.
      const keeps = plan.listed === undefined || !isNewest;
      const orphaned = keeps ? orphan === true : !plan.listed.includes(entry.name);
      return orphaned ? { ...entry, orphan: true } : entry;
    });
}

/** Two artifacts of the record at one place would overwrite each other, run after run. Throws `REFUSED`. */
export function checkPlaces({ sites, plan }: Compared, artifacts: readonly Entry[]): void {
  const space = { kind: 'channel', channel: plan.channel ?? '' } as const;
  for (const site of reachable(sites)) {
    const owners = new Map<string, string>();
    for (const entry of artifacts.filter((e) => isShowable(site, e))) {
      const place = site.store.names.reference(space, entry).replace(/@sha256:[0-9a-f]{64}$/, '');
      const owner = owners.get(place);
      owners.set(place, entry.name);
      if (owner === undefined) continue;
      const message = `Artifacts "${owner}" and "${entry.name}" of the record share "${place}" in store "${site.store.name}"`;
      throw new SlipwayError('REFUSED', message, {
        hint: 'keep the name the artifact had, or put {artifact} into the store URL',
      });
    }
  }
}

/** A channel's first record, and a version alone, belong to the repository that publishes the project elsewhere. */
async function checkProject({ plan, sites, line }: Compared): Promise<void> {
  if (plan.provenance.source === undefined || line.newest !== undefined) return;
  for (const record of await currentRecords(sites)) checkSource(plan, record);
}

const sameEntry = (a: Entry, b: Entry | undefined): boolean =>
  a.content === b?.content && a.commit === b.commit && a.orphan === b.orphan;

/** Where this run stands: whether others are newer throughout, and whether it is the newest itself. */
interface Order {
  readonly superseded: boolean;
  readonly floor: Floor | undefined;
  readonly isNewest: boolean;
}

async function orderOf({ plan, line: { newest } }: Compared, steps: readonly Step[]): Promise<Order> {
  const superseded = steps.length > 0 && steps.every((s) => s.kept);
  const floor = superseded ? newest?.floor : await nextFloor(plan, newest);
  return { superseded, floor, isNewest: floor === undefined || floor.commit === plan.provenance.commit };
}

async function decideChannel(compared: Compared, own: Own): Promise<ChannelDecision> {
  const { plan, line } = compared;
  const { newest } = line;
  if (plan.channel === undefined) return { ...UNDECIDED, outcome: 'published' };
  checkChannel(compared);
  const before = new Map((newest?.artifacts ?? []).map((entry) => [entry.name, entry]));
  const steps: Step[] = [];
  for (const entry of own.entries.values()) {
    const isGone = !before.has(entry.name) && (await leftSince(compared, entry.name));
    steps.push(
      isGone ? { entry, changed: false, kept: true, isGone } : await step(compared, entry, before.get(entry.name)),
    );
  }

  const changed = new Set(steps.filter((s) => s.changed).map((s) => s.entry.name));
  const { superseded, floor, isNewest: reproves } = await orderOf(compared, steps);
  const brings = !superseded && reproves;
  const listed = steps.filter((s) => s.isGone !== true).map((s) => s.entry);
  const artifacts = [...listed, ...others(compared, own, floor?.commit === plan.provenance.commit)];
  checkPlaces(compared, artifacts);
  checkSigning(compared, artifacts, changed);
  const space: NameSpace = { kind: 'channel', channel: plan.channel };
  const settles = brings && checkNamespace(compared, space, artifacts);
  const bringing = { brings, listed: artifacts };
  const lagging = putsAgain(plan) || reachable(compared.sites).some((site) => isBehind(site, space, bringing));
  const unproved =
    !superseded && artifacts.some((e) => (reproves || changed.has(e.name)) && lackedBy(e, compared).length > 0);
  const moved =
    newest === undefined ||
    settles ||
    line.diverged.size > 0 ||
    (!superseded &&
      (floor?.commit !== newest.floor?.commit || artifacts.some((e) => !sameEntry(e, before.get(e.name)))));
  const still: Outcome = superseded ? 'superseded' : lagging ? 'healed' : 'unchanged';
  const outcome = newest === undefined || changed.size > 0 || unproved ? 'published' : still;
  const fresh = moved || unproved;
  const target = fresh ? draft(compared, { kind: moved ? 'publish' : 'sign', artifacts, floor }) : newest;
  return { outcome, target, fresh, changed, reproves, brings };
}

/**
 * Decides what to publish. Throws `REFUSED` when the channel may not take our commit, `VERSION_TAKEN` when the version
 * holds other content. Reads other channels' records when content changed, to keep the manifest equal content has.
 */
export async function decide(compared: Compared): Promise<Decided> {
  if (compared.end !== undefined || compared.lost)
    return { ...UNDECIDED, ...compared, outcome: compared.end?.outcome ?? 'failed' };
  const standing = standingClaim(compared);
  if (standing !== undefined) checkClaim(standing, compared.packed);
  const own = await ownEntries(compared, standing);
  const claim = standing ?? ownClaim(compared, own);
  if (standing === undefined) checkClaimSigning(compared, own);
  await checkProject(compared);
  const seen = claim === undefined ? compared.sites : await checkVersionNames(compared, claim);
  const decision = await decideChannel(compared, own);
  const sites = withWants(seen, decision, { plan: compared.plan, claim, claimed: standing !== undefined });
  return {
    ...UNDECIDED,
    ...compared,
    ...decision,
    sites,
    ...(claim && { claim }),
    claimed: standing !== undefined,
    manifests: own.manifests,
    origins: own.origins,
  };
}
