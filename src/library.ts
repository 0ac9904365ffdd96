/** The commands as functions: options and a context in, data out. Nothing here reads a global or writes to the terminal. */
import type { Rule } from './check/rule.ts';
import type { LaterPublishOptions, PlanOptions } from './config/plan-options.ts';
import { resolvePull } from './config/reference.ts';
import { type BuildOptions, resolveBuild } from './config/resolve.ts';
import { type InspectOptions, resolveCheck } from './config/resolve-check.ts';
import type { ControlOptions, FreezeOptions, RetireOptions, RollbackOptions } from './config/resolve-control.ts';
import { type DoctorOptions, resolveDoctor } from './config/resolve-doctor.ts';
import { type HealOptions, resolveHeal } from './config/resolve-heal.ts';
import { type PruneOptions, resolvePrune } from './config/resolve-prune.ts';
import { resolveVerify, type VerifyOptions } from './config/resolve-verify.ts';
import { changeChannel, freezeAsked, retireAsked, rollbackAsked, unfreezeAsked } from './control/changes.ts';
import { diagnose } from './doctor/diagnose.ts';
import { ruleOf } from './explain.ts';
import { healStores } from './heal/heal.ts';
import { inspectSubject } from './inspect.ts';
import type { LibraryContext } from './library/context.ts';
import { runContext } from './library-context.ts';
import type {
  Diagnosis,
  Finding,
  Healing,
  Packed,
  PlanDocument,
  Pruned,
  Pulled,
  Receipt,
  Verification,
} from './model.ts';
import { openPull } from './open-fetch.ts';
import { openPrune } from './open-prune.ts';
import { build as buildArtifacts, prune as pruneStores, pull as pullArtifact } from './pipeline.ts';
import { openBuild } from './plan.ts';
import { openMaking } from './planned/make.ts';
import { openPublish } from './planned/open.ts';
import { openVerify } from './verify/plan.ts';
import { verifyPublished } from './verify/published.ts';

/**
 * Renders, checks and packs artifacts without network and credentials.
 *
 * @example
 * const packed = await build({ path: './deploy' }, { cwd: process.cwd(), env: process.env });
 * console.log(packed[0].content.digest);
 *
 * @throws SlipwayError `USAGE`, `CONFIG`, `SOURCE`, `INVALID`, `RENDER`, `TOOL_MISSING`
 */
export async function build(options: BuildOptions, context: LibraryContext): Promise<readonly Packed[]> {
  return buildArtifacts(await openBuild(await resolveBuild(options, context), runContext(context)));
}

/**
 * Checks artifacts, or with a reference as `path` what is published. Errors are among the findings; nothing is thrown for
 * them.
 *
 * @example
 * const findings = await check({ path: './deploy', render: 'plain' }, { cwd: process.cwd(), env: process.env });
 * const errors = findings.filter(({ severity }) => severity === 'error');
 *
 * @throws SlipwayError `USAGE`, `CONFIG`, `SOURCE`, `INVALID`, `RENDER`, `TOOL_MISSING`; for references the store errors
 */
export async function check(options: InspectOptions, context: LibraryContext): Promise<readonly Finding[]> {
  const checked = await inspectSubject(await resolveCheck(options, context), runContext(context));
  return checked.flatMap(({ findings }) => findings);
}

/**
 * Deletes what no kept release, version or name needs, in every store of the config; without `yes` only tells what that is.
 *
 * @example
 * const { totals } = await prune({ keep: '30', yes: true }, { cwd, env: process.env });
 * console.log(totals.deleted.bytes);
 *
 * @throws SlipwayError `USAGE`, `CONFIG`, `REFUSED` (another prune, or no lock), `DENIED` and the store errors
 */
export async function prune(options: PruneOptions, context: LibraryContext): Promise<Pruned> {
  return pruneStores(await openPrune(await resolvePrune(options, context), runContext(context)));
}

/**
 * Looks at the stores of the config: tries what buckets can do, unless `noWrite`, and compares what stores have recorded. Stores
 * that cannot be used are in the answer, and are not thrown: look at `verdict`.
 *
 * @example
 * const { verdict, stores } = await doctor({ store: ['us'] }, { cwd, env: process.env });
 * if (verdict !== 'usable') console.error(stores[0].checks.filter(({ level }) => level === 'problem'));
 *
 * @throws SlipwayError `USAGE`, `CONFIG`
 */
export async function doctor(options: DoctorOptions, context: LibraryContext): Promise<Diagnosis> {
  return diagnose(await resolveDoctor(options, context), runContext(context));
}

/** A rule of the checks by its id. Throws `USAGE` for one that does not exist. */
export function explain(rule: string): Rule {
  return ruleOf(rule);
}

