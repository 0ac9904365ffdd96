/** Runs programs and measures them from outside, as a user's clock would. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** How a program ended. */
export interface Ran {
  readonly stdout: string;
  /** From its start to its end. */
  readonly seconds: number;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The little that programs need of our environment. NODE_EXTRA_CA_CERTS is not among it: that costs every process of
 * Node 20 a tenth of a second.
 */
function environment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: home };
}

/** Runs a program to its end. Throws with what it printed to standard error when it fails. */
export function run(program: string, args: readonly string[], { cwd = '/', env = {} }: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, {
      cwd,
      env: { ...environment(cwd), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    let seconds = 0;
    child.once('exit', () => {
      seconds = (performance.now() - start) / 1000;
    });
    child.once('close', (code, signal) => {
      if (code === 0) return resolve({ stdout, seconds });
      reject(new Error(`"${program} ${args.join(' ')}" ended with ${code ?? signal}:\n${stderr}${stdout}`));
    });
  });
}

/** What a process of Node used, as the system accounts for it. */
export interface Usage {
  /** Peak of resident memory. */
  readonly peakBytes: number;
  /** User and system time of all its threads, without its children. */
  readonly cpuSeconds: number;
}

/** Where the measuring script is and where it may write. */
export interface Measuring {
  readonly script: string;
  readonly file: string;
}

/** Runs a script with Node and measures what it uses. */
export async function runNode(
  args: readonly string[],
  { script, file }: Measuring,
  options: RunOptions,
): Promise<Ran & Usage> {
  const env = { ...options.env, BENCH_USAGE_FILE: file };
  const ran = await run(process.execPath, ['--require', script, ...args], { ...options, env });
  return { ...ran, ...(JSON.parse(await readFile(file, 'utf8')) as Usage) };
}
