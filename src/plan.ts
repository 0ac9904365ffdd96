/** Wiring: settings become objects that the pipeline works with. Everything the outside gives comes in by the context. */
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import type { ReadYaml } from './build/read-yaml.ts';
import { refusedByServer } from './check/against/changes.ts';
import type { CheckOptions } from './check/check.ts';
import { settingsOf } from './check/engine/findings.ts';
import { RULES } from './check/engine/registry.ts';
import { readDocuments } from './check/yaml/documents.ts';
import { jobOf, runnerFacts } from './config/ci.ts';
import type { BuildSettings } from './config/resolve.ts';
import type { PublishSettings, StoreSpec } from './config/settings.ts';
import { SlipwayError } from './errors.ts';
import type { Packed, Progress, Provenance, RequestCount } from './model.ts';
import { openCheck } from './open-check.ts';
import { openGates } from './open-gates.ts';
import { openSeal, type RunFacts } from './open-seal.ts';
import { openSources, type SourcePlan } from './open-sources.ts';
import { openStore, type StoreContext, type StoreUse } from './open-store.ts';
import type { Prover } from './seal/prove.ts';
import type { Gate } from './ship/ask.ts';
import type { Change } from './ship/control/change.ts';
import type { ArtifactSource } from './ship/fetch.ts';
import type { Wrote } from './ship/heal/receipt.ts';
import type { HealOptions } from './ship/heal.ts';
import type { History } from './ship/history.ts';
import type { Meter } from './ship/ports.ts';
import type { ReceiptFacts } from './ship/receipt.ts';
import type { ReleasePlan } from './ship/release-plan.ts';
import type { Store } from './ship/store.ts';
import { type Clock, stopwatch } from './stopwatch.ts';
import type { RadiusOptions } from './watch/radius/radius.ts';
import { dockerCredentials } from './wire/docker-config.ts';
import { gitFacts, gitHistory } from './wire/git.ts';

/** What a door gives a run. */
export interface RunContext {
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
  /** This tool's version, which proofs tell. */
  readonly tool?: string | undefined;
}

/** What `build` works with. */
export interface BuildPlan extends SourcePlan {
  readonly options: SourcePlan['options'] & { readonly check: CheckOptions };
  readonly clock: Clock;
}

/** What tells how far a release reaches. */
export interface Weighed {
  readonly weighing: Pick<RadiusOptions, 'limits' | 'refusedChanges'> & {
    readonly read: ReadYaml;
    /** Whether what is refused ends the run; in a dry run it is only told. */
    readonly stops: boolean;
  };
}

/** What a decision is carried out with. */
export interface Carried {
  /** Absent when nothing signs, and in a dry run. */
  readonly prover?: Prover;
  /** Who is asked before anything is recorded. None in a dry run. */
  readonly gates?: readonly Gate[];
  readonly clock: Clock;
}

/** What `publish` works with. */
export interface PublishPlan extends Weighed, Carried {
  readonly build: BuildPlan;
  readonly release: ReleasePlan;
  /** Called when everything is done. */
  readonly facts: () => ReceiptFacts;
}

/** What publishing something that was built before works with. */
export type BuiltPlan = Omit<PublishPlan, 'build'> & { readonly packed: readonly Packed[] };

/** What a change of a channel's state works with, such as a rollback. */
export interface ControlPlan extends Weighed, Carried {
  readonly release: ReleasePlan;
  readonly change: Change;
  /** Called when everything is done. */
  readonly facts: () => ReceiptFacts;
}

/** What `heal` works with, for one channel or version. */
export interface HealPlan {
  /** Its stores are those that mend; its quorum is 0. */
  readonly release: ReleasePlan;
  readonly options: HealOptions & { readonly wrote: Wrote };
  readonly clock: Clock;
  /** Called when everything is done. */
  readonly facts: () => ReceiptFacts;
}

/** What `pull` works with. */
export interface PullPlan {
  readonly source: ArtifactSource;
}

/** What reading a published artifact works with. */
export interface FetchPlan {
  readonly reference: string;
  readonly source: ArtifactSource;
  readonly read: ReadYaml;
}

/** What checking a published artifact works with. */
export interface PublishedPlan extends FetchPlan {
  readonly check: CheckOptions;
}

/** Reads YAML for what is no check. */
export const readYaml: ReadYaml = (text) => readDocuments(text, { artifact: '', file: '' }).documents;

/** How far a release may reach, by what the API server lets change. */
export const weighing = ({ dryRun = false }: { readonly dryRun?: boolean } = {}): Weighed['weighing'] => ({
  read: readYaml,
  refusedChanges: refusedByServer,
  stops: !dryRun,
});

async function buildPlan(settings: BuildSettings, context: RunContext, clock: Clock): Promise<BuildPlan> {
  const { env, signal } = context;
  const twice = settingsOf(RULES, settings.check.rules)('render/not-reproducible') !== 'off';
  const { options, ...plan } = openSources(settings, context, { read: readYaml, twice });
  const { root } = settings.check;
  const check = await openCheck(settings.check, { root, artifacts: settings.artifacts.length, env, signal });
  return { ...plan, options: { ...options, check }, clock };
}

