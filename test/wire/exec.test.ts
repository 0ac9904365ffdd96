import { getEventListeners } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SlipwayError } from '../../src/errors.ts';
import { type ExecOptions, type ExecResult, exec, minimalEnv } from '../../src/wire/exec.ts';
import { temporaryFolder } from '../build/tree.ts';

function run(
  script: string,
  options: Partial<ExecOptions> & { readonly args?: readonly string[] } = {},
): Promise<ExecResult> {
  const { args = [], ...rest } = options;
  return exec([process.execPath, '-e', script, ...args], {
    cwd: temporaryFolder(),
    env: {},
    timeoutSeconds: 20,
    maxOutputBytes: 20_000_000,
    ...rest,
  });
}

async function refusal(running: Promise<unknown>): Promise<SlipwayError> {
  return running.then(
    () => Promise.reject(new Error('ran to its end')),
    (thrown: SlipwayError) => thrown,
  );
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended stays visible until someone asks for its exit code.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Starts a process of its own that ignores SIGTERM, notes its id in `pid`, and ignores SIGTERM itself. */
const STUBBORN = `process.on('SIGTERM', () => {});
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); require('node:fs').writeFileSync('pid', String(process.pid))"], { stdio: 'inherit' });
  setInterval(() => {}, 1000);`;

describe('exec', () => {
  it('answers output, complaints and exit code, whatever the code', async () => {
    const result = await run('process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3');
    expect([text(result.stdout), text(result.stderr), result.exitCode]).toEqual(['out', 'err', 3]);
  });

  it('runs in the folder and with exactly the environment it is given', async () => {
    const cwd = temporaryFolder();
    const result = await run(
      'console.log(JSON.stringify([process.cwd(), Object.keys(process.env), process.argv[1]]))',
      { cwd, env: { ONLY: '1' }, args: ['$(x) "y"; *'] },
    );
    expect(JSON.parse(text(result.stdout))).toEqual([cwd, ['ONLY'], '$(x) "y"; *']);
  });

  it('drains both pipes at once: 5 MB on each, and 5 MB of input', async () => {
    const half = 5_000_000;
    const script = `let n = 0; const block = Buffer.alloc(100_000, 97);
      for (let i = 0; i < 50; i++) { process.stderr.write(block); process.stdout.write(block); }
      process.stdin.on('data', (chunk) => { n += chunk.length; }).on('end', () => { process.exitCode = n === ${half} ? 0 : 1; });`;
    const result = await run(script, { stdin: Buffer.alloc(half) });
    expect([result.stdout.length, result.stderr.length, result.exitCode]).toEqual([half, half, 0]);
  });

  it('does not mind a program that never reads its input', async () => {
    const result = await run('process.exit(0)', { stdin: Buffer.alloc(5_000_000) });
    expect(result.exitCode).toBe(0);
  });

  it('answers 128 and the number of a signal that ended the program', async () => {
    expect((await run('process.kill(process.pid, "SIGKILL")')).exitCode).toBe(137);
  });

  it('says what to do when the program is missing or may not be run', async () => {
    const folder = temporaryFolder();
    const options = {
      cwd: folder,
      env: { PATH: folder },
      timeoutSeconds: 5,
      maxOutputBytes: 1_000,
      missingHint: 'install it',
    };
    expect(await refusal(exec(['no-such-program'], options))).toMatchObject({
      code: 'TOOL_MISSING',
      message: 'Cannot run "no-such-program": it is not installed',
      hint: 'install it',
    });
    writeFileSync(join(folder, 'data'), 'x');
    expect(await refusal(exec([join(folder, 'data')], options))).toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringContaining('may be run'),
    });
  });

  it('tells a missing folder from a missing program', async () => {
    const cwd = join(temporaryFolder(), 'gone');
    expect(await refusal(run('', { cwd }))).toMatchObject({ code: 'SOURCE', message: expect.stringContaining('gone') });
  });

  it('refuses arguments that the system does not take, with the code of the caller', async () => {
    expect(await refusal(run('', { args: ['a\0b'], code: 'CONFIG' }))).toMatchObject({ code: 'CONFIG' });
  });

  it('kills the whole group on timeout, also those who ignore the request to stop', async () => {
    const cwd = temporaryFolder();
    const running = refusal(run(STUBBORN, { cwd, timeoutSeconds: 1.5 }));
    await until(() => existsSync(join(cwd, 'pid')) && readFileSync(join(cwd, 'pid'), 'utf8') !== '');
    const pid = Number(readFileSync(join(cwd, 'pid'), 'utf8'));
    expect(isAlive(pid)).toBe(true);
    expect(await running).toMatchObject({ code: 'RENDER', message: expect.stringContaining('no end after 1.5 s') });
    await until(() => !isAlive(pid));
  });

  it('kills the whole group on abort', async () => {
    const cwd = temporaryFolder();
    const controller = new AbortController();
    const running = refusal(run(STUBBORN, { cwd, signal: controller.signal }));
    await until(() => existsSync(join(cwd, 'pid')) && readFileSync(join(cwd, 'pid'), 'utf8') !== '');
    controller.abort();
    expect(await running).toMatchObject({ code: 'INTERRUPTED' });
    const pid = Number(readFileSync(join(cwd, 'pid'), 'utf8'));
    await until(() => !isAlive(pid));
  });

  it('kills what the program left behind when it stopped at once', async () => {
    const cwd = temporaryFolder();
    const controller = new AbortController();
    const polite = STUBBORN.replace("process.on('SIGTERM', () => {});", '').replace(
      "stdio: 'inherit'",
      "stdio: 'ignore'",
    );
    const running = refusal(run(polite, { cwd, signal: controller.signal }));
    await until(() => existsSync(join(cwd, 'pid')) && readFileSync(join(cwd, 'pid'), 'utf8') !== '');
    controller.abort();
    await running;
    const pid = Number(readFileSync(join(cwd, 'pid'), 'utf8'));
    await until(() => !isAlive(pid));
  });

  it('starts nothing after an abort', async () => {
    const cwd = temporaryFolder();
    const running = run('require("node:fs").writeFileSync("ran", "")', { cwd, signal: AbortSignal.abort() });
    expect(await refusal(running)).toMatchObject({ code: 'INTERRUPTED' });
    expect(existsSync(join(cwd, 'ran'))).toBe(false);
  });

  it('stops a program that prints more than the limit', async () => {
    const running = run(
      'const block = Buffer.alloc(10_000); const more = () => process.stdout.write(block, more); more();',
      { maxOutputBytes: 100_000 },
    );
    expect(await refusal(running)).toMatchObject({
      code: 'RENDER',
      message: expect.stringContaining('more than 100000 bytes'),
    });
    expect(
      (await run('process.stdout.write("12345"); process.stderr.write("67890")', { maxOutputBytes: 10 })).exitCode,
    ).toBe(0);
    expect(
      await refusal(run('process.stdout.write("12345"); process.stderr.write("67890")', { maxOutputBytes: 9 })),
    ).toMatchObject({ code: 'RENDER' });
  });

  it('leaves no listener on the signal', async () => {
    const controller = new AbortController();
    await run('', { signal: controller.signal });
    controller.abort();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });
});

