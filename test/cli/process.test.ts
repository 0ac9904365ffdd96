import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, copyFile, mkdir, open, readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { tree } from '../config/tree.ts';
import { type Bundle, bundle, type Running, start } from './bundle.ts';

let built: Bundle;
let cli = '';

beforeAll(async () => {
  built = await bundle();
  cli = join(built.root, 'dist/cli.js');
});
afterAll(() => built.remove());

const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';

async function slipway(
  args: readonly string[],
  files: Readonly<Record<string, string>> = { 'deploy/cm.yaml': CONFIG_MAP },
): Promise<Running & { readonly cwd: string }> {
  const cwd = await tree(files);
  return { cwd, ...start(cli, args, { cwd }) };
}

/** A registry that accepts connections and never answers. `asked` resolves with the first request. */
async function silentRegistry(): Promise<{ readonly host: string; readonly asked: Promise<void> }> {
  let asked = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const server = createServer(() => asked());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked: first };
}

test('the command line is one executable file with everything it needs beside it', async () => {
  expect((await readFile(cli, 'utf8')).startsWith('#!/usr/bin/env node\n')).toBe(true);
  expect((await stat(cli)).mode & 0o111).toBe(0o111);
  const licences = await readFile(join(built.root, 'dist/THIRD_PARTY_LICENSES.txt'), 'utf8');
  for (const name of ['commander', 'valibot', 'js-yaml', 'semver', 'pako', '@aws-sdk/client-s3'])
    expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
  expect(licences).not.toMatch(/^(?:esbuild|vitest|typescript) \d/m);
  await expect(access(join(built.root, 'node_modules'))).rejects.toThrow();
});

test('--version prints the version of the package and loads nothing else', async () => {
  const { version } = JSON.parse(await readFile(join(built.root, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const alone = await tree();
  await mkdir(join(alone, 'dist'));
  await copyFile(cli, join(alone, 'dist/cli.mjs'));
  await copyFile(join(built.root, 'package.json'), join(alone, 'package.json'));
  for (const flag of ['--version', '-V']) {
    expect(await start(join(alone, 'dist/cli.mjs'), [flag], { cwd: alone }).ended).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  }
});

test('a publish of the bundle writes its receipt to stdout and progress to stderr', async () => {
  const { ended } = await slipway(['publish', 'deploy', '--to', 'file:store', '--output', 'json']);
  const { code, stdout, stderr } = await ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'published', artifacts: [{ name: 'deploy', changed: true }] });
  expect(stderr).toContain('pack     1/1\n');
  expect((await (await slipway(['publsh'])).ended).code).toBe(2);
});

test('a reader that goes away does not stop a publish', async () => {
  const { ended, turnAway, cwd } = await slipway(['publish', 'deploy', '--to', 'file:store', '--output', 'json']);
  turnAway();
  const { code, stderr } = await ended;
  expect({ code, failed: /error|EPIPE/.test(stderr) }).toEqual({ code: 0, failed: false });
  expect(await readdir(join(cwd, 'store/deploy'))).toContain('index.json');
});

test.skipIf(!existsSync('/dev/full'))('an answer that cannot be written is an error', async () => {
  const cwd = await tree({ 'deploy/cm.yaml': CONFIG_MAP });
  const full = await open('/dev/full', 'w');
  onTestFinished(() => full.close());
  const argv = [cli, 'check', 'deploy', '--render', 'plain', '--quiet'];
  const { status, stderr } = spawnSync(process.execPath, argv, { cwd, stdio: ['ignore', full.fd, 'pipe'] });
  expect({ status, stderr: stderr.toString() }).toEqual({
    status: 2,
    stderr:
      'error[USAGE]: Cannot write to standard output: ENOSPC\n' +
      'hint: free its disk, or send the answer somewhere else; what was published is published\n',
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a publish with 130 and says how to go on', async (signal) => {
  const { host, asked } = await silentRegistry();
  const { ended, kill } = await slipway(['publish', 'deploy', '--to', `oci://${host}/app:prod`, '--quiet']);
  await asked;
  kill(signal);
  expect(await ended).toEqual({
    code: 130,
    stdout: '',
    stderr: 'error[INTERRUPTED]: Interrupted: nothing is half named\nhint: run the same command again to complete\n',
  });
});
