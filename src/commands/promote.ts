import { parseReleaseName } from '../config/release-name.ts';
import { type PromoteOptions, resolveControl } from '../config/resolve-control.ts';
import { wavesOf } from '../control/open-waves.ts';
import { preparePromotion, promoteOnce } from '../control/promote.ts';
import { type CommandContext, type CommonOptions, progressFor } from './context.ts';
import { exitOf, print } from './finish.ts';
import { runWaves } from './promote-waves.ts';

/** `slipway promote`: prints the receipt and answers the exit code. Throws what kept it from looking. */
export async function run(context: CommandContext, options: PromoteOptions & CommonOptions): Promise<number> {
  const { from, to, artifact = [], wave: only } = options;
  const settings = await resolveControl('promote', { ...options, channel: to }, context);
  const name = parseReleaseName(from, '--from');
  const waves = wavesOf(to, settings.config.channels[to]?.waves, only);
  const progress = progressFor(context, options);
  try {
    const artifacts = artifact.length === 0 ? {} : { artifacts: artifact };
    const ready = await preparePromotion(settings, name, artifacts, { ...context, progress: progress.report });
    if (waves !== undefined) return await runWaves(ready, waves, { ...options, context, only });
    const receipt = await promoteOnce(ready);
    progress.end();
    print(receipt, context, options);
    return exitOf(receipt);
  } finally {
    progress.end();
  }
}
