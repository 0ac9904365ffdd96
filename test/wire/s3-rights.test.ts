import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Objects } from '../../src/ship/ports.ts';
import { always, canned, connect, failureOf, fakeBuckets } from '../fakes/bucket-client.ts';

const YAML = { contentType: 'application/yaml' };
const ONCE = { ...YAML, create: true };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const start = fakeBuckets();
const SAID = '403 AccessDenied: The fake says AccessDenied';

describe('rights that are missing', () => {
  test('without s3:ListBucket a missing key is DENIED with the reason, and what is there can be read', async () => {
    const fake = await start({ setup: { mayList: false } });
    const objects = connect(fake);
    await objects.put('a', bytes('x'), YAML);
    expect((await objects.get('a'))?.bytes).toHaveLength(1);
    expect(await failureOf(objects.get('b'))).toMatchObject({
      code: 'DENIED',
      message: `Cannot read "gitops/b" from bucket "fleet": ${SAID}`,
      hint: 'allow s3:GetObject on the keys, and s3:ListBucket on the bucket: without it a missing key answers 403 too',
    });
    expect(await failureOf(objects.list('channels/'))).toMatchObject({
      code: 'DENIED',
      message: `Cannot list "gitops/channels/" in bucket "fleet": ${SAID}`,
      hint: 'allow s3:ListBucket on the bucket itself, without the "/*" that stands for its keys',
    });
  });

  test('with credentials that may only read, writes and deletions are DENIED', async () => {
    const objects = connect(await start({ setup: { mayWrite: false } }));
    const writes = {
      write: () => objects.put('a', bytes('x'), ONCE),
      replace: () => objects.replace('a', bytes('x'), 'e', YAML),
    };
    for (const attempt of Object.values(writes)) {
      expect(await failureOf(attempt())).toMatchObject({
        code: 'DENIED',
        hint: 'allow s3:PutObject on the keys: these credentials may only read, or only write elsewhere',
      });
    }
    expect(await failureOf(objects.delete('a'))).toMatchObject({
      code: 'DENIED',
      message: `Cannot delete "gitops/a" from bucket "fleet": ${SAID}`,
      hint: 'allow s3:DeleteObject on the keys',
    });
    expect(await objects.get('a')).toBeUndefined();
  });
});

