/** Kept records as the log shows them. */
import type { LogGap, LogGeneration, ReleaseRecord, VersionClaim } from '../../model.ts';
import { changesOf, commitsOf, touched } from './changes.ts';
import { type History, lineOf, type Placed } from './line.ts';
import { versionsOf } from './versions.ts';

/** Which generations are shown. */
export interface LogWish {
  readonly limit: number;
  /** Only what touched one of these; everything when empty. */
  readonly artifacts: readonly string[];
}

/** What a record says besides its lists. */
function factsOf({ from, wave, plan, by, job, tool, source }: ReleaseRecord): Partial<LogGeneration> {
  return {
    ...(by !== undefined && { by }),
    ...(job && { job }),
    ...(tool !== undefined && { tool }),
    ...(source !== undefined && { source }),
    ...(from && { from }),
    ...(wave && { wave }),
    ...(plan && { plan }),
  };
}

/** A record as the log shows it. */
export function generationOf(placed: Placed, claims: readonly VersionClaim[]): LogGeneration {
  const { record, before, standing, stores } = placed;
  const { generation, run, kind, at, frozen, blocked, allowed, gates, artifacts } = record;
  const changes = changesOf(placed);
  return {
    ...{ generation, run, standing, kind, at },
    ...factsOf(record),
    commits: commitsOf(record, changes),
    artifacts: artifacts.length,
    changes,
    ...(frozen && { frozen: frozen.reason }),
    blocks: blocked.filter((commit) => before === undefined || !before.blocked.includes(commit)),
    ...{ allowed, gates: gates ?? [] },
    versions: versionsOf(artifacts, claims),
    stores,
  };
}

/** Those to show, newest first. */
export function chosen({ placed }: History, { limit, artifacts }: LogWish): readonly Placed[] {
  const wanted = (one: Placed): boolean =>
    artifacts.length === 0 || touched(changesOf(one)).some((name) => artifacts.includes(name));
  return placed.filter(wanted).slice(0, limit);
}

/** Whether everything is known of those to show, where nothing below `floor` was read yet. */
export function isEnough(history: History, wish: LogWish, floor: number): boolean {
  const shown = chosen(history, wish);
  const known = ({ before, record }: Placed): boolean =>
    before !== undefined || record.previous === undefined || record.previous.generation >= floor;
  return shown.length === wish.limit && shown.every(known);
}

/** Gaps above the oldest of those that are shown, and the one right below it. */
export function gapsAmong({ gaps }: History, shown: readonly Placed[], isAll: boolean): readonly LogGap[] {
  const oldest = shown.at(-1)?.record.generation ?? 0;
  return isAll ? gaps : gaps.filter(({ to }) => to > oldest);
}

/** Names that any generation of the line had, or has. */
export function artifactsIn(history: History): ReadonlySet<string> {
  return new Set(lineOf(history).flatMap(({ record }) => record.artifacts.map(({ name }) => name)));
}
