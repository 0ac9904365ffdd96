import type { RollbackOptions } from '../config/resolve-control.ts';
import { rollbackAsked } from '../control/changes.ts';
import type { CommandContext, CommonOptions } from './context.ts';
import { runControl } from './control.ts';

/** `slipway rollback`: a new generation with what the channel had before. Throws what kept it from looking. */
export async function run(context: CommandContext, options: RollbackOptions & CommonOptions): Promise<number> {
  return runControl('roll back', rollbackAsked(options), context, options);
}
