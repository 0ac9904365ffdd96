import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiptSchema } from '../../scripts/receipt-schema.ts';
import { type Bundle, bundle, start } from '../cli/bundle.ts';
import { tree } from '../config/tree.ts';

let built: Bundle;

beforeAll(async () => {
  built = await bundle();
});
afterAll(() => built.remove());

const FILES = { 'repo/deploy/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n' };

async function action(inputs: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = FILES) {
  const cwd = await tree({ output: '', summary: '', ...files });
  await mkdir(join(cwd, 'tmp'));
  const env = {
    GITHUB_OUTPUT: join(cwd, 'output'),
    GITHUB_STEP_SUMMARY: join(cwd, 'summary'),
    RUNNER_TEMP: join(cwd, 'tmp'),
    GITHUB_WORKSPACE: cwd,
    ...inputs,
  };
  const ended = await start(join(built.root, 'dist/action.js'), [], { cwd, env }).ended;
  const output = await readFile(join(cwd, 'output'), 'utf8');
  const outputs = Object.fromEntries(
    [...output.matchAll(/^(\w+)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name, , value]) => [name, value]),
  );
  const delimiters = [...output.matchAll(/<<(\S+)/g)].map(([, delimiter]) => delimiter);
  return { ...ended, cwd, outputs, delimiters, summary: await readFile(join(cwd, 'summary'), 'utf8') };
}

test('a publish tells the next steps, the page and the log', async () => {
  const { code, stdout, outputs, delimiters, summary } = await action({
    INPUT_PATH: 'deploy',
    INPUT_TO: 'file:store\nfile:bucket?layout=tarball',
    'INPUT_WORKING-DIRECTORY': 'repo',
  });
  expect(code).toBe(0);
  const receipt = v.parse(receiptSchema, JSON.parse(await readFile(outputs.receipt ?? '', 'utf8')));
  expect(Object.keys(receipt.stores)).toEqual(['file:store', 'file:bucket?layout=tarball']);
  expect(outputs).toMatchObject({
    outcome: 'published',
    generation: '1',
    digest: receipt.artifacts[0]?.digest,
    revision: '',
    changed: '["deploy"]',
  });
  expect(new Set(delimiters).size).toBe(delimiters.length);
  expect(summary).toContain('### slipway: published');
  expect(stdout).toMatch(/^published: /);
  expect(stdout).not.toContain('::error');
});

test('a build has its digest as output and writes files', async () => {
  const { code, outputs, cwd } = await action({
    INPUT_COMMAND: 'build',
    INPUT_PATH: 'deploy',
    INPUT_RENDER: 'plain',
    INPUT_OUT: 'made',
    'INPUT_WORKING-DIRECTORY': 'repo',
  });
  expect(code).toBe(0);
  expect(outputs).toMatchObject({ outcome: 'built', digest: expect.stringMatching(/^sha256:/) });
  expect(await readFile(join(cwd, 'repo/made/deploy.yaml'), 'utf8')).toBe(FILES['repo/deploy/cm.yaml']);
});

const BAD = {
  'repo/fleet/slipway.yaml': 'version: 1\nartifacts: [{ path: deploy, render: plain }]\n',
  'repo/fleet/deploy/a.yaml': 'replicas: 3\n',
};

test.each(['check', 'publish'])('%s with errors annotates their lines and fills the summary', async (command) => {
  const { code, stdout, outputs, summary, cwd } = await action(
    {
      INPUT_COMMAND: command,
      INPUT_CONFIG: 'fleet/slipway.yaml',
      INPUT_REPORT: 'sarif=made/slipway.sarif\njunit=made/slipway.xml',
      'INPUT_WORKING-DIRECTORY': 'repo',
      GITHUB_ACTIONS: 'true',
    },
    BAD,
  );
  expect(code).toBe(1);
  expect(stdout.match(/^::error title=slipway object\/not-an-object.*$/gm)).toEqual([
    '::error title=slipway object/not-an-object,file=repo/fleet/deploy/a.yaml,line=1,col=1::Not a Kubernetes object: "apiVersion" is missing',
  ]);
  expect(outputs).toMatchObject({ outcome: 'failed', findings: '1' });
  expect(summary).toContain('| error object/not-an-object | deploy/a.yaml:1:1 |');
  for (const file of ['slipway.sarif', 'slipway.xml'])
    expect(await readFile(join(cwd, 'repo/made', file), 'utf8')).toContain('repo/fleet/deploy/a.yaml');
});

test('a check without findings passes', async () => {
  const { code, stdout, outputs, summary } = await action({
    INPUT_COMMAND: 'check',
    INPUT_PATH: 'repo/deploy',
    INPUT_RENDER: 'plain',
  });
  expect(code).toBe(0);
  expect(stdout).not.toContain('::');
  expect(outputs).toMatchObject({ outcome: 'passed', generation: '', changed: '[]' });
  expect(summary).toContain('### slipway: checked');
});

test.each([
  [{}, /^::error title=slipway USAGE::Cannot publish: there is no "slipway.yaml" here/m],
  [{ INPUT_COMMAND: 'sign' }, /^::error title=slipway USAGE::Cannot use input "command"/m],
  [{ INPUT_CONFIG: 'bad.yaml' }, /^::error title=slipway CONFIG::.*bad\.yaml:1:1: key "artifacts" is missing%0A/m],
] as const)('%j fails with an annotation, a summary and outputs', async (inputs, annotation) => {
  const { code, stdout, stderr, outputs, summary } = await action(inputs, { 'bad.yaml': 'version: 1\n' });
  expect(code).toBe(2);
  expect(stdout).toMatch(annotation);
  expect(stderr).toMatch(/^error\[/);
  expect(outputs).toMatchObject({ outcome: 'failed', changed: '[]' });
  expect(JSON.parse(await readFile(outputs.receipt ?? '', 'utf8'))).toMatchObject({
    schema: 1,
    error: { code: expect.any(String) },
  });
  expect(summary).toContain('### slipway: error');
});
