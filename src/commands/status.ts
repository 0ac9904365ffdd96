import { resolveStatus, type StatusOptions } from '../config/resolve-history.ts';
import { status } from '../live/status.ts';
import { statusJson, statusText } from '../report/status.ts';
import { type CommandContext, type CommonOptions, paintFor } from './context.ts';

/** `slipway status`: prints what is live. Throws what kept it from looking, also where no store answers. */
export async function run(context: CommandContext, options: StatusOptions & CommonOptions): Promise<number> {
  const { stdout } = context;
  const found = await status(await resolveStatus(options, context), context);
  stdout.write(options.output === 'json' ? statusJson(found) : statusText(found, paintFor(stdout, context, options)));
  return 0;
}
