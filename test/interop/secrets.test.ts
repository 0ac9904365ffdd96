/** No secret in a message, log, record, proof or artifact: canaries wherever a credential can come from. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundle, bundle } from '../cli/bundle.ts';
import { base64, everythingIn, formsOf, leaksIn, traitsOf, WAYS } from '../flow/canaries.ts';
import { CONFIG, clusters, type Fleet, fleet, type Outcome, shipped, slipway } from '../flow/fleet.ts';
import { pair } from '../flow/verify-fleet.ts';

let built: Bundle;
beforeAll(async () => {
  built = await bundle();
});
afterAll(() => built.remove());

const DOCKER = 'canary-docker-password';
const AWS = 'canary+aws/secret=key';
const SESSION = 'canary-aws-session-token';
const REMOTE = 'canary-remote-password';
const STORE = 'canary-store-password';

const SECRETS = [...[DOCKER, AWS, SESSION, REMOTE, STORE].flatMap(formsOf), base64(`ci:${DOCKER}`)];

/** Which secrets can be found in what a run said and left. */
const leaks = (by: Fleet, ended: Outcome, more: Iterable<string> = []): readonly string[] =>
  leaksIn(by.stage.live, ended, [...SECRETS, ...more]);

const login = (by: Fleet): Record<string, string> => ({
  DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [by.stage.registry.host]: { auth: base64(`ci:${DOCKER}`) } } }),
});

test('a publish that goes well shows and stores no credential', async () => {
  const credentials = { accessKey: 'AKIACANARY', secretKey: AWS, sessionToken: SESSION };
  const by = await fleet(shipped(built), {
    stage: { bucket: { credentials }, registry: { auth: { kind: 'basic', username: 'ci', password: DOCKER } } },
  });
  await by.tree.git('remote', 'add', 'origin', `https://ci:${REMOTE}@git.example.com/team/one.git`);
  const env = { ...login(by), AWS_SESSION_TOKEN: SESSION };
  for (const way of WAYS) {
    await by.tree.commit(clusters(`two ${way.length}`));
    const ended = await by.run(['publish', '--version', `1.0.${way.length}`, ...way], { env });
    expect(ended.code, ended.stderr).toBe(0);
    expect(leaks(by, ended)).toEqual([]);
  }
  expect(everythingIn(by.stage.live)).toContain('https://git.example.com/team/one.git');
  expect(
    by.stage.registry.requests.some(({ headers }) => headers.authorization?.includes(base64(`ci:${DOCKER}`))),
  ).toBe(true);
  expect(by.stage.bucket.requests.some(({ headers }) => headers['x-amz-security-token'] === SESSION)).toBe(true);
});

