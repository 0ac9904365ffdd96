import { expect, test } from 'vitest';
import { withFlags } from '../../src/config/check-settings.ts';
import { type Config, readConfig } from '../../src/config/read.ts';
import { type BuildOptions, resolveBuild, resolvePublish } from '../../src/config/resolve.ts';
import { resolveCheck } from '../../src/config/resolve-check.ts';
import { SlipwayError } from '../../src/errors.ts';
import { tree } from './tree.ts';

const HEAD = 'version: 1\nartifacts:\n  - path: deploy\n';
const read = (text: string): Config => readConfig(`${HEAD}${text}`, 'slipway.yaml', { dir: '/repo', env: {} });
const EMPTY = read('').check;

function errorOf(text: string): SlipwayError {
  try {
    read(text);
  } catch (thrown) {
    if (thrown instanceof SlipwayError) return thrown;
    throw thrown;
  }
  throw new Error('the config was accepted');
}

test('without a word about checks every rule has its own setting', () => {
  expect(EMPTY).toEqual({ root: '/repo', crds: [], rules: {}, commands: [], tenants: [] });
});

test('check and tenants are read as they stand, with absolute paths', () => {
  const text = [
    'check:',
    '  kubernetes: "1.34"',
    '  flux: v2.8.1',
    '  crds: [crds/, /etc/crds/a.yaml]',
    '  rules: { check/ignore: off, yaml/folded-text: error }',
    '  commands:',
    '    - { name: conftest, run: [conftest, test, "-"] }',
    '    - { name: slow-one, run: [slow], timeout: 300 }',
    '  images: exist',
    'tenants:',
    '  - { name: payments, artifacts: ["payments-*"], namespaces: [payments] }',
  ];
  expect(read(text.join('\n')).check).toEqual({
    root: '/repo',
    kubernetes: '1.34',
    flux: 'v2.8.1',
    crds: [
      { path: '/repo/crds', shown: 'crds/' },
      { path: '/etc/crds/a.yaml', shown: '/etc/crds/a.yaml' },
    ],
    rules: { 'check/ignore': 'off', 'yaml/folded-text': 'error' },
    commands: [
      { name: 'conftest', run: ['conftest', 'test', '-'], timeoutSeconds: 60 },
      { name: 'slow-one', run: ['slow'], timeoutSeconds: 300 },
    ],
    images: 'exist',
    tenants: [{ name: 'payments', artifacts: ['payments-*'], namespaces: ['payments'] }],
  });
});

test.each([
  [
    'check: { kubernetes: 1.30 }',
    '4:22: expected a version in quotes, such as "1.34": without them YAML takes 1.30 for 1.3, found a number',
    'correct the file; its keys are described in docs/config.md',
  ],
  [
    'check: { flux: latest }',
    '4:16: expected a version such as "2.8", found a text',
    'correct the file; its keys are described in docs/config.md',
  ],
  [
    'check: { rules: { yaml/folded-txt: off } }',
    '4:19: unknown rule "yaml/folded-txt"',
    'did you mean "yaml/folded-text"',
  ],
  [
    'check: { rules: { no-such-thing: off } }',
    '4:19: unknown rule "no-such-thing"',
    'slipway check --list-rules shows all',
  ],
  [
    'check: { rules: { object/not-an-object: warn } }',
    '4:19: rule "object/not-an-object" cannot be set',
    'it is always at "error"',
  ],
  [
    'check: { rules: { check/ignore: false } }',
    '4:33: expected "off", "warn" or "error", found a true or false',
    'correct the file; its keys are described in docs/config.md',
  ],
  [
    'check: { crds: [crds, HTTPS://example.com/crd.yaml] }',
    '4:23: a URL is neither a file nor a folder',
    'download it, and name the file: checks need no network',
  ],
  [
    'check: { commands: [{ name: a, run: [x] }, { name: a, run: [y] }] }',
    '4:52: another command is called "a"',
    'correct the file; its keys are described in docs/config.md',
  ],
  [
    'check: { commands: [{ name: A b, run: [x] }] }',
    '4:29: expected a name of lower-case letters, digits and single hyphens, found a text',
    'correct the file; its keys are described in docs/config.md',
  ],
  [
    'check: { commands: [{ name: a, run: [] }] }',
    '4:37: expected at least the program, found a list',
    'correct the file; its keys are described in docs/config.md',
  ],
  [
    'check: { kubernets: "1.34" }',
    '4:10: unknown key "kubernets" (did you mean "kubernetes")',
    'correct the file; its keys are described in docs/config.md',
  ],
  [
    'check: { images: signed }',
    '4:18: expected "exist", found a text',
    'correct the file; its keys are described in docs/config.md',
  ],
  [
    'tenants:\n  - { name: a, artifacts: [x], namespaces: [x] }\n  - { name: a, artifacts: [y], namespaces: [y] }',
    '6:13: two tenants are called "a"',
    'join them',
  ],
])('%s is refused at its place', (text, message, hint) => {
  const error = errorOf(text);
  expect(error.message.split('\n')[0]).toBe(`Cannot use config file "slipway.yaml": slipway.yaml:${message}`);
  expect(error).toMatchObject({ code: 'CONFIG', hint });
});

