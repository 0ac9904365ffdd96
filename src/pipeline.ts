/** The whole story. Stages meet here and nowhere else. */
import { attempt } from './build/attempt.ts';
import { load } from './build/load.ts';
import { pack } from './build/pack.ts';
import { published } from './build/published.ts';
import { render } from './build/render.ts';
import { check } from './check/check.ts';
import { passed } from './check/passed.ts';
import type { Checked, Packed, Receipt, Rendered } from './model.ts';
import type { BuildPlan, FetchPlan, PublishedPlan, PublishPlan, Pulled, PullPlan } from './plan.ts';
import { prove } from './seal/prove.ts';
import { compare } from './ship/compare.ts';
import { decide } from './ship/decide.ts';
import { fetchArtifact } from './ship/fetch.ts';
import { name } from './ship/name.ts';
import { attach, recognise, settle, unproved } from './ship/proofs.ts';
import { put, verify } from './ship/put.ts';
import { receiptOf } from './ship/receipt.ts';
import { record } from './ship/record.ts';
import { untilSettled } from './ship/rounds.ts';

/** load → render → check. Findings are data, and so is what cannot be rendered. */
export async function inspect({ artifacts, inParallel, clock, options }: BuildPlan): Promise<readonly Checked[]> {
  const rendered = await inParallel('render', artifacts, (artifact) =>
    attempt(artifact, options.render.read, async () => {
      const loaded = await clock.time('load', () => load(artifact, options.load));
      return clock.time('render', () => render(loaded, options.render));
    }),
  );
  return clock.time('check', () => check(rendered, options.check));
}

/** fetch → check, for what is published already */
export async function inspectPublished({ check: options, ...plan }: PublishedPlan): Promise<readonly Checked[]> {
  return check([await fetchPublished(plan)], options);
}

/** fetch, for what others are compared with */
export async function fetchPublished({ reference, source, read }: FetchPlan): Promise<Rendered> {
  const { files } = await fetchArtifact(source);
  return published({ reference, files }, read);
}

/** load → render → check → pack. Needs no network and no credentials. */
export async function build(plan: BuildPlan): Promise<readonly Packed[]> {
  const { inParallel, clock } = plan;
  const checked = passed(await inspect(plan));
  return inParallel('pack', checked, async (artifact) => clock.time('pack', async () => pack(artifact)));
}

/** build → compare → put → prove → verify → record → name → receipt */
export async function publish({ build: building, release, prover, clock, facts }: PublishPlan): Promise<Receipt> {
  const packed = await build(building);
  const settled = await untilSettled(release, packed, async (see) => {
    const compared = await clock.time('compare', () => compare(release, packed));
    see(compared);
    const decided = await clock.time('compare', () => decide(compared));
    const stored = await clock.time('put', () => put(decided));
    const known = await clock.time('prove', () => recognise(stored));
    const subjects = await clock.time('prove', () => unproved(known));
    const proofs = await clock.time('prove', () => prove(subjects, prover));
    const proved = await clock.time('prove', () => attach(known, subjects, proofs));
    const verified = await clock.time('verify', () => verify(proved));
    const recorded = await clock.time('record', () => record(verified));
    const named = await clock.time('name', () => name(recorded));
    return clock.time('name', () => settle(named));
  });
  return receiptOf(settled, facts());
}

/** fetch → files, checked against their digests */
export async function pull({ source }: PullPlan): Promise<Pulled> {
  return fetchArtifact(source);
}
