import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The programs that `npm run tools` installs. */
export type ToolName =
  | 'aws'
  | 'ceph'
  | 'cosign'
  | 'cosign-verify'
  | 'crane'
  | 'distribution'
  | 'docker-registry'
  | 'etcd'
  | 'fulcio'
  | 'helm'
  | 'kube-apiserver'
  | 'kubeconform'
  | 'kubectl'
  | 'kustomize'
  | 'minio'
  | 'notation'
  | 'node-22'
  | 'node-24'
  | 'node-26'
  | 'regctl'
  | 'rclone'
  | 'registry'
  | 'rekor-tiles'
  | 's3rver'
  | 'swift'
  | 'tarlist'
  | 'timestamp-server'
  | 'versitygw'
  | 'versitygw-racy';

/** The program of a tool in `.tools/bin`. Throws if it is not there: a test is never skipped for want of a tool. */
export function toolPath(name: ToolName): string {
  const path = fileURLToPath(new URL(`../../.tools/bin/${name}`, import.meta.url));
  if (existsSync(path)) return path;
  throw new Error(`Tool "${name}" is missing: run npm run tools`);
}

/** A server's process with the temporary folder that goes away with it. */
export interface ServerProcess {
  /** All that it has printed so far, stdout and stderr mixed. */
  readonly output: () => string;
  /** Asks again and again until there is an answer; throws with the output if the server ends or time runs out. */
  readonly waitFor: <Answer>(ask: () => Answer | undefined | Promise<Answer | undefined>) => Promise<Answer>;
  /** Sends the process a signal, for tests of what its clients do then. */
  readonly signal: (name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => void;
  /** Ends the process, waits for its end and removes the folder. Safe to call again. */
  readonly stop: () => Promise<void>;
}

/** How to start a server. `prepare` and `args` get the temporary folder. */
export interface Launch {
  readonly tool: ToolName;
  readonly prepare?: (folder: string) => Promise<void>;
  readonly args: (folder: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A program and its arguments that the server is started by, such as one that enters another namespace. */
  readonly by?: readonly string[];
}

const readyMilliseconds = 30_000;
const tooLate = `is not ready after ${readyMilliseconds / 1000} s`;
const stopMilliseconds = 5_000;

/** Starts a server and returns at once; `waitFor` tells when it is ready. */
export async function launch(plan: Launch): Promise<ServerProcess> {
  const program = toolPath(plan.tool);
  const folder = await mkdtemp(join(tmpdir(), `slipway-${plan.tool}-`));
  try {
    await plan.prepare?.(folder);
    // Only what is named here: the settings of these servers can be overridden from the environment.
    const env = { PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: folder, ...plan.env };
    // To a file and not through a pipe: a server must not stall while a test waits synchronously for a command.
    const log = openSync(logFile(folder), 'a');
    const [command = program, ...first] = [...(plan.by ?? []), program];
    const child = spawn(command, [...first, ...plan.args(folder)], { cwd: folder, env, stdio: ['ignore', log, log] });
    closeSync(log);
    return supervise(plan.tool, child, folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const logFile = (folder: string): string => join(folder, 'output.log');

function supervise(tool: ToolName, child: ChildProcess, folder: string): ServerProcess {
  const { ended, closed } = watch(child);
  const dismiss = guard(child, folder);
  let last: string | undefined;
  const output = (): string => last ?? readFileSync(logFile(folder), 'utf8');

  const end = async (): Promise<void> => {
    if (ended() === undefined) child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), stopMilliseconds);
    await closed;
    clearTimeout(force);
    dismiss();
    last = output();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= end());
  const waitFor: ServerProcess['waitFor'] = async (ask) => {
    const deadline = performance.now() + readyMilliseconds;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      const trouble = ended() ?? (performance.now() > deadline ? tooLate : undefined);
      if (trouble !== undefined) {
        await stop();
        throw new Error(`Cannot start ${tool}: it ${trouble}. Its output:\n${output() || '(none)'}`);
      }
      await sleep(20);
    }
  };
  return { output, waitFor, signal: (name) => void child.kill(name), stop };
}

/**
 * Ends the server and removes its folder when this process goes away without having stopped it, however that comes:
 * a test runner's workers are often killed, and then no handler of theirs runs. The pipe closes all the same.
 */
function guard(child: ChildProcess, folder: string): () => void {
  const script = 'read -r _; kill -9 "$0"; sleep 0.2; rm -rf -- "$1"';
  // Detached, so that Ctrl-C does not end the guard before its work is done.
  const shell = spawn('sh', ['-c', script, String(child.pid), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  return () => void shell.kill('SIGKILL');
}

/** How a process ends: in words, and as a promise. */
function watch(child: ChildProcess): { readonly ended: () => string | undefined; readonly closed: Promise<void> } {
  let ended: string | undefined;
  const closed = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ended ??= `cannot be run (${error.message})`;
      resolve();
    });
    child.once('close', (code, signal) => {
      ended ??= `ended with ${code ?? signal}`;
      resolve();
    });
  });
  return { ended: () => ended, closed };
}
