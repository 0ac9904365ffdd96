import type { FreezeOptions } from '../config/resolve-control.ts';
import { freezeAsked } from '../control/changes.ts';
import type { CommandContext, CommonOptions } from './context.ts';
import { runControl } from './control.ts';

/** `slipway freeze`: nothing is published to the channel until it is unfrozen. Throws what kept it from looking. */
export async function run(context: CommandContext, options: FreezeOptions & CommonOptions): Promise<number> {
  return runControl('freeze', freezeAsked(options), context, options);
}
