import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { objectsContract } from '../contract/objects.ts';
import { startFakeBucket, type Verdict } from '../fakes/bucket.ts';
import { canned, connect, fakeBuckets, script } from '../fakes/bucket-client.ts';

const YAML = { contentType: 'application/yaml' };
const ONCE = { ...YAML, create: true };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const start = fakeBuckets();

objectsContract('an S3 bucket', async () => {
  const fake = await startFakeBucket();
  return { objects: connect(fake), close: fake.stop };
});

objectsContract(
  'an S3 bucket with small pages, opaque ETags and no prefix',
  async () => {
    const fake = await startFakeBucket({ pageSize: 3, etags: 'opaque' });
    return { objects: connect(fake, { prefix: '' }), close: fake.stop };
  },
  { keys: 40, md5: false },
);

describe('requests', () => {
  test('a write carries its checksums, type, cache control and metadata, under the prefix', async () => {
    const fake = await start();
    await connect(fake).put('a/b.yaml', bytes('kind: A\n'), {
      contentType: 'application/yaml',
      cacheControl: 'no-cache',
      metadata: { run: '0123' },
    });
    const sha256 = createHash('sha256').update('kind: A\n');
    const hex = sha256.copy().digest('hex');
    expect(fake.objects.get('gitops/a/b.yaml')).toMatchObject({
      contentType: 'application/yaml',
      cacheControl: 'no-cache',
      metadata: { run: '0123', sha256: hex },
    });
    expect(fake.requests).toHaveLength(1);
    const request = fake.requests[0];
    const headers = { ...request?.headers };
    expect(request?.path).toMatch(/^\/fleet\/gitops\/a\/b\.yaml(\?x-id=PutObject)?$/);
    expect(headers['content-md5']).toBe(createHash('md5').update('kind: A\n').digest('base64'));
    expect(headers['x-amz-checksum-sha256']).toBe(sha256.digest('base64'));
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['x-amz-checksum-crc32']).toBeUndefined();
    expect(headers['if-none-match']).toBeUndefined();
  });

  test('only a create-only write is conditional', async () => {
    const fake = await start();
    await connect(fake).put('a', bytes('x'), ONCE);
    expect(fake.requests[0]?.headers['if-none-match']).toBe('*');
  });

  test('a listing with a limit is one request for that many entries', async () => {
    const fake = await start();
    const objects = connect(fake);
    for (const name of ['a', 'b', 'c']) await objects.put(name, bytes('x'), YAML);
    const before = fake.requests.length;
    await objects.list('', { limit: 2 });
    expect(fake.requests.slice(before).map(({ path }) => path)).toEqual([expect.stringContaining('max-keys=2')]);
  });

  test('every attempt is counted, by kind', async () => {
    const fake = await start(script(canned(500, 'InternalError'), 'serve', canned(500, 'InternalError')));
    const meter = { reads: 0, writes: 0 };
    const objects = connect(fake, { meter });
    await objects.put('a', bytes('x'), YAML);
    await objects.get('a');
    await objects.list('');
    expect(meter).toEqual({ reads: 3, writes: 2 });
    expect(fake.requests).toHaveLength(5);
  });

  test('two buckets of one store do not see one another', async () => {
    const fake = await start({ buckets: ['fleet', 'other'] });
    await connect(fake).put('a', bytes('x'), YAML);
    expect(await connect(fake, { bucket: 'other' }).get('a')).toBeUndefined();
    expect(fake.buckets.get('other')?.size).toBe(0);
  });

  test('connections are reused', async () => {
    const sockets = new Set<unknown>();
    const fake = await start({ onRequest: ({ connection }) => void sockets.add(connection) });
    const objects = connect(fake);
    for (let count = 0; count < 10; count += 1) await objects.put(`${count}`, bytes('x'), YAML);
    expect(sockets.size).toBe(1);
  });
});

describe('faults that pass', () => {
  test.each<[string, Verdict]>([
    ['500', canned(500, 'InternalError')],
    ['503 SlowDown', canned(503, 'SlowDown')],
    ['a reset connection', 'reset'],
  ])('%s once is not noticed', async (_, fault) => {
    const fake = await start(script(fault, 'serve', fault, 'serve', fault));
    const objects = connect(fake);
    expect((await objects.put('a', bytes('x'), ONCE)).outcome).toBe('created');
    expect((await objects.get('a'))?.bytes).toHaveLength(1);
    expect((await objects.list('')).objects).toHaveLength(1);
    expect(fake.requests).toHaveLength(6);
  });

  test('a connection reset in the middle of an upload leaves no object behind and the upload is repeated', async () => {
    const fake = await start(script('reset'));
    const large = randomBytes(4 * 1024 * 1024);
    await connect(fake).put('large', large, YAML);
    expect(fake.requests.map(({ status }) => status)).toEqual([0, 200]);
    expect(fake.objects.get('gitops/large')?.bytes.equals(large)).toBe(true);
  });

  test('a body or a listing that breaks off is read again and never returned in part', async () => {
    const fake = await start({ afterRequest: ({ index }) => (index === 1 || index === 3 ? 'cut' : 'serve') });
    const objects = connect(fake);
    const large = randomBytes(200_000);
    await objects.put('large', large, YAML);
    const got = await objects.get('large');
    expect(Buffer.compare(got?.bytes ?? bytes(''), large)).toBe(0);
    expect((await objects.list('')).objects).toHaveLength(1);
    expect(fake.requests.map(({ status }) => status)).toEqual([200, 0, 200, 0, 200]);
  });

  test('a create whose answer was lost says "exists", and the bytes are ours', async () => {
    const fake = await start({ afterRequest: ({ index }) => (index === 0 ? 'reset' : 'serve') });
    const objects = connect(fake);
    expect(await objects.put('record', bytes('ours'), ONCE)).toEqual({ outcome: 'exists' });
    expect((await objects.get('record'))?.bytes).toEqual(bytes('ours'));
  });

  test('an overwrite whose answer was lost is simply repeated', async () => {
    const fake = await start({ afterRequest: ({ index }) => (index === 0 ? 'reset' : 'serve') });
    expect((await connect(fake).put('name', bytes('x'), YAML)).outcome).toBe('created');
  });

  test('a conflict with another conditional write is tried again', async () => {
    const conflict = canned(409, 'ConditionalRequestConflict');
    const fake = await start(script(conflict, conflict));
    expect((await connect(fake).put('a', bytes('x'), ONCE)).outcome).toBe('created');
    expect(fake.requests).toHaveLength(3);
  });
});
