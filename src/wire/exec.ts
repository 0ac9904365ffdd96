import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { kill } from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { type Code, SlipwayError } from '../errors.ts';

/** How to run a program. */
export interface ExecOptions {
  /** Absolute folder to run in. */
  readonly cwd: string;
  /** The whole environment of the program: nothing is inherited. See {@link minimalEnv}. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array;
  readonly timeoutSeconds: number;
  /** The most bytes to take from stdout and stderr together. */
  readonly maxOutputBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** The code for a timeout, for too much output and for a program that cannot be started: default `RENDER`. */
  readonly code?: Code;
  /** What to do when the program is not there. */
  readonly missingHint?: string;
}

/** How a program ended. A signal that it did not get from us shows as 128 plus its number, as shells have it. */
export interface ExecResult {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exitCode: number;
}

/** Time between asking a program to stop and stopping it, in milliseconds. */
const GRACE = 1_000;

/** Names whose values are passed on to programs; none of them holds a credential. */
const PASSED_ON: readonly string[] = [
  ...['PATH', 'HOME', 'USER', 'TMPDIR', 'TMP', 'TEMP', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NO_PROXY', 'no_proxy'],
  ...['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'HELM_CACHE_HOME', 'HELM_CONFIG_HOME', 'HELM_DATA_HOME'],
  ...['SystemRoot', 'PATHEXT', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA'],
];

/** Passed on only when they name no user: `http://user:password@proxy` is a credential. */
const PROXIES: readonly string[] = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];

/**
 * The environment for a program that has no business with our credentials: where to find programs, home, temporary files,
 * certificates and the proxy, and a fixed locale and time zone. Everything else is left out.
 */
export function minimalEnv(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed = [...PASSED_ON, ...PROXIES.filter((name) => !env[name]?.includes('@'))];
  const found = passed.flatMap((name): [string, string][] => {
    const value = env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(found), LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
}

/**
 * Runs a program to its end without a shell, in a process group of its own, and answers its output and exit code; a code
 * other than 0 is an answer too. On timeout, abort or too much output the whole group gets SIGTERM and a second later
 * SIGKILL. Throws `TOOL_MISSING` when there is no such program, `INTERRUPTED` on abort, else `options.code`.
 */
export async function exec(command: readonly string[], options: ExecOptions): Promise<ExecResult> {
  const [program = '', ...args] = command;
  if (options.signal?.aborted) throw interrupted(program);
  const child = start(program, args, options);
  const watch = watchOver(child, program, options);
  child.stdin.on('error', () => undefined); // a program need not read its input; its exit code tells how it went
  child.stdin.end(options.stdin);
  try {
    const [stdout, stderr, exitCode] = await Promise.all([
      drain(child.stdout, watch.count),
      drain(child.stderr, watch.count),
      ended(child, program, options),
    ]);
    if (watch.failure() !== undefined) throw watch.failure();
    return { stdout, stderr, exitCode };
  } finally {
    watch.end();
  }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function start(program: string, args: readonly string[], options: ExecOptions): Child {
  const { cwd, env } = options;
  try {
    return spawn(program, args, { cwd, env, detached: true, windowsHide: true, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (cause) {
    throw startError(program, options, cause);
  }
}

/** All bytes of a pipe. A pipe that is destroyed, because the program was stopped, just ends. */
function drain(pipe: Readable, count: Watch['count']): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  pipe.on('data', (chunk: Buffer) => {
    if (count(chunk.length)) chunks.push(chunk);
  });
  return new Promise((resolve) => {
    pipe.on('close', () => resolve(Buffer.concat(chunks)));
  });
}

function ended(child: Child, program: string, options: ExecOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', (cause) => reject(startError(program, options, cause)));
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

interface Watch {
  /** Adds to the bytes of output seen and answers whether they are still within the limit. */
  readonly count: (bytes: number) => boolean;
  readonly failure: () => SlipwayError | undefined;
  /** Stops watching. After a failure nothing of the group is left behind. */
  readonly end: () => void;
}

function watchOver(child: Child, program: string, options: ExecOptions): Watch {
  let failure: SlipwayError | undefined;
  let grace: NodeJS.Timeout | undefined;
  let seen = 0;
  const fail = (error: SlipwayError): void => {
    if (failure !== undefined) return;
    failure = error;
    killGroup(child, 'SIGTERM');
    grace = setTimeout(() => {
      killGroup(child, 'SIGKILL');
      // A process that left the group may hold the pipes open for ever.
      child.stdout.destroy();
      child.stderr.destroy();
    }, GRACE);
  };
  const broken = (state: string): SlipwayError =>
    new SlipwayError(options.code ?? 'RENDER', `Stopped "${program}": ${state}`);
  const onAbort = (): void => fail(interrupted(program));
  const timer = setTimeout(
    () => fail(broken(`no end after ${options.timeoutSeconds} s`)),
    options.timeoutSeconds * 1_000,
  );
  options.signal?.addEventListener('abort', onAbort, { once: true });
  return {
    count: (bytes) => {
      seen += bytes;
      if (seen > options.maxOutputBytes) fail(broken(`more than ${options.maxOutputBytes} bytes of output`));
      return seen <= options.maxOutputBytes;
    },
    failure: () => failure,
    end: () => {
      clearTimeout(timer);
      clearTimeout(grace);
      options.signal?.removeEventListener('abort', onAbort);
      if (failure !== undefined) killGroup(child, 'SIGKILL');
    },
  };
}

/** The group has the id of its first process, even when that one has ended. Where there are no groups, only the process. */
function killGroup(child: Child, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    kill(-child.pid, signal);
  } catch {
    child.kill(signal); // answers false when nothing is left to kill
  }
}

function startError(program: string, options: ExecOptions, cause: unknown): SlipwayError {
  const code = (cause as { code?: unknown }).code;
  if (code === 'ENOENT' && !existsSync(options.cwd)) {
    return new SlipwayError('SOURCE', `Cannot run "${program}": the folder "${options.cwd}" does not exist`, { cause });
  }
  if (code === 'ENOENT' || code === 'EACCES') {
    const state = code === 'ENOENT' ? 'it is not installed' : 'it is not a program that may be run';
    return new SlipwayError('TOOL_MISSING', `Cannot run "${program}": ${state}`, { hint: options.missingHint, cause });
  }
  return new SlipwayError(options.code ?? 'RENDER', `Cannot run "${program}": ${String(code)}`, { cause });
}

function interrupted(program: string): SlipwayError {
  return new SlipwayError('INTERRUPTED', `Stopped "${program}": interrupted`);
}
