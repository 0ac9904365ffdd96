/** What is live elsewhere comes to a channel: the same content, manifests and proofs, in a generation of its own. */
import { isDeepStrictEqual } from 'node:util';
import { SlipwayError } from '../../errors.ts';
import type { Entry, Floor, ReleaseRecord } from '../../model.ts';
import { checkPlaces } from '../decide.ts';
import type { Draft } from '../draft.ts';
import { blockedPhrase, checkFrozen, checkSource, refuseUnless, short } from '../forward.ts';
import { isShowable, orNothing } from '../known.ts';
import { isAllowed } from '../phrases.ts';
import { type Compared, reachable } from '../release.ts';
import { checkCarriedSigning } from '../signing.ts';
import type { Alteration } from './alter.ts';
import { judgeCarried } from './carried.ts';
import type { Change, Origin } from './change.ts';
import { claimFor } from './promoted-claim.ts';
import { checkEarlier } from './wave-check.ts';

type Promotion = Extract<Change, { readonly kind: 'promote' }>;

/** One artifact of the next record. `brings`: the stores have to be given something for it. */
interface Step {
  readonly entry: Entry;
  readonly brings: 'content' | 'proofs' | 'nothing';
}

/** The promoted entries of an origin. Throws `USAGE` for names that it does not have. */
export function chosenFrom({ entries, label }: Origin, names: readonly string[] | undefined): readonly Entry[] {
  if (names === undefined) return entries;
  const missing = names.find((name) => !entries.some((entry) => entry.name === name));
  if (missing === undefined) return entries.filter(({ name }) => names.includes(name));
  throw new SlipwayError('USAGE', `Cannot promote "${missing}": ${label} has no such artifact`, {
    hint: `it has ${entries.map(({ name }) => `"${name}"`).join(', ')}`,
  });
}

/** Throws `REFUSED` for a frozen channel, and for what is published from another repository. */
function checkTarget({ plan, line }: Compared, { order }: Origin): void {
  const { newest } = line;
  checkFrozen({ plan, line });
  if (newest === undefined || order.source === undefined) return;
  checkSource({ ...plan, provenance: { ...plan.provenance, source: order.source } }, newest);
}

/** Whether ours is older: by the history where there is a clone that knows both, else by the times of the commits. */
async function isOlder(plan: Compared['plan'], ours: Floor, theirs: Floor): Promise<boolean | 'unrelated'> {
  const relation = await plan.history.relation(ours.commit, theirs.commit);
  if (relation === 'unrelated') return 'unrelated';
  return relation === 'unknown' ? ours.time < theirs.time : relation === 'older';
}

const orderOf = ({ commit, commitTime }: Pick<Entry, 'commit' | 'commitTime'>): Floor | undefined =>
  commit === undefined || commitTime === undefined ? undefined : { commit, time: commitTime };

/** The record that brought what the channel shows of an artifact; undefined where no store has it any more. */
type Brought = (before: Entry) => Promise<ReleaseRecord | undefined>;

/** What tells the order of both sides. */
interface By {
  readonly origin: Origin;
  readonly brought: Brought;
}

/** Reads each record once. */
function broughtIn({ plan, line, sites }: Compared): Brought {
  const known = new Map([[line.newest?.generation, line.newest]]);
  return async ({ since }) => {
    for (const { store } of reachable(sites)) {
      if (known.has(since)) break;
      const found = await orNothing(() => store.ledger.read(plan.channel ?? '', { generation: since }));
      if (found !== undefined) known.set(since, found);
    }
    return known.get(since);
  };
}

/** Where commits say nothing, the generations of the channel that both come from do. Throws `REFUSED`. */
async function checkGeneration({ plan }: Compared, origin: Origin, before: Entry, brought: Brought): Promise<void> {
  const { channel, generation } = origin.from;
  if (channel === undefined || generation === undefined) return;
  const { kind, from } = (await brought(before)) ?? {};
  if (kind !== 'promote' || from?.channel !== channel || (from.generation ?? 0) <= generation) return;
  refuseUnless(plan, `older:${channel}@${generation}`, {
    message: `Artifact "${before.name}" would go back: ${origin.label} is older than generation ${from.generation}, which channel "${plan.channel ?? ''}" has`,
    hint: 'promote the newest generation, or go back with slipway rollback',
  });
}

