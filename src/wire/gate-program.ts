/** A gate that is a program: the question on standard input, the answer on standard output. */
import { asSlipwayError } from '../errors.ts';
import { exec, minimalEnv } from './exec.ts';
import { type Given, MAX_ANSWER, noAnswer } from './gate-answer.ts';

/** Which program, and how it is run. */
export interface GateProgram {
  readonly gate: string;
  readonly run: readonly string[];
  /** Absolute folder to run in. */
  readonly cwd: string;
  /** What its environment is made from: only what any program gets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** On top of that, as configured. */
  readonly own: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the program. It and all that it started is ended when its time is over. Throws `REFUSED`, `INTERRUPTED`. */
export async function askProgram(program: GateProgram, question: string): Promise<Omit<Given, 'secrets'>> {
  const { gate, run, cwd, env, own, timeoutSeconds, signal } = program;
  try {
    const { stdout, stderr, exitCode } = await exec(run, {
      ...{ cwd, timeoutSeconds, signal, maxOutputBytes: MAX_ANSWER, code: 'REFUSED' },
      env: { ...minimalEnv(env), ...own },
      stdin: Buffer.from(question),
    });
    return {
      gate,
      text: Buffer.from(stdout).toString(),
      aside: Buffer.from(stderr).toString(),
      ...(exitCode !== 0 && { failure: `it ended with exit code ${exitCode}` }),
    };
  } catch (thrown) {
    const error = asSlipwayError(thrown);
    if (error.code === 'INTERRUPTED') throw error;
    throw noAnswer(
      gate,
      error.message.replace(/^(Stopped|Cannot)/, (verb) => verb.toLowerCase()),
      error,
    );
  }
}
