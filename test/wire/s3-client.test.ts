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

describe('credentials and region', () => {
  test('no credentials anywhere is AUTH with what to set', async () => {
    // A profile that does not exist keeps the chain away from this machine's own credentials and from the network.
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_CONFIG_FILE', '/no/such/config');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/no/such/credentials');
    const fake = await start();
    const error = await failureOf(connect(fake, { profile: 'absent' }).get('a'));
    expect(error).toMatchObject({ code: 'AUTH', hint: expect.stringContaining('AWS_ACCESS_KEY_ID') });
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
    const open = (options: Partial<BucketOptions>): Objects =>
      openBucket({ bucket: 'fleet', prefix: '', env: {}, meter: { reads: 0, writes: 0 }, ...options });
    expect(() => open({})).toThrow(
      expect.objectContaining({ code: 'CONFIG', hint: expect.stringContaining('AWS_REGION') }),
    );
    for (const env of [{ AWS_REGION: 'eu-west-3' }, { AWS_DEFAULT_REGION: 'eu-west-3' }]) open({ env });
    open({ region: 'eu-west-3' });
    open({ endpoint: 'http://127.0.0.1:9' });
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
