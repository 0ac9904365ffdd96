/** A new release record, before it is created. */
import type { Entry, ReleaseRecord } from '../model.ts';
import { byName } from './claims.ts';
import { recordDigest } from './copies.ts';
import { blockedPhrase } from './forward.ts';
import { isAllowed } from './phrases.ts';
import type { Compared } from './release.ts';

/** What the next record holds. */
export interface Draft {
  readonly kind: ReleaseRecord['kind'];
  readonly artifacts: readonly Entry[];
  readonly floor: ReleaseRecord['floor'];
  /** Commits that may not come back, besides those of before. What this run allows is not among them. */
  readonly blocked?: readonly string[];
  /** `undefined` thaws; absent leaves it as it was. */
  readonly frozen?: ReleaseRecord['frozen'] | undefined;
  readonly from?: ReleaseRecord['from'];
  readonly wave?: ReleaseRecord['wave'];
  /** Of the floor, where another run made it. Absent: as the plan says, or as before. */
  readonly order?: Pick<ReleaseRecord, 'source' | 'pipeline' | 'runNumber'>;
}

/** Where the stores' copies of the newest record differ, none of them is called the true one. */
function previousOf({ newest, disputed }: Compared['line']): Pick<ReleaseRecord, 'previous'> {
  if (newest === undefined) return {};
  const { generation, run } = newest;
  return { previous: { generation, run, ...(!disputed && { digest: recordDigest(newest) }) } };
}

/** A commit that was let back in is blocked no longer. */
const blockedNow = (commits: readonly string[], plan: Compared['plan']): readonly string[] =>
  [...new Set(commits)].filter((commit) => !isAllowed(plan, blockedPhrase(commit))).sort();

/** The record after the newest one, with this run's facts. */
export function draft({ plan, line }: Compared, next: Draft): ReleaseRecord {
  const { kind, artifacts, floor, from, wave } = next;
  const { newest } = line;
  const frozen = 'frozen' in next ? next.frozen : line.frozen;
  const { by } = plan.runner;
  // Shallow clones are ordered by the run number of the newest commit, so it stays with the floor.
  const isNewest = newest === undefined || floor === undefined || floor.commit === plan.provenance.commit;
  const { pipeline, runNumber } = next.order ?? (isNewest ? plan.runner : newest);
  const source = plan.provenance.source ?? next.order?.source ?? newest?.source;
  return {
    schema: 1,
    project: plan.project,
    channel: plan.channel ?? '',
    generation: line.highest + 1,
    ...previousOf(line),
    run: plan.run,
    kind,
    at: plan.at,
    ...(by === undefined ? {} : { by }),
    ...(source === undefined ? {} : { source }),
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(runNumber === undefined ? {} : { runNumber }),
    ...(plan.job && { job: plan.job }),
    ...(plan.tool !== undefined && { tool: plan.tool }),
    ...(floor && { floor }),
    blocked: blockedNow([...line.blocked, ...(next.blocked ?? [])], plan),
    ...(frozen && { frozen }),
    ...(from && { from }),
    ...(wave && { wave }),
    ...(plan.planned && { plan: plan.planned.digest }),
    primary: plan.primary,
    artifacts: [...artifacts].sort(byName),
    allowed: plan.allowed,
    gates: [],
  };
}
