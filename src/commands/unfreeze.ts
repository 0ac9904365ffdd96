import type { ControlOptions } from '../config/resolve-control.ts';
import { unfreezeAsked } from '../control/changes.ts';
import type { CommandContext, CommonOptions } from './context.ts';
import { runControl } from './control.ts';

/** `slipway unfreeze`: the channel moves again. Throws what kept it from looking. */
export async function run(context: CommandContext, options: ControlOptions & CommonOptions): Promise<number> {
  return runControl('unfreeze', unfreezeAsked, context, options);
}
