import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { gitFacts, gitHistory } from '../../src/wire/git.ts';

const ENV = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };

function run(cwd: string, ...args: readonly string[]): string {
  const env = {
    ...ENV,
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
    GIT_AUTHOR_DATE: '2026-01-02T03:04:05+09:00',
    GIT_COMMITTER_DATE: '2026-01-02T03:04:06+09:00',
  };
  return execFileSync('git', ['-c', 'commit.gpgsign=false', ...args], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-git-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function write(dir: string, path: string, text = 'x'): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), text);
}

/** A repository with one commit of `clusters/a/x.yaml` on `main`. */
async function repository(...init: readonly string[]): Promise<string> {
  const dir = await folder();
  run(dir, 'init', '-q', '-b', 'main', ...init);
  await write(dir, 'clusters/a/x.yaml');
  run(dir, 'add', '.');
  run(dir, 'commit', '-q', '-m', 'one');
  return dir;
}

function commit(dir: string, message = 'next'): string {
  run(dir, 'commit', '-q', '--allow-empty', '-m', message);
  return run(dir, 'rev-parse', 'HEAD');
}

const facts = (dir: string, env: Readonly<Record<string, string>> = {}, paths = ['clusters/a']) =>
  gitFacts({ root: dir, paths: paths.map((path) => join(dir, path)), env: { ...ENV, ...env } });

test('a clean repository tells source, commit, time in UTC and branch', async () => {
  const dir = await repository();
  run(dir, 'remote', 'add', 'origin', 'https://bob:hunter2@github.com/acme/fleet.git');
  expect(await facts(dir)).toEqual({
    source: 'https://github.com/acme/fleet.git',
    commit: run(dir, 'rev-parse', 'HEAD'),
    commitTime: '2026-01-01T18:04:06Z',
    ref: 'main',
    dirty: false,
  });
});

test('the root may be a folder below, reached through a link', async () => {
  const dir = await repository();
  const links = await folder();
  await symlink(join(dir, 'clusters'), join(links, 'link'));
  await write(dir, 'clusters/a/new.yaml');
  const found = await gitFacts({ root: join(links, 'link'), paths: [join(links, 'link/a')], env: ENV });
  expect(found).toMatchObject({ ref: 'main', dirty: true });
});

test('a worktree and a SHA-256 repository work too', async () => {
  const dir = await repository();
  const tree = join(await folder(), 'tree');
  run(dir, 'worktree', 'add', '-q', '-b', 'side', tree);
  expect(await facts(tree)).toMatchObject({ ref: 'side', dirty: false, commit: run(dir, 'rev-parse', 'HEAD') });
  const sha256 = await repository('--object-format=sha256');
  expect((await facts(sha256)).commit).toMatch(/^[0-9a-f]{64}$/);
});

test('without repository, without Git and before the first commit there is no commit', async () => {
  const plain = await folder();
  expect(await facts(plain)).toEqual({ dirty: false });
  const dir = await repository();
  expect(await facts(dir, { PATH: plain })).toEqual({ dirty: false });
  const empty = await folder();
  run(empty, 'init', '-q');
  run(empty, 'remote', 'add', 'origin', 'git@github.com:acme/fleet');
  await write(empty, 'clusters/a/x.yaml');
  expect(await facts(empty)).toEqual({ source: 'ssh://github.com/acme/fleet', dirty: false });
});

test('the only remote counts as origin, several others do not, and a local path is never told', async () => {
  const dir = await repository();
  expect(await facts(dir)).not.toHaveProperty('source');
  run(dir, 'remote', 'add', 'upstream', 'https://host/a.b');
  expect(await facts(dir)).toMatchObject({ source: 'https://host/a.b' });
  run(dir, 'remote', 'add', 'other', 'https://host/c');
  expect(await facts(dir)).not.toHaveProperty('source');
  run(dir, 'remote', 'add', 'origin', '/srv/git/fleet');
  expect(await facts(dir)).not.toHaveProperty('source');
});

test('rewritten URLs with tokens are not what is told', async () => {
  const dir = await repository();
  run(dir, 'remote', 'add', 'origin', 'https://host/fleet');
  run(dir, 'config', 'url.https://hunter2@host/.insteadOf', 'https://host/');
  expect(await facts(dir)).toMatchObject({ source: 'https://host/fleet' });
});

test('the ref is the branch, else a tag, else what CI says', async () => {
  const dir = await repository();
  const ci = { GITHUB_HEAD_REF: '', GITHUB_REF_NAME: 'feature/x' };
  expect((await facts(dir, ci)).ref).toBe('main');
  run(dir, 'checkout', '-q', '--detach');
  expect((await facts(dir, ci)).ref).toBe('feature/x');
  expect((await facts(dir, { GIT_BRANCH: 'origin/main' })).ref).toBe('main');
  expect(await facts(dir)).not.toHaveProperty('ref');
  run(dir, 'tag', 'v1.9.0');
  run(dir, 'tag', '-m', 'x', 'v1.10.0');
  expect((await facts(dir, ci)).ref).toBe('v1.10.0');
});

