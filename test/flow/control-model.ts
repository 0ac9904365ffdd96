/**
 * Two channels as a few lines of plain code: what publish, promote, rollback, freeze and retire make of them. The real stages are
 * compared with it after every command.
 */
import { ARTIFACTS } from './world.ts';

/** What an artifact of a channel holds. `commit` is its place in the order, which a rollback leaves where it was. */
export interface Held {
  readonly letter: string;
  readonly commit: number;
  /** No config is known to list it: it came back, or stayed, by a rollback. */
  readonly orphan: boolean;
}

/** A channel after one of its generations. */
export interface State {
  readonly artifacts: ReadonlyMap<string, Held>;
  readonly floor: number;
  readonly blocked: ReadonlySet<number>;
  readonly frozen: string | undefined;
}

/** A channel: its generations, the first one first. */
export type Channel = readonly State[];

/** How a command ends, and the channel behind it. */
export interface Step {
  readonly ended: 'done' | 'refused' | 'missing';
  readonly channel: Channel;
}

/** What all artifacts hold in a commit. */
export type Letters = (commit: number, artifact: string) => string;

const sameHeld = (a: ReadonlyMap<string, Held>, b: ReadonlyMap<string, Held>): boolean =>
  a.size === b.size &&
  [...a].every(([name, held]) => {
    const other = b.get(name);
    return other?.letter === held.letter && other.commit === held.commit && other.orphan === held.orphan;
  });

const sameSet = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean =>
  a.size === b.size && [...a].every((one) => b.has(one));

function sameState(a: State, b: State | undefined): boolean {
  if (b === undefined) return false;
  return (
    a.floor === b.floor && a.frozen === b.frozen && sameSet(a.blocked, b.blocked) && sameHeld(a.artifacts, b.artifacts)
  );
}

/** A generation more, unless it would be the one before. */
function grown(channel: Channel, next: State): Step {
  return { ended: 'done', channel: sameState(next, channel.at(-1)) ? channel : [...channel, next] };
}

const ended = (how: Step['ended'], channel: Channel): Step => ({ ended: how, channel });

/** Whether an artifact left the channel after a commit: it stays out. */
function isGone(channel: Channel, name: string, commit: number): boolean {
  const last = channel.findLastIndex(({ artifacts }) => artifacts.has(name));
  const [without, now] = [channel[last + 1], channel.at(-1)];
  return last >= 0 && without !== undefined && now !== undefined && commit < without.floor && commit < now.floor;
}

/** Publishes a commit: what is newer stays. */
export function published(channel: Channel, commit: number, letters: Letters): Step {
  const now = channel.at(-1);
  if (now?.frozen !== undefined || now?.blocked.has(commit) === true) return ended('refused', channel);
  const artifacts = new Map(now?.artifacts);
  const listed = ARTIFACTS.filter((name) => now?.artifacts.has(name) === true || !isGone(channel, name, commit));
  for (const name of listed) {
    const held = artifacts.get(name);
    if (held === undefined || held.commit <= commit)
      artifacts.set(name, { letter: letters(commit, name), commit, orphan: false });
  }
  const isSuperseded = listed.every((name) => (now?.artifacts.get(name)?.commit ?? 0) > commit);
  if (isSuperseded) return ended('done', channel);
  const floor = Math.max(now?.floor ?? 0, commit);
  return grown(channel, { artifacts, floor, blocked: now?.blocked ?? new Set(), frozen: undefined });
}

/** Brings what one channel has into another one: nothing of it may be older, or rolled back there. */
export function promoted(channel: Channel, from: Channel): Step {
  const [now, origin] = [channel.at(-1), from.at(-1)];
  if (origin === undefined) return ended('missing', channel);
  if (now?.frozen !== undefined) return ended('refused', channel);
  const artifacts = new Map(now?.artifacts);
  for (const [name, held] of origin.artifacts) {
    const before = artifacts.get(name);
    if (before?.letter === held.letter) {
      artifacts.set(name, { ...held, commit: Math.max(before.commit, held.commit) });
      continue;
    }
    if (before !== undefined && before.commit > held.commit) return ended('refused', channel);
    if (now?.blocked.has(held.commit) === true && !origin.blocked.has(held.commit)) return ended('refused', channel);
    artifacts.set(name, held);
  }
  const blocked = new Set([...(now?.blocked ?? []), ...origin.blocked]);
  return grown(channel, { artifacts, floor: Math.max(now?.floor ?? 0, origin.floor), blocked, frozen: undefined });
}

/** Takes the channel back to one of its generations (from 1 on): the order stays, and what came since is blocked. */
export function rolledBack(channel: Channel, generation: number): Step {
  const [now, target] = [channel.at(-1), channel[generation - 1]];
  if (now === undefined || target === undefined) return ended('missing', channel);
  const isThere = [...target.artifacts].every(([name, { letter }]) => now.artifacts.get(name)?.letter === letter);
  if (isThere) return ended('done', channel);
  if (now.frozen !== undefined) return ended('refused', channel);
  // What was taken back does not come back by going back once more.
  const marks = [target.floor, ...[...target.artifacts.values()].map(({ commit }) => commit)];
  if (marks.some((commit) => now.blocked.has(commit) && !target.blocked.has(commit))) return ended('refused', channel);
  const later = [...now.artifacts].map(([name, held]): [string, Held] => [
    name,
    target.artifacts.has(name) ? held : { ...held, orphan: true },
  ]);
  const artifacts = new Map(later);
  for (const [name, { letter, commit }] of target.artifacts) {
    const last = channel.slice(generation).findLast((state) => state.artifacts.has(name));
    const orphan = now.artifacts.get(name)?.orphan ?? true;
    artifacts.set(name, { letter, commit: last?.artifacts.get(name)?.commit ?? commit, orphan });
  }
  const kept = new Set(marks);
  const since = channel
    .slice(generation)
    .flatMap(({ floor, artifacts: all }) => [floor, ...[...all.values()].map(({ commit }) => commit)]);
  const blocked = new Set([...now.blocked, ...since.filter((commit) => !kept.has(commit))]);
  return grown(channel, { artifacts, floor: now.floor, blocked, frozen: undefined });
}

/** Takes an artifact out of a channel. */
export function retired(channel: Channel, name: string): Step {
  const now = channel.at(-1);
  if (now === undefined || !channel.some(({ artifacts }) => artifacts.has(name))) return ended('missing', channel);
  if (!now.artifacts.has(name)) return ended('done', channel);
  if (now.frozen !== undefined) return ended('refused', channel);
  return grown(channel, { ...now, artifacts: new Map([...now.artifacts].filter(([other]) => other !== name)) });
}

/** Freezes a channel, or thaws it. */
export function frozen(channel: Channel, reason: string | undefined): Step {
  const now = channel.at(-1);
  return now === undefined ? ended('missing', channel) : grown(channel, { ...now, frozen: reason });
}