/**
 * Publishes artifacts. Refusals and store failures are in the receipt's `outcome` and `error`; what stops a run before
 * it could decide anything is thrown. With `plan` it publishes exactly what {@link plan} wrote to that file, or refuses.
 *
 * @example
 * const receipt = await publish({ path: './deploy', to: ['oci://localhost:5000/app:prod'] }, { cwd, env });
 * if (receipt.outcome === 'failed') console.error(receipt.error?.message);
 *
 * @throws SlipwayError `USAGE`, `CONFIG`, `SOURCE`, `INVALID`, `RENDER`, `TOOL_MISSING`, `REFUSED` (dirty tree in CI)
 */
export async function publish(options: LaterPublishOptions, context: LibraryContext): Promise<Receipt> {
  return (await openPublish(options, runContext(context))).publish();
}

/**
 * Tells what {@link publish} would do: which names move, what changes in them, what it costs and what has to be allowed. With
 * `out` it is written down, with `built` what was built too, so that `publish({ plan, built })` publishes exactly that.
 *
 * @example
 * const { changes, allow } = await plan({ channel: 'prod', out: 'plan.json' }, { cwd, env: process.env });
 *
 * @throws SlipwayError what {@link publish} throws, and `USAGE` for a file that cannot be written
 */
export async function plan(options: PlanOptions, context: LibraryContext): Promise<PlanDocument> {
  return (await openMaking(options, runContext(context))).make();
}

/**
 * Fetches an artifact by the reference that a receipt shows. Any Flux artifact in a registry will do.
 *
 * @throws SlipwayError `USAGE`, `CONFIG`, `NOT_FOUND`, `CORRUPT` and the store errors
 */
export async function pull(reference: string, context: LibraryContext): Promise<Pulled> {
  return pullArtifact(await openPull(resolvePull(reference, '.', context.cwd), runContext(context)));
}

/**
 * Verifies what is published, or a file with its bundle. What is untrusted or cannot be read is in the answer, and is not
 * thrown: look at `verdict`, and with `rebuild` also at the `rebuild` of each artifact.
 *
 * @example
 * const { verdict } = await verify({ references: ['oci://ghcr.io/acme/web:prod'], key: ['slipway.pub'] }, { cwd, env });
 * if (verdict !== 'trusted') process.exitCode = 5;
 *
 * @throws SlipwayError `USAGE`, `CONFIG`; with `rebuild` what {@link build} throws
 */
export async function verify(options: VerifyOptions, context: LibraryContext): Promise<Verification> {
  const settings = await resolveVerify(options, context);
  return verifyPublished(await openVerify(settings, runContext(context)));
}

/**
 * Brings back what a channel had, as a new generation. Refusals and store failures are in the receipt, as with {@link publish}.
 *
 * @example
 * const { outcome, difference } = await rollback({ channel: 'prod', to: '41', dryRun: true }, { cwd, env: process.env });
 *
 * @throws SlipwayError `USAGE`, `CONFIG`
 */
export async function rollback(options: RollbackOptions, context: LibraryContext): Promise<Receipt> {
  return changeChannel('roll back', rollbackAsked(options), options, runContext(context));
}

/**
 * Removes decommissioned artifacts from a channel; what their names show stays.
 *
 * @example
 * await retire({ channel: 'prod', names: ['old-cluster'] }, { cwd, env: process.env });
 *
 * @throws SlipwayError `USAGE`, `CONFIG`
 */
export async function retire(options: RetireOptions, context: LibraryContext): Promise<Receipt> {
  return changeChannel('retire', retireAsked(options), options, runContext(context));
}

/**
 * Lets nothing be published to a channel until it is unfrozen.
 *
 * @example
 * await freeze({ channel: 'prod', reason: 'end of the quarter' }, { cwd, env: process.env });
 *
 * @throws SlipwayError `USAGE`, `CONFIG`
 */
export async function freeze(options: FreezeOptions, context: LibraryContext): Promise<Receipt> {
  return changeChannel('freeze', freezeAsked(options), options, runContext(context));
}

/**
 * Lets a frozen channel move again.
 *
 * @throws SlipwayError `USAGE`, `CONFIG`
 */
export async function unfreeze(options: ControlOptions, context: LibraryContext): Promise<Receipt> {
  return changeChannel('unfreeze', unfreezeAsked, options, runContext(context));
}

/**
 * Reads back every channel and version in all its stores, and writes again what is missing or damaged. Builds and signs
 * nothing. What nobody has any more is in the receipts, with the commit that published it.
 *
 * @example
 * const { outcome, channels } = await heal({ channels: ['prod'] }, { cwd, env: process.env });
 * if (outcome === 'failed') console.error(channels[0].error?.message);
 *
 * @throws SlipwayError `USAGE`, `CONFIG`; the store errors where no store answers
 */
export async function heal(options: HealOptions, context: LibraryContext): Promise<Healing> {
  return healStores(await resolveHeal(options, context), runContext(context));
}
