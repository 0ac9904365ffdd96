import { type HealOptions, resolveHeal } from '../config/resolve-heal.ts';
import { exitCodeOf } from '../errors.ts';
import { healStores } from '../heal/heal.ts';
import type { Healing } from '../model.ts';
import { errorText } from '../report/error.ts';
import { healingJson, healingText } from '../report/healing.ts';
import { type CommandContext, type CommonOptions, paintFor, progressFor } from './context.ts';

/** What is not trusted has a code of its own; what is refused waits for a decision. */
function exitOf({ channels, versions }: Healing): number {
  const receipts = [...channels, ...versions];
  if (receipts.some(({ error }) => error?.code === 'UNTRUSTED')) return exitCodeOf('UNTRUSTED');
  if (receipts.some(({ outcome }) => outcome === 'failed')) return exitCodeOf('STORE');
  return receipts.some(({ outcome }) => outcome === 'refused') ? exitCodeOf('REFUSED') : 0;
}

/**
 * `slipway heal`: prints what was mended, and answers 0 when enough stores are whole, 4 when they are not, 3 for what someone
 * else wrote, 5 for what is not signed by whom it has to be. Throws what kept it from looking.
 */
export async function run(context: CommandContext, options: HealOptions & CommonOptions): Promise<number> {
  const settings = await resolveHeal(options, context);
  const progress = progressFor(context, options);
  try {
    const healing = await healStores(settings, { ...context, progress: progress.report });
    progress.end();
    const { stdout, stderr } = context;
    const text =
      options.output === 'json'
        ? healingJson(healing)
        : healingText(healing, { paint: paintFor(stdout, context, options), dryRun: settings.dryRun });
    stdout.write(text);
    for (const { error } of [...healing.channels, ...healing.versions]) {
      if (error !== undefined) stderr.write(errorText(error, { paint: paintFor(stderr, context, options) }));
    }
    return exitOf(healing);
  } finally {
    progress.end();
  }
}
