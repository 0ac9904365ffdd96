/** No secret in a message, log, record, proof or artifact: canaries wherever a credential can come from. */
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundle, bundle } from '../cli/bundle.ts';
import { clusters, type Fleet, fleet, type Outcome, shipped } from './fleet.ts';
import type { Contents } from './stage.ts';

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

const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** A secret as it is, and as it travels. */
const forms = (secret: string): readonly string[] => [secret, base64(secret), encodeURIComponent(secret)];
const SECRETS = [...[DOCKER, AWS, SESSION, REMOTE, STORE].flatMap(forms), base64(`ci:${DOCKER}`)];

/** Everything in the stores as text: keys, tags, bytes as they are, and unpacked. */
function everythingIn({ repositories, objects }: Contents): string {
  const unpacked = (bytes: Uint8Array): string =>
    bytes[0] === 0x1f && bytes[1] === 0x8b
      ? gunzipSync(bytes).toString('latin1')
      : Buffer.from(bytes).toString('latin1');
  const inRegistry = [...repositories].flatMap(([name, { blobs, manifests, tags }]) => [
    name,
    ...tags.keys(),
    ...[...blobs.values()].map(unpacked),
    ...[...manifests.values()].map(({ bytes }) => unpacked(bytes)),
  ]);
  const inBucket = [...objects].flatMap(([key, { bytes, metadata }]) => [
    key,
    JSON.stringify(metadata),
    unpacked(bytes),
  ]);
  return [...inRegistry, ...inBucket].join('\n');
}

/** Which secrets can be found in what a run said and left. */
function leaks(by: Fleet, { stdout, stderr }: Outcome, more: Iterable<string> = []): readonly string[] {
  const text = [stdout, stderr, everythingIn(by.stage.live)].join('\n');
  return [...SECRETS, ...more].filter((secret) => text.includes(secret));
}

const login = (by: Fleet): Record<string, string> => ({
  DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [by.stage.registry.host]: { auth: base64(`ci:${DOCKER}`) } } }),
});

/** How runs are told to speak: each way shows other things. */
const WAYS = [[], ['--verbose'], ['--output', 'json', '--verbose']];

test('a publish that goes well shows and stores no credential', async () => {
  const credentials = { accessKey: 'AKIACANARY', secretKey: AWS };
  const by = await fleet(shipped(built), {
    stage: { bucket: { credentials }, registry: { auth: { kind: 'basic', username: 'ci', password: DOCKER } } },
  });
  await by.tree.git('remote', 'add', 'origin', `https://ci:${REMOTE}@git.example.com/team/one.git`);
  const env = { ...login(by), AWS_SESSION_TOKEN: SESSION };
  for (const way of WAYS) {
    await by.tree.commit(clusters(`two ${way.length}`));
    const ended = await by.run(['publish', '--version', `1.0.${way.length}`, ...way], { env });
    expect(ended.code).toBe(0);
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
    const by = await fleet(shipped(built), { stage: { registry: { auth } } });
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
  const by = await fleet(shipped(built));
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
  const by = await fleet(shipped(built));
  for (const way of WAYS) {
    const inConfig = await by.run(['publish', ...way], { env: { EU: url } });
    const given = await by.run(['publish', 'clusters/north', '--to', url.replace('/{artifact}', '/north'), ...way]);
    for (const ended of [inConfig, given]) {
      expect(ended.code).toBe(2);
      expect(leaks(by, ended)).toEqual([]);
    }
  }
  expect(by.held()).toEqual([]);
});

test('a broken Docker config is not quoted', async () => {
  const by = await fleet(shipped(built), {
    stage: { registry: { auth: { kind: 'basic', username: 'ci', password: DOCKER } } },
  });
  for (const text of [`{"auths": ${DOCKER}`, JSON.stringify({ auths: { x: { auth: [DOCKER] } } })]) {
    const ended = await by.run(['publish', '--verbose'], { env: { DOCKER_AUTH_CONFIG: text } });
    expect(ended.code).toBe(2);
    expect(leaks(by, ended)).toEqual([]);
  }
});