test('changes of tracked files make the source dirty wherever they are', async () => {
  const modified = await repository();
  await write(modified, 'clusters/a/x.yaml', 'y');
  expect((await facts(modified, {}, ['elsewhere'])).dirty).toBe(true);

  const staged = await repository();
  await write(staged, 'other.yaml');
  run(staged, 'add', '.');
  expect((await facts(staged)).dirty).toBe(true);

  const renamed = await repository();
  run(renamed, 'mv', 'clusters/a/x.yaml', 'clusters/a/y.yaml');
  expect((await facts(renamed)).dirty).toBe(true);

  const deleted = await repository();
  await rm(join(deleted, 'clusters/a/x.yaml'));
  expect((await facts(deleted)).dirty).toBe(true);
});

test('new files make the source dirty only below an artifact, and not when they are ignored', async () => {
  const dir = await repository();
  await write(dir, 'notes.txt');
  await write(dir, 'clusters/ab/new.yaml');
  expect((await facts(dir)).dirty).toBe(false);
  expect((await facts(dir, {}, ['clusters/ab'])).dirty).toBe(true);
  expect((await facts(dir, {}, ['.'])).dirty).toBe(true);
  await write(dir, 'clusters/a/new.yaml');
  expect((await facts(dir)).dirty).toBe(true);
  expect((await facts(dir, {}, ['clusters/a/new.yaml'])).dirty).toBe(true);
  await write(dir, '.git/info/exclude', 'new.yaml\nnotes.txt\n');
  expect((await facts(dir, {}, ['.'])).dirty).toBe(false);
});

test('a new folder around an artifact makes it dirty, with names that need quoting too', async () => {
  const dir = await repository();
  await write(dir, 'new "dir"\n/ä/x.yaml');
  expect((await facts(dir, {}, ['new "dir"\n/ä'])).dirty).toBe(true);
  expect((await facts(dir)).dirty).toBe(false);
});

test("slipway's own folder never counts", async () => {
  const dir = await repository();
  await write(dir, '.slipway/store/index.json');
  await write(dir, 'clusters/a/.slipway/x');
  expect((await facts(dir, {}, ['.', 'clusters/a'])).dirty).toBe(false);
  run(dir, 'add', '-f', '.slipway');
  expect((await facts(dir, {}, ['.'])).dirty).toBe(false);
});

test('the environment of a Git hook does not lead to another repository', async () => {
  const dir = await repository();
  const other = await repository();
  commit(other);
  const found = await facts(dir, {
    GIT_DIR: join(other, '.git'),
    GIT_WORK_TREE: other,
    GIT_INDEX_FILE: '/nonexistent',
  });
  expect(found).toMatchObject({ commit: run(dir, 'rev-parse', 'HEAD'), dirty: false });
});

test('a repository of another user is an error with its remedy', async () => {
  const dir = await repository();
  // Git asks for this instead of creating files of another user.
  const asStranger = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
  const wrapper = await folder();
  await writeFile(
    join(wrapper, 'git'),
    `#!/bin/sh\nexport GIT_TEST_ASSUME_DIFFERENT_OWNER=${asStranger.GIT_TEST_ASSUME_DIFFERENT_OWNER}\nPATH=$\{PATH#*:}\nexec git "$@"\n`,
  );
  await chmod(join(wrapper, 'git'), 0o755);
  await expect(facts(dir, { PATH: `${wrapper}:${process.env.PATH}` })).rejects.toMatchObject({
    code: 'SOURCE',
    message: expect.stringContaining('belongs to another user'),
    hint: expect.stringContaining(`git config --global --add safe.directory "${dir}"`),
  });
  const trusted = {
    PATH: `${wrapper}:${process.env.PATH}`,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: dir,
  };
  expect(await facts(dir, trusted)).toMatchObject({ ref: 'main' });
});

test('history tells same, newer, older and unrelated', async () => {
  const dir = await repository();
  const first = run(dir, 'rev-parse', 'HEAD');
  const second = commit(dir);
  run(dir, 'checkout', '-q', '-b', 'side', first);
  const side = commit(dir, 'side');
  const { relation } = gitHistory({ root: dir, env: ENV });
  expect(await relation(second, second)).toBe('same');
  expect(await relation(second, first)).toBe('newer');
  expect(await relation(first, second)).toBe('older');
  expect(await relation(second, side)).toBe('unrelated');
  expect(await relation(second, 'a'.repeat(40))).toBe('unrelated');
});

test('a shallow clone tells what it can see, and unknown for the rest', async () => {
  const dir = await repository();
  const first = run(dir, 'rev-parse', 'HEAD');
  const second = commit(dir);
  const third = commit(dir);
  const clone = join(await folder(), 'clone');
  run(dir, 'clone', '-q', '--depth', '2', `file://${dir}`, clone);
  const { relation } = gitHistory({ root: clone, env: ENV });
  expect(await relation(third, second)).toBe('newer');
  expect(await relation(third, first)).toBe('unknown');
  expect(await relation(third, 'a'.repeat(40))).toBe('unknown');
});

test('what is not a commit id is unknown and never reaches Git', async () => {
  const dir = await repository();
  const head = run(dir, 'rev-parse', 'HEAD');
  const { relation } = gitHistory({ root: dir, env: ENV });
  for (const other of ['', 'main', `--output=${join(dir, 'x')}`, head.slice(0, 12), `${head}-dirty`]) {
    expect(await relation(head, other)).toBe('unknown');
  }
  const blind = gitHistory({ root: dir, env: { PATH: '/nonexistent' } });
  expect(await blind.relation(head, 'a'.repeat(40))).toBe('unknown');
});
