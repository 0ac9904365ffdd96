import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { type Config, readConfig } from '../../src/config/read.ts';
import { SlipwayError } from '../../src/errors.ts';

const read = (text: string, env: Readonly<Record<string, string>> = {}): Config =>
  readConfig(text, 'slipway.yaml', { dir: '/repo', env });

function errorOf(text: string, env: Readonly<Record<string, string>> = {}): SlipwayError {
  try {
    read(text, env);
  } catch (thrown) {
    if (thrown instanceof SlipwayError) return thrown;
    throw thrown;
  }
  throw new Error('the config was accepted');
}

const MINIMAL = 'version: 1\nartifacts:\n  - path: deploy\n';

test('a minimal file has defaults', () => {
  const config = read(MINIMAL);
  expect(config).toMatchObject({
    file: 'slipway.yaml',
    dir: '/repo',
    project: 'default',
    stores: [],
    quorum: 'all',
    channels: {},
  });
  expect(config.artifacts).toMatchObject([{ name: '{dir}', path: 'deploy', place: 'slipway.yaml:3:5' }]);
  expect(config.artifacts[0]?.render('deploy')).toEqual({ kind: 'source' });
});

test('a whole file is read as it stands', () => {
  const config = read(
    [
      'version: 1',
      'project: fleet',
      'artifacts:',
      '  - { name: "{parent}-{dir}", path: clusters/*/*, render: kustomize }',
      '  - { name: helm-app, path: charts/app, render: { kind: helm, namespace: web, values: [values.yaml, /etc/v.yaml], kubeVersion: "1.34" } }',
      '  - { name: gen, path: gen, render: { kind: command, run: [jsonnet, -y, main.jsonnet], env: { A: b } } }',
      '  - { name: k, path: k, render: { kind: kustomize, enableHelm: true } }',
      'stores:',
      '  eu: oci://registry.eu.example/fleet/{artifact}',
      '  us: s3://fleet-us/gitops?region=us-east-1&layout=object',
      '  lab: { url: s3://fleet/gitops, endpoint: "http://127.0.0.1:9000", layout: tarball }',
      '  disk: { url: "oci://reg.example/{artifact}", insecure: true, ca: certs/a b.pem }',
      'primary: us',
      'quorum: 2',
      'channel: staging',
      'channels: { prod: { stores: [eu, us], quorum: all, primary: us }, dev: }',
    ].join('\n'),
  );
  expect(config).toMatchObject({ project: 'fleet', primary: 'us', quorum: 2, channel: 'staging' });
  expect(config.channels).toEqual({ prod: { stores: ['eu', 'us'], quorum: 'all', primary: 'us' }, dev: {} });
  expect(config.stores).toMatchObject([
    { name: 'eu', kind: 'registry', repository: 'fleet/{artifact}' },
    { name: 'us', kind: 's3', layout: 'object' },
    {
      name: 'lab',
      kind: 's3',
      endpoint: 'http://127.0.0.1:9000',
      layout: 'tarball',
      url: 's3://fleet/gitops?endpoint=http://127.0.0.1:9000&layout=tarball',
    },
    { name: 'disk', kind: 'registry', insecure: true, ca: '/repo/certs/a b.pem' },
  ]);
  expect(config.artifacts.map(({ render }) => render('name'))).toEqual([
    { kind: 'kustomize' },
    {
      kind: 'helm',
      release: 'name',
      namespace: 'web',
      values: ['/repo/values.yaml', '/etc/v.yaml'],
      kubeVersion: '1.34',
      apiVersions: [],
    },
    { kind: 'command', run: ['jsonnet', '-y', 'main.jsonnet'], env: { A: 'b' } },
    { kind: 'kustomize', enableHelm: true },
  ]);
});

test('a byte order mark is not part of the file', () => {
  expect(read(`\uFEFF${MINIMAL}`).artifacts).toHaveLength(1);
  expect(errorOf(`\uFEFFversoin: 1\n`).message).toContain('slipway.yaml:1:1: unknown key "versoin"');
});

