/** Documents of all sorts go through the whole check: it never crashes, never hangs, and needs little memory. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import type { FuzzStep } from './check/fuzz-child.ts';
import { folder } from './folder.ts';

const DOCUMENTS = 100_000;
const PROCESSES = 2;
const MEGABYTES = 512;
/** For a step of a few documents on a busy machine. */
const HANGS_AFTER_SECONDS = 40;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The child as one file. */
async function bundled(outfile: string): Promise<void> {
  const banner = { js: "import{createRequire as c}from'node:module';const require=c(import.meta.url);" };
  const entryPoints = ['test/interop/check/fuzz-child.ts'];
  // Files that the corpus looks for beside its source.
  const define = { 'import.meta.url': JSON.stringify(new URL('check/corpus.ts', import.meta.url).href) };
  await build({
    absWorkingDir: root,
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner,
    define,
  });
}

/** Ends the child, with the reason as its failure, when it has told nothing for too long. */
function watched(child: ChildProcess, last: () => number, fail: (reason: Error) => void): NodeJS.Timeout {
  return setInterval(() => {
    if (performance.now() - last() < HANGS_AFTER_SECONDS * 1000) return;
    fail(new Error(`no step in ${HANGS_AFTER_SECONDS} s`));
    child.kill('SIGKILL');
  }, 1000);
}

function checkAll(program: string, from: number, to: number): Promise<readonly FuzzStep[]> {
  const steps: FuzzStep[] = [];
  const execArgv = [`--max-old-space-size=${MEGABYTES}`];
  const child = fork(program, [String(from), String(to)], { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    let last = performance.now();
    const done = (): number => from + steps.reduce((sum, { documents }) => sum + documents, 0);
    const fail = (reason: Error): void => reject(new Error(`after seed ${done()}: ${reason.message}\n${stderr}`));
    const watch = watched(child, () => last, fail);
    child.on('message', (step: FuzzStep) => {
      last = performance.now();
      steps.push(step);
    });
    child.once('error', fail);
    child.once('close', (code, signal) => {
      clearInterval(watch);
      if (code === 0) resolve(steps);
      else fail(new Error(`the process ended with ${code ?? signal}`));
    });
  });
}

const sum = (steps: readonly FuzzStep[], key: keyof FuzzStep): number =>
  steps.reduce((total, step) => total + step[key], 0);

test(`${DOCUMENTS} documents are checked with ${MEGABYTES} MB`, async () => {
  await using work = await folder();
  const program = join(work.path, 'fuzz.mjs');
  await bundled(program);
  const share = DOCUMENTS / PROCESSES;
  const shares = Array.from({ length: PROCESSES }, (_, index) => checkAll(program, index * share, (index + 1) * share));
  const steps = (await Promise.all(shares)).flat();
  expect(sum(steps, 'documents')).toBe(DOCUMENTS);
  // Good and bad documents have to be frequent, or the generator tests nothing.
  expect(sum(steps, 'good')).toBeGreaterThan(DOCUMENTS / 50);
  expect(sum(steps, 'findings')).toBeGreaterThan(DOCUMENTS / 2);
  console.log(`${sum(steps, 'good')} of ${DOCUMENTS} documents without an error, ${sum(steps, 'findings')} findings`);
}, 240_000);
