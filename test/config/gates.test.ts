import { expect, test } from 'vitest';
import { gatesOf } from '../../src/config/gates-settings.ts';
import { type Config, readConfig } from '../../src/config/read.ts';
import { resolvePublish } from '../../src/config/resolve.ts';
import { resolveControl } from '../../src/config/resolve-control.ts';
import { SlipwayError } from '../../src/errors.ts';
import { tree } from './tree.ts';

const HEAD = 'version: 1\nartifacts:\n  - path: deploy\n';
const read = (text: string): Config => readConfig(`${HEAD}${text}`, 'slipway.yaml', { dir: '/repo', env: {} });

function errorOf(text: string): SlipwayError {
  try {
    read(text);
  } catch (thrown) {
    if (thrown instanceof SlipwayError) return thrown;
    throw thrown;
  }
  throw new Error('the config was accepted');
}

test('gates are read as they stand, and references to variables stay references', () => {
  const text = `gates:
  - { name: calendar, run: [sh, ci/calendar.sh], env: { MODE: strict, TOKEN: "env://NOT_SET" }, timeout: 30s }
  - { name: change, url: "https://change.example.com/ask?team=a", token: "env://NOT_SET", timeout: 2h }
  - { name: here, url: "http://127.0.0.1:8080/" }
`;
  expect(read(text).gates).toEqual([
    {
      ...{ name: 'calendar', timeoutSeconds: 30 },
      whom: {
        ...{ kind: 'run', run: ['sh', 'ci/calendar.sh'], root: '/repo' },
        env: { MODE: { text: 'strict' }, TOKEN: { variable: 'NOT_SET' } },
      },
    },
    {
      ...{ name: 'change', timeoutSeconds: 7200 },
      whom: { kind: 'url', url: new URL('https://change.example.com/ask?team=a'), token: 'NOT_SET' },
    },
    { name: 'here', timeoutSeconds: 300, whom: { kind: 'url', url: new URL('http://127.0.0.1:8080/') } },
  ]);
});

test('gates of a channel replace those of the config, also with none', () => {
  const text = `gates: [{ name: all, run: [a] }]
channels: { prod: { gates: [{ name: own, run: [b] }] }, lab: { gates: [] }, staging: {} }
`;
  const names = (channel?: string): readonly string[] => gatesOf(read(text), channel).map(({ name }) => name);
  expect([names('prod'), names('lab'), names('staging'), names('other'), names()]).toEqual([
    ['own'],
    [],
    ['all'],
    ['all'],
    ['all'],
  ]);
  expect(gatesOf(undefined, 'prod')).toEqual([]);
});

test('every command that records a release gets them, and a path beside the config too', async () => {
  const dir = await tree({
    'slipway.yaml': `${HEAD}channel: prod\ngates: [{ name: all, run: [a] }]\nchannels: { lab: { gates: [] } }\n`,
    'deploy/a.yaml': 'kind: A\n',
  });
  const context = { cwd: dir, env: {} };
  expect((await resolvePublish({}, context)).gates).toMatchObject([{ name: 'all', whom: { root: dir } }]);
  expect((await resolvePublish({ channel: 'lab' }, context)).gates).toEqual([]);
  expect((await resolvePublish({ path: 'deploy', to: ['file:out/x:prod'] }, context)).gates).toHaveLength(1);
  expect((await resolveControl('roll back', { channel: 'prod' }, context)).gates).toHaveLength(1);
});

const SECRET = 'canary-of-a-token';

test.each([
  ['{ name: a }', '{ name: a }', 'nothing says whom to ask'],
  ['{ name: a, run: [x], url: "https://a.example.com" }', 'url:', '"url" cannot stand beside "run"'],
  ['{ name: a, run: [x], token: "env://A" }', 'token:', '"token" needs "url" beside it'],
  ['{ name: a, url: "https://a.example.com", env: { A: b } }', 'env:', '"env" needs "run" beside it'],
  ['{ name: a, run: [] }', '[]', 'expected at least the program, found a list'],
  ['{ name: A b, run: [x] }', 'A b', 'expected a name of lower-case letters, digits and single hyphens'],
  ['{ name: a, run: [x], timeout: 5 }', '5 }', 'expected a time such as 5m, found a number'],
  ['{ name: a, run: [x], timeout: 5d }', '5d', 'expected a time such as 30s, 5m or 2h'],
  ['{ name: a, run: [x], timeout: 25h }', '25h', 'expected at most 24h'],
  ['{ name: a, run: [x] }, { name: a, run: [y] }', 'a, run: [y]', 'another gate is called "a"'],
  ['{ name: a, url: "http://a.example.com" }', 'http:', 'a gate is asked over https, or over http on loopback'],
  ['{ name: a, url: "ftp://a.example.com" }', 'ftp', 'a gate is asked over https, or over http on loopback'],
  ['{ name: a, url: "nowhere" }', 'nowhere', 'this is not a URL'],
  [`{ name: a, url: "https://u:${SECRET}@a.example.com" }`, 'https', 'a URL holds no user and no password'],
  [`{ name: a, url: "https://a.example.com", token: ${SECRET} }`, SECRET, 'a token does not belong here'],
  ['{ name: a, run: [x], env: { "A-B": c } }', 'A-B', '"A-B" is not the name of a variable'],
  [
    `{ name: a, run: [x], env: { A: "env://${SECRET}" } }`,
    'env://',
    'env:// is not followed by the name of a variable',
  ],
  ['{ name: a, runs: [x] }', 'runs', 'unknown key "runs" (did you mean "run")'],
])('gates: [%s] is refused', (gate, at, said) => {
  const text = `gates: [${gate}]`;
  const place = `slipway.yaml:4:${text.lastIndexOf(at) + 1}`;
  const { code, message, hint } = errorOf(`${text}\n`);
  expect([code, message.includes(`${place}: ${said}`)], message).toEqual(['CONFIG', true]);
  expect(`${message} ${hint}`).not.toContain(SECRET);
  expect(errorOf(`channels: { prod: { gates: [${gate}] } }\n`).message).toContain(said);
});
