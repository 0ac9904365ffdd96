/** Options over config: what a command works on, checked, with every path absolute. */
import type { SlipwayError } from '../errors.ts';
import type { ArtifactPlan, CheckSettings } from '../model.ts';
import { expandArtifacts, selectArtifacts } from './artifacts.ts';
import { type CheckFlags, checkSettings, withFlags } from './check-settings.ts';
import { checkAccess, withConsumer } from './consumer.ts';
import { CONFIG_FILE, findConfig, needConfig, type ResolveContext } from './find.ts';
import { gatesOf } from './gates-settings.ts';
import { refuseIdleTenants } from './idle-tenants.ts';
import { channelProblem, versionProblem } from './names.ts';
import { type OneShot, type OneShotOptions, oneShot } from './one-shot.ts';
import type { Config } from './read.ts';
import { type PolicyOptions, resolveSeal, type SignOptions } from './resolve-seal.ts';
import type { PublishSettings } from './settings.ts';
import { type ChosenStores, checkFit, chooseStores } from './stores.ts';
import { usage } from './usage.ts';

/** What `slipway build` can be told. Lists are empty when an option is absent. */
export interface BuildOptions extends CheckFlags {
  readonly path?: string | undefined;
  readonly config?: string | undefined;
  readonly artifact?: readonly string[] | undefined;
  readonly render?: string | undefined;
}

