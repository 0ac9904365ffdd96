/** The commands as functions: options and a context in, data out. Nothing here reads a global or writes to the terminal. */
import type { Rule } from './check/rule.ts';
import { resolvePull } from './config/reference.ts';
import { type BuildOptions, type PublishOptions, resolveBuild, resolvePublish } from './config/resolve.ts';
import { type InspectOptions, resolveCheck } from './config/resolve-check.ts';
import { type DoctorOptions, resolveDoctor } from './config/resolve-doctor.ts';
import { type HealOptions, resolveHeal } from './config/resolve-heal.ts';
import { type PruneOptions, resolvePrune } from './config/resolve-prune.ts';
import { resolveVerify, type VerifyOptions } from './config/resolve-verify.ts';
import { diagnose } from './doctor/diagnose.ts';
import { ruleOf } from './explain.ts';
import { healStores } from './heal/heal.ts';
import { inspectSubject } from './inspect.ts';
import type { Diagnosis, Finding, Healing, Packed, Progress, Pruned, Receipt, Verification } from './model.ts';
import { openPull } from './open-fetch.ts';
import { openPrune } from './open-prune.ts';
import {
  build as buildArtifacts,
  prune as pruneStores,
  publish as publishArtifacts,
  pull as pullArtifact,
} from './pipeline.ts';
import { openBuild, openPlan, type Pulled, type RunContext } from './plan.ts';
import { toolVersion } from './tool-version.ts';
import { openVerify } from './verify/plan.ts';
import { verifyPublished } from './verify/published.ts';

/** What a caller lends to a run. Only what is in `env` is seen: pass `process.env` to use the ambient credentials. */
export interface LibraryContext {
  /** Absolute folder that relative paths and `slipway.yaml` are looked up from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborting it ends the run: nothing is half named, and the next run completes. */
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
  /** Default: the system's clock. */
  readonly now?: () => Date;
}

const runContext = (context: LibraryContext): RunContext => ({
  now: () => new Date(),
  tool: toolVersion(import.meta.url),
  ...context,
});

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
 * it could decide anything is thrown.
 *
 * @example
 * const receipt = await publish({ path: './deploy', to: ['oci://localhost:5000/app:prod'] }, { cwd, env });
 * if (receipt.outcome === 'failed') console.error(receipt.error?.message);
 *
 * @throws SlipwayError `USAGE`, `CONFIG`, `SOURCE`, `INVALID`, `RENDER`, `TOOL_MISSING`, `REFUSED` (dirty tree in CI)
 */
export async function publish(options: PublishOptions, context: LibraryContext): Promise<Receipt> {
  return publishArtifacts(await openPlan(await resolvePublish(options, context), runContext(context)));
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