test.each([
  ['Basic', /^\/v2\//, { kind: 'basic', username: 'ci', password: DOCKER }],
  ['Bearer', /^\/v2\//, { kind: 'bearer', user: { username: 'ci', password: DOCKER } }],
  ['its token service', /^\/token$/, { kind: 'bearer', user: { username: 'ci', password: DOCKER } }],
] as const)(
  'a registry that echoes what it was sent brings no credential into an error: %s',
  async (_, place, auth) => {
    const by = await fleet(slipway, { stage: { registry: { auth } } });
    const { registry } = by.stage;
    const sent = new Set<string>();
    registry.hooks.afterRequest = ({ headers: { authorization }, path }) => {
      if (authorization === undefined) return 'serve';
      const [, value = ''] = authorization.split(' ');
      sent.add(value);
      if (!place.test(path)) return 'serve';
      const message = `you sent ${authorization}, that is ${Buffer.from(value, 'base64').toString('latin1')}`;
      return { status: 403, body: JSON.stringify({ errors: [{ code: 'DENIED', message }] }) };
    };
    for (const way of WAYS) {
      const ended = await by.run(['publish', ...way], { env: login(by) });
      expect(ended.code).toBe(4);
      expect(ended.stdout + ended.stderr).toContain('you sent');
      expect(leaks(by, ended, sent)).toEqual([]);
    }
    expect(sent.size).toBeGreaterThan(0);
  },
);

test('a bucket that echoes the signed request brings no credential into an error', async () => {
  const by = await fleet(slipway);
  const env = { AWS_SECRET_ACCESS_KEY: AWS, AWS_SESSION_TOKEN: SESSION };
  for (const way of WAYS) {
    const ended = await by.run(['publish', ...way], { env });
    expect(ended.code).toBe(4);
    expect(ended.stdout + ended.stderr).toContain('SignatureDoesNotMatch');
    const signatures = by.stage.bucket.requests.flatMap(({ headers }) =>
      /[0-9a-f]{64}$/.exec(headers.authorization ?? ''),
    );
    expect(leaks(by, ended, signatures.map(String))).toEqual([]);
  }
});

test.each([
  ['of a registry', `oci://ci:${STORE}@registry.invalid/fleet/{artifact}`],
  ['of a registry, as a user alone', `oci://${STORE}@registry.invalid/fleet/{artifact}`],
  ['with a slash in it', `oci://ci:${STORE}/x@registry.invalid/fleet/{artifact}`],
  ['of a bucket', `s3://ci:${STORE}@fleet/gitops`],
  ['of an endpoint', `s3://fleet/gitops?endpoint=https://ci:${STORE}@s3.invalid`],
  ['of an unknown scheme', `https://ci:${STORE}@registry.invalid/fleet`],
])('credentials in a URL are refused and not echoed: %s', async (_, url) => {
  const by = await fleet(slipway);
  const before = by.held();
  for (const way of WAYS) {
    const inConfig = await by.run(['publish', ...way], { env: { EU: url } });
    const given = await by.run(['publish', 'clusters/north', '--to', url.replace('/{artifact}', '/north'), ...way]);
    for (const ended of [inConfig, given]) {
      expect(ended.code).toBe(2);
      expect(leaks(by, ended)).toEqual([]);
    }
  }
  expect(by.held()).toEqual(before);
});

test('a broken Docker config is not quoted', async () => {
  const by = await fleet(slipway, {
    stage: { registry: { auth: { kind: 'basic', username: 'ci', password: DOCKER } } },
  });
  for (const text of [`{"auths": ${DOCKER}`, JSON.stringify({ auths: { x: { auth: [DOCKER] } } })]) {
    const ended = await by.run(['publish', '--verbose'], { env: { DOCKER_AUTH_CONFIG: text } });
    expect(ended.code).toBe(2);
    expect(leaks(by, ended)).toEqual([]);
  }
});

/** A fleet that signs by the key in KEY, at a registry that gives out tokens. */
const signing = (): Promise<Fleet> =>
  fleet(shipped(built), {
    files: { 'slipway.yaml': `${CONFIG}sign: { key: env://KEY, legacy: true }\n` },
    stage: { registry: { auth: { kind: 'bearer', user: { username: 'ci', password: DOCKER } } } },
  });

/** Everything that the registry was shown instead of a password. */
const tokensOf = ({ stage }: Fleet): ReadonlySet<string> =>
  new Set(stage.registry.requests.flatMap(({ headers }) => headers.authorization?.split(' ')[1] ?? []));

test('a signed publish shows and stores neither the key nor the tokens of a registry', async () => {
  const by = await signing();
  const { key } = pair();
  for (const way of WAYS.slice(1)) {
    await by.tree.commit(clusters(`two ${way.length}`));
    const ended = await by.run(['publish', ...way], { env: { ...login(by), KEY: key } });
    expect(ended.code, ended.stderr).toBe(0);
    expect(tokensOf(by).size).toBeGreaterThan(2);
    expect(leaks(by, ended, [...tokensOf(by), ...traitsOf(key)])).toEqual([]);
  }
  expect(everythingIn(by.stage.live)).toContain('"predicateType":"https://slsa.dev/provenance/v1"');
});

/** Makes the work with keys break where no error of ours is thrown: caught by the program, or not. */
const BREAKING = {
  caught: "crypto.sign = () => { throw new TypeError('broken within') };",
  uncaught:
    "const { sign } = crypto; crypto.sign = (...all) => { setImmediate(() => { throw new TypeError('broken within') }); return sign(...all) };",
} as const;

test.each([
  ['that is caught', 'caught', 70],
  ['that nobody catches', 'uncaught', 1],
] as const)('a crash %s while it signs shows neither the key nor the tokens of a registry', async (_, how, code) => {
  const by = await signing();
  const { key } = pair();
  await by.tree.write({ '.slipway/break.cjs': `const crypto = require('node:crypto');\n${BREAKING[how]}\n` });
  const env = { ...login(by), KEY: key, NODE_OPTIONS: `--require ${by.tree.dir}/.slipway/break.cjs` };
  const ended = await by.run(['publish', '--output', 'json', '--verbose'], { env });
  expect(ended.code).toBe(code);
  expect(ended.stderr).toContain('broken within');
  expect(tokensOf(by).size).toBeGreaterThan(2);
  expect(leaks(by, ended, [...tokensOf(by), ...traitsOf(key)])).toEqual([]);
});
