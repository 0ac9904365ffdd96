/** Runs one command for a door: loads only what the command needs, and turns what it throws into output and exit code. */
import { asSlipwayError, exitCodeOf, SlipwayError } from '../errors.ts';
import type { CommandName } from '../options.ts';
import { errorJson, errorText } from '../report/error.ts';
import { reportOf } from '../report/findings.ts';
import { findingsText } from '../report/findings-text.ts';
import { type CommandContext, type CommonOptions, paintFor } from './context.ts';

/** Parsed options by their names in the table. */
export type ParsedOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

type Run = (context: CommandContext, options: ParsedOptions) => Promise<number>;

/** The table of options guarantees what each command's own type says. */
const LOAD: Readonly<Record<CommandName, () => Promise<{ readonly run: unknown }>>> = {
  build: () => import('./build.ts'),
  check: () => import('./check.ts'),
  diff: () => import('./diff.ts'),
  doctor: () => import('./doctor.ts'),
  explain: () => import('./explain.ts'),
  freeze: () => import('./freeze.ts'),
  heal: () => import('./heal.ts'),
  keygen: () => import('./keygen.ts'),
  log: () => import('./log.ts'),
  plan: () => import('./plan.ts'),
  promote: () => import('./promote.ts'),
  prune: () => import('./prune.ts'),
  publish: () => import('./publish.ts'),
  pull: () => import('./pull.ts'),
  retire: () => import('./retire.ts'),
  rollback: () => import('./rollback.ts'),
  status: () => import('./status.ts'),
  unfreeze: () => import('./unfreeze.ts'),
  verify: () => import('./verify.ts'),
  whois: () => import('./whois.ts'),
};

function errorOf(thrown: unknown, signal: AbortSignal): SlipwayError {
  const error = asSlipwayError(thrown);
  // Whoever waits knows best how to go on.
  if (!signal.aborted || (error.code === 'INTERRUPTED' && error.hint !== undefined)) return error;
  return new SlipwayError('INTERRUPTED', 'Interrupted: nothing is half named', {
    hint: 'run the same command again to complete',
    cause: error,
  });
}

/** Prints an error where it belongs and answers its exit code. */
export function printError(thrown: unknown, context: CommandContext, options: CommonOptions): number {
  const error = errorOf(thrown, context.signal);
  const { stdout, stderr } = context;
  const paint = paintFor(stderr, context, options);
  if (options.output === 'json') stdout.write(errorJson(error));
  // Any other error with findings says itself what they say.
  if (error.code === 'FINDINGS' && error.findings.length > 0)
    stderr.write(`${findingsText(reportOf(error.findings), paint)}\n`);
  stderr.write(errorText(error, { verbose: options.verbose === true, paint }));
  return exitCodeOf(error.code);
}

/** Runs a command and answers the exit code. Never throws. */
export async function runCommand(name: CommandName, context: CommandContext, options: ParsedOptions): Promise<number> {
  try {
    const command = (await LOAD[name]()).run as Run;
    return await command(context, options);
  } catch (thrown) {
    return printError(thrown, context, options as CommonOptions);
  }
}
