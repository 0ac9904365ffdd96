import { type LogOptions, resolveLog } from '../config/resolve-history.ts';
import { log } from '../live/log.ts';
import { logJson, logText } from '../report/log.ts';
import { type CommandContext, type CommonOptions, paintFor } from './context.ts';

/** `slipway log`: prints the generations of a channel, or what was live at a time. Throws what kept it from looking. */
export async function run(context: CommandContext, options: LogOptions & CommonOptions): Promise<number> {
  const { stdout } = context;
  const found = await log(await resolveLog(options, context), context);
  stdout.write(options.output === 'json' ? logJson(found) : logText(found, paintFor(stdout, context, options)));
  return 0;
}
