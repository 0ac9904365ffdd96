/** Wiring of `slipway prune`: settings become stores and what is kept of them. */
import { randomBytes } from 'node:crypto';
import type { PruneSettings } from './config/resolve-prune.ts';
import { openStore } from './open-store.ts';
import { type RunContext, storeContext } from './plan.ts';
import type { PruneOptions } from './ship/prune/prune.ts';

/** What `prune` works with. Nothing is sent yet. Throws `CONFIG` for a region or CA file that is missing. */
export async function openPrune(settings: PruneSettings, context: RunContext): Promise<PruneOptions> {
  const { project, primaries, keep, minAge, exclusive, write } = settings;
  const { now, progress, signal } = context;
  const opened = storeContext(context);
  const stores = await Promise.all(
    settings.stores.map((spec) => openStore(spec, { project, dryRun: !write, meter: { reads: 0, writes: 0 } }, opened)),
  );
  return {
    ...{ stores, primaries, keep, minAge, exclusive, write, progress, signal },
    run: randomBytes(16).toString('hex'),
    now: () => now().getTime(),
  };
}
