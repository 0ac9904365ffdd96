import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Objects } from '../../src/ship/ports.ts';
import { type BucketOptions, openBucket } from '../../src/wire/s3.ts';
import { connect, failureOf, fakeBuckets } from '../fakes/bucket-client.ts';
import { selfSigned } from '../fakes/certificate.ts';

const YAML = { contentType: 'application/yaml' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const start = fakeBuckets();

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-s3-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('TLS', () => {
  test('an unknown authority is TLS, and its certificate in "ca" makes the store reachable', async () => {
    const tls = selfSigned();
    const fake = await start({ tls });
    const error = await failureOf(connect(fake).get('a'));
    expect(error).toMatchObject({ code: 'TLS', hint: expect.stringContaining('"ca"') });
    const ca = join(folder, 'ca.pem');
    await writeFile(ca, tls.cert);
    expect((await connect(fake, { ca }).put('a', bytes('x'), YAML)).outcome).toBe('created');
  });

  test('a plain server behind an https endpoint is TLS', async () => {
    const fake = await start();
    const objects = connect(fake, { endpoint: fake.endpoint.replace('http:', 'https:') });
    expect(await failureOf(objects.get('a'))).toMatchObject({ code: 'TLS' });
  });

  test('an unreadable "ca" is CONFIG', async () => {
    const fake = await start();
    expect(() => connect(fake, { ca: '/no/such/file.pem' })).toThrow(
      expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining('/no/such/file.pem') }),
    );
  });
});

/** Nothing of what this machine has of its own. */
function noProfiles(): void {
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'absent'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'absent'));
  const names = ['ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'SESSION_TOKEN', 'PROFILE', 'REGION', 'DEFAULT_REGION'];
  for (const name of names) vi.stubEnv(`AWS_${name}`, undefined);
}

describe('a named profile', () => {
  const cases = [
    {
      title: 'that is in no file',
      config: '[profile other]\nregion = eu-west-3\n',
      state: 'profile "ci" is not in the AWS config and credentials files, or says nothing of credentials',
      hint: 'add credentials to profile "ci", or name another one with the store parameter "profile" or AWS_PROFILE',
    },
    {
      title: 'whose source is in no file',
      config: '[profile ci]\nrole_arn = arn:aws:iam::012345678901:role/ci\nsource_profile = base\n',
      state: 'profile "base" is not in the AWS config and credentials files, or says nothing of credentials',
      hint: 'add credentials to profile "base", or name another one with the store parameter "profile" or AWS_PROFILE',
    },
    {
      title: 'whose program fails',
      config: '[profile ci]\ncredential_process = sh -c "echo canary; echo canary >&2; exit 7"\n',
      state: 'the credential_process of profile "ci" failed',
      hint: 'run that program by itself: what it writes is not shown here',
    },
    {
      title: 'whose program answers nonsense',
      config: '[profile ci]\ncredential_process = echo canary\n',
      state: 'the credential_process of profile "ci" answered no valid credentials',
      hint: 'run that program by itself: it has to write JSON with Version 1, AccessKeyId and SecretAccessKey',
    },
  ];
  test.each(cases)('$title is told, and nothing that a program wrote', async ({ config, state, hint }) => {
    noProfiles();
    const file = join(folder, 'config');
    await writeFile(file, config);
    vi.stubEnv('AWS_CONFIG_FILE', file);
    const fake = await start();
    for (const options of [{ profile: 'ci', env: {} }, { env: { AWS_PROFILE: 'ci' } }]) {
      const error = await failureOf(connect(fake, options).get('a'));
      expect(error).toMatchObject({
        code: 'AUTH',
        message: `Cannot read "gitops/a" from bucket "fleet": ${state}`,
        hint,
      });
      expect(inspect(error, { depth: null })).not.toContain('canary');
    }
    expect(fake.requests).toHaveLength(0);
  });
});

