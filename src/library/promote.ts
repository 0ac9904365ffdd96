/** `slipway promote` as a function. */
import type { PromoteOptions } from '../config/resolve-control.ts';
import { openPromotion, openWaves } from '../control/open-waves.ts';
import { promoteOnce } from '../control/promote.ts';
import { pause } from '../control/soak.ts';
import type { WaveWatcher } from '../control/wave-job.ts';
import { promoteWaves } from '../control/waves.ts';
import { runContext } from '../library-context.ts';
import type { Promotion, Receipt } from '../model.ts';
import type { LibraryContext } from './context.ts';

/** The answer says it all in the end. */
const SILENT: WaveWatcher = {
  done: () => undefined,
  soaking: () => undefined,
  note: () => undefined,
  every: 60_000,
};

/**
 * Brings what one channel or version has into another channel: same digests, same proofs, no build. Where the channel has waves
 * the answer has `waves`, and comes when the last one, or the one that `wave` names, is there; `signal` ends the waiting.
 *
 * @example
 * const promoted = await promote({ from: 'staging', to: 'prod' }, { cwd, env: process.env });
 * if (promoted.outcome === 'refused') console.error(promoted.error?.message);
 *
 * @throws SlipwayError `USAGE`, `CONFIG`, `NOT_FOUND`, `UNTRUSTED`, `INTERRUPTED`; the store errors where the origin cannot be read
 */
export async function promote(options: PromoteOptions, context: LibraryContext): Promise<Receipt | Promotion> {
  const run = runContext(context);
  const { ready, waves } = await openPromotion(options, run);
  if (waves === undefined) return promoteOnce(ready);
  return promoteWaves(
    await openWaves(ready, waves, { only: options.wave, time: { now: run.now, pause }, watcher: SILENT }),
  );
}
