/** Back to what a channel had: a new generation with old content and its proofs. */
import { SlipwayError } from '../../errors.ts';
import type { Entry, ReleaseRecord } from '../../model.ts';
import { checkPlaces } from '../decide.ts';
import { blockedPhrase, checkFrozen, refuseUnless, short } from '../forward.ts';
import { isShowable } from '../known.ts';
import { isAllowed } from '../phrases.ts';
import { type Compared, reachable } from '../release.ts';
import { checkCarriedSigning } from '../signing.ts';
import type { Alteration } from './alter.ts';
import type { Change } from './change.ts';
import { checkNames } from './names.ts';
import { keptRecords } from './records.ts';
import { elsewhere, findTarget, type Known, type Target, targetOf } from './target.ts';

type Rollback = Extract<Change, { readonly kind: 'rollback' }>;

/** What a channel would hold after a rollback. */
interface Back {
  readonly artifacts: readonly Entry[];
  /** Entries of the target that the channel does not show now. */
  readonly changed: readonly Entry[];
  /** Names of artifacts that the target does not have. */
  readonly later: readonly string[];
}

const isRendered = ({ views }: Entry): boolean => views.object !== undefined;

/** Equal content is no change, whatever its manifest and proofs were, unless buckets show it in another form. */
const isSame = (a: Entry, b: Entry): boolean => a.content === b.content && isRendered(a) === isRendered(b);

/** Content of then, in the order of now: a late pipeline of a commit in between finds a newer one there. */
function broughtBack(old: Entry, mark: Entry, since: number): Entry {
  const { commit: _, commitTime: __, orphan: ___, ...content } = old;
  const { commit, commitTime, orphan } = mark;
  const order = commit === undefined || commitTime === undefined ? {} : { commit, commitTime };
  return { ...content, ...order, since, ...(orphan && { orphan }) };
}

