import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { FakeBucket } from '../fakes/bucket.ts';
import { connect, failureOf, fakeBuckets } from '../fakes/bucket-client.ts';
import { type FakeSts, type FakeStsOptions, startFakeSts } from '../fakes/sts.ts';

const YAML = { contentType: 'application/yaml' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const start = fakeBuckets();
const ROLE = 'arn:aws:iam::012345678901:role/ci';
const IDENTITY = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOmFjbWUvd2ViIn0.c2lnbmF0dXJl';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-s3-'));
  // What this machine has of its own must not count, and nothing may go to the network.
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_REGION']) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A store that takes the sessions of an STS, both on loopback. */
async function withSts(options: FakeStsOptions): Promise<{ readonly sts: FakeSts; readonly fake: FakeBucket }> {
  const sts = await startFakeSts(options);
  onTestFinished(sts.stop);
  vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.endpoint);
  return { sts, fake: await start({ sessions: () => sts.sessions }) };
}

/** What a CI job with an identity token has in its environment. */
async function webIdentity(token = IDENTITY): Promise<void> {
  const file = join(folder, 'token');
  await writeFile(file, token);
  vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', file);
  vi.stubEnv('AWS_ROLE_ARN', ROLE);
}

describe('the AWS chain', () => {
  test('exchanges the identity token of a CI job for a session, once for many requests', async () => {
    const { sts, fake } = await withSts({ trusts: { token: IDENTITY } });
    await webIdentity();
    const objects = connect(fake, { env: {} });
    await Promise.all(['a', 'b', 'c'].map((key) => objects.put(key, bytes(key), YAML)));
    expect([...fake.objects.keys()].sort()).toEqual(['gitops/a', 'gitops/b', 'gitops/c']);
    expect(sts.actions).toEqual(['AssumeRoleWithWebIdentity']);
    expect(fake.requests[0]?.headers['x-amz-security-token']).toBe(sts.sessions[0]?.sessionToken);
  });

  test('takes on the role of a profile with the keys of another one', async () => {
    const { sts, fake } = await withSts({ trusts: { accessKey: 'AKIABASE' } });
    await writeFile(
      join(folder, 'config'),
      `[profile fleet]\nrole_arn = ${ROLE}\nsource_profile = base\nregion = eu-west-3\n`,
    );
    await writeFile(join(folder, 'credentials'), '[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = b\n');
    expect((await connect(fake, { profile: 'fleet', env: {} }).put('a', bytes('x'), YAML)).outcome).toBe('created');
    expect(sts.actions).toEqual(['AssumeRole']);
    expect(fake.requests[0]?.headers.authorization).toContain('Credential=ASIA0/');
  });

  test('reads a session of the environment with its token', async () => {
    const session = { accessKey: 'ASIASTATIC', secretKey: 'canary', sessionToken: 'canary-token' };
    const fake = await start({ sessions: () => [session] });
    const env = { AWS_ACCESS_KEY_ID: 'ASIASTATIC', AWS_SECRET_ACCESS_KEY: 'canary', AWS_SESSION_TOKEN: 'canary-token' };
    expect((await connect(fake, { env }).put('a', bytes('x'), YAML)).outcome).toBe('created');
    const { AWS_SESSION_TOKEN: _, ...without } = env;
    const error = await failureOf(connect(fake, { env: without }).get('a'));
    expect(error).toMatchObject({ code: 'AUTH', hint: expect.stringContaining('AWS_SESSION_TOKEN') });
  });
});

