import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BUILD = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));

/** The bundle as it is shipped, made anew in a temporary folder. */
export interface Bundle {
  /** Folder that holds `dist/` and `package.json`. */
  readonly root: string;
  readonly remove: () => Promise<void>;
}

/** Builds the bundle. */
export async function bundle(): Promise<Bundle> {
  const root = await mkdtemp(join(tmpdir(), 'slipway-bundle-'));
  await promisify(execFile)(process.execPath, [BUILD, '--outdir', join(root, 'dist')]);
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

/** How a process ended and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that is under way. */
export interface Running {
  readonly kill: (signal: NodeJS.Signals) => boolean;
  /** Reads no more of its standard output. */
  readonly turnAway: () => void;
  readonly ended: Promise<Ended>;
}

/** Starts a script of the bundle with nothing but this environment. */
export function start(
  script: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Running {
  const env = { PATH: process.env.PATH, HOME: options.cwd, ...options.env };
  const child = spawn(process.execPath, [script, ...args], {
    cwd: options.cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...texts }));
  });
  return { kill: (signal) => child.kill(signal), turnAway: () => child.stdout.destroy(), ended };
}
