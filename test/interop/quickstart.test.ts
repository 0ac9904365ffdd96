import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-try-'));
  for (const name of ['bin', 'tmp']) mkdirSync(join(folder, name));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program of that name on the PATH of the quickstart. */
function program(name: string, script: string): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!${process.execPath}\n${script}\n`);
  chmodSync(path, 0o755);
}

function gitOnPath(): void {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const git = folders.map((path) => join(path, 'git')).find((path) => canRun(path));
  if (git === undefined) throw new Error('these tests need Git on PATH');
  symlinkSync(git, join(folder, 'bin', 'git'));
}

function canRun(path: string): boolean {
  try {
    execFileSync(path, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Prints an object that holds the kustomization it was asked for, so that a changed file changes the output. */
const KUSTOMIZE = `
const { readFileSync } = require('node:fs');
const { basename, join } = require('node:path');
if (process.argv[2] === 'version') console.log('v5.8.1');
else {
  const text = readFileSync(join(process.argv[3], 'kustomization.yaml'), 'utf8');
  const name = basename(process.argv[3]);
  console.log(JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { text } }));
}`;

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function quickstart(args: readonly string[] = [], more: Readonly<Record<string, string>> = {}): Promise<Run> {
  const env = { ...more, PATH: join(folder, 'bin'), TMPDIR: join(folder, 'tmp'), HOME: folder, CI: 'true' };
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/quickstart.mjs', ...args], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const status = (): string => execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' });

describe('npm run quickstart', { timeout: 120_000 }, () => {
  test('publishes the fleet, moves the one cluster that changed and reads it back; the clone stays as it was', async () => {
    gitOnPath();
    program('kustomize', KUSTOMIZE);
    const before = status();
    const { code, stdout, stderr } = await quickstart();
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('$ slipway publish\npublished: ');
    expect(stdout).toMatch(/channel live, generation 2\n {2}main@sha1:/);
    expect(stdout).toMatch(/^production-eu +unchanged/m);
    expect(stdout).toMatch(/^staging-eu +changed/m);
    expect(stdout).toContain('Checked: staging-eu moved in both stores, the other 8 names did not.');
    expect(stdout).toContain('$ slipway pull file:.slipway/store/staging-eu:live -o pulled\npulled sha256:');
    expect(stdout).toContain('Checked: the bucket shows the same bytes.');
    expect(stdout).not.toContain('Only the plain part');
    expect(stdout).not.toContain('\u001b');
    expect(status()).toBe(before);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  test('publishes the plain part where there is no kustomize, and says what to install', async () => {
    gitOnPath();
    const { code, stdout, stderr } = await quickstart();
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('Only the plain part is published.');
    expect(stdout).toContain('install kustomize (or kubectl, which has it built in)');
    expect(stdout).toContain('Checked: tenant-shop moved in both stores, the other 2 names did not.');
    expect(stdout).toContain('Checked: the bucket shows the same bytes.');
  });

  test('does not take on the repository, the hooks or the signing of whoever runs it', async () => {
    gitOnPath();
    writeFileSync(
      join(folder, '.gitconfig'),
      '[commit]\n\tgpgSign = true\n[core]\n\thooksPath = /nonexistent\n[gpg]\n\tprogram = /nonexistent\n',
    );
    const called = { GIT_DIR: join(root, '.git'), GIT_WORK_TREE: root, GIT_INDEX_FILE: join(folder, 'index') };
    const before = status();
    expect((await quickstart([], called)).code).toBe(0);
    expect(status()).toBe(before);
  });

  test('leaves its folder where it is with --keep, and says where', async () => {
    gitOnPath();
    const { code, stdout } = await quickstart(['--keep']);
    const [kept = ''] = readdirSync(join(folder, 'tmp'));
    expect(code).toBe(0);
    expect(stdout).toContain(`Everything is in ${join(folder, 'tmp', kept, 'fleet')}`);
    expect(readdirSync(join(folder, 'tmp', kept, 'fleet'))).toContain('pulled');
  });

  test('says that Git is missing', async () => {
    const { code, stdout, stderr } = await quickstart();
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toBe('quickstart: Git is not installed: install it from https://git-scm.com and run this again\n');
  });

  test('shows why a program failed, and leaves nothing behind', async () => {
    gitOnPath();
    program(
      'kustomize',
      'console.log("v5.8.1"); if (process.argv[2] !== "version") { console.error("out of order"); process.exit(1); }',
    );
    const { code, stderr } = await quickstart();
    expect(code).toBe(1);
    expect(stderr).toContain('[render/failed]');
    expect(stderr).toContain('out of order');
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });
});
