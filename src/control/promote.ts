/** Promotion: what is live elsewhere is read once, and comes to the channel in one step or in several. */
import { type ReleaseName, releaseNameText } from '../config/release-name.ts';
import type { ControlSettings } from '../config/resolve-control.ts';
import { usage } from '../config/usage.ts';
import { openLive } from '../live/open.ts';
import type { Entry, Receipt, ReleaseRecord, WaveStep } from '../model.ts';
import { control } from '../pipeline.ts';
import type { RunContext } from '../plan.ts';
import type { Origin } from '../ship/control/change.ts';
import { chosenFrom } from '../ship/control/promote.ts';
import type { Wave } from '../ship/control/wave-state.ts';
import type { Meter } from '../ship/ports.ts';
import type { Store } from '../ship/store.ts';
import { type FoundOrigin, findOrigin, newestIn } from './origin.ts';
import { openControl } from './plan.ts';

/** What may be said of a promotion besides where it comes from and goes to. */
export interface PromotionOptions {
  /** Names of artifacts. Default: all that the origin has. */
  readonly artifacts?: readonly string[];
}

/** A promotion that is ready to go: its origin is read, and nothing was written yet. */
export interface Prepared {
  readonly settings: ControlSettings;
  readonly context: RunContext;
  /** What is promoted, once for all steps: the origin may go on meanwhile. */
  readonly origin: Origin;
  /** The origin is a bundle. */
  readonly bundled?: boolean;
  /** Its artifacts that are to be promoted, by name. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** The newest record of the channel that is promoted to, in those of its stores that answered; undefined where there is none. */
  readonly newest: ReleaseRecord | undefined;
  /** Stores that have the origin's bytes and are no stores of the channel. */
  readonly lenders: readonly Store[];
  /** Requests to them, by the store's name. */
  readonly meters: ReadonlyMap<string, Meter>;
  /** What kept a store of the origin from answering, as sentences without a full stop. */
  readonly warnings: readonly string[];
}

/** A channel never takes anything from itself. Throws `USAGE`. */
function refuseItself({ channel }: ControlSettings, from: ReleaseName): void {
  if (from.kind !== 'channel' || from.channel !== channel) return;
  const { generation } = from;
  throw usage(
    `Cannot promote ${releaseNameText(from)} to channel "${channel}": it is the same channel`,
    generation === undefined
      ? 'name another channel with --from'
      : `go back with slipway rollback --channel ${channel} --to ${generation}`,
  );
}

/** Joins what was found with what is known of the target. Throws `USAGE` for artifacts that the origin does not have. */
export function prepared(
  found: FoundOrigin,
  rest: Pick<Prepared, 'settings' | 'context' | 'newest' | 'meters'>,
  { artifacts }: PromotionOptions,
): Prepared {
  const own = new Set(rest.settings.stores.map(({ name }) => name));
  const origin: Origin = {
    ...found.origin,
    holders: found.stores.map(({ name }) => name).filter((name) => own.has(name)),
  };
  const entries = new Map(chosenFrom(origin, artifacts).map((entry) => [entry.name, entry]));
  const lenders = found.stores.filter(({ name }) => !own.has(name));
  return { ...rest, origin, entries, lenders, warnings: found.warnings };
}

/**
 * Reads what is to be promoted. Reads only. Throws `USAGE` for a promotion of a channel to itself and for artifacts that are
 * not there, `NOT_FOUND` for a release that no store has, `CORRUPT`, and what kept all stores of the origin from answering.
 */
export async function preparePromotion(
  settings: ControlSettings,
  from: ReleaseName,
  options: PromotionOptions,
  context: RunContext,
): Promise<Prepared> {
  refuseItself(settings, from);
  const live = await openLive({ config: settings.config, chosen: [] }, context);
  const found = await findOrigin(live, from, options.artifacts);
  const newest = await newestIn(live, settings.channel);
  return prepared(found, { settings, context, newest, meters: live.meters }, options);
}

const requestsOf = ({ lenders, meters }: Prepared): Receipt['requests'] =>
  Object.fromEntries(lenders.map(({ name }) => [name, { ...(meters.get(name) ?? { reads: 0, writes: 0 }) }]));

/** A part of a promotion. */
export interface PromotionStep {
  readonly wave?: WaveStep;
  /** Names. Default: all. */
  readonly artifacts?: readonly string[];
  /** Waves that have to be there as the origin has them: refused where something of them was changed. */
  readonly earlier?: readonly Wave[];
}

/**
 * Promotes everything that was prepared, or one step of it: the artifacts of a wave, under the wave's name in the record.
 * Answers the receipt, also of a refusal. Throws `CONFIG` and what interrupts.
 */
export async function promoteOnce(ready: Prepared, step: PromotionStep = {}): Promise<Receipt> {
  const { settings, context, origin, entries, lenders, warnings } = ready;
  const { wave, artifacts = [...entries.keys()], earlier } = step;
  const all = artifacts.length === origin.entries.length;
  const change = {
    kind: 'promote',
    origin,
    ...(!all && { artifacts }),
    ...(wave && { wave }),
    ...(earlier && { earlier }),
  } as const;
  const plan = await openControl(settings, change, context, lenders);
  const receipt = await control(plan);
  return {
    ...receipt,
    warnings: [...receipt.warnings, ...warnings],
    requests: { ...requestsOf(ready), ...receipt.requests },
  };
}
