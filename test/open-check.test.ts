import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NEWEST } from '../src/check/schema/catalog.ts';
import type { CheckSettings } from '../src/model.ts';
import { openCheck } from '../src/open-check.ts';
import { programs } from './build/programs.ts';
import { tree } from './build/tree.ts';

const settings = (root: string, rest: Partial<CheckSettings> = {}): CheckSettings => ({
  ...{ root, crds: [], rules: {}, commands: [], tenants: [] },
  ...rest,
});

describe('CRDs of the config', () => {
  const CRD = 'kind: CustomResourceDefinition\n';
  const opened = (root: string, shown: string) =>
    openCheck(settings(root, { crds: [{ path: join(root, shown), shown }] }), { root, env: {} });

  test('are the YAML and JSON files of a folder and its folders in order, or the file itself', async () => {
    const root = tree({
      'crds/b.yaml': CRD,
      'crds/a/x.json': 'x',
      'crds/a/y.yml': 'y',
      'crds/sub.yaml/z.yaml': 'z',
      'crds/README.md': '',
      'one.txt': CRD,
    });
    const crds = ['crds', 'one.txt'].map((path) => ({ path: join(root, path), shown: path }));
    const options = await openCheck(settings(root, { crds }), { root, env: {} });
    expect(options.crds).toEqual([
      { file: 'crds/a/x.json', text: 'x' },
      { file: 'crds/a/y.yml', text: 'y' },
      { file: 'crds/b.yaml', text: CRD },
      { file: 'crds/sub.yaml/z.yaml', text: 'z' },
      { file: 'one.txt', text: CRD },
    ]);
    expect(options.targets).toEqual(NEWEST);
  });

  test('that are missing are an error of the config', async () => {
    const crds = [{ path: '/nowhere/crds', shown: 'crds' }];
    await expect(openCheck(settings('/', { crds }), { root: '/', env: {} })).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'Cannot read "crds" of check.crds',
      hint: 'name a file or folder',
    });
  });

  test('that are dangling links, or links in a circle, are errors of the config too', async () => {
    const root = tree({ 'crds/a.yaml': CRD });
    await symlink('nowhere', join(root, 'crds/dangling.yaml'));
    await expect(opened(root, 'crds')).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'Cannot read "crds/dangling.yaml" of check.crds',
    });
    await symlink('circle.yaml', join(root, 'circle.yaml'));
    await expect(opened(root, 'circle.yaml')).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'Cannot read "circle.yaml" of check.crds',
    });
  });

  test('may lie in folders that are linked in a circle', async () => {
    const root = tree({ 'crds/a.yaml': CRD });
    await symlink('.', join(root, 'crds/circle'));
    expect((await opened(root, 'crds')).crds).toContainEqual({ file: 'crds/a.yaml', text: CRD });
  });

  test('are never read from pipes', async () => {
    const root = tree({ 'crds/a.yaml': CRD });
    execFileSync('mkfifo', [join(root, 'crds/pipe.yaml')]);
    await expect(opened(root, 'crds')).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'Cannot read "crds/pipe.yaml" of check.crds: it is no regular file',
      hint: 'name a file or folder',
    });
  });

  test.each([
    ['an empty file', { 'crds.yaml': '' }, 'crds.yaml'],
    ['a folder without YAML', { 'crds/README.md': CRD }, 'crds'],
    ['a folder of other objects', { 'crds/a.yaml': 'kind: ConfigMap\n' }, 'crds'],
  ])('are not in %s', async (_, files, shown) => {
    await expect(opened(tree(files), shown)).rejects.toMatchObject({
      code: 'CONFIG',
      message: `"${shown}" of check.crds holds no CustomResourceDefinition`,
      hint: 'name a file with one, or a folder with such files: .yaml, .yml or .json',
    });
  });
});

describe('policy commands', () => {
  /** Runs a program, made of JavaScript, on some manifests. */
  async function run(script: string, command: readonly string[] = ['policy'], timeoutSeconds = 5) {
    const root = tree({ a: '' });
    const env = { PATH: programs({ policy: script }), TOKEN: 'canary' };
    const { runPolicy } = await openCheck(settings(root), { root, env });
    return { root, answer: runPolicy({ name: 'no-root', run: command, timeoutSeconds }, Buffer.from('a: 1\n')) };
  }

  test('run in the folder of the config, with the manifests as input and no credential', async () => {
    const { root, answer } = await run(
      `process.stdin.on('data', (data) => { console.log(process.cwd(), process.argv[2], 'TOKEN' in process.env, String(data)); });
      process.stdin.on('end', () => { console.error('log'); process.exitCode = 3; });`,
      ['policy', '$HOME'],
    );
    expect(await answer).toEqual({ exitCode: 3, stdout: `${root} $HOME false a: 1\n\n`, stderr: 'log\n' });
  });

  test('need not read their input', async () => {
    const { answer } = await run('process.exit(0)');
    expect(await answer).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('that are missing say which command names them', async () => {
    const { answer } = await run('', ['gone']);
    await expect(answer).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      message: 'Cannot run "gone": it is not installed',
      hint: 'install it and put it on PATH, or correct `run` of "no-root" in check.commands',
    });
  });

  test('that hang are stopped', async () => {
    const { answer } = await run('setInterval(() => {}, 1000)', ['policy'], 0.2);
    await expect(answer).rejects.toMatchObject({ code: 'CONFIG', message: 'Stopped "policy": no end after 0.2 s' });
  });

  test('that flood are stopped', async () => {
    const { answer } = await run(`const text = 'x'.repeat(1_000_000); for (;;) require('node:fs').writeSync(1, text);`);
    await expect(answer).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'Stopped "policy": more than 20000000 bytes of output',
    });
  });
});
