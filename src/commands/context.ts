/** What a command gets from its door, and how it talks back. */
import type { Environment } from '../config/environment.ts';
import { type Paint, painter } from '../report/paint.ts';
import { type ProgressPrinter, progressPrinter, silentProgress } from '../report/progress.ts';

/** Somewhere to write text to. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** The outside world of a command. Standard output takes the answer, standard error progress and errors. */
export interface CommandContext {
  /** Absolute. */
  readonly cwd: string;
  readonly env: Environment;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether standard error is a terminal. */
  readonly isTTY: boolean;
  /** Width of that terminal. */
  readonly columns: number;
  /** Aborted when the user or the system wants the run to end. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** How milliseconds pass; ends early when the signal fires. Default: by the timers of this process. */
  readonly pause?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  /** This tool's version, which proofs tell. */
  readonly tool?: string;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly output?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly noColor?: boolean | undefined;
}

/** Colours for one of the outputs: on a terminal, unless `--no-color` or a non-empty `NO_COLOR` (no-color.org) is there. */
export function paintFor({ isTTY }: Output, { env }: CommandContext, { noColor = false }: CommonOptions): Paint {
  return painter(isTTY === true && !noColor && (env.NO_COLOR ?? '') === '');
}

/** The progress printer for a run. */
export function progressFor(
  { stderr, isTTY, columns, now }: CommandContext,
  { quiet = false }: CommonOptions,
): ProgressPrinter {
  if (quiet) return silentProgress();
  return progressPrinter({ write: (text) => stderr.write(text), isTTY, columns, now });
}
