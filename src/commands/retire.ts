import type { RetireOptions } from '../config/resolve-control.ts';
import { retireAsked } from '../control/changes.ts';
import type { CommandContext, CommonOptions } from './context.ts';
import { runControl } from './control.ts';

/** `slipway retire`: artifacts leave the channel. Throws what kept it from looking. */
export async function run(context: CommandContext, options: RetireOptions & CommonOptions): Promise<number> {
  return runControl('retire', retireAsked(options), context, options);
}