/** What `slipway publish` can be told. */
export interface PublishOptions extends BuildOptions, SignOptions, PolicyOptions {
  readonly to?: readonly string[] | undefined;
  readonly channel?: string | undefined;
  readonly version?: string | undefined;
  readonly store?: readonly string[] | undefined;
  readonly primary?: string | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly adopt?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** What `slipway build` works on. */
export interface BuildSettings {
  /** In config order. */
  readonly artifacts: readonly ArtifactPlan[];
  /** Absolute folder of the config file, or of the path. */
  readonly root: string;
  readonly check: CheckSettings;
}

const nothing = (command: string, example: string): SlipwayError =>
  usage(
    `Cannot ${command}: there is no "${CONFIG_FILE}" here and no path is given`,
    `write a ${CONFIG_FILE}, or run: ${example}`,
  );

/** Options that only make sense with a config file, or only without. */
function checkMode(options: PublishOptions): void {
  const oneShotMode = (options.to ?? []).length > 0 || options.path !== undefined;
  if (oneShotMode && options.config !== undefined)
    throw usage(
      'Cannot use --config with a path or --to: the config lists its own paths and stores',
      'use one of them',
    );
  if ((options.to ?? []).length > 0 && (options.store ?? []).length > 0)
    throw usage('Cannot use --to with --store: --store names stores of the config', 'use one of them');
  if (!oneShotMode && options.render !== undefined)
    throw usage(
      'Cannot use --render with a config: each artifact has its own render',
      `set render in ${options.config ?? CONFIG_FILE}`,
    );
}

const oneShotOptions = (path: string, options: PublishOptions): OneShotOptions => ({
  path,
  to: options.to ?? [],
  render: options.render,
  artifact: options.artifact ?? [],
});

/** What is said about checks: by flags, and by the config, which holds for paths of its folder as well. */
export async function checksOf(options: BuildOptions, context: ResolveContext): Promise<CheckSettings> {
  const config = await findConfig(options.config, context);
  return withFlags(config?.check ?? checkSettings({}, [], context.cwd), options);
}

/** Merges the options of `slipway build`, and of `slipway check`, over the config. Throws `USAGE`, `CONFIG` and `SOURCE`. */
export async function resolveBuild(
  options: BuildOptions,
  context: ResolveContext,
  command: 'build' | 'check' = 'build',
): Promise<BuildSettings> {
  checkMode(options);
  if (options.path !== undefined) {
    const { artifact, root } = await oneShot(oneShotOptions(options.path, options), context.cwd);
    return { artifacts: [artifact], root, check: await checksOf(options, context) };
  }
  const config = await needConfig(options.config, context, nothing(command, `slipway ${command} ./deploy`));
  const listed = await expandArtifacts(config.artifacts, config.dir);
  refuseIdleTenants(config.check.tenants, listed);
  return {
    artifacts: selectArtifacts(listed, options.artifact ?? []),
    root: config.dir,
    check: withFlags(config.check, options),
  };
}

/** `--channel` and `--version` as given, checked. */
function checkedNames({ channel, version }: PublishOptions): void {
  const wrongChannel = channel === undefined ? undefined : channelProblem(channel);
  if (wrongChannel !== undefined)
    throw usage(`Cannot use channel "${channel}": ${wrongChannel}`, 'choose another --channel');
  const wrongVersion = version === undefined ? undefined : versionProblem(version);
  if (wrongVersion !== undefined)
    throw usage(`Cannot use version "${version}": ${wrongVersion}`, 'choose another --version');
}

function agreed(what: string, asked: string | undefined, tag: string | undefined): string | undefined {
  if (asked !== undefined && tag !== undefined && asked !== tag) {
    throw usage(
      `Cannot publish under two ${what}s: the tag of --to says "${tag}" and --${what} says "${asked}"`,
      'give one of them',
    );
  }
  return asked ?? tag;
}

/** Without any name a run moves the channel `latest`; a version alone is a name. */
function namesOf(
  options: PublishOptions,
  fallback: string | undefined,
  tags: Pick<OneShot, 'channel' | 'version'>,
): { channel?: string; version?: string } {
  const version = agreed('version', options.version, tags.version);
  const channel =
    agreed('channel', options.channel, tags.channel) ?? fallback ?? (version === undefined ? 'latest' : undefined);
  return { ...(channel === undefined ? {} : { channel }), ...(version === undefined ? {} : { version }) };
}

function settingsOf(
  options: PublishOptions,
  chosen: ChosenStores,
  rest: Pick<
    PublishSettings,
    'project' | 'artifacts' | 'listed' | 'root' | 'channel' | 'version' | 'check' | 'seal' | 'gates'
  >,
): PublishSettings {
  return {
    ...rest,
    ...chosen,
    allowed: options.allow ?? [],
    adopt: options.adopt ?? false,
    dryRun: options.dryRun ?? false,
  };
}

async function publishOnce(path: string, options: PublishOptions, context: ResolveContext): Promise<PublishSettings> {
  const beside = await findConfig(undefined, context);
  if ((options.to ?? []).length === 0 && beside !== undefined) {
    throw usage(
      `Cannot publish path "${path}": "${CONFIG_FILE}" lists what is published and where`,
      `add --to URL to publish "${path}" alone, or select with --artifact NAME`,
    );
  }
  if ((options.store ?? []).length > 0)
    throw usage('Cannot use --store without a config: there are no stores to choose from', 'use --to URL');
  const { artifact, stores: asked, root, ...tags } = await oneShot(oneShotOptions(path, options), context.cwd);
  const stores = asked.map((store) => withConsumer(store, beside?.consumer));
  checkFit(stores, [artifact]);
  checkAccess(stores, context.env);
  // What it says of checks and signatures holds for paths of its folder as well.
  const check = withFlags(beside?.check ?? checkSettings({}, [], context.cwd), options);
  const config: Config = {
    file: '',
    dir: context.cwd,
    project: 'default',
    artifacts: [],
    stores,
    quorum: 'all',
    channels: {},
    seal: {},
    check,
  };
  const names = namesOf(options, undefined, tags);
  const chosen = chooseStores(config, names.channel, { store: [], primary: options.primary });
  return settingsOf(options, chosen, {
    project: config.project,
    artifacts: [artifact],
    root,
    check,
    seal: resolveSeal(options, { config: beside, channel: names.channel, cwd: context.cwd }),
    gates: gatesOf(beside, names.channel),
    ...names,
  });
}

/**
 * Merges the options of `slipway publish` over the config, or makes settings without one. Throws `USAGE` for options that
 * contradict each other, `CONFIG` for a bad config or URL, `SOURCE` for a missing path.
 */
export async function resolvePublish(options: PublishOptions, context: ResolveContext): Promise<PublishSettings> {
  checkMode(options);
  checkedNames(options);
  if (options.path !== undefined) return publishOnce(options.path, options, context);
  const missing = nothing('publish', 'slipway publish ./deploy --to oci://ghcr.io/acme/fleet:staging');
  if ((options.to ?? []).length > 0) throw missing;
  const config = await needConfig(options.config, context, missing);
  const listed = await expandArtifacts(config.artifacts, config.dir);
  refuseIdleTenants(config.check.tenants, listed);
  const names = namesOf(options, config.channel, {});
  const chosen = chooseStores(config, names.channel, { store: options.store ?? [], primary: options.primary });
  checkFit(chosen.stores, listed);
  checkAccess(chosen.stores, context.env);
  return settingsOf(options, chosen, {
    project: config.project,
    artifacts: selectArtifacts(listed, options.artifact ?? []),
    listed: listed.map(({ name }) => name),
    root: config.dir,
    check: withFlags(config.check, options),
    seal: resolveSeal(options, { config, channel: names.channel, cwd: context.cwd }),
    gates: gatesOf(config, names.channel),
    ...names,
  });
}