describe('credentials and region', () => {
  test('no credentials anywhere is AUTH with what to set', async () => {
    // Nothing of this machine's own, and nothing from the network.
    noProfiles();
    const fake = await start();
    const error = await failureOf(connect(fake, { env: {} }).get('a'));
    expect(error).toMatchObject({
      code: 'AUTH',
      hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role (CI OIDC)',
    });
    expect(fake.requests).toHaveLength(0);
  });

  test('a role that does not trust the CI identity is AUTH, and its token is not shown', async () => {
    const body =
      '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>';
    const sts = await start({ onRequest: () => ({ status: 403, headers: { 'content-type': 'text/xml' }, body }) });
    const token = join(folder, 'token');
    await writeFile(token, 'canary-token');
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'absent'));
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'absent'));
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', token);
    vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::123456789012:role/ci');
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.endpoint);
    const fake = await start();
    const error = await failureOf(connect(fake, { env: {} }).get('a'));
    expect(error).toMatchObject({ code: 'AUTH', hint: expect.stringContaining('trust policy') });
    expect(inspect(error, { depth: null })).not.toContain('canary');
    expect(sts.requests).not.toHaveLength(0);
    expect(fake.requests).toHaveLength(0);
  });

  test('a profile without a region is CONFIG on first use', async () => {
    const file = join(folder, 'credentials');
    await writeFile(file, '[ci]\naws_access_key_id = a\naws_secret_access_key = b\n');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'absent'));
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) vi.stubEnv(name, undefined);
    const objects = openBucket({ bucket: 'fleet', prefix: '', profile: 'ci', env: {}, meter: { reads: 0, writes: 0 } });
    expect(await failureOf(objects.get('a'))).toMatchObject({
      code: 'CONFIG',
      hint: expect.stringContaining('AWS_REGION'),
    });
  });

  test('a profile is read from the credentials file and wins over the key pair', async () => {
    const fake = await start();
    const file = join(folder, 'credentials');
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = fake.env;
    await writeFile(
      file,
      `[ci]\naws_access_key_id = ${AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}\n`,
    );
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
    const env = { AWS_ACCESS_KEY_ID: 'AKIAWRONG', AWS_SECRET_ACCESS_KEY: 'wrong' };
    expect((await connect(fake, { profile: 'ci', env }).put('a', bytes('x'), YAML)).outcome).toBe('created');
  });

  test('without region and endpoint opening is CONFIG, with either it is not', () => {
    const absent = { AWS_CONFIG_FILE: join(folder, 'absent'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'absent') };
    const open = ({ env, ...options }: Partial<BucketOptions>): Objects =>
      openBucket({
        bucket: 'fleet',
        prefix: '',
        meter: { reads: 0, writes: 0 },
        ...options,
        env: { ...absent, ...env },
      });
    const unknown = {
      code: 'CONFIG',
      message: 'Cannot open bucket "fleet": its region is not known',
      hint: 'add region=… to the store URL, or set AWS_REGION',
    };
    expect(() => open({})).toThrow(expect.objectContaining(unknown));
    // CI systems pass what is not set as empty.
    const empty = {
      AWS_REGION: '',
      AWS_DEFAULT_REGION: '',
      AWS_PROFILE: '',
      AWS_ENDPOINT_URL_S3: '',
      AWS_ENDPOINT_URL: '',
    };
    expect(() => open({ env: empty })).toThrow(expect.objectContaining(unknown));
    for (const env of [{ AWS_REGION: 'eu-west-3' }, { AWS_DEFAULT_REGION: 'eu-west-3' }]) open({ env });
    open({ env: { ...empty, AWS_DEFAULT_REGION: 'eu-west-3' } });
    open({ region: 'eu-west-3' });
    open({ endpoint: 'http://127.0.0.1:9' });
  });

  test('the region may be that of the profile "default", and without one the first request is CONFIG', async () => {
    noProfiles();
    const fake = await start();
    const open = async (config: string): Promise<Objects> => {
      const file = join(folder, `config-${config.length}`);
      await writeFile(file, config);
      vi.stubEnv('AWS_CONFIG_FILE', file);
      const env = { ...fake.env, AWS_CONFIG_FILE: file };
      return openBucket({ bucket: 'fleet', prefix: '', env, meter: { reads: 0, writes: 0 } });
    };
    // What the SDK reads by itself names the endpoint too, so that nothing goes to the network.
    const objects = await open(`[default]\nregion = eu-west-3\nendpoint_url = ${fake.endpoint}\n`);
    expect(await objects.get('a')).toBeUndefined();
    expect(fake.requests[0]?.headers.authorization?.split('/')[2]).toBe('eu-west-3');
    expect(await failureOf((await open('[default]\noutput = json\n')).get('a'))).toMatchObject({
      code: 'CONFIG',
      message: 'Cannot read "a" from bucket "fleet": Region is missing',
      hint: 'add region=… to the store URL, or set AWS_REGION',
    });
  });

  test('requests are signed for the region of the options, of the environment, or us-east-1', async () => {
    const fake = await start();
    await connect(fake, { region: 'eu-west-3', env: { ...fake.env, AWS_REGION: 'eu-west-1' } }).get('a');
    await connect(fake, { env: { ...fake.env, AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' } }).get('a');
    await connect(fake).get('a');
    const regions = fake.requests.map(({ headers }) => headers.authorization?.split('/')[2]);
    expect(regions).toEqual(['eu-west-3', 'eu-west-1', 'us-east-1']);
  });

  test('the endpoint may come from the environment', async () => {
    const fake = await start();
    const env = { ...fake.env, AWS_ENDPOINT_URL_S3: fake.endpoint };
    await connect(fake, { env, endpoint: undefined }).put('a', bytes('x'), YAML);
    expect(fake.objects.has('gitops/a')).toBe(true);
  });
});