/** A plan for `build`. */
export async function openBuild(settings: BuildSettings, context: RunContext): Promise<BuildPlan> {
  return buildPlan(settings, context, stopwatch());
}

/** What a release needs of the settings: of its artifacts only what proofs tell. */
export type ReleaseSettings = Omit<PublishSettings, 'artifacts' | 'check'> & Pick<RunFacts, 'artifacts'>;

/** In CI the commit must say what is published; elsewhere a dirty tree is marked. */
function refuseDirty(provenance: Provenance, settings: ReleaseSettings, ci: boolean): void {
  if (!provenance.dirty || !ci || settings.dryRun || settings.allowed.includes('dirty')) return;
  throw new SlipwayError('REFUSED', `The working tree of "${settings.root}" has changes that are not committed`, {
    hint: 'commit them or add them to .gitignore, or pass --allow dirty to publish them marked -dirty',
  });
}

/** What opening stores needs of a run. */
export function storeContext({ cwd, env, signal, now }: RunContext): StoreContext {
  return { cwd, env, signal, now, credentials: dockerCredentials({ env, homeDir: env.HOME ?? homedir() }) };
}

/** What records say of the run that makes them. */
export function maker({ env, tool }: RunContext): Pick<ReleasePlan, 'job' | 'tool'> {
  const job = jobOf(env);
  return { ...(job && { job }), ...(tool !== undefined && { tool }) };
}

/** What tells a run from all others, and what it is watched and stopped by. */
export function thisRun({
  now,
  progress,
  signal,
}: RunContext): Pick<ReleasePlan, 'run' | 'at' | 'progress' | 'signal'> {
  return {
    run: randomBytes(16).toString('hex'),
    at: `${now().toISOString().slice(0, 19)}Z`,
    ...(progress && { progress }),
    ...(signal && { signal }),
  };
}

/** The stores of a run, and how many requests each of them was sent until now. */
export async function openStores(
  specs: readonly StoreSpec[],
  use: Pick<StoreUse, 'project' | 'dryRun'>,
  context: RunContext,
): Promise<{ readonly stores: readonly Store[]; readonly requests: () => Readonly<Record<string, RequestCount>> }> {
  const at = storeContext(context);
  const metered = specs.map((spec): { spec: StoreSpec; meter: Meter } => ({ spec, meter: { reads: 0, writes: 0 } }));
  const stores = await Promise.all(metered.map(({ spec, meter }) => openStore(spec, { ...use, meter }, at)));
  return {
    stores,
    requests: () => Object.fromEntries(metered.map(({ spec, meter }) => [spec.name, { ...meter }])),
  };
}

/** A plan for `publish`. Reads Git; sends nothing yet. Throws `REFUSED` for a dirty tree in CI, `CONFIG`, `SOURCE`. */
export async function openPlan(settings: PublishSettings, context: RunContext): Promise<PublishPlan> {
  const clock = stopwatch();
  const { env } = context;
  const { root } = settings;
  const paths = settings.artifacts.map((artifact) => artifact.root);
  const provenance = await clock.time('git', () => gitFacts({ root, paths, env }));
  const release = await openRelease(settings, { provenance, history: gitHistory({ root, env }), clock }, context);
  return { ...release, build: await buildPlan(settings, context, clock) };
}

/** What a release says of itself, wherever that comes from. */
export interface ReleaseOrigin {
  readonly provenance: Provenance;
  readonly history: History;
  readonly clock: Clock;
}

/** A plan for `publish` without what is built. Sends nothing yet. Throws `REFUSED` for a dirty tree in CI, and `CONFIG`. */
export async function openRelease(
  settings: ReleaseSettings,
  { provenance, history, clock }: ReleaseOrigin,
  context: RunContext,
): Promise<Omit<PublishPlan, 'build'>> {
  const { env } = context;
  const { project, channel, version, stores: specs, primary, quorum, allowed, adopt, listed, dryRun } = settings;
  const runner = runnerFacts(env);
  refuseDirty(provenance, settings, runner.ci);

  const { artifacts } = settings;
  const about = { project, channel, version, provenance, runner, artifacts, dryRun, tool: context.tool };
  const { sealing, prover } = await openSeal(settings.seal, about, context);

  const { stores, requests } = await openStores(specs, { project, dryRun }, context);
  const release: ReleasePlan = {
    project,
    ...(channel === undefined ? {} : { channel }),
    ...(version === undefined ? {} : { version }),
    stores,
    primary,
    quorum,
    provenance,
    runner,
    ...maker(context),
    history,
    allowed,
    used: new Set(),
    adopt,
    sealing,
    ...(listed === undefined ? {} : { listed }),
    ...thisRun(context),
  };
  const facts = (): ReceiptFacts => ({ requests: requests(), seconds: clock.seconds(), dryRun });
  const gates = dryRun ? [] : openGates(settings.gates, context);
  return { release, clock, facts, gates, weighing: weighing({ dryRun }), ...(prover && { prover }) };
}
