import { expect, test } from 'vitest';
import type { BucketOptions } from '../../src/wire/s3-client.ts';
import { type BucketFacts, bucketFacts } from '../../src/wire/s3-facts.ts';
import { FAKE_CREDENTIALS, type FakeBucket } from '../fakes/bucket.ts';
import { canned, failureOf, fakeBuckets } from '../fakes/bucket-client.ts';

const start = fakeBuckets();

function facts({ endpoint, env }: FakeBucket, options: Partial<BucketOptions> = {}): Promise<BucketFacts> {
  const meter = { reads: 0, writes: 0 };
  return bucketFacts({ bucket: 'fleet', prefix: 'gitops/', endpoint, env, meter, attempts: 1, ...options });
}

const NOTHING = {
  exists: true,
  region: '',
  mayList: true,
  versioning: 'off',
  objectLock: 'off',
  encryption: { algorithm: 'none' },
  clockSeconds: expect.any(Number),
};

test('a bucket with nothing set up is told as such, with five reads and no write', async () => {
  const fake = await start();
  const meter = { reads: 0, writes: 0 };
  expect(await facts(fake, { meter })).toEqual(NOTHING);
  expect(meter).toEqual({ reads: 5, writes: 0 });
});

test('a bucket with everything set up is told as such', async () => {
  const key = 'arn:aws:kms:eu-west-3:012345678901:key/0a';
  const fake = await start({
    setup: {
      region: 'eu-west-3',
      versioning: 'Enabled',
      lock: { mode: 'GOVERNANCE', days: 30 },
      encryption: { algorithm: 'aws:kms', key },
    },
  });
  expect(await facts(fake)).toEqual({
    ...NOTHING,
    region: 'eu-west-3',
    versioning: 'on',
    objectLock: { mode: 'governance', days: 30 },
    encryption: { algorithm: 'aws:kms', key },
  });
});

test('a suspended bucket, and a retention in years', async () => {
  const lock = { mode: 'COMPLIANCE', years: 2 } as const;
  const fake = await start({ setup: { versioning: 'Suspended', lock, encryption: { algorithm: 'AES256' } } });
  expect(await facts(fake)).toMatchObject({
    versioning: 'suspended',
    objectLock: { mode: 'compliance', days: 730 },
    encryption: { algorithm: 'AES256' },
  });
});

test('a missing bucket is told, and what is unknown for that reason', async () => {
  expect(await facts(await start(), { bucket: 'absent' })).toMatchObject({
    exists: false,
    region: { unknown: 'There is no such bucket' },
    mayList: { unknown: expect.stringMatching(/^Cannot read the list of bucket "absent": 404 NoSuchBucket/) },
    versioning: { unknown: expect.stringContaining('NoSuchBucket') },
    objectLock: { unknown: expect.stringContaining('NoSuchBucket') },
    encryption: { unknown: expect.stringContaining('NoSuchBucket') },
    clockSeconds: expect.any(Number),
  });
});

test('what these credentials may not ask is unknown, and the rest is told all the same', async () => {
  const fake = await start({ setup: { mayAskSetup: false, versioning: 'Enabled' } });
  expect(await facts(fake)).toMatchObject({
    exists: true,
    mayList: true,
    versioning: {
      unknown: 'Cannot read the versioning of bucket "fleet": 403 AccessDenied: The fake says AccessDenied',
    },
    objectLock: { unknown: expect.stringMatching(/^Cannot read Object Lock of bucket "fleet": 403/) },
    encryption: { unknown: expect.stringMatching(/^Cannot read the encryption of bucket "fleet": 403/) },
  });
});

test('without s3:ListBucket the bucket is there where its region is told, and may not be listed', async () => {
  const fake = await start({ setup: { mayList: false, region: 'eu-west-3' } });
  expect(await facts(fake)).toMatchObject({ exists: true, region: 'eu-west-3', mayList: false, versioning: 'off' });
  const silent = await start({ setup: { mayList: false } });
  const { exists, region, mayList } = await facts(silent);
  expect([exists, region]).toEqual(Array(2).fill({ unknown: expect.stringContaining('403') }));
  expect(mayList).toBe(false);
});

test('a bucket in another region is told with it', async () => {
  const fake = await start({
    onRequest: ({ method, path }) =>
      method === 'HEAD' || path.includes('list-type')
        ? canned(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-west-3' })
        : 'serve',
  });
  expect(await facts(fake)).toMatchObject({
    exists: true,
    region: 'eu-west-3',
    mayList: { unknown: expect.stringContaining('301') },
  });
});

test.each([-86_400, 0, 3_600])("the store's clock may be %i seconds from ours", async (seconds) => {
  const fake = await start({ now: () => Date.now() + seconds * 1000, setup: { checksClock: true } });
  const { clockSeconds, versioning } = await facts(fake, { attempts: 3 });
  expect(versioning).toBe('off');
  expect(Math.abs(Number(clockSeconds) - seconds)).toBeLessThanOrEqual(2);
});

test('a store that nobody reaches, and one that knows no such question, are told without a secret', async () => {
  const fake = await start({ onRequest: ({ method }) => (method === 'GET' ? canned(501, 'NotImplemented') : 'serve') });
  expect(await facts(fake)).toMatchObject({ exists: true, versioning: { unknown: expect.stringContaining('501') } });
  await fake.stop();
  const text = JSON.stringify(await facts(fake));
  expect(text).toContain('ECONNREFUSED');
  expect(text).not.toContain(FAKE_CREDENTIALS.secretKey);
  expect(JSON.parse(text)).toMatchObject({ clockSeconds: { unknown: 'No answer of the store had a date' } });
});

test('an abort is INTERRUPTED', async () => {
  const abort = new AbortController();
  const fake = await start({
    onRequest: () => {
      abort.abort();
      return undefined;
    },
  });
  expect(await failureOf(facts(fake, { signal: abort.signal }))).toMatchObject({ code: 'INTERRUPTED' });
});
