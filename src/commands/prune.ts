import { type PruneOptions, resolvePrune } from '../config/resolve-prune.ts';
import type { Pruned } from '../model.ts';
import { openPrune } from '../open-prune.ts';
import { prune } from '../pipeline.ts';
import { prunedJson, prunedText } from '../report/pruned.ts';
import { type CommandContext, type CommonOptions, paintFor, progressFor } from './context.ts';

/**
 * `slipway prune`: prints what nothing needs and what became of it, and answers 0; before an error what was deleted. Throws what kept it from deleting: 3 where
 * publishers would not notice, 4 for a store that cannot be read or does not let anything be deleted.
 */
export async function run(context: CommandContext, options: PruneOptions & CommonOptions): Promise<number> {
  const settings = await resolvePrune(options, context);
  const progress = progressFor(context, options);
  const { stdout } = context;
  const tell = (pruned: Pruned): void => {
    progress.end();
    stdout.write(
      options.output === 'json' ? prunedJson(pruned) : prunedText(pruned, paintFor(stdout, context, options)),
    );
  };
  try {
    const opened = await openPrune(settings, { ...context, progress: progress.report });
    tell(await prune({ ...opened, failed: tell }));
    return 0;
  } finally {
    progress.end();
  }
}
