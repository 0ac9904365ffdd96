/** `slipway check --against`: references are resolved, fetched, and absent ones noted. */
import { expect, onTestFinished, test } from 'vitest';
import { runProgram } from '../../../src/commands/program.ts';
import { check, publish } from '../../../src/library.ts';
import { tree } from '../../build/tree.ts';
import { commandContext } from '../../cli/context.ts';
import { startFakeRegistry } from '../../fakes/registry.ts';

const config = (data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: web\nimmutable: true\ndata:\n  key: ${data}\n`;
const contextOf = (cwd: string) => ({ cwd, env: { HOME: cwd } });

async function publishedTwice() {
  const registry = await startFakeRegistry();
  onTestFinished(registry.stop);
  const references = ['prod', 'staging'].map((tag) => `oci://${registry.host}/fleet/deploy:${tag}`);
  for (const [index, reference] of references.entries()) {
    const root = tree({ 'deploy/cm.yaml': config(`"${index}"`) });
    await publish({ path: './deploy', render: 'plain', to: [reference] }, contextOf(root));
  }
  const [prod = '', staging = ''] = references;
  return { prod, staging, template: prod.replace('/deploy:', '/{artifact}:') };
}

test('sources are compared with what is published under their name', async () => {
  const { prod, template } = await publishedTwice();
  const root = tree({ 'deploy/cm.yaml': config('new') });
  const findings = await check({ path: './deploy', render: 'plain', against: template }, contextOf(root));
  expect(findings.map(({ rule, file, line, message }) => `${rule} ${file}:${line} ${message}`)).toEqual([
    `object/immutable deploy/cm.yaml:8 "data.key" of a ConfigMap cannot be changed, and is not what "${prod}" has`,
  ]);
});

test('a reference is compared with another', async () => {
  const { prod, staging } = await publishedTwice();
  const rules = async (path: string, against: string) =>
    (await check({ path, against }, contextOf(tree({})))).map(({ rule }) => rule);
  expect(await rules(staging, prod)).toEqual(['object/immutable']);
  expect(await rules(prod, prod)).toEqual([]);
});

const CONFIG = 'version: 1\nartifacts: [{ path: apps/*, render: plain }]\nstores: { disk: file:out }\n';
const FILES = { 'apps/a/cm.yaml': config('a'), 'apps/b/cm.yaml': config('b') };

async function slipway(argv: readonly string[]) {
  const context = await commandContext({ ...FILES, 'slipway.yaml': CONFIG });
  const code = await runProgram(['check', '--quiet', ...argv], context, '9.9.9');
  return { code, out: context.stdout.text(), err: context.stderr.text() };
}

test('before the first release there is nothing to compare with', async () => {
  expect(await slipway(['--against', 'file:out/{artifact}.yaml', '--fail-on', 'warn'])).toEqual({
    code: 0,
    out: 'no findings in 2 artifacts\n',
    err: [
      'note: nothing is published as "file:out/a.yaml" to compare with',
      'note: nothing is published as "file:out/b.yaml" to compare with',
      '',
    ].join('\n'),
  });
});

test.each([
  [
    ['--against', 'file:out/a.yaml'],
    [
      'error[USAGE]: Cannot use --against for 2 artifacts: the reference is the same for all',
      'hint: write {artifact} where it has the name of the artifact, or select one with --artifact NAME',
    ],
  ],
  [
    ['--against', 'file:out/{name}.yaml'],
    ['error[USAGE]: Cannot use --against: placeholder "{name}" is unknown', 'hint: write {artifact}'],
  ],
  [
    ['file:out/a.yaml', '--against', 'file:out/{artifact}.yaml'],
    [
      'error[USAGE]: Cannot use {artifact} in --against: what is published already has no name but its reference',
      'hint: write the reference in full',
    ],
  ],
])('%j is refused', async (argv, lines) => {
  expect(await slipway(argv)).toMatchObject({ code: 2, err: `${lines.join('\n')}\n` });
});
