/** Which of the stores' newest records is the truth (design: stores may hold different lines after a break-glass). */
import type { ReleaseRecord } from '../model.ts';
import { standingOf } from './copies.ts';
import type { History } from './history.ts';
import { orNothing } from './known.ts';
import type { Line, Site } from './release.ts';

interface Branch {
  readonly top: ReleaseRecord;
  /** Stores whose newest record is `top` itself. */
  readonly holders: readonly Site[];
  /** Names of stores on this line, holders included. */
  readonly members: ReadonlySet<string>;
}

const same = (a: ReleaseRecord, b: ReleaseRecord): boolean => a.generation === b.generation && a.run === b.run;

/**
 * Whether `older` lies on the branch: a holder keeps that very record. Where no holder keeps a record of that number
 * (pruned, or a store added later) the store is taken to lag behind, not to differ.
 */
async function isOn(branch: Branch, older: ReleaseRecord): Promise<boolean> {
  for (const { store } of branch.holders) {
    const kept = await orNothing(() => store.ledger.read(older.channel, { generation: older.generation }));
    if (kept !== undefined) return kept.run === older.run;
  }
  return true;
}

async function join(branches: readonly Branch[], site: Site, record: ReleaseRecord): Promise<readonly Branch[]> {
  for (const branch of branches) {
    const holds = same(branch.top, record);
    if (!holds && !(await isOn(branch, record))) continue;
    const joined: Branch = {
      top: branch.top,
      holders: holds ? [...branch.holders, site] : branch.holders,
      members: new Set([...branch.members, site.store.name]),
    };
    return branches.map((other) => (other === branch ? joined : other));
  }
  return [...branches, { top: record, holders: [site], members: new Set([site.store.name]) }];
}

/** Negative when `a` is the truth: the newer floor, then the higher generation, then the primary's. */
async function precedence(a: Branch, b: Branch, { primary, history }: LineOptions): Promise<number> {
  const [ours, theirs] = [a.top.floor, b.top.floor];
  if (ours && theirs && ours.commit !== theirs.commit) {
    const relation = await history.relation(ours.commit, theirs.commit);
    if (relation === 'newer') return -1;
    if (relation === 'older') return 1;
    if (ours.time !== theirs.time) return ours.time > theirs.time ? -1 : 1;
  }
  if (a.top.generation !== b.top.generation) return b.top.generation - a.top.generation;
  return a.members.has(primary) ? -1 : 1;
}

interface LineOptions {
  readonly primary: string;
  readonly history: History;
}

/** The channel's line: its newest record, the highest number anywhere, and the stores that went another way. */
export async function findLine(sites: readonly Site[], options: LineOptions): Promise<Line> {
  const holding = sites.flatMap((site) => (site.newest === undefined ? [] : [{ site, record: site.newest }]));
  const highestFirst = [...holding].sort((a, b) => b.record.generation - a.record.generation);
  let branches: readonly Branch[] = [];
  for (const { site, record } of highestFirst) branches = await join(branches, site, record);

  let truth = branches[0];
  for (const branch of branches.slice(1)) {
    if (truth !== undefined && (await precedence(branch, truth, options)) < 0) truth = branch;
  }
  if (truth === undefined) return { highest: 0, blocked: [], diverged: new Set() };
  const chosen = truth;
  const { record: standing } = standingOf(
    chosen.holders.flatMap(({ store, newest }) =>
      newest === undefined ? [] : [{ store: store.name, record: newest }],
    ),
  );
  const newest = standing ?? chosen.top;
  const frozen = newest.frozen ?? branches.find(({ top }) => top.frozen !== undefined)?.top.frozen;
  return {
    newest,
    ...(standing === undefined && { disputed: true }),
    ...(frozen && { frozen }),
    highest: Math.max(...holding.map(({ record }) => record.generation)),
    blocked: [...new Set(branches.flatMap(({ top }) => top.blocked))].sort(),
    diverged: new Set(holding.map(({ site }) => site.store.name).filter((name) => !chosen.members.has(name))),
  };
}