/** Throws `REFUSED` where an artifact would go back, comes from elsewhere, or was rolled back in the channel. */
async function checkForward(compared: Compared, { origin, brought }: By, next: Entry, before?: Entry): Promise<void> {
  const { plan, line } = compared;
  const { name } = next;
  const ours = orderOf(next);
  const theirs = before && orderOf(before);
  if (ours === undefined) {
    if (before === undefined) return;
    if (theirs === undefined) return checkGeneration(compared, origin, before, brought);
    refuseUnless(plan, 'no-git', {
      message: `Artifact "${name}" is ordered by Git commits, that of ${origin.label} has none`,
      hint: 'promote what was published from a clone of its repository',
    });
    return;
  }
  const commit = short(ours.commit);
  if (line.blocked.includes(ours.commit) && !origin.returned.includes(name)) {
    refuseUnless(plan, blockedPhrase(ours.commit), {
      message: `Commit "${commit}" of artifact "${name}" was rolled back and is blocked`,
      hint: 'promote a commit that fixes it',
    });
  }
  if (before === undefined || theirs === undefined) return;
  if (ours.commit === theirs.commit) return checkGeneration(compared, origin, before, brought);
  const answer = await isOlder(plan, ours, theirs);
  const against = `"${short(theirs.commit)}", which channel "${plan.channel ?? ''}" has`;
  if (answer === 'unrelated') {
    refuseUnless(plan, `unrelated:${commit}`, {
      message: `Artifact "${name}" of ${origin.label} is of commit "${commit}", neither ancestor nor descendant of ${against}`,
      hint: 'promote what was published from the branch that this channel follows',
    });
  } else if (answer) {
    refuseUnless(plan, `older:${commit}`, {
      message: `Artifact "${name}" would go back: ${origin.label} has commit "${commit}", which is older than ${against}`,
      hint: 'go back with slipway rollback, which keeps the newer commit from coming in again',
    });
  }
}

const sameViews = (a: Entry, b: Entry): boolean => (a.views.object === undefined) === (b.views.object === undefined);

/** Equal content stays where it is; its order and its proofs may be newer elsewhere. */
async function kept({ plan }: Compared, next: Entry, before: Entry): Promise<Step> {
  const [ours, theirs] = [orderOf(next), orderOf(before)];
  const goesOn =
    ours !== undefined &&
    ours.commit !== theirs?.commit &&
    (theirs === undefined || (await isOlder(plan, ours, theirs)) === false);
  const order = goesOn ? { commit: ours.commit, commitTime: ours.time } : {};
  const had = new Set(before.proofs.map(({ digest }) => digest));
  const more = next.manifest === before.manifest ? next.proofs.filter(({ digest }) => !had.has(digest)) : [];
  const { orphan: _, ...listed } = before;
  const mark = next.orphan === true ? { orphan: true as const } : {};
  const entry: Entry = { ...listed, ...order, ...mark, proofs: [...before.proofs, ...more] };
  return { entry, brings: more.length > 0 ? 'proofs' : 'nothing' };
}

async function stepOf(compared: Compared, by: By, next: Entry): Promise<Step> {
  const before = compared.line.newest?.artifacts.find(({ name }) => name === next.name);
  if (before?.content === next.content && sameViews(before, next)) return kept(compared, next, before);
  await checkForward(compared, by, next, before);
  return { entry: { ...next, since: compared.line.highest + 1 }, brings: 'content' };
}

/** The newer one of two; without a clone that knows both by the times of the commits. */
async function newerFloor(
  plan: Compared['plan'],
  ours: Floor | undefined,
  theirs: Floor | undefined,
): Promise<Floor | undefined> {
  if (ours === undefined || ours.commit === theirs?.commit) return theirs;
  if (theirs === undefined) return ours;
  return (await isOlder(plan, ours, theirs)) === false ? ours : theirs;
}