test.each([
  ['an empty file', '', 'slipway.yaml:1:1: the file is empty'],
  ['only comments', '# nothing\n', 'slipway.yaml:1:1: the file is empty'],
  ['a list', '- a\n', 'slipway.yaml:1:1: expected a mapping'],
  ['a text', 'hello\n', 'slipway.yaml:1:1: expected a mapping'],
  ['a tab', 'version: 1\nartifacts:\n\t- path: a\n', 'slipway.yaml:3:1: tabs cannot indent YAML'],
  ['a duplicate key', 'version: 1\nversion: 1\n', 'slipway.yaml:2:1: this key appears twice\n  version: 1\n  ^'],
  ['two documents', `${MINIMAL}---\na: 1\n`, 'slipway.yaml:5:1: the file holds more than one document'],
  ['an unclosed bracket', 'version: [1\n', 'slipway.yaml:2:1: unexpected end of the stream within a flow collection'],
  ['no version', 'artifacts: [{ path: a }]\n', 'slipway.yaml:1:1: key "version" is missing'],
  [
    'another version',
    'version: 2\nartifacts: [{ path: a }]\n',
    'slipway.yaml:1:10: expected 1, found a number\n  version: 2\n           ^',
  ],
  ['no artifacts', 'version: 1\n', 'slipway.yaml:1:1: key "artifacts" is missing'],
  ['an empty list of artifacts', 'version: 1\nartifacts: []\n', 'slipway.yaml:2:12: expected at least one artifact'],
  [
    'artifacts of another form',
    'version: 1\nartifacts: deploy\n',
    'slipway.yaml:2:12: expected a list of artifacts, found a text',
  ],
  ['an artifact without path', 'version: 1\nartifacts:\n  - name: a\n', 'slipway.yaml:3:5: key "path" is missing'],
  [
    'a path that is a number',
    'version: 1\nartifacts:\n  - path: 7\n',
    'slipway.yaml:3:11: expected a folder or glob, found a number',
  ],
  [
    'an unknown key',
    `${MINIMAL}chanel: a\n`,
    'slipway.yaml:4:1: unknown key "chanel" (did you mean "channel")\n  chanel: a\n  ^',
  ],
  [
    'an unknown key far from all',
    `${MINIMAL}zzzzzz: a\n`,
    'slipway.yaml:4:1: unknown key "zzzzzz" (known are "version"',
  ],
  ['a key of a later version', `${MINIMAL}tides: { prod: none }\n`, 'slipway.yaml:4:1: unknown key "tides"'],
  [
    'a nested unknown key',
    'version: 1\nartifacts:\n  - path: a\n    rendr: source\n',
    'slipway.yaml:4:5: unknown key "rendr" (did you mean "render")',
  ],
  [
    'an unknown render',
    'version: 1\nartifacts:\n  - { path: a, render: jsonnet }\n',
    'slipway.yaml:3:24: expected "source", "plain", "kustomize", "helm" or',
  ],
  [
    'a command without its program',
    'version: 1\nartifacts:\n  - { path: a, render: command }\n',
    'render "command" needs its program',
  ],
  [
    'an unknown kind',
    'version: 1\nartifacts:\n  - { path: a, render: { kind: flux } }\n',
    'slipway.yaml:3:32: expected "source", "plain", "kustomize", "helm" or "command", found a text',
  ],
  [
    'an option of another renderer',
    'version: 1\nartifacts:\n  - { path: a, render: { kind: plain, values: [a] } }\n',
    'slipway.yaml:3:39: unknown key "values"',
  ],
  [
    'an unquoted Kubernetes version',
    'version: 1\nartifacts:\n  - { path: a, render: { kind: helm, kubeVersion: 1.30 } }\n',
    'expected a text, in quotes, found a number',
  ],
  ['a quorum of zero', `${MINIMAL}quorum: 0\n`, 'slipway.yaml:4:9: expected "all" or a whole number from 1 on'],
  [
    'a quorum nobody can meet',
    `${MINIMAL}quorum: 2\n`,
    'slipway.yaml:4:9: quorum 2 can never be met: there is 1 store',
  ],
  ['a bad project', `${MINIMAL}project: My Fleet\n`, 'slipway.yaml:4:10: project is not valid'],
  [
    'a version as channel',
    `${MINIMAL}channel: 1.2.3\n`,
    'slipway.yaml:4:10: channel is not valid: a semantic version never moves',
  ],
  [
    'a bad name of a channel',
    `${MINIMAL}channels: { versions: {} }\n`,
    'slipway.yaml:4:13: channel "versions" is not valid',
  ],
  [
    'an unknown placeholder',
    'version: 1\nartifacts:\n  - { name: "{dirr}", path: a }\n',
    'slipway.yaml:3:14: a placeholder is unknown',
  ],
  [
    'a bad artifact name',
    'version: 1\nartifacts:\n  - { name: Web, path: a }\n',
    'slipway.yaml:3:13: artifact name is not valid: use lower-case',
  ],
  [
    'a reserved artifact name',
    'version: 1\nartifacts:\n  - { name: releases, path: a }\n',
    'slipway.yaml:3:13: artifact name is not valid: slipway keeps its records',
  ],
  [
    'an unknown scheme',
    `${MINIMAL}stores:\n  eu: https://ghcr.io/app\n`,
    'slipway.yaml:5:7: cannot use store "eu": scheme "https" is unknown',
  ],
  [
    'an unknown primary',
    `${MINIMAL}stores: { eu: "file:a", us: "file:b" }\nprimary: ue\n`,
    'slipway.yaml:5:10: this store is not configured',
  ],
  [
    'an unknown store of a channel',
    `${MINIMAL}stores: { eu: "file:a" }\nchannels: { prod: { stores: [us] } }\n`,
    'slipway.yaml:5:30: this store is not configured',
  ],
  [
    'a store listed twice',
    `${MINIMAL}stores: { eu: "file:a" }\nchannels: { prod: { stores: [eu, eu] } }\n`,
    'slipway.yaml:5:34: this store is listed twice',
  ],
  [
    'a store as a list',
    `${MINIMAL}stores: { eu: [a] }\n`,
    'slipway.yaml:4:15: expected a store URL or { url: … }, found a list',
  ],
  [
    'stores as a list, with keys that stores do not have',
    `${MINIMAL}stores:\n  - { name: disk, url: "file:a" }\n`,
    'slipway.yaml:5:3: expected a mapping, found a list',
  ],
  [
    'a layout that does not exist',
    `${MINIMAL}stores: { eu: { url: "s3://fleet", layout: trees } }\n`,
    'expected "object", "tarball", "tree" or "registry", found a text',
  ],
  [
    'an owner that YAML takes for a number',
    `${MINIMAL}stores: { eu: { url: "s3://fleet", owner: 123456789012 } }\n`,
    'expected a text of twelve digits, in quotes, found a number',
  ],
])('%s is refused with its place', (_, text, expected) => {
  const error = errorOf(text);
  expect(error.code).toBe('CONFIG');
  expect(error.message).toContain(expected);
  expect(error.message).toMatch(/^Cannot use config file "slipway\.yaml": /);
  expect(error.hint).toBeTruthy();
});

