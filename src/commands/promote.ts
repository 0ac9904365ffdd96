import type { PromoteOptions } from '../config/resolve-control.ts';
import { openPromotion } from '../control/open-waves.ts';
import { promoteOnce } from '../control/promote.ts';
import { type CommandContext, type CommonOptions, progressFor } from './context.ts';
import { exitOf, print } from './finish.ts';
import { runWaves } from './promote-waves.ts';

/** `slipway promote`: prints the receipt and answers the exit code. Throws what kept it from looking. */
export async function run(context: CommandContext, options: PromoteOptions & CommonOptions): Promise<number> {
  const progress = progressFor(context, options);
  try {
    const { ready, waves } = await openPromotion(options, { ...context, progress: progress.report });
    if (waves !== undefined) return await runWaves(ready, waves, { ...options, context, only: options.wave });
    const receipt = await promoteOnce(ready);
    progress.end();
    print(receipt, context, options);
    return exitOf(receipt);
  } finally {
    progress.end();
  }
}
