import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BucketOptions } from '../../src/wire/s3.ts';
import { openBucket } from '../../src/wire/s3.ts';
import { bucketFacts } from '../../src/wire/s3-facts.ts';
import { failureOf } from '../fakes/bucket-client.ts';
import { type Bucket, startBucket } from './bucket.ts';

const optionsOf = ({ minio, env }: Bucket, bucket: string): BucketOptions => {
  return { bucket, prefix: 'gitops/', endpoint: minio.endpoint, env, meter: { reads: 0, writes: 0 } };
};

let bucket: Bucket;
beforeAll(async () => {
  bucket = await startBucket();
});
afterAll(() => bucket.stop());

describe('what is read of a bucket on MinIO', () => {
  test('is what its owner set up', async () => {
    expect(await bucketFacts(optionsOf(bucket, bucket.name))).toEqual({
      exists: true,
      region: bucket.minio.region,
      mayList: true,
      versioning: 'off',
      objectLock: 'off',
      encryption: { algorithm: 'none' },
      clockSeconds: expect.toSatisfy((seconds: number) => Math.abs(seconds) <= 1),
    });
    await bucket.aws('s3api', 'create-bucket', '--bucket', 'locked', '--object-lock-enabled-for-bucket');
    const rule = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 7 } } };
    const configuration = ['--object-lock-configuration', JSON.stringify(rule)];
    await bucket.aws('s3api', 'put-object-lock-configuration', '--bucket', 'locked', ...configuration);
    expect(await bucketFacts(optionsOf(bucket, 'locked'))).toMatchObject({
      versioning: 'on',
      objectLock: { mode: 'governance', days: 7 },
    });
    expect(await bucketFacts(optionsOf(bucket, 'absent'))).toMatchObject({ exists: false });
  });
});

describe('a bucket with Object Lock on MinIO', () => {
  test('takes writes and replacements, and lets a deletion hide the object', async () => {
    await bucket.aws('s3api', 'create-bucket', '--bucket', 'compliant', '--object-lock-enabled-for-bucket');
    const rule = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 1 } } };
    const configuration = ['--object-lock-configuration', JSON.stringify(rule)];
    await bucket.aws('s3api', 'put-object-lock-configuration', '--bucket', 'compliant', ...configuration);
    const objects = openBucket(optionsOf(bucket, 'compliant'));
    const type = { contentType: 'text/plain' };
    expect((await objects.put('a', Buffer.from('x'), { ...type, create: true })).outcome).toBe('created');
    expect((await objects.put('a', Buffer.from('y'), { ...type, create: true })).outcome).toBe('exists');
    expect(await objects.replace('a', Buffer.from('z'), (await objects.get('a'))?.etag ?? '', type)).toBe('replaced');
    await objects.delete('a');
    expect(await objects.get('a')).toBeUndefined();
    expect((await objects.list('')).objects).toEqual([]);
  });

  test('encryption that the server has no key for is told as such', async () => {
    const objects = openBucket({ ...optionsOf(bucket, bucket.name), sse: 'aws:kms', kmsKey: 'fleet', attempts: 1 });
    expect(await failureOf(objects.put('a', Buffer.from('x'), { contentType: 'text/plain' }))).toMatchObject({
      code: 'STORE',
      hint: 'check the store parameters "sse" and "kms-key", and that the key is enabled',
    });
  });
});