test('parameters of a bucket are spelled beside its URL as in it', () => {
  const beside = { region: 'eu-central-1', owner: '012345678901', sse: 'aws:kms', 'kms-key': 'alias/fleet' };
  const store = JSON.stringify({ url: 's3://fleet', ...beside, layout: 'registry', 'accept-unsafe': true });
  const [inUrl, inYaml] = [
    's3://fleet?region=eu-central-1&layout=registry&owner=012345678901&sse=aws:kms&kms-key=alias/fleet&accept-unsafe=true',
    store,
  ].map((value) => read(`${MINIMAL}stores: { eu: ${value} }\n`).stores);
  expect(inYaml).toEqual(inUrl);
  expect(inYaml).toMatchObject([{ owner: '012345678901', kmsKey: 'alias/fleet', acceptUnsafe: true }]);
});

test('all problems of a file are told together, in the order of the file', () => {
  const { message } = errorOf('version: 2\nprojcet: a\nartifacts:\n  - { path: 7 }\n  - { name: a }\nchanel: b\n');
  expect(message).toMatch(/: 5 problems\n/);
  const places = [...message.matchAll(/slipway\.yaml:(\d+):\d+: /g)].map(([, line]) => Number(line));
  expect(places).toEqual([1, 2, 4, 5, 6]);
});

test('what only slipway can check is told together too', () => {
  const { message } = errorOf(
    'version: 1\nproject: A\nartifacts: [{ path: a }]\nchannel: 1.2.3\nstores: { eu: "x" }\n',
  );
  expect(message).toMatch(/: 3 problems\n/);
});

test('env:// references are filled from the environment', () => {
  const text = `${MINIMAL}channel: env://CHANNEL\nstores:\n  eu: env://EU\n  us: { url: "s3://fleet", region: env://REGION }\n`;
  const config = read(text, { CHANNEL: 'prod', EU: 'oci://ghcr.io/app', REGION: 'eu-west-1' });
  expect(config.channel).toBe('prod');
  expect(config.stores).toMatchObject([{ repository: 'app' }, { region: 'eu-west-1' }]);
});

test('a missing variable is named with its place', () => {
  const error = errorOf(`${MINIMAL}channel: env://CHANNEL\n`);
  expect(error.message).toContain('slipway.yaml:4:10: environment variable "CHANNEL" is not set');
  expect(error.hint).toMatch(/CHANNEL/);
  expect(errorOf(`${MINIMAL}channel: env://\n`).message).toContain('environment variable "" is not set');
});

test.each([
  ['in a URL', `${MINIMAL}stores:\n  eu: oci://bob:hunter2@ghcr.io/app\n`, {}],
  ['in an object', `${MINIMAL}stores:\n  eu: { url: "oci://bob:hunter2@ghcr.io/app" }\n`, {}],
  ['from the environment', `${MINIMAL}stores:\n  eu: env://EU\n`, { EU: 'oci://bob:hunter2@ghcr.io/app' }],
  [
    'from the environment, of no known form',
    `${MINIMAL}stores:\n  eu: env://EU\nchannel: env://EU\nproject: env://EU\nprimary: env://EU\n`,
    { EU: 'hunter2 hunter2' },
  ],
  ['beside another mistake', `${MINIMAL}stores: { eu: "oci://bob:hunter2@ghcr.io/app", eu: a }\n`, {}],
  ['in broken YAML', `${MINIMAL}stores: { eu: "oci://bob:hunter2@ghcr.io/app", [ }\n`, {}],
])('a secret %s is never echoed, not even in a cause', (_, text, env) => {
  const error = errorOf(text, env);
  expect(error.code).toBe('CONFIG');
  expect(`${error.message} ${error.hint} ${inspect(error, { depth: 10, showHidden: true })}`).not.toContain('hunter2');
});
