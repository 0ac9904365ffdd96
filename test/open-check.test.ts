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
  test('are the YAML and JSON files of a folder and its folders in order, or the file itself', async () => {
    const root = tree({
      'crds/b.yaml': 'b',
      'crds/a/x.json': 'x',
      'crds/a/y.yml': 'y',
      'crds/README.md': '',
      'one.txt': '1',
    });
    const crds = ['crds', 'one.txt'].map((path) => ({ path: join(root, path), shown: path }));
    const options = await openCheck(settings(root, { crds }), { root, env: {} });
    expect(options.crds).toEqual([
      { file: 'crds/a/x.json', text: 'x' },
      { file: 'crds/a/y.yml', text: 'y' },
      { file: 'crds/b.yaml', text: 'b' },
      { file: 'one.txt', text: '1' },
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