test('flags win over the config', () => {
  const { check } = read(
    'check: { kubernetes: "1.30", flux: "2.6", rules: { check/ignore: off, yaml/folded-text: error } }',
  );
  expect(withFlags(check, { kubernetes: '1.34', rule: ['check/ignore=warn'] })).toMatchObject({
    kubernetes: '1.34',
    flux: '2.6',
    rules: { 'check/ignore': 'warn', 'yaml/folded-text': 'error' },
  });
  expect(withFlags(check, {})).toEqual(check);
});

test.each([
  ['check/ignor=off', 'Cannot use --rule "check/ignor=off": unknown rule "check/ignor"', 'did you mean "check/ignore"'],
  [
    'yaml/syntax=off',
    'Cannot use --rule "yaml/syntax=off": rule "yaml/syntax" cannot be set',
    'it is always at "error"',
  ],
  [
    'check/ignore',
    'Cannot use --rule "check/ignore": it sets the rule to nothing known',
    'write check/ignore=off, check/ignore=warn or check/ignore=error',
  ],
  [
    'check/ignore=no',
    'Cannot use --rule "check/ignore=no": it sets the rule to nothing known',
    'write check/ignore=off, check/ignore=warn or check/ignore=error',
  ],
])('--rule %s is wrong usage', (flag, message, hint) => {
  expect(() => withFlags(EMPTY, { rule: [flag] })).toThrow(expect.objectContaining({ code: 'USAGE', message, hint }));
});

const FILES = {
  'slipway.yaml': 'version: 1\nartifacts: [{ path: clusters/* }]\ncheck: { kubernetes: "1.30" }\n',
  'clusters/a/x.yaml': 'a: 1',
};
const OPTIONS: BuildOptions = { rule: ['check/ignore=off'] };
const CHECK = { kubernetes: '1.30', rules: { 'check/ignore': 'off' } };

test('config and flags reach every command, also where the artifact is given by its path', async () => {
  const context = { cwd: await tree(FILES), env: {} };
  const path = { ...OPTIONS, path: 'clusters/a' };
  for (const options of [OPTIONS, path]) {
    expect((await resolveBuild(options, context)).check).toMatchObject({ root: context.cwd, ...CHECK });
    expect(await resolveCheck(options, context)).toMatchObject({ kind: 'sources', settings: { check: CHECK } });
  }
  expect((await resolvePublish(OPTIONS, context)).check).toMatchObject(CHECK);
  expect((await resolvePublish({ ...path, to: ['file:x'] }, context)).check).toMatchObject(CHECK);
});

test('a reference is checked as the config says, and is built already', async () => {
  const context = { cwd: await tree(FILES), env: {} };
  const path = 'oci://registry.example.com/fleet/a:prod';
  expect(await resolveCheck({ ...OPTIONS, path }, context)).toMatchObject({
    kind: 'published',
    settings: { reference: path, from: { kind: 'repository', tag: 'prod' }, check: CHECK },
  });
  for (const [name, value] of Object.entries({ render: 'plain', config: 'slipway.yaml', artifact: ['a'] })) {
    await expect(resolveCheck({ path, [name]: value }, context)).rejects.toMatchObject({
      code: 'USAGE',
      message: `Cannot use --${name} with a reference: it is built already`,
    });
  }
});

test('checking nothing at all is answered with an example', async () => {
  await expect(resolveCheck({}, { cwd: await tree(), env: {} })).rejects.toMatchObject({
    code: 'USAGE',
    message: 'Cannot check: there is no "slipway.yaml" here and no path is given',
    hint: 'write a slipway.yaml, or run: slipway check ./deploy',
  });
});
