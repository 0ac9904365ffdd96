/** What all commands share that change a channel without a build: they print a receipt, as publish does. */
import type { ControlOptions } from '../config/resolve-control.ts';
import { type Asked, changeChannel } from '../control/changes.ts';
import { type CommandContext, type CommonOptions, progressFor } from './context.ts';
import { exitOf, print } from './finish.ts';

/** Changes the channel, prints the receipt and answers the exit code. Throws what kept it from looking. */
export async function runControl(
  command: string,
  asked: Asked,
  context: CommandContext,
  options: ControlOptions & CommonOptions,
): Promise<number> {
  const progress = progressFor(context, options);
  try {
    const receipt = await changeChannel(command, asked, options, { ...context, progress: progress.report });
    progress.end();
    print(receipt, context, options);
    return exitOf(receipt);
  } finally {
    progress.end();
  }
}
