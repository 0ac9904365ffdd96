/** What `slipway heal` works on: channels and versions, the stores they belong to, and whose signatures count. */
import { checkAccess } from './consumer.ts';
import { CONFIG_FILE, needConfig, type ResolveContext } from './find.ts';
import { channelProblem } from './names.ts';
import type { Config } from './read.ts';
import { policyOf } from './resolve-seal.ts';
import { ownHalf } from './resolve-verify.ts';
import type { VerifySettings } from './seal-settings.ts';
import type { StoreSpec } from './settings.ts';
import { chooseStores } from './stores.ts';
import { usage } from './usage.ts';

/** What `slipway heal` can be told. */
export interface HealOptions {
  /** Names; all that the stores have when empty or absent. */
  readonly channels?: readonly string[] | undefined;
  readonly config?: string | undefined;
  /** Names; all stores of a channel when empty or absent. */
  readonly store?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
}

/** What `slipway heal` works on. */
export interface HealSettings {
  readonly config: Config;
  /** Every store of the config. */
  readonly stores: readonly StoreSpec[];
  /** As asked for; empty: every channel that a store has. */
  readonly channels: readonly string[];
  /** Names of the stores to heal; empty: all. The others only lend what they have. */
  readonly chosen: readonly string[];
  readonly dryRun: boolean;
}

/** Where something belongs, and what is asked of it. */
export interface HealTarget {
  /** Every store that it belongs to. */
  readonly stores: readonly StoreSpec[];
  /** Names of those of them that are healed. */
  readonly chosen: ReadonlySet<string>;
  /** A store's name. */
  readonly primary: string;
  /** How many of the chosen stores must be whole in the end. */
  readonly quorum: number;
  /** Whose signatures count; any of them. Empty where none are asked for. */
  readonly policies: readonly VerifySettings[];
}

/** Merges the options of `slipway heal` over the config. Throws `USAGE` and `CONFIG`. */
export async function resolveHeal(options: HealOptions, context: ResolveContext): Promise<HealSettings> {
  const { channels = [], store: chosen = [], dryRun = false } = options;
  const missing = usage(
    `Cannot heal: there is no "${CONFIG_FILE}" here that says where anything is`,
    'name one with --config',
  );
  const config = await needConfig(options.config, context, missing);
  for (const channel of channels) {
    const wrong = channelProblem(channel);
    if (wrong !== undefined) throw usage(`Cannot heal channel "${channel}": ${wrong}`, 'name channels, or nothing');
  }
  // A name that no channel has is a mistake; one that another channel has is none.
  const { stores } = chooseStores({ ...config, channels: {} }, undefined, { store: [] });
  checkAccess(stores, context.env);
  chooseStores({ ...config, channels: {}, quorum: 'all' }, undefined, { store: chosen, primary: chosen[0] });
  return { config, stores, channels: [...new Set(channels)], chosen, dryRun };
}

function targetOf(
  { config, chosen }: HealSettings,
  channel: string | undefined,
  stores: readonly StoreSpec[],
): Omit<HealTarget, 'policies' | 'stores'> {
  const names = stores.map(({ name }) => name).filter((name) => chosen.length === 0 || chosen.includes(name));
  const rule = (channel === undefined ? undefined : config.channels[channel]) ?? {};
  const quorum = rule.quorum ?? config.quorum;
  const [first] = names;
  const { primary } = chooseStores(config, channel, { store: [] });
  return {
    chosen: new Set(names),
    primary: stores.some(({ name }) => name === primary) ? primary : (first ?? primary),
    // Of fewer stores than the quorum all must be whole.
    quorum: quorum === 'all' ? names.length : Math.min(quorum, names.length),
  };
}

function policyFor({ config }: HealSettings, channel: string | undefined, cwd: string): readonly VerifySettings[] {
  const { sign } = config.seal;
  const policy = policyOf({}, { config, channel, cwd }) ?? (sign === undefined ? undefined : ownHalf(sign));
  return policy === undefined ? [] : [policy];
}

/** Where a channel belongs. Throws `CONFIG` for a quorum that cannot be met. */
export function channelTarget(settings: HealSettings, channel: string, cwd: string): HealTarget {
  const { stores } = chooseStores(settings.config, channel, { store: [] });
  return { ...targetOf(settings, channel, stores), stores, policies: policyFor(settings, channel, cwd) };
}

/**
 * Where a version belongs that these stores have: a version is published with a channel or by itself, and nothing says which,
 * so that every store of a channel that one of them belongs to gets it, and whoever signs for one of these channels counts.
 */
export function versionTarget(
  settings: HealSettings,
  found: { readonly in: ReadonlySet<string>; readonly channels: readonly string[] },
  cwd: string,
): HealTarget {
  const near = found.channels
    .map((channel) => ({ channel, stores: chooseStores(settings.config, channel, { store: [] }).stores }))
    .filter(({ stores }) => stores.some(({ name }) => found.in.has(name)));
  const names = new Set(near.flatMap(({ stores }) => stores.map(({ name }) => name)));
  const stores = near.length === 0 ? settings.stores : settings.stores.filter(({ name }) => names.has(name));
  const policies = [...near.map(({ channel }) => channel), undefined].flatMap((one) => policyFor(settings, one, cwd));
  const distinct = [...new Map(policies.map((policy) => [JSON.stringify(policy), policy])).values()];
  return { ...targetOf(settings, undefined, stores), stores, policies: distinct };
}