/** The newest commit that comes in: of all that the origin has, or of what is chosen from it. */
async function broughtFloor(
  plan: Compared['plan'],
  { floor, entries }: Origin,
  chosen: readonly Entry[],
): Promise<Floor | undefined> {
  if (floor !== undefined && chosen.length === entries.length) return floor;
  let newest: Floor | undefined;
  for (const entry of chosen) newest = await newerFloor(plan, orderOf(entry), newest);
  return newest;
}

/** Content that a store has no form for would be missing there. Throws `CONFIG`. */
function checkShowable({ sites }: Compared, entries: readonly Entry[], { label }: Origin): void {
  for (const site of reachable(sites)) {
    const entry = entries.find((one) => !isShowable(site, one));
    if (entry === undefined) continue;
    const message = `Cannot promote "${entry.name}" from ${label}: the layout of store "${site.store.name}" shows rendered artifacts only, and it keeps its source files`;
    throw new SlipwayError('CONFIG', message, {
      hint: 'write layout=tarball or layout=tree for that store, or render the artifact where it is published',
    });
  }
}

/** Whether the next record would say anything that the newest does not say. */
function isNews(compared: Compared, next: Required<Pick<Draft, 'artifacts' | 'floor' | 'blocked'>>): boolean {
  const { newest, diverged } = compared.line;
  if (newest === undefined || diverged.size > 0) return true;
  if (next.floor?.commit !== newest.floor?.commit) return true;
  if (!isDeepStrictEqual([...next.blocked].sort(), [...newest.blocked].sort())) return true;
  const before = new Map(newest.artifacts.map((entry) => [entry.name, entry]));
  return next.artifacts.some((entry) => !isDeepStrictEqual(entry, before.get(entry.name)));
}

/**
 * What a promotion makes of the channel. Proofs are judged where they are, before anything is put. Throws `REFUSED` where
 * somebody has to allow it, `UNTRUSTED` for proofs that the channel's policy does not accept, `CONFIG` for artifacts that a
 * store cannot show, `VERSION_TAKEN`, and `NOT_FOUND` for proofs that no store has.
 */
export async function promote(
  compared: Compared,
  { origin, artifacts: names, wave, earlier = [] }: Promotion,
): Promise<Alteration> {
  const { plan, line } = compared;
  const chosen = chosenFrom(origin, names);
  checkTarget(compared, origin);
  checkEarlier(compared, earlier);
  const by = { origin, brought: broughtIn(compared) };
  const steps: Step[] = [];
  for (const entry of chosen) steps.push(await stepOf(compared, by, entry));
  const own = new Set(chosen.map(({ name }) => name));
  const others = (line.newest?.artifacts ?? []).filter(({ name }) => !own.has(name));
  const artifacts = [...steps.map(({ entry }) => entry), ...others];
  const brought = steps.filter(({ brings }) => brings === 'content').map(({ entry }) => entry);
  const proved = steps.filter(({ brings }) => brings === 'proofs').map(({ entry }) => entry);
  checkShowable(compared, brought, origin);
  checkPlaces(compared, artifacts);
  checkCarriedSigning(compared, brought, origin.label);
  await judgeCarried(compared, origin, [...brought, ...proved]);

  const floor = await newerFloor(plan, await broughtFloor(plan, origin, chosen), line.newest?.floor);
  const all = [...new Set([...line.blocked, ...origin.blocked])].sort();
  const blocked = all.filter((commit) => !isAllowed(plan, blockedPhrase(commit)));
  const claiming = await claimFor(
    compared,
    steps.map(({ entry }) => entry),
    origin,
  );
  const isOwnFloor = floor !== undefined && floor.commit !== line.newest?.floor?.commit;
  const told = isOwnFloor || line.newest === undefined ? { order: origin.order } : {};
  const from = { from: origin.from, ...(wave && { wave }) };
  const next = { kind: 'promote', artifacts, floor, blocked, ...from, ...told } as const;
  const still = brought.length === 0 && proved.length === 0;
  return {
    ...claiming,
    ...(isNews(compared, next) && { next }),
    wants: proved,
    ...(still && { still: true }),
  };
}
