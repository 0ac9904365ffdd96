/** A channel only moves forward: whether our commit may publish over what the record holds. */
import { SlipwayError } from '../errors.ts';
import type { Floor, ReleaseRecord } from '../model.ts';
import { isAllowed } from './phrases.ts';
import type { Compared } from './release.ts';
import type { ReleasePlan } from './release-plan.ts';

/** `publish`: ours is newer or the same. `keep`: the recorded entry is newer. */
export type Verdict = 'publish' | 'keep';

/** A commit as messages and phrases have it: its first 12 digits. */
export const short = (commit: string): string => commit.slice(0, 12);

/** What lets a commit come back that was rolled back. */
export const blockedPhrase = (commit: string): string => `blocked:${short(commit)}`;

/** Refuses with the exact phrase that goes on all the same, unless that phrase was allowed. */
export function refuseUnless(
  plan: ReleasePlan,
  phrase: string,
  refusal: { readonly message: string; readonly hint: string },
): void {
  if (isAllowed(plan, phrase)) return;
  throw new SlipwayError('REFUSED', refusal.message, { hint: `${refusal.hint}, or pass --allow ${phrase}` });
}

/** The remote without scheme, userinfo, port and `.git`, so that ssh and https clones of one repository agree. */
export function canonicalSource(source: string): string {
  const url = /^[a-z+]+:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/+(.*)$/i.exec(source);
  const path = (url?.[2] ?? source).replace(/\/+$/, '').replace(/\.git$/, '');
  return url?.[1] === undefined ? path : `${url[1].toLowerCase()}/${path}`;
}

/** One repository's releases make a project. Throws `REFUSED` when the record comes from another one. */
export function checkSource(plan: ReleasePlan, record: ReleaseRecord): void {
  const { source } = plan.provenance;
  if (source === undefined || record.source === undefined) return;
  if (canonicalSource(source) === canonicalSource(record.source)) return;
  refuseUnless(plan, `source:${canonicalSource(source)}`, {
    message: `Project "${plan.project}" is published from "${record.source}", not from "${source}"`,
    hint: 'give each repository a project of its own (project: NAME in slipway.yaml)',
  });
}

/** Nothing moves a channel that is frozen. Throws `REFUSED` with the reason. */
export function checkFrozen({ plan, line }: Pick<Compared, 'plan' | 'line'>): void {
  const { channel = '' } = plan;
  if (line.frozen === undefined) return;
  refuseUnless(plan, `frozen:${channel}`, {
    message: `Channel "${channel}" is frozen: ${line.frozen.reason}`,
    hint: 'unfreeze it first',
  });
}

/** What holds for the whole channel. Throws `REFUSED`. */
export function checkChannel({ plan, line }: Pick<Compared, 'plan' | 'line'>): void {
  const { newest, blocked } = line;
  const { commit } = plan.provenance;
  checkFrozen({ plan, line });
  if (newest !== undefined) checkSource(plan, newest);
  // The run would not be here without it.
  if (plan.provenance.dirty && plan.runner.ci) isAllowed(plan, 'dirty');
  if (commit !== undefined && blocked.includes(commit)) {
    refuseUnless(plan, blockedPhrase(commit), {
      message: `Commit "${short(commit)}" was rolled back and is blocked`,
      hint: 'publish a commit that fixes it',
    });
  }
  if (commit === undefined && newest?.floor !== undefined) {
    refuseUnless(plan, 'no-git', {
      message: `Channel "${newest.channel}" is ordered by Git commits, this source has none`,
      hint: 'publish from a clone of its repository',
    });
  }
}

/** Where history is too shallow to tell, the run number of the same pipeline decides. Throws `REFUSED` else. */
function byRunNumber(plan: ReleasePlan, newest: ReleaseRecord, recorded: string): Verdict {
  const { pipeline, runNumber } = plan.runner;
  const comparable = pipeline !== undefined && pipeline === newest.pipeline;
  if (comparable && runNumber !== undefined && newest.runNumber !== undefined) {
    return runNumber >= newest.runNumber ? 'publish' : 'keep';
  }
  const ours = plan.provenance.commit ?? '';
  refuseUnless(plan, `shallow:${short(ours)}`, {
    message: `Cannot tell whether "${short(ours)}" is newer than "${short(recorded)}": the clone is too shallow`,
    hint: 'fetch the whole history (fetch-depth: 0, GIT_DEPTH: 0)',
  });
  return 'publish';
}

/** Whether ours may follow a recorded commit, or the recorded one is newer. Throws `REFUSED` for unrelated history. */
export async function judge(plan: ReleasePlan, newest: ReleaseRecord, recorded: string | undefined): Promise<Verdict> {
  const ours = plan.provenance.commit;
  if (ours === undefined || recorded === undefined || ours === recorded) return 'publish';
  const relation = await plan.history.relation(ours, recorded);
  if (relation === 'same' || relation === 'newer') return 'publish';
  if (relation === 'older') return 'keep';
  if (relation === 'unknown') return byRunNumber(plan, newest, recorded);
  refuseUnless(plan, `unrelated:${short(ours)}`, {
    message: `Commit "${short(ours)}" is neither ancestor nor descendant of the published "${short(recorded)}"`,
    hint: 'publish from the branch that this channel follows',
  });
  return 'publish';
}

/** The record's next floor: ours where it is newer, or where it was allowed to replace an unrelated one. */
export async function nextFloor(plan: ReleasePlan, newest: ReleaseRecord | undefined): Promise<Floor | undefined> {
  const { commit, commitTime } = plan.provenance;
  const floor = newest?.floor;
  if (commit === undefined || commitTime === undefined || commit === floor?.commit) return floor;
  const ours: Floor = { commit, time: commitTime };
  if (newest === undefined || floor === undefined) return ours;
  return (await judge(plan, newest, floor.commit)) === 'keep' ? floor : ours;
}
