/** Wiring of everything that shows releases: stores are opened once, and asked what they hold. Nothing is written. */
import type { LiveSettings } from '../config/resolve-live.ts';
import { liveStores } from '../config/resolve-live.ts';
import { openStore } from '../open-store.ts';
import { type RunContext, storeContext, thisRun } from '../plan.ts';
import { compare } from '../ship/compare.ts';
import type { Meter } from '../ship/ports.ts';
import type { Compared } from '../ship/release.ts';
import { MAKES_NOTHING, type ReleasePlan } from '../ship/release-plan.ts';
import type { Store } from '../ship/store.ts';

/** Stores that are asked. */
export interface Live {
  readonly settings: LiveSettings;
  readonly context: RunContext;
  /** By their names in the config. */
  readonly stores: ReadonlyMap<string, Store>;
  readonly meters: ReadonlyMap<string, Meter>;
}

/** Opens every store that may be asked. Nothing is sent yet. Throws `CONFIG` for a region or CA file that is missing. */
export async function openLive(settings: LiveSettings, context: RunContext): Promise<Live> {
  const { project } = settings.config;
  const at = storeContext(context);
  const opened = await Promise.all(
    liveStores(settings, undefined).stores.map(async (spec) => {
      const meter: Meter = { reads: 0, writes: 0 };
      return { name: spec.name, meter, store: await openStore(spec, { project, dryRun: true, meter }, at) };
    }),
  );
  return {
    ...{ settings, context },
    stores: new Map(opened.map(({ name, store }) => [name, store])),
    meters: new Map(opened.map(({ name, meter }) => [name, meter])),
  };
}

/** A plan that only reads. */
export function readingPlan(live: Live, what: Pick<ReleasePlan, 'channel' | 'version'>): ReleasePlan {
  const { settings, context, stores: opened } = live;
  const { stores, primary } = liveStores(settings, what.channel);
  return {
    ...what,
    project: settings.config.project,
    stores: stores.flatMap(({ name }) => opened.get(name) ?? []),
    primary,
    ...MAKES_NOTHING,
    ...thisRun(context),
    sealing: { signs: false, requires: [] },
  };
}

/** What the stores of a channel hold: the newest record in `line`, and where each store is behind. */
export async function lookAt(live: Live, channel: string): Promise<Compared> {
  return compare(readingPlan(live, { channel }), []);
}
