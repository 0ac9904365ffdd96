import { describe, expect, test } from 'vitest';
import { endpointIn } from '../../src/config/endpoint.ts';
import type { BucketSpec } from '../../src/config/settings.ts';
import { parseStoreUrl } from '../../src/config/store-url.ts';

function bucket(query = ''): BucketSpec {
  const spec = parseStoreUrl(`s3://fleet${query}`, { name: 'eu', cwd: '/work' });
  if (spec.kind !== 's3') throw new Error('not a bucket');
  return spec;
}

describe('the endpoint of a bucket', () => {
  test("is the store's, else that of the environment, S3's own first", () => {
    const env = { AWS_ENDPOINT_URL_S3: 'https://s3.example.com', AWS_ENDPOINT_URL: 'https://example.com' };
    expect(endpointIn(bucket('?endpoint=https://minio.example.com'), env)).toBe('https://minio.example.com');
    expect(endpointIn(bucket(), env)).toBe('https://s3.example.com');
    expect(endpointIn(bucket(), { AWS_ENDPOINT_URL: 'https://example.com' })).toBe('https://example.com');
    expect(endpointIn(bucket(), { ...env, AWS_ENDPOINT_URL_S3: '' })).toBe('https://example.com');
    expect(endpointIn(bucket(), { AWS_ENDPOINT_URL_S3: '', AWS_ENDPOINT_URL: '' })).toBeUndefined();
    expect(endpointIn(bucket(), {})).toBeUndefined();
  });

  test.each([
    ['minio:9000', 'is not an http(s) URL', 'set AWS_ENDPOINT_URL=https://HOST[:PORT]'],
    ['https://', 'is not an http(s) URL', 'set AWS_ENDPOINT_URL=https://HOST[:PORT]'],
    [
      'https://admin:canary@minio.example.com',
      'holds credentials',
      'set AWS_ENDPOINT_URL=https://HOST[:PORT]; credentials come from the AWS chain',
    ],
    ['https://minio.example.com?canary=1', 'has a query or fragment', 'set AWS_ENDPOINT_URL=https://HOST[:PORT]'],
    [
      'http://minio.example.com:9000',
      'is plain HTTP',
      'set AWS_ENDPOINT_URL=https://…, or add insecure=true to the store URL',
    ],
  ])('%s of a variable is CONFIG, which names the variable and not its value', (value, state, hint) => {
    expect(() => endpointIn(bucket(), { AWS_ENDPOINT_URL: value })).toThrow(
      expect.objectContaining({
        code: 'CONFIG',
        message: `Cannot use store "eu": the endpoint in "AWS_ENDPOINT_URL" ${state}`,
        hint,
      }),
    );
  });

  test('with plain HTTP is for loopback, and for stores that ask for it', () => {
    const endpoint = 'http://minio.example.com:9000';
    expect(endpointIn(bucket(), { AWS_ENDPOINT_URL: 'http://127.0.0.1:9000' })).toBe('http://127.0.0.1:9000');
    expect(endpointIn(bucket('?insecure=true'), { AWS_ENDPOINT_URL: endpoint })).toBe(endpoint);
    const loopback = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9000' };
    expect(() => endpointIn(bucket('?insecure=false'), loopback)).toThrow('is plain HTTP');
  });
});