describe('a session that ends in the middle of a run', () => {
  test('is renewed once, however many requests meet its end, and the requests are repeated', async () => {
    const { sts, fake } = await withSts({ trusts: { token: IDENTITY } });
    await webIdentity();
    const objects = connect(fake, { env: {} });
    await objects.put('before', bytes('x'), YAML);
    for (const session of sts.sessions) session.expired = true;
    const keys = Array.from({ length: 16 }, (_, index) => `after-${index}`);
    await Promise.all(keys.map((key) => objects.put(key, bytes(key), { ...YAML, create: true })));
    expect(fake.objects.size).toBe(17);
    expect(sts.actions).toHaveLength(2);
    expect(fake.requests.at(-1)?.headers['x-amz-security-token']).toBe(sts.sessions[1]?.sessionToken);
  });

  test('is renewed for reads, listings and deletions too, and again when the next one ends', async () => {
    const { sts, fake } = await withSts({ trusts: { token: IDENTITY } });
    await webIdentity();
    const objects = connect(fake, { env: {} });
    await objects.put('a', bytes('x'), YAML);
    const work = [() => objects.get('a'), () => objects.list(''), () => objects.delete('a'), () => objects.list('')];
    for (const [round, each] of work.entries()) {
      for (const session of sts.sessions) session.expired = true;
      await each();
      expect(sts.actions).toHaveLength(round + 2);
    }
  });

  test('is AUTH when the new one is refused as well, after one renewal', async () => {
    const { sts, fake } = await withSts({ trusts: { token: IDENTITY } });
    await webIdentity();
    const objects = connect(fake, { env: {} });
    await objects.put('a', bytes('x'), YAML);
    sts.sessions.push = (...sessions) =>
      Array.prototype.push.apply(
        sts.sessions,
        sessions.map((s) => ({ ...s, expired: true })),
      );
    for (const session of sts.sessions) session.expired = true;
    const error = await failureOf(objects.get('a'));
    expect(error).toMatchObject({
      code: 'AUTH',
      message: 'Cannot read "gitops/a" from bucket "fleet": 400 ExpiredToken: The fake says ExpiredToken',
      hint: 'the session is over: get new credentials, or use a role (CI OIDC), whose session is renewed by itself',
    });
    expect(sts.actions).toHaveLength(2);
  });

  test('is AUTH at once with keys that nobody renews, and shows no token', async () => {
    const session = { accessKey: 'ASIASTATIC', secretKey: 'canary', sessionToken: 'canary-token', expired: true };
    const fake = await start({ sessions: () => [session] });
    const env = { AWS_ACCESS_KEY_ID: 'ASIASTATIC', AWS_SECRET_ACCESS_KEY: 'canary', AWS_SESSION_TOKEN: 'canary-token' };
    const error = await failureOf(connect(fake, { env }).get('a'));
    expect(error).toMatchObject({
      code: 'AUTH',
      hint: expect.stringMatching(/^the session is over: get new credentials/),
    });
    expect(inspect(error, { depth: null })).not.toContain('canary');
    expect(fake.requests).toHaveLength(1);
  });

  test('with an identity token that is over too is AUTH, and no token is shown', async () => {
    const { sts, fake } = await withSts({
      trusts: { token: IDENTITY },
      fault: (index) => {
        if (index === 0) return undefined;
        return { status: 400, code: 'ExpiredTokenException', message: `Token expired: ${IDENTITY} of ${ROLE}` };
      },
    });
    await webIdentity();
    const objects = connect(fake, { env: {} });
    await objects.put('a', bytes('x'), YAML);
    for (const session of sts.sessions) session.expired = true;
    const error = await failureOf(objects.get('a'));
    expect(error).toMatchObject({
      code: 'AUTH',
      hint: expect.stringContaining('identity token of this CI job is over'),
    });
    expect(error.message).toContain(`Token expired: *** of ${ROLE}`);
    expect(inspect(error, { depth: null })).not.toMatch(/eyJ|secret 0/);
  });
});

describe('the clock of this machine', () => {
  const day = 24 * 3_600_000;

  test.each([
    ['ahead', -day],
    ['behind', day],
  ])('may be a day %s: the first request is repeated with the time of the store', async (_, ahead) => {
    const fake = await start({ setup: { checksClock: true }, now: () => Date.now() + ahead });
    const objects = connect(fake);
    expect((await objects.put('a', bytes('x'), { ...YAML, create: true })).outcome).toBe('created');
    expect((await objects.get('a'))?.bytes).toHaveLength(1);
    expect(await objects.replace('a', bytes('y'), (await objects.get('a'))?.etag ?? '', YAML)).toBe('replaced');
    await objects.delete('a');
    expect((await objects.list('')).objects).toEqual([]);
    expect(fake.requests.map(({ status }) => status)).toEqual([403, 200, 200, 200, 200, 204, 200]);
  });

  test('is named when the store refuses it all the same', async () => {
    let now = 0;
    // Whatever time it says, it means another one.
    const fake = await start({ setup: { checksClock: true }, now: () => (now += day) });
    const error = await failureOf(connect(fake, { attempts: 3 }).get('a'));
    expect(error).toMatchObject({ code: 'AUTH', hint: 'set the clock of this machine' });
  });
});