/** The newest entry of an artifact that left the channel since. */
async function lastEntry({ kept }: Known, { above }: Target, name: string): Promise<Entry | undefined> {
  for (const generation of kept.generations.filter((n) => n > above)) {
    const found = (await kept.read(generation))?.artifacts.find((entry) => entry.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function backTo(known: Known, target: Target): Promise<Back> {
  const { compared, newest, isMeant } = known;
  const since = compared.line.highest + 1;
  const then = new Map(target.artifacts.filter(isMeant).map((entry) => [entry.name, entry]));
  const present = new Map(newest.artifacts.map((entry) => [entry.name, entry]));
  const isLater = (entry: Entry): boolean => target.isWhole && isMeant(entry) && !then.has(entry.name);
  const kept = newest.artifacts.map((entry): Entry => {
    const old = then.get(entry.name);
    if (old === undefined) return isLater(entry) ? { ...entry, orphan: true } : entry;
    return isSame(old, entry) ? entry : broughtBack(old, entry, since);
  });
  const returning: Entry[] = [];
  for (const old of then.values()) {
    if (present.has(old.name)) continue;
    const last = (await lastEntry(known, target, old.name)) ?? old;
    // It was retired because no config lists it.
    returning.push(broughtBack(old, { ...last, orphan: true }, since));
  }
  const changed = [...then.values()].filter((old) => {
    const now = present.get(old.name);
    return now === undefined || !isSame(old, now);
  });
  return {
    artifacts: [...kept, ...returning],
    changed,
    later: newest.artifacts.filter(isLater).map(({ name }) => name),
  };
}

/** Commits that were rolled back before, and would be there again: of a whole release, or of some artifacts. */
const comingBack = ({ compared, limits }: Known, target: Target, { changed }: Back): readonly string[] => {
  const whole = target.isWhole && limits === undefined;
  const commits = new Set(whole ? target.commits : changed.flatMap(({ commit }) => commit ?? []));
  return compared.line.blocked.filter((commit) => commits.has(commit) && !target.blocked.includes(commit));
};

/** The newest generation that had something else than now; undefined where that was rolled back to already. */
async function earlier(known: Known): Promise<Target | undefined> {
  const { newest, kept, compared } = known;
  let next: ReleaseRecord | undefined = newest;
  for (const generation of kept.generations.slice(1)) {
    const record = await kept.read(generation);
    if (record === undefined) continue;
    const target = targetOf(record);
    const back = await backTo(known, target);
    if (back.changed.length > 0) {
      if (next?.kind === 'rollback') return undefined;
      next = undefined;
      const bad = comingBack(known, target, back).filter((commit) => !isAllowed(compared.plan, blockedPhrase(commit)));
      if (bad.length === 0) return target;
    } else if (next !== undefined) next = record;
  }
  const message = `Cannot roll back channel "${newest.channel}": no generation before it that is kept has other content`;
  throw new SlipwayError('NOT_FOUND', message, { hint: await elsewhere(known) });
}

/** What a run without `to` went back to when it looked first: who publishes meanwhile does not make it the bad release. */
const first = new WeakMap<Rollback, number>();

async function targetFor(known: Known, change: Rollback): Promise<Target | undefined> {
  const { to } = change;
  if (to !== undefined) return findTarget(known, to);
  const aimed = first.get(change);
  if (aimed !== undefined) return findTarget(known, { kind: 'generation', generation: aimed });
  const target = await earlier(known);
  if (target !== undefined) first.set(change, target.above);
  return target;
}

/** Throws `USAGE` for an artifact that the target does not have: it would stay as it is, and look as if it had gone back. */
function checkThen({ artifacts, label }: Target, names: readonly string[]): void {
  const missing = names.find((name) => !artifacts.some((entry) => entry.name === name));
  if (missing === undefined) return;
  throw new SlipwayError('USAGE', `Cannot roll back "${missing}": it is not in ${label}`, {
    hint: 'leave it out of --artifact; slipway retire takes an artifact out of the channel',
  });
}

/** Throws `REFUSED` where the target brings back what was rolled back before. */
function checkBlocked(known: Known, target: Target, back: Back): void {
  for (const commit of comingBack(known, target, back)) {
    const what = `${target.label[0]?.toUpperCase() ?? ''}${target.label.slice(1)}`;
    refuseUnless(known.compared.plan, blockedPhrase(commit), {
      message: `${what} brings back commit "${short(commit)}", which was rolled back and is blocked`,
      hint: 'roll back to another generation',
    });
  }
}

/** Layouts may have been chosen since: a store that cannot show what comes back would show the bad release for ever. */
function checkShown({ compared }: Known, target: Target, { changed }: Back): void {
  for (const site of reachable(compared.sites)) {
    const entry = changed.find((one) => !isShowable(site, one));
    if (entry === undefined) continue;
    const message = `Cannot show artifact "${entry.name}" of ${target.label} in store "${site.store.name}": its layout has no form for it`;
    throw new SlipwayError('REFUSED', message, {
      hint: 'publish that commit again as it is to be shown, or roll back without this artifact (--artifact)',
    });
  }
}

/** Commits of the generations that are taken back, and of which of them nobody knows. */
async function takenBack(
  { kept, isMeant, limits }: Known,
  { above, commits, isWhole, artifacts }: Target,
): Promise<{ readonly blocked: readonly string[]; readonly unread: readonly number[] }> {
  const found = new Set<string>();
  const names = new Set(artifacts.map(({ name }) => name));
  // What a version or a digest says nothing of stays, and may be published again as it is.
  const isTaken = (entry: Entry): boolean => isMeant(entry) && (isWhole || names.has(entry.name));
  const unread: number[] = [];
  for (const generation of kept.generations.filter((n) => n > above)) {
    const record = await kept.read(generation);
    if (record === undefined) unread.push(generation);
    for (const { commit } of record?.artifacts.filter(isTaken) ?? []) if (commit !== undefined) found.add(commit);
    if (isWhole && limits === undefined && record?.floor !== undefined) found.add(record.floor.commit);
  }
  return { blocked: [...found].filter((commit) => !commits.includes(commit)), unread };
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

function warningsOf(target: Target, { later }: Back, unread: readonly number[]): readonly string[] {
  const stay = `not in ${target.label}, and ${later.length === 1 ? 'stays' : 'stay'} as ${later.length === 1 ? 'it is' : 'they are'}`;
  return [
    ...(later.length === 0
      ? []
      : [
          `${quoted(later)} ${later.length === 1 ? 'is' : 'are'} ${stay}: slipway retire removes ${later.length === 1 ? 'it' : 'them'}`,
        ]),
    ...(unread.length === 0
      ? []
      : [`No store has the record of generation ${unread.join(', ')} whole: its commits are not blocked`]),
  ];
}

/** Rolls a channel back. Nothing where it shows the target already. Throws `NOT_FOUND`, `REFUSED`, `USAGE`. */
export async function rollback(compared: Compared, newest: ReleaseRecord, change: Rollback): Promise<Alteration> {
  const { to, artifacts: names } = change;
  const isMeant: Known['isMeant'] = ({ name }) => names === undefined || names.includes(name);
  const known: Known = { compared, newest, limits: names, isMeant, kept: await keptRecords(compared, newest) };
  if (names !== undefined && to === undefined) checkNames('roll back', names, newest);
  const target = await targetFor(known, change);
  if (target === undefined) {
    const again = `Channel "${newest.channel}" was rolled back already, and nothing was published since`;
    return { warnings: [`${again}: --to goes further back`] };
  }
  if (names !== undefined) checkNames('roll back', names, newest, target.artifacts);
  if (to !== undefined) checkThen(target, names ?? []);
  const back = await backTo(known, target);
  if (back.changed.length === 0) return { warnings: warningsOf(target, back, []) };
  checkFrozen(compared);
  checkBlocked(known, target, back);
  checkShown(known, target, back);
  checkPlaces(compared, back.artifacts);
  const unsigned = 'roll back to something that is signed, or pass --allow unsigned to go back to it all the same';
  checkCarriedSigning(compared, back.changed, target.label, unsigned);
  const { blocked, unread } = await takenBack(known, target);
  const { floor } = newest;
  return {
    next: { kind: 'rollback', artifacts: back.artifacts, floor, blocked, from: target.from },
    warnings: warningsOf(target, back, unread),
  };
}
