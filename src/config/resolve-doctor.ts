/** Which stores `slipway doctor` looks at. */
import { asSlipwayError } from '../errors.ts';
import type { ArtifactPlan } from '../model.ts';
import { expandArtifacts } from './artifacts.ts';
import { checkAccess } from './consumer.ts';
import { CONFIG_FILE, needConfig, type ResolveContext } from './find.ts';
import { channelProblem } from './names.ts';
import type { Config } from './read.ts';
import type { StoreSpec } from './settings.ts';
import { checkFit, chooseStores } from './stores.ts';
import { didYouMean, quoted } from './suggest.ts';
import { usage } from './usage.ts';

/** What `slipway doctor` can be told. */
export interface DoctorOptions {
  readonly config?: string | undefined;
  /** Only the stores of this channel, and its records. */
  readonly channel?: string | undefined;
  readonly store?: readonly string[] | undefined;
  readonly noWrite?: boolean | undefined;
}

/** What `slipway doctor` works on. */
export interface DoctorSettings {
  readonly project: string;
  /** Those to be told about. */
  readonly stores: readonly StoreSpec[];
  /** Those whose records are compared: all of them, also where only some are told about. */
  readonly all: readonly StoreSpec[];
  readonly channel?: string;
  /** Every artifact of the config, as far as its files are there. `rendered`: it becomes one file of objects. */
  readonly listed: readonly { readonly name: string; readonly rendered: boolean }[];
  /** The channels that the config names, and the one that it publishes to by itself. */
  readonly configured: readonly string[];
  /** Names of the stores of a channel, and of the one that orders its releases. */
  readonly rules: (channel: string | undefined) => { readonly stores: readonly string[]; readonly primary: string };
  /** Whether scratch objects may be written, and the marker of a bucket. */
  readonly write: boolean;
}

/** Stores can be looked at without a checkout, where nobody knows what a glob stands for. */
async function listedIn({ artifacts, dir }: Config): Promise<readonly ArtifactPlan[]> {
  try {
    return await expandArtifacts(artifacts, dir);
  } catch (thrown) {
    if (asSlipwayError(thrown).code !== 'SOURCE') throw thrown;
    return [];
  }
}

/** Throws `USAGE` where there is no config, and for unknown names, and `CONFIG` for a bad config and for artifacts that a store cannot show. */
export async function resolveDoctor(options: DoctorOptions, context: ResolveContext): Promise<DoctorSettings> {
  const { channel, store: asked = [], noWrite = false } = options;
  const wrong = channel === undefined ? undefined : channelProblem(channel);
  if (wrong !== undefined) throw usage(`Cannot use channel "${channel}": ${wrong}`, 'choose another --channel');
  const missing = usage(`Cannot look at stores: there is no "${CONFIG_FILE}" here`, 'name one with --config');
  const config = await needConfig(options.config, context, missing);
  const all = chooseStores(config, channel, { store: [] }).stores;
  const names = all.map(({ name }) => name);
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw usage(`Cannot use --store "${unknown}": the stores are ${quoted(names)}`, didYouMean(unknown, names));
  const listed = await listedIn(config);
  checkFit(all, listed);
  checkAccess(all, context.env);
  return {
    project: config.project,
    listed: listed.map(({ name, render }) => ({ name, rendered: render.kind !== 'source' })),
    configured: [...new Set([...Object.keys(config.channels), config.channel ?? 'latest'])],
    stores: all.filter(({ name }) => asked.length === 0 || asked.includes(name)),
    all,
    ...(channel !== undefined && { channel }),
    rules(of) {
      const { stores, primary } = chooseStores(config, of, { store: [] });
      return { stores: stores.map(({ name }) => name), primary };
    },
    write: !noWrite,
  };
}
