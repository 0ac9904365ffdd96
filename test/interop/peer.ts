/** Runs programs that are not ours: what they say about our artifacts is the proof. */
import { spawn } from 'node:child_process';

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  /** Standard output, byte for byte. */
  readonly bytes: Buffer;
  /** The same as text. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Where it runs; its home too, so that no settings of this machine are read. */
  readonly cwd: string;
  /** Everything that it gets besides PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from standard input; nothing by default. */
  readonly input?: string;
}

/** Runs a program to its end, whatever that is. Rejects only when it cannot be started. */
export function start(program: string, args: readonly string[], { cwd, env, input }: RunOptions): Promise<Ended> {
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  // Whoever does not read to the end closes the pipe; how it ended says the rest.
  child.stdin?.on('error', () => undefined).end(input);
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const bytes = Buffer.concat(chunks);
      resolve({ code, bytes, stdout: bytes.toString('utf8'), stderr });
    });
  });
}

/** Runs a program that must succeed. */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const ended = await start(program, args, options);
  if (ended.code === 0) return ended;
  const said = `${ended.stderr}${ended.stdout}`.trimEnd();
  throw new Error(`"${[program, ...args].join(' ')}" ended with ${ended.code}:\n${said}`);
}
