/** Wiring of `slipway doctor`: every store of the config, looked at for itself, and their records beside one another. */
import { randomBytes } from 'node:crypto';
import { endpointIn } from '../config/endpoint.ts';
import type { DoctorSettings } from '../config/resolve-doctor.ts';
import type { StoreSpec } from '../config/settings.ts';
import type { Diagnosis, HealthLine, StoreHealth, StoreVerdict } from '../model.ts';
import { capabilityOptions, openObjects, openRepositories, openStore, type StoreContext } from '../open-store.ts';
import { type RunContext, storeContext } from '../plan.ts';
import { groundsOfRegistry } from '../ship/bucket/grounds.ts';
import { leavingNoFolder } from '../ship/disk/make-folders.ts';
import { examineBucket, rightsOf } from './bucket.ts';
import { examineChannels } from './channels.ts';
import { factLines } from './facts.ts';
import { orProblem } from './lines.ts';
import { examineRegistry, mayPush } from './registry.ts';

/** Looks at all stores at once; those that cannot be used are in the answer. */
export async function diagnose(settings: DoctorSettings, context: RunContext): Promise<Diagnosis> {
  const opened = storeContext(context);
  const [examined, channels] = await Promise.all([
    Promise.all(settings.stores.map((spec) => orProblem('reach', () => examine(spec, settings, opened)))),
    compareAll(settings, opened),
  ]);
  const stores = settings.stores.map((spec, index): StoreHealth => {
    const own = examined[index] ?? [];
    // What keeps a store from being read is told already.
    const readable = !own.some(({ check, level }) => level === 'problem' && check !== 'creates' && check !== 'rights');
    const checks = [...own, ...(readable ? (channels.get(spec.name) ?? []) : [])];
    return { name: spec.name, url: spec.url, verdict: verdictOf(checks), checks };
  });
  return { schema: 1, verdict: worst(stores), stores };
}

async function examine(
  spec: StoreSpec,
  settings: DoctorSettings,
  context: StoreContext,
): Promise<readonly HealthLine[]> {
  const { write } = settings;
  const meter = { reads: 0, writes: 0 };
  if (spec.kind === 'oci-layout') return leavingNoFolder(spec.root, () => examineLayouts(spec, settings, context));
  if (spec.kind === 'registry') {
    const repositories = await openRepositories(spec, meter, context);
    const repository = spec.repository.replaceAll('{artifact}', 'releases');
    return examineRegistry({
      repositories,
      repository,
      primary: settings.rules(settings.channel).primary === spec.name,
      ...(write && { rights: () => mayPush({ repositories, repository }, randomBytes(8).toString('hex')) }),
    });
  }
  const look = () => examineObjects(spec, settings, context);
  return spec.kind === 'directory' ? leavingNoFolder(spec.root, look) : look();
}

/** Image layouts are tried by a file beside them: a blob would leave a repository behind. */
async function examineLayouts(
  spec: Extract<StoreSpec, { readonly kind: 'oci-layout' }>,
  { write, rules, channel }: DoctorSettings,
  context: StoreContext,
): Promise<readonly HealthLine[]> {
  const meter = { reads: 0, writes: 0 };
  const objects = await openObjects({ ...spec, kind: 'directory', layout: 'object' }, meter, context);
  return examineRegistry({
    repositories: await openRepositories(spec, meter, context),
    repository: 'releases',
    primary: rules(channel).primary === spec.name,
    ...(write && { rights: () => rightsOf({ objects }) }),
  });
}

async function examineObjects(
  spec: Extract<StoreSpec, { readonly kind: 's3' | 'directory' }>,
  { write }: DoctorSettings,
  context: StoreContext,
): Promise<readonly HealthLine[]> {
  const meter = { reads: 0, writes: 0 };
  const objects = await openObjects(spec, meter, context);
  const options = await capabilityOptions(spec, objects, { dryRun: !write, meter }, context);
  const root = options.root ?? objects;
  const isRegistry = spec.layout === 'registry';
  return examineBucket({
    ...options,
    ...(isRegistry && { grounds: groundsOfRegistry(root, options.keyPrefix) }),
    write,
    listed: !isRegistry,
    facts: () => factsOf(spec, context),
  });
}

async function factsOf(
  spec: Extract<StoreSpec, { readonly kind: 's3' | 'directory' }>,
  { env, signal }: StoreContext,
): Promise<readonly HealthLine[]> {
  if (spec.kind === 'directory') return [];
  const { bucketFacts } = await import('../wire/s3-facts.ts');
  const { bucket, prefix, region, profile, ca, owner } = spec;
  const endpoint = endpointIn(spec, env);
  const meter = { reads: 0, writes: 0 };
  return factLines(await bucketFacts({ bucket, prefix, region, endpoint, profile, ca, owner, env, meter, signal }));
}

async function compareAll(
  { all, project, channel, rules, configured, listed }: DoctorSettings,
  context: StoreContext,
): Promise<ReadonlyMap<string, readonly HealthLine[]>> {
  const use = { project, dryRun: true, meter: { reads: 0, writes: 0 } };
  const opening = await Promise.allSettled(all.map((spec) => openStore(spec, use, context)));
  // Why one cannot be opened is told of the store itself.
  const stores = opening.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return examineChannels(stores, { channel, rules, configured, listed });
}

function verdictOf(checks: readonly HealthLine[]): StoreVerdict {
  const problems = checks.filter(({ level }) => level === 'problem');
  if (problems.length === 0) return 'usable';
  return problems.every(({ check }) => check === 'creates') ? 'unsafe' : 'unusable';
}

function worst(stores: readonly StoreHealth[]): StoreVerdict {
  const verdicts = new Set(stores.map(({ verdict }) => verdict));
  if (verdicts.has('unusable')) return 'unusable';
  return verdicts.has('unsafe') ? 'unsafe' : 'usable';
}