describe('the owner of a bucket', () => {
  test('is asked for in every request, and another one is DENIED', async () => {
    const fake = await start({ setup: { owner: '012345678901' } });
    const every = async (objects: Objects): Promise<void> => {
      await objects.put('a', bytes('x'), ONCE);
      const etag = (await objects.get('a'))?.etag ?? '';
      await objects.replace('a', bytes('y'), etag, YAML);
      await objects.list('');
      await objects.delete('a');
    };
    await every(connect(fake, { owner: '012345678901' }));
    expect(fake.requests.map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toEqual(
      Array(5).fill('012345678901'),
    );
    expect(await failureOf(every(connect(fake, { owner: '999999999999' })))).toMatchObject({
      code: 'DENIED',
      hint: expect.stringMatching(/^allow s3:PutObject .*; and check that account "999999999999" owns bucket "fleet"$/),
    });
  });

  test('is not spoken of unless it is asked for', async () => {
    const fake = await start();
    await connect(fake).put('a', bytes('x'), YAML);
    expect(fake.requests[0]?.headers).not.toHaveProperty('x-amz-expected-bucket-owner');
  });
});

describe('encryption', () => {
  test('is asked for with every write and with no read', async () => {
    const fake = await start();
    const kmsKey = 'arn:aws:kms:eu-central-1:012345678901:key/0a';
    const objects = connect(fake, { sse: 'aws:kms', kmsKey });
    await objects.put('a', bytes('x'), ONCE);
    await objects.replace('a', bytes('y'), (await objects.get('a'))?.etag ?? '', YAML);
    await connect(fake, { sse: 'AES256' }).put('b', bytes('x'), YAML);
    const asked = fake.requests.map(({ method, headers }) => [
      method,
      headers['x-amz-server-side-encryption'],
      headers['x-amz-server-side-encryption-aws-kms-key-id'],
    ]);
    expect(asked).toEqual([
      ['PUT', 'aws:kms', kmsKey],
      ['GET', undefined, undefined],
      ['PUT', 'aws:kms', kmsKey],
      ['PUT', 'AES256', undefined],
    ]);
  });

  test.each([
    [
      403,
      'AccessDenied',
      'User is not authorized to perform: kms:GenerateDataKey',
      'DENIED',
      'allow kms:GenerateDataKey and kms:Decrypt on the key, or check the store parameter "kms-key"',
    ],
    [
      400,
      'KMS.NotFoundException',
      'Key does not exist',
      'STORE',
      'check the store parameters "sse" and "kms-key", and that the key is enabled',
    ],
    [
      501,
      'NotImplemented',
      'Server side encryption specified but KMS is not configured',
      'STORE',
      'check the store parameters "sse" and "kms-key", and that the key is enabled',
    ],
  ])('a key that cannot be used (%i %s) is told as such', async (status, code, message, wanted, hint) => {
    const body = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    const fake = await start(always({ status, headers: { 'content-type': 'application/xml' }, body }));
    const put = connect(fake, { sse: 'aws:kms', kmsKey: 'alias/fleet', attempts: 1 }).put('a', bytes('x'), ONCE);
    expect(await failureOf(put)).toMatchObject({ code: wanted, hint });
  });
});

describe('a bucket with Object Lock', () => {
  test('takes our writes, which carry Content-MD5 and the checksum', async () => {
    const fake = await start({ setup: { lock: { mode: 'COMPLIANCE', days: 1 } } });
    await connect(fake).put('a', bytes('x'), ONCE);
    const headers = { ...fake.requests[0]?.headers };
    expect(headers['content-md5']).toBe(createHash('md5').update('x').digest('base64'));
    expect(headers['x-amz-checksum-sha256']).toBe(createHash('sha256').update('x').digest('base64'));
  });

  test('refuses a deletion as DENIED, with the reason', async () => {
    const objects = connect(await start({ setup: { lock: { mode: 'COMPLIANCE', days: 1 } } }));
    await objects.put('a', bytes('x'), ONCE);
    expect(await failureOf(objects.delete('a'))).toMatchObject({
      code: 'DENIED',
      message:
        'Cannot delete "gitops/a" from bucket "fleet": 403 AccessDenied: Access Denied because object protected by object lock',
      hint: 'Object Lock keeps this object: wait until its retention ends, then run again; nothing else is wrong',
    });
  });

  test('is recognised where a store answers 400', async () => {
    const body =
      '<Error><Code>InvalidRequest</Code><Message>Object is WORM protected and cannot be overwritten</Message></Error>';
    const fake = await start(always({ status: 400, headers: { 'content-type': 'application/xml' }, body }));
    expect(await failureOf(connect(fake).delete('a'))).toMatchObject({ code: 'DENIED' });
  });
});

describe('another region', () => {
  test.each([301, 307, 400])('is named when the store answers %i', async (status) => {
    const headers = { 'x-amz-bucket-region': 'eu-west-3' };
    const code = status === 400 ? 'AuthorizationHeaderMalformed' : 'PermanentRedirect';
    const objects = connect(await start(always(canned(status, code, headers))), { attempts: 1 });
    for (const attempt of [() => objects.get('a'), () => objects.list(''), () => objects.delete('a')]) {
      expect(await failureOf(attempt())).toMatchObject({
        code: 'STORE',
        hint: 'the bucket is in another region: add "region=eu-west-3" to the store URL',
      });
    }
  });
});

describe('replace and delete', () => {
  test('send the etag in quotes, and repeat a conflict', async () => {
    let conflicts = 1;
    const fake = await start({
      onRequest: ({ method }) =>
        method === 'PUT' && conflicts-- === 0 ? canned(409, 'ConditionalRequestConflict') : undefined,
    });
    const objects = connect(fake);
    await objects.put('a', bytes('x'), YAML);
    const etag = (await objects.get('a'))?.etag ?? '';
    expect(await objects.replace('a', bytes('y'), etag, YAML)).toBe('replaced');
    const puts = fake.requests.filter(({ method }) => method === 'PUT');
    expect(puts.map(({ status, headers }) => [status, headers['if-match']])).toEqual([
      [200, undefined],
      [409, `"${etag}"`],
      [200, `"${etag}"`],
    ]);
  });

  test('replace says "changed" for its own write when the answer was lost', async () => {
    const fake = await start({ afterRequest: ({ index }) => (index === 2 ? 'reset' : 'serve') });
    const objects = connect(fake);
    await objects.put('a', bytes('x'), YAML);
    expect(await objects.replace('a', bytes('y'), (await objects.get('a'))?.etag ?? '', YAML)).toBe('changed');
    expect((await objects.get('a'))?.bytes).toEqual(bytes('y'));
  });

  test('a missing bucket is no changed object, and nothing that is gone already', async () => {
    const objects = connect(await start(), { bucket: 'absent' });
    expect(await failureOf(objects.replace('a', bytes('x'), 'e', YAML))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await failureOf(objects.delete('a'))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a deletion is one request, and one whose answer was lost is repeated', async () => {
    const fake = await start({ afterRequest: ({ index }) => (index === 1 ? 'reset' : 'serve') });
    const meter = { reads: 0, writes: 0 };
    const objects = connect(fake, { meter });
    await objects.put('a', bytes('x'), YAML);
    await objects.delete('a');
    expect(fake.objects.size).toBe(0);
    expect(meter).toEqual({ reads: 0, writes: 3 });
  });
});
