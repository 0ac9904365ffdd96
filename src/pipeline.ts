/** The whole story. Stages meet here and nowhere else. */
import { attempt } from './build/attempt.ts';
import { load } from './build/load.ts';
import { pack } from './build/pack.ts';
import { published } from './build/published.ts';
import { render } from './build/render.ts';
import { check } from './check/check.ts';
import { passed } from './check/passed.ts';
import type { Checked, Foreseen, Packed, Pruned, Pulled, Receipt, Rendered } from './model.ts';
import type { Drawn, SourcePlan } from './open-sources.ts';
import type {
  BuildPlan,
  BuiltPlan,
  Carried,
  ControlPlan,
  FetchPlan,
  HealPlan,
  PublishedPlan,
  PublishPlan,
  PullPlan,
  Weighed,
} from './plan.ts';
import { prove } from './seal/prove.ts';
import { ask } from './ship/ask.ts';
import { compare } from './ship/compare.ts';
import { contents } from './ship/contents.ts';
import { alter } from './ship/control/alter.ts';
import { explained } from './ship/control/explained.ts';
import { decide } from './ship/decide.ts';
import { expected, sameBasis } from './ship/expected.ts';
import { fetchArtifact } from './ship/fetch.ts';
import { gate } from './ship/gate.ts';
import { copyDocuments } from './ship/heal/copy-documents.ts';
import { healedReceipt } from './ship/heal/receipt.ts';
import { aim, mend, settleProofs } from './ship/heal.ts';
import { name } from './ship/name.ts';
import { attach, recognise, settle, unproved } from './ship/proofs.ts';
import { type PruneOptions, prune as pruneStores } from './ship/prune/prune.ts';
import { put, verify } from './ship/put.ts';
import { receiptOf } from './ship/receipt.ts';
import { record } from './ship/record.ts';
import type { Decided } from './ship/release.ts';
import { untilSettled } from './ship/rounds.ts';
import { reserve, spare } from './ship/spare.ts';
import { comparePairs } from './watch/diff/difference.ts';
import { radiusOf } from './watch/radius/radius.ts';

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

/** load → render → pack, unchecked: for those that look at a difference */
export async function draw({ artifacts, inParallel, options }: SourcePlan): Promise<readonly Drawn[]> {
  return inParallel('render', artifacts, async (artifact) => {
    const rendered = await render(await load(artifact, options.load), options.render);
    const { content, resources } = pack({ ...rendered, findings: [] });
    return { name: artifact.name, content: content.digest, files: rendered.files, resources };
  });
}

/** build → compare → weigh → put → prove → verify → ask → record → name → receipt */
export async function publish({ build: building, ...rest }: PublishPlan): Promise<Receipt> {
  return publishBuilt({ ...rest, packed: await build(building) });
}

/** compare → weigh → put → prove → verify → ask → record → name → receipt, of what was built before */
export async function publishBuilt(plan: BuiltPlan): Promise<Receipt> {
  return receiptOf(await release(plan), plan.facts());
}

/** publish in a dry run, with what it rests on */
export async function foresee({ build: building, ...rest }: PublishPlan): Promise<Foreseen> {
  const packed = await build(building);
  const settled = await release({ ...rest, packed });
  return { packed, receipt: receiptOf(settled, rest.facts()), ...settled.foreseen };
}

async function release({ packed, release: wanted, clock, ...rest }: BuiltPlan): Promise<Decided> {
  return untilSettled(wanted, packed, async (see) => {
    const compared = await clock.time('compare', () => compare(wanted, packed));
    see(compared);
    const decided = await clock.time('compare', async () => expected(await decide(sameBasis(compared))));
    return carryOut(await clock.time('compare', () => weigh(decided, rest)), { ...rest, clock });
  });
}

/** compare → alter → weigh → put → verify → ask → record → name → receipt: another state of the channel, without a build */
export async function control({ release, change, clock, facts, ...rest }: ControlPlan): Promise<Receipt> {
  const settled = await untilSettled(release, [], async (see) => {
    const compared = await clock.time('compare', () => compare(release, []));
    see(compared);
    const altered = await clock.time('compare', () => alter(compared, change));
    return carryOut(await clock.time('compare', () => weigh(altered, rest)), { ...rest, clock });
  });
  return receiptOf(explained(settled, change), facts());
}

/** contents → difference → radius → gate */
async function weigh(decided: Decided, { weighing }: Weighed): Promise<Decided> {
  const { changed, unchanged, lost, orphaned } = contents(decided);
  const compared = await comparePairs(changed, { unchanged, read: weighing.read });
  const refusals = radiusOf(compared, { ...weighing, orphaned });
  return gate(decided, { difference: compared.difference, refusals, lost: lost() }, weighing);
}

/** put → prove → verify → ask → record → name */
async function carryOut(decided: Decided, { prover, gates, clock }: Carried): Promise<Decided> {
  const reserved = await clock.time('put', () => reserve(decided));
  const stored = await clock.time('put', () => put(reserved));
  const known = await clock.time('prove', () => recognise(stored));
  const subjects = await clock.time('prove', () => unproved(known));
  const proofs = await clock.time('prove', () => prove(subjects, prover));
  const proved = await clock.time('prove', () => attach(known, subjects, proofs));
  const verified = await clock.time('verify', () => verify(proved));
  const agreed = await clock.time('gate', () => ask(verified, gates));
  const recorded = await clock.time('record', () => record(agreed));
  const spared = await clock.time('verify', () => spare(recorded));
  const named = await clock.time('name', () => name(spared));
  return clock.time('name', () => settle(named));
}

/** compare → aim → mend → copy → name → receipt, for one channel or version. Makes nothing, and needs no source. */
export async function heal({ release, options, clock, facts }: HealPlan): Promise<Receipt> {
  const settled = await untilSettled(release, [], async (see) => {
    const compared = await clock.time('compare', () => compare(release, []));
    see(compared);
    const aimed = await clock.time('compare', () => aim(compared, options));
    const reserved = await clock.time('verify', () => reserve(aimed));
    const mended = await clock.time('verify', () => mend(reserved, options));
    const spared = await clock.time('verify', () => spare(mended));
    const copied = await clock.time('record', () => copyDocuments(spared, options));
    const named = await clock.time('name', () => name(copied));
    return clock.time('name', () => settleProofs(named, options));
  });
  return healedReceipt(settled, facts(), options);
}

/** mark → age → claim → read again → delete, or what that would be */
export async function prune(options: PruneOptions): Promise<Pruned> {
  return pruneStores(options);
}

/** fetch → files, checked against their digests */
export async function pull({ source }: PullPlan): Promise<Pulled> {
  return fetchArtifact(source);
}
