/** Artifacts that cannot be rendered: findings like any other, which keep nobody from looking at the rest. */
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../src/commands/program.ts';
import { programs } from '../build/programs.ts';
import { commandContext } from './context.ts';

const object = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
const BAD = `${object('bad')}---\nreplicas: 3\n`;
const CONFIG = `version: 1
artifacts:
  - { path: a, render: kustomize }
  - { path: b, render: plain }
  - { path: c, render: plain }
stores: { disk: file:out }
`;
/** Refuses everything, as kustomize does with what it cannot read. */
const KUSTOMIZE = `if (process.argv[2] === 'version') console.log('v5.8.1');
else { console.error('Error: accumulating resources\\nyaml: line 2: did not find expected'); process.exitCode = 1; }`;
const FLEET = {
  'slipway.yaml': CONFIG,
  'a/kustomization.yaml': 'resources:\n  - ../base\n  - fine.yaml\npatches:\n  - path: patch.yaml\n',
  'a/fine.yaml': object('fine'),
  'a/patch.yaml': 'data: {\n',
  'base/kustomization.yaml': 'resources: [cm.yaml]\n',
  'base/cm.yaml': `${object('base')}data:\n  a: [\n`,
  'b/cm.yaml': BAD,
  'c/cm.yaml': object('fine'),
};

const CLOSE = '    hint: close every bracket, separate entries by commas, quote template braces: "{{ value }}"';
const PLAIN = 'version: 1\nartifacts: [{ path: "*", render: plain }]\n';

async function slipway(
  argv: readonly string[],
  files: Readonly<Record<string, string>>,
  scripts: Readonly<Record<string, string>> = { kustomize: KUSTOMIZE },
) {
  const env = { PATH: [programs(scripts), process.env.PATH].join(delimiter) };
  const context = await commandContext(files, { env });
  const code = await runProgram([...argv, '--quiet'], context, '9.9.9');
  return {
    ...{ code, out: context.stdout.text(), err: context.stderr.text() },
    read: (path: string) => readFile(join(context.cwd, path), 'utf8'),
  };
}

test('one that does not render is a finding, its broken files have their lines, and the others are checked', async () => {
  const { code, out, err } = await slipway(['check'], FLEET);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toBe(
    [
      'artifact a',
      '  error Cannot render artifact "a" from "a" with kustomize: Error: accumulating resources; yaml: line 2: did not find expected [render/failed]',
      '    hint: kustomize v5.8.1 refused it: correct the files it names',
      '',
      'a/patch.yaml',
      '  2:1 error A [list] or {mapping} is broken [yaml/syntax]',
      CLOSE,
      '',
      'base/cm.yaml',
      '  7:1 error A [list] or {mapping} is broken [yaml/syntax]',
      CLOSE,
      '',
      'b/cm.yaml',
      '  6:1 error Not a Kubernetes object: "apiVersion" is missing [object/not-an-object]',
      '',
      '4 errors, 0 warnings in 2 of 3 artifacts',
      'slipway explain RULE says why a rule is there, and how to keep it or to switch it off',
      '',
    ].join('\n'),
  );
});

test.each(['check', 'build', 'publish'])('%s writes its reports, and publishes nothing', async (command) => {
  const { code, read } = await slipway([command, '--report', 'json=found.json'], FLEET);
  expect(code).toBe(1);
  const { findings } = JSON.parse(await read('found.json'));
  expect(findings.map(({ rule }: { rule: string }) => rule)).toEqual([
    ...['render/failed', 'yaml/syntax', 'yaml/syntax', 'object/not-an-object'],
  ]);
  await expect(read('out')).rejects.toThrow('ENOENT');
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['no object', { 'b/cm.yaml': '# nothing\n' }, 'Artifact "b" renders to nothing: no Kubernetes object in "b"'],
  ['no file', { 'b/.sourceignore': '*\n' }, 'Artifact "b" is empty: no files in "b"'],
])('an artifact with %s is a finding too', async (_, files, message) => {
  const all = { 'c/cm.yaml': BAD, ...files, 'slipway.yaml': PLAIN };
  const { code, out } = await slipway(['check', '--output', 'json'], all);
  expect(code).toBe(1);
  expect(JSON.parse(out).findings).toMatchObject([
    { rule: 'render/failed', artifact: 'b', message },
    { rule: 'object/not-an-object', artifact: 'c' },
  ]);
});

test('what seems to be missing is not reported where it may be in the artifact that failed', async () => {
  const policy = 'apiVersion: example.com/v1\nkind: Policy\nmetadata:\n  name: p\n';
  const rulesOf = async (files: Readonly<Record<string, string>>) => {
    const { out } = await slipway(['check', '--output', 'json'], {
      'slipway.yaml': PLAIN,
      'c/cm.yaml': policy,
      ...files,
    });
    return JSON.parse(out).findings.map(({ rule }: { rule: string }) => rule);
  };
  expect(await rulesOf({ 'b/cm.yaml': object('b') })).toEqual(['schema/unknown-kind']);
  expect(await rulesOf({ 'b/cm.yaml': '# nothing\n' })).toEqual(['render/failed']);
});

test('where that is all there is to say, build and publish end with the error itself, and report it', async () => {
  const files = { ...FLEET, 'b/cm.yaml': object('b'), 'base/cm.yaml': object('base'), 'a/patch.yaml': 'data: {}\n' };
  for (const command of ['build', 'publish']) {
    const { code, out, err, read } = await slipway([command, '--report', 'sarif=a.sarif'], files);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^error\[RENDER\]: Cannot render artifact "a" from "a" with kustomize: Error: /);
    expect(JSON.parse(await read('a.sarif')).runs[0].results).toHaveLength(1);
  }
});

test('a program that is missing ends the run', async () => {
  const files = { 'slipway.yaml': 'version: 1\nartifacts: [{ path: a, render: kustomize }]\n', 'a/x': '' };
  const context = await commandContext(files, { env: { PATH: programs({}) } });
  expect(await runProgram(['check', '--quiet'], context, '9.9.9')).toBe(2);
  expect(context.stderr.text()).toMatch(/^error\[TOOL_MISSING\]: Cannot render artifact "a": /);
});
