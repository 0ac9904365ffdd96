import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { findingsSchema } from '../../scripts/finding-schema.ts';
import { RULES } from '../../src/check/engine/registry.ts';
import type { Rule } from '../../src/check/rule.ts';
import { runProgram } from '../../src/commands/program.ts';
import { commandContext } from './context.ts';

const object = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: web\n`;
const BAD = `${object('bad')}---\nreplicas: 3\n`;
const WARNING = `${object('warning')}data:\n  motd: >\n    hello\n      world\n`;
const CONFIG = 'version: 1\nartifacts: [{ path: clusters/*, render: plain }]\nstores: { disk: file:out }\n';
const fleet = (a: string, b = object('fine')) => ({
  'slipway.yaml': CONFIG,
  'clusters/a/cm.yaml': a,
  'clusters/b/cm.yaml': b,
});
const FINE = fleet(object('fine'));

async function slipway(
  argv: readonly string[],
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
) {
  const context = await commandContext(files, { env });
  const code = await runProgram(argv, context, '9.9.9');
  return {
    code,
    out: context.stdout.text(),
    err: context.stderr.text(),
    cwd: context.cwd,
    read: (path: string) => readFile(join(context.cwd, path), 'utf8'),
  };
}

test('a clean fleet exits with 0', async () => {
  expect(await slipway(['check', '--quiet'], FINE)).toMatchObject({
    code: 0,
    out: 'no findings in 2 artifacts\n',
    err: '',
  });
});

test('errors are the answer, and exit with 1', async () => {
  const { code, out, err } = await slipway(['check', '--quiet'], fleet(BAD));
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toBe(
    [
      'clusters/a/cm.yaml',
      '  7:1 error Not a Kubernetes object: "apiVersion" is missing [object/not-an-object]',
      '',
      '1 error, 0 warnings in 1 of 2 artifacts',
      'slipway explain RULE says why a rule is there, and how to keep it or to switch it off',
      '',
    ].join('\n'),
  );
});

test('warnings exit with 0, and with 1 where they shall fail', async () => {
  const files = fleet(WARNING);
  const { code, out } = await slipway(['check'], files);
  expect(code).toBe(0);
  expect(out).toContain('7:9 warn ConfigMap web/warning: ');
  expect((await slipway(['check', '--fail-on', 'warn'], files)).code).toBe(1);
  expect((await slipway(['check', '--fail-on', 'warn'], FINE)).code).toBe(0);
  expect((await slipway(['check', '--rule', 'yaml/folded-text=error'], files)).code).toBe(1);
  expect((await slipway(['check', '--rule', 'yaml/folded-text=off', '--fail-on', 'warn'], files)).code).toBe(0);
});

test('one artifact of the config, or a folder without one', async () => {
  expect((await slipway(['check', '--artifact', 'b'], fleet(BAD))).code).toBe(0);
  expect((await slipway(['check', '--artifact', 'a'], fleet(BAD))).code).toBe(1);
  const { code, out } = await slipway(['check', 'clusters/a', '--render', 'plain'], { 'clusters/a/cm.yaml': BAD });
  expect(code).toBe(1);
  expect(out).toMatch(/^clusters\/a\/cm\.yaml\n {2}7:1 error /);
});

test('the versions of the config and of flags decide what exists', async () => {
  const text = 'apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata:\n  name: x\nspec: {}\n';
  const files = { ...fleet(text), 'slipway.yaml': `${CONFIG}check: { kubernetes: "1.30" }\n` };
  const rulesOf = async (argv: readonly string[]) => {
    const { out } = await slipway(['check', '--output', 'json', ...argv], files);
    return v.parse(findingsSchema, JSON.parse(out)).findings.map(({ rule }) => rule);
  };
  expect(await rulesOf([])).not.toContain('schema/removed');
  expect(await rulesOf(['--kubernetes', '1.34'])).toContain('schema/removed');
  const { code, err } = await slipway(['check', '--kubernetes', '1.99', '--quiet'], FINE);
  expect(code).toBe(2);
  expect(err).toMatch(/^error\[CONFIG\]: No schemas for Kubernetes "1\.99": known are /);
});

test('the JSON is the documented one, and complete', async () => {
  const { code, out } = await slipway(['check', '--output', 'json', '--quiet'], fleet(BAD, WARNING));
  expect(code).toBe(1);
  const document = v.parse(findingsSchema, JSON.parse(out));
  expect(document).toMatchObject({
    schema: 1,
    counts: { artifacts: 2, errors: 1, warnings: 1 },
    rules: [
      { id: 'yaml/folded-text', page: 'docs/rules.md#yamlfolded-text' },
      { id: 'object/not-an-object', page: 'docs/rules.md#objectnot-an-object' },
    ],
    artifacts: [
      { name: 'a', shown: 'clusters/a' },
      { name: 'b', shown: 'clusters/b' },
    ],
    findings: [
      { rule: 'object/not-an-object', artifact: 'a', file: 'clusters/a/cm.yaml', line: 7, column: 1 },
      { rule: 'yaml/folded-text', artifact: 'b', file: 'clusters/b/cm.yaml', object: 'ConfigMap web/warning' },
    ],
  });
});

test('what is published is checked where it lies, and its files are no sources', async () => {
  const context = await commandContext(fleet(WARNING));
  expect(await runProgram(['publish', '--quiet'], context, '9.9.9')).toBe(0);
  const before = context.stdout.text().length;
  expect(await runProgram(['check', 'file:out/a:latest', '--quiet'], context, '9.9.9')).toBe(0);
  const out = context.stdout.text().slice(before);
  expect(out).toMatch(/^manifests\.yaml \(rendered\)\n {2}7:9 warn ConfigMap web\/warning: /);
  expect(await runProgram(['check', 'file:out/a:nothing', '--quiet'], context, '9.9.9')).toBe(4);
});

test.each([
  ['sarif', /^\{\n {2}"\$schema": "https:\/\/json\.schemastore\.org\/sarif-2\.1\.0\.json"/],
  ['junit', /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="slipway check" tests="2" failures="1"/],
  ['github', /^::error title=slipway object\/not-an-object,file=clusters\/a\/cm\.yaml,line=7,col=1::Not a Kubernetes/],
])('--output %s prints that form, and --report writes the same into a file', async (format, form) => {
  const files = fleet(BAD);
  const { code, out } = await slipway(['check', '--output', format, '--quiet'], files);
  expect(code).toBe(1);
  expect(out).toMatch(form);
  const { read } = await slipway(['check', '--report', `${format}=made/report=1`, '--quiet'], files);
  expect(await read('made/report=1')).toBe(out);
});

test('files are named from the root of the repository on', async () => {
  const context = await commandContext({ 'fleet/slipway.yaml': CONFIG, 'fleet/clusters/a/cm.yaml': BAD });
  const run = (cwd: string, argv: readonly string[]) =>
    runProgram(argv, { ...context, cwd, env: { ...context.env, GITHUB_WORKSPACE: context.cwd } }, '9.9.9');
  await run(join(context.cwd, 'fleet'), ['check', '--output', 'github', '--quiet']);
  await run(context.cwd, ['check', '--config', 'fleet/slipway.yaml', '--output', 'github', '--quiet']);
  expect([...context.stdout.text().matchAll(/file=([^,]*)/g)].map(([, file]) => file)).toEqual([
    'fleet/clusters/a/cm.yaml',
    'fleet/clusters/a/cm.yaml',
  ]);
});

test.each([
  [['--report', 'sarf=x'], /report "sarf=x": there is no format "sarf"/, 'did you mean "sarif"'],
  [['--report', 'sarif'], /report "sarif": no file is named/, 'write --report sarif=FILE'],
  [['--report', 'junit=slipway.yaml/x'], /report "slipway\.yaml\/x": \w+/, 'choose another file for --report'],
  [
    ['--report', 'json=-'],
    /report "json=-": reports are files$/,
    '--output json prints on standard output; write --report json=./- for a file of that name',
  ],
  [['--report', 'json=clusters'], /^Cannot write report "clusters": it is a folder$/, 'name a file in it'],
  [
    ['--list-rules', '--output', 'sarif'],
    /^Cannot list rules as "sarif": known are "text", "json"$/,
    'leave --output out, or write --output json',
  ],
  [['--output', 'sarf'], /--output "sarf"/, 'did you mean "sarif"'],
  [['--fail-on', 'info'], /--fail-on "info"/, undefined],
  [['--rule', 'yaml/tabb=off'], /unknown rule "yaml\/tabb"/, 'did you mean "yaml/tab"'],
  [['clusters/a', '--config', 'slipway.yaml'], /--config with a path/, 'use one of them'],
])('check %j is answered with exit code 2 and what to do', async (argv, message, hint) => {
  const { code, err } = await slipway(['check', '--quiet', ...argv], FINE);
  expect(code).toBe(2);
  const [, told = '', advice] = /^error\[USAGE\]: (.*)\n(?:hint: (.*)\n)?$/.exec(err) ?? [];
  expect(told).toMatch(message);
  expect(advice).toBe(hint);
});

test('on a runner of GitHub text is enough to annotate the lines of a pull request', async () => {
  const github = { GITHUB_ACTIONS: 'true' };
  const annotation = '::error title=slipway object/not-an-object,file=clusters/a/cm.yaml,line=7,col=1::';
  for (const argv of [['check'], ['build'], ['publish']]) {
    const { code, err } = await slipway([...argv, '--quiet'], fleet(BAD), github);
    expect({ argv, code }).toEqual({ argv, code: 1 });
    expect(err).toContain(annotation);
  }
  expect((await slipway(['check', '--output', 'json'], fleet(BAD), github)).err).not.toContain('::error');
  expect((await slipway(['check'], fleet(BAD))).err).not.toContain('::error');
});

test.each(['build', 'publish'])(
  '%s is refused by errors: findings, then why, and nothing is written',
  async (command) => {
    const { code, out, err, read } = await slipway([command, '--quiet', '--report', 'sarif=a.sarif'], fleet(BAD));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      [
        'clusters/a/cm.yaml',
        '  7:1 error Not a Kubernetes object: "apiVersion" is missing [object/not-an-object]',
        '',
        '1 error, 0 warnings in 1 artifact',
        'slipway explain RULE says why a rule is there, and how to keep it or to switch it off',
        '',
        'error[FINDINGS]: The checks found 1 error: nothing was published',
        'hint: correct what is listed above; slipway explain RULE tells more about a rule',
        '',
      ].join('\n'),
    );
    expect(JSON.parse(await read('a.sarif')).runs[0].results).toHaveLength(1);
    await expect(read('out')).rejects.toThrow('ENOENT');
  },
);

test('a report that cannot be written hides neither the findings nor what was published', async () => {
  const report = ['--report', 'json=slipway.yaml/x', '--quiet'];
  const refused = await slipway(['publish', ...report], fleet(BAD));
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toContain('7:1 error Not a Kubernetes object');
  expect(refused.err).toMatch(/\nerror\[FINDINGS\]: .*\nCannot write report "slipway\.yaml\/x": \w+\n/);
  const published = await slipway(['publish', ...report], fleet(WARNING));
  expect(published.code).toBe(2);
  expect(published.out).toMatch(/^published: /);
  expect(published.err).toMatch(/^error\[USAGE\]: Cannot write report/);
  for (const command of ['publish', 'build', 'check']) {
    const { code, out } = await slipway([command, '--output', 'json', ...report], fleet(WARNING));
    expect({ code, schema: JSON.parse(out).schema }).toEqual({ code: 2, schema: 1 });
  }
});

test.each(['build', 'publish'])('%s shows its warnings, and writes them where it is told', async (command) => {
  const { code, out, read } = await slipway([command, '--quiet', '--report', 'json=a.json'], fleet(WARNING));
  expect(code).toBe(0);
  expect(out).toContain('\nclusters/a/cm.yaml\n  7:9 warn ConfigMap web/warning: ');
  expect(out).toContain('\n0 errors, 1 warning in 1 of 2 artifacts\n');
  expect(v.parse(findingsSchema, JSON.parse(await read('a.json'))).counts).toEqual({
    artifacts: 2,
    errors: 0,
    warnings: 1,
  });
});

test.each(['build', 'publish'])(
  'for programs a refused %s is one document with error and findings',
  async (command) => {
    const { code, out } = await slipway([command, '--output', 'json', '--quiet'], fleet(BAD));
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      schema: 1,
      error: { code: 'FINDINGS' },
      findings: [{ rule: 'object/not-an-object', file: 'clusters/a/cm.yaml' }],
    });
  },
);

test('warnings of a publish are in its receipt', async () => {
  const { out } = await slipway(['publish', '--output', 'json', '--quiet'], fleet(WARNING));
  expect(JSON.parse(out)).toMatchObject({
    outcome: 'published',
    findings: [{ rule: 'yaml/folded-text', artifact: 'a' }],
  });
});

test('all rules are listed with what they are set to', async () => {
  const files = { ...FINE, 'slipway.yaml': `${CONFIG}check: { rules: { check/ignore: error } }\n` };
  const { code, out } = await slipway(['check', '--list-rules', '--rule', 'yaml/folded-text=off'], files);
  expect(code).toBe(0);
  const lines = out.trimEnd().split('\n');
  expect(lines.slice(1).map((line) => line.split(' ')[0])).toEqual(RULES.map(({ id }) => id));
  expect(out).toMatch(/\ncheck\/ignore +error \(default warn\) +The annotation /);
  expect(out).toMatch(/\nyaml\/folded-text +off \(default warn\) +/);
  expect(out).toMatch(/\nyaml\/syntax +error \(always\) +/);
  const json = await slipway(['check', '--list-rules', '--output', 'json'], {});
  expect(JSON.parse(json.out).rules[0]).toEqual({
    id: 'yaml/syntax',
    setting: 'error',
    default: 'error',
    firm: true,
    summary: RULES[0]?.summary,
    page: 'docs/rules.md#yamlsyntax',
  });
});

test('a rule is explained, with its examples', async () => {
  const { code, out } = await slipway(['explain', 'check/ignore'], {});
  expect(code).toBe(0);
  expect(out).toMatch(
    /^check\/ignore \(warn\)\n\nThe annotation [\s\S]*\n\nWhy\n {2}\S[\s\S]*\n\nBad\n {2}apiVersion: v1\n/,
  );
  expect(out).toMatch(
    /\nSwitch it in slipway\.yaml by check: \{ rules: \{ check\/ignore: off \} \}, or for one object/,
  );
  const json = await slipway(['explain', 'check/ignore', '--output', 'json'], {});
  const { bad, good, ...said } = RULES.find(({ id }) => id === 'check/ignore') as Rule;
  expect(JSON.parse(json.out)).toEqual({
    schema: 1,
    rule: {
      ...said,
      firm: false,
      bad: [{ name: '', text: String(bad).trimEnd() }],
      good: [{ name: '', text: String(good).trimEnd() }],
      page: 'docs/rules.md#checkignore',
    },
  });
});

test('a misspelt rule is answered with the nearest one', async () => {
  expect(await slipway(['explain', 'check/ignores'], {})).toMatchObject({
    code: 2,
    out: '',
    err: 'error[USAGE]: Cannot explain rule "check/ignores": there is no such rule\nhint: did you mean "check/ignore"\n',
  });
  expect((await slipway(['explain', 'x'], {})).err).toContain('hint: slipway check --list-rules shows all\n');
});