describe('minimalEnv', () => {
  it('keeps credentials from programs', async () => {
    const canary = 'canary-51c0ffee';
    const names = [
      'AWS_SECRET_ACCESS_KEY',
      'GITHUB_TOKEN',
      'COSIGN_PASSWORD',
      'SLIPWAY_KEY',
      'SSH_AUTH_SOCK',
      'NODE_OPTIONS',
      'KUBECONFIG',
      'path',
    ];
    const door = { ...Object.fromEntries(names.map((name) => [name, canary])), PATH: '/bin', HOME: '/home/x' };
    const env = minimalEnv(door);
    expect(env).toEqual({ PATH: '/bin', HOME: '/home/x', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'UTC' });
    expect(text((await run('console.log(JSON.stringify(process.env))', { env })).stdout)).not.toContain(canary);
  });

  it('passes a proxy on unless it names a user', () => {
    const env = minimalEnv({
      HTTPS_PROXY: 'http://proxy:3128',
      HTTP_PROXY: 'http://user:canary@proxy:3128',
      NO_PROXY: 'localhost',
    });
    expect(env).toMatchObject({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'localhost' });
    expect(env).not.toHaveProperty('HTTP_PROXY');
  });

  it('fixes locale and time zone', () => {
    expect(minimalEnv({ LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Tokyo' })).toEqual({
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      TZ: 'UTC',
    });
  });
});
