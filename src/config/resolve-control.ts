/** What a change of a channel's state works on: the channel, its stores, whose signatures count, and what is allowed. */
import { checkAccess } from './consumer.ts';
import { CONFIG_FILE, needConfig, type ResolveContext } from './find.ts';
import { type GateSettings, gatesOf } from './gates-settings.ts';
import { channelProblem, versionProblem } from './names.ts';
import type { Config } from './read.ts';
import { resolveSeal } from './resolve-seal.ts';
import { ownHalf } from './resolve-verify.ts';
import type { SealSettings, VerifySettings } from './seal-settings.ts';
import type { StoreSpec } from './settings.ts';
import { chooseStores } from './stores.ts';
import { usage } from './usage.ts';

/** What every command can be told that changes a channel without a build. */
export interface ControlOptions {
  readonly config?: string | undefined;
  readonly channel?: string | undefined;
  readonly version?: string | undefined;
  readonly store?: readonly string[] | undefined;
  readonly primary?: string | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Options of `slipway rollback`. */
export interface RollbackOptions extends ControlOptions {
  /** A generation (41), a version (1.4.1) or a digest. Default: the newest generation with other content than now. */
  readonly to?: string | undefined;
  readonly artifact?: readonly string[] | undefined;
}

/** Options of `slipway promote`. */
export interface PromoteOptions extends ControlOptions {
  /** A channel (staging), a generation of it (staging@41), a version (1.4.0) or a digest. */
  readonly from: string;
  /** The channel to move. */
  readonly to: string;
  readonly artifact?: readonly string[] | undefined;
  /** The wave to end with. */
  readonly wave?: string | undefined;
}

/** Options of `slipway retire`. */
export interface RetireOptions extends ControlOptions {
  readonly names: readonly string[];
}

/** Options of `slipway freeze`. */
export interface FreezeOptions extends ControlOptions {
  readonly reason: string;
}

/** What such a command works on. */
export interface ControlSettings {
  readonly config: Config;
  readonly channel: string;
  /** Claimed for what a promotion brings. */
  readonly version?: string;
  readonly stores: readonly StoreSpec[];
  readonly primary: string;
  readonly quorum: number;
  readonly allowed: readonly string[];
  readonly dryRun: boolean;
  /** Whose signatures count in the channel; nothing is signed. */
  readonly seal: Pick<SealSettings, 'verify'> & {
    /** The public half of what signs, where nothing else says whose signatures count. */
    readonly own?: VerifySettings;
  };
  /** Who is asked before the release is recorded, in this order. */
  readonly gates: readonly GateSettings[];
}

/** Without `verify` the public half of what signs, as `publish` has it. */
function sealOf(config: Config, channel: string, { cwd }: ResolveContext): ControlSettings['seal'] {
  const { sign, verify } = resolveSeal({}, { config, channel, cwd });
  if (verify !== undefined) return { verify };
  const own = sign && ownHalf(sign);
  return own === undefined ? {} : { own };
}

/** Merges options over the config. `command` is how messages call it. Throws `USAGE` and `CONFIG`. */
export async function resolveControl(
  command: string,
  options: ControlOptions,
  context: ResolveContext,
): Promise<ControlSettings> {
  const { version, store = [], primary, allow = [], dryRun = false } = options;
  const missing = usage(
    `Cannot ${command}: there is no "${CONFIG_FILE}" here that says where anything is`,
    'name one with --config',
  );
  const config = await needConfig(options.config, context, missing);
  const channel = options.channel ?? config.channel;
  if (channel === undefined)
    throw usage(`Cannot ${command}: no channel is named`, 'name one, or set channel in the config');
  const wrong = channelProblem(channel);
  if (wrong !== undefined) throw usage(`Cannot ${command}: channel "${channel}": ${wrong}`, 'name another channel');
  const slip = version === undefined ? undefined : versionProblem(version);
  if (slip !== undefined) throw usage(`Cannot use version "${version}": ${slip}`, 'choose another --version');
  const chosen = chooseStores(config, channel, { store, primary });
  checkAccess(chosen.stores, context.env);
  return {
    ...chosen,
    ...{ config, channel, allowed: allow, dryRun, seal: sealOf(config, channel, context) },
    gates: gatesOf(config, channel),
    ...(version !== undefined && { version }),
  };
}
