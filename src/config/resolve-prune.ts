/** What `slipway prune` works on: all stores of the config, and how much of what they hold is kept. */
import { checkAccess } from './consumer.ts';
import { CONFIG_FILE, needConfig, type ResolveContext } from './find.ts';
import type { StoreSpec } from './settings.ts';
import { chooseStores } from './stores.ts';
import { usage } from './usage.ts';

/** What `slipway prune` can be told. */
export interface PruneOptions {
  readonly config?: string | undefined;
  /** Number of releases of each channel. Default: 10. */
  readonly keep?: string | undefined;
  /** A number with `m`, `h` or `d`. Default: 24h. */
  readonly minAge?: string | undefined;
  /** No publisher runs. */
  readonly exclusive?: boolean | undefined;
  /** Delete; otherwise nothing is written. */
  readonly yes?: boolean | undefined;
}

/** What `slipway prune` works on. */
export interface PruneSettings {
  readonly project: string;
  /** Every store of the config. */
  readonly stores: readonly StoreSpec[];
  /** Names of the stores that order releases of any channel. */
  readonly primaries: readonly string[];
  readonly keep: number;
  /** Milliseconds. */
  readonly minAge: number;
  readonly exclusive: boolean;
  readonly write: boolean;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function keepOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw usage(`Cannot use --keep "${text}": it is not a number of releases`, 'write 1 or more, such as --keep 10');
}

function ageOf(text: string): number {
  const [, number, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const milliseconds = UNITS[unit];
  if (number !== undefined && milliseconds !== undefined) return Number(number) * milliseconds;
  throw usage(
    `Cannot use --min-age "${text}": it is not a time`,
    'write minutes, hours or days, such as 30m, 24h or 7d',
  );
}

/** Merges the options of `slipway prune` over the config. Throws `USAGE` and `CONFIG`. */
export async function resolvePrune(options: PruneOptions, context: ResolveContext): Promise<PruneSettings> {
  const { keep = '10', minAge = '24h', exclusive = false, yes = false } = options;
  const amounts = { keep: keepOf(keep), minAge: ageOf(minAge) };
  const missing = usage(
    `Cannot prune: there is no "${CONFIG_FILE}" here that says where anything is`,
    'name one with --config',
  );
  const config = await needConfig(options.config, context, missing);
  const channels = [config.channel, ...Object.keys(config.channels)];
  const primaries = channels.map((channel) => chooseStores(config, channel, { store: [] }).primary);
  const { stores } = chooseStores({ ...config, channels: {} }, undefined, { store: [] });
  checkAccess(stores, context.env);
  return {
    project: config.project,
    stores,
    primaries: [...new Set(primaries)],
    ...amounts,
    exclusive,
    write: yes,
  };
}
