/** Which stores are asked what is live: all of the config, or those that are named. */
import { CONFIG_FILE, needConfig, type ResolveContext } from './find.ts';
import type { Config } from './read.ts';
import { type ChosenStores, chooseStores } from './stores.ts';
import { usage } from './usage.ts';

/** What every command can be told that shows releases. */
export interface LiveOptions {
  readonly config?: string | undefined;
  readonly store?: readonly string[] | undefined;
}

/** What commands work on that show releases. */
export interface LiveSettings {
  readonly config: Config;
  /** Names of the stores to ask; all when empty. */
  readonly chosen: readonly string[];
}

/** Reads the config. Throws `USAGE` where there is none and for stores that it does not have, and `CONFIG`. */
export async function resolveLive(
  command: string,
  options: LiveOptions,
  context: ResolveContext,
): Promise<LiveSettings> {
  const missing = usage(
    `Cannot ${command}: there is no "${CONFIG_FILE}" here that says where anything is`,
    'name one with --config',
  );
  const config = await needConfig(options.config, context, missing);
  const chosen = options.store ?? [];
  chooseStores({ ...config, channels: {}, quorum: 'all' }, undefined, { store: chosen, primary: chosen[0] });
  return { config, chosen };
}

/** Whether any of the stores to ask is one of the channel's. */
export function isAsked({ config, chosen }: LiveSettings, channel: string): boolean {
  const { stores } = chooseStores({ ...config, quorum: 'all' }, channel, { store: [] });
  return chosen.length === 0 || stores.some(({ name }) => chosen.includes(name));
}

/** The stores of a channel among those to ask, or without a channel all of them. Reading needs no quorum, and any primary. */
export function liveStores({ config, chosen }: LiveSettings, channel: string | undefined): ChosenStores {
  const rules = channel === undefined ? { ...config, channels: {} } : config;
  const { stores: all, primary } = chooseStores({ ...rules, quorum: 'all' }, channel, { store: [] });
  const stores = all.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
  if (stores.length === 0) {
    throw usage(
      `Cannot ask ${chosen.map((name) => `"${name}"`).join(', ')} for channel "${channel ?? ''}": it is not published there`,
      `its stores are ${all.map(({ name }) => `"${name}"`).join(', ')}`,
    );
  }
  const isThere = stores.some(({ name }) => name === primary);
  return { stores, primary: isThere ? primary : (stores[0]?.name ?? primary), quorum: 0 };
}
