/** A new release record, before it is created. */
import type { Entry, ReleaseRecord } from '../model.ts';
import { byName } from './claims.ts';
import { recordDigest } from './copies.ts';
import type { Compared } from './release.ts';

/** What the next record holds. */
export interface Draft {
  readonly kind: ReleaseRecord['kind'];
  readonly artifacts: readonly Entry[];
  readonly floor: ReleaseRecord['floor'];
}

/** Where the stores' copies of the newest record differ, none of them is called the true one. */
function previousOf({ newest, disputed }: Compared['line']): Pick<ReleaseRecord, 'previous'> {
  if (newest === undefined) return {};
  const { generation, run } = newest;
  return { previous: { generation, run, ...(!disputed && { digest: recordDigest(newest) }) } };
}

/** The record after the newest one, with this run's facts. */
export function draft({ plan, line }: Compared, { kind, artifacts, floor }: Draft): ReleaseRecord {
  const { newest } = line;
  const { by } = plan.runner;
  // Shallow clones are ordered by the run number of the newest commit, so it stays with the floor.
  const isNewest = newest === undefined || floor === undefined || floor.commit === plan.provenance.commit;
  const { pipeline, runNumber } = isNewest ? plan.runner : newest;
  const source = plan.provenance.source ?? newest?.source;
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
    ...(floor && { floor }),
    blocked: line.blocked,
    ...(newest?.frozen && { frozen: newest.frozen }),
    primary: plan.primary,
    artifacts: [...artifacts].sort(byName),
    allowed: plan.allowed,
    gates: [],
  };
}
