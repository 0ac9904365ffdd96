import { describe, expect, test } from 'vitest';
import { accessOf, checkAccess, withConsumer } from '../../src/config/consumer.ts';
import { readConfig } from '../../src/config/read.ts';
import type { BucketSpec, DirectorySpec, StoreSpec } from '../../src/config/settings.ts';
import { SlipwayError } from '../../src/errors.ts';

const BUCKET: BucketSpec = {
  kind: 's3',
  name: 'us',
  url: 's3://fleet/gitops',
  bucket: 'fleet',
  prefix: 'gitops/',
  layout: 'tree',
};
const FOLDER: DirectorySpec = {
  kind: 'directory',
  name: 'lab',
  url: 'file:x?layout=tree',
  root: '/srv/x',
  layout: 'tree',
};
const DEFAULTS = { namespace: 'flux-system', interval: '1h', bucket: 'fleet', insecure: false };

const read = (text: string): readonly StoreSpec[] =>
  readConfig(`version: 1\nartifacts:\n  - path: a\n${text}`, 'slipway.yaml', { dir: '/work', env: {} }).stores;
const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof SlipwayError) return thrown.message;
    throw thrown;
  }
  return 'nothing was thrown';
};

describe('how clusters reach a bucket', () => {
  test.each<[string, Partial<BucketSpec>, object, object]>([
    [
      'AWS, by the region of the URL',
      { region: 'eu-central-1' },
      {},
      { provider: 'aws', endpoint: 's3.eu-central-1.amazonaws.com', region: 'eu-central-1' },
    ],
    [
      'AWS in China',
      { region: 'cn-north-1' },
      {},
      { provider: 'aws', endpoint: 's3.cn-north-1.amazonaws.com.cn', region: 'cn-north-1' },
    ],
    [
      'AWS, by the region of the environment',
      {},
      { AWS_REGION: 'us-east-1' },
      { provider: 'aws', endpoint: 's3.us-east-1.amazonaws.com', region: 'us-east-1' },
    ],
    [
      'another service, whose region is only what somebody said',
      { endpoint: 'https://minio.example.com:9000' },
      { AWS_REGION: 'us-east-1' },
      { provider: 'generic', endpoint: 'minio.example.com:9000' },
    ],
    [
      'plain HTTP, by its URL',
      { endpoint: 'http://127.0.0.1:9000', region: 'us-east-1' },
      {},
      { provider: 'generic', endpoint: '127.0.0.1:9000', region: 'us-east-1', insecure: true },
    ],
    [
      'the endpoint of the environment, where this run publishes',
      {},
      { AWS_ENDPOINT_URL: 'http://minio.example.com' },
      { provider: 'generic', endpoint: 'minio.example.com', insecure: true },
    ],
    [
      'what the config says, over everything',
      {
        region: 'us-east-1',
        consumer: {
          ...{ endpoint: 's3.example.com', bucket: 'copy', region: 'eu-1', secretRef: 'minio', provider: 'generic' },
          ...{ namespace: 'apps', interval: '10m', insecure: true },
        },
      },
      {},
      {
        ...{ endpoint: 's3.example.com', bucket: 'copy', region: 'eu-1', secretRef: 'minio', provider: 'generic' },
        ...{ namespace: 'apps', interval: '10m', insecure: true },
      },
    ],
    [
      'a URL in the config',
      { endpoint: 'https://minio.internal', consumer: { endpoint: 'http://minio.example.com/' } },
      {},
      { provider: 'generic', endpoint: 'minio.example.com', insecure: true },
    ],
  ])('%s', (_, spec, env, expected) => {
    expect(accessOf({ ...BUCKET, ...spec }, { ...env })).toEqual({ ...DEFAULTS, ...expected });
  });

  test('is for a folder what the config says of its copy', () => {
    const consumer = { endpoint: 'https://s3.example.com', bucket: 'copy' };
    expect(accessOf({ ...FOLDER, consumer }, { AWS_ENDPOINT_URL: 'http://other' })).toEqual({
      ...DEFAULTS,
      ...{ provider: 'generic', bucket: 'copy', endpoint: 's3.example.com' },
    });
  });

  test.each<[BucketSpec | DirectorySpec, string, string]>([
    [BUCKET, "the bucket's region is not known", 'write consumer: { region: REGION } in slipway.yaml'],
    [FOLDER, 'a folder has no bucket that clusters read', 'write consumer: { bucket: NAME } in slipway.yaml'],
    [
      { ...FOLDER, consumer: { bucket: 'copy' } },
      'a folder has no endpoint that clusters reach',
      'write consumer: { endpoint: HOST } in slipway.yaml',
    ],
    [
      { ...BUCKET, endpoint: 'https://example.com/s3' },
      'its endpoint is more than HOST[:PORT], which is all that Flux can be told',
      'write consumer: { endpoint: HOST[:PORT] } in slipway.yaml',
    ],
    [
      { ...BUCKET, consumer: { endpoint: 'https://s3.example.com', insecure: true } },
      'consumer.insecure is true and the endpoint begins with "https://"',
      'remove one of them',
    ],
    [
      { ...BUCKET, region: 'eu-1', consumer: { provider: 'azure' } },
      'consumer.provider is "azure", with which Flux reads the whole container',
      'use another layout, or a provider that knows prefixes',
    ],
  ])('is refused where it cannot be told (%#)', (spec, state, hint) => {
    const message = `Cannot publish to store "${spec.name}" as layout "tree": ${state}`;
    const { layout: _, ...other } = BUCKET;
    expect(() => checkAccess([other, spec], {})).toThrow(expect.objectContaining({ code: 'CONFIG', message, hint }));
  });

  test('matters for trees alone', () => {
    expect(() =>
      checkAccess(
        [
          { ...BUCKET, layout: 'object' },
          { ...FOLDER, layout: 'tarball' },
        ],
        {},
      ),
    ).not.toThrow();
  });
});

describe('consumer in slipway.yaml', () => {
  test('holds for every bucket and folder, and a store may say otherwise', () => {
    const [us, lab, eu, disk] = read(
      `consumer: { namespace: apps, endpoint: one.example.com, secretRef: one, provider: aws }
stores:
  us: s3://fleet/gitops?layout=tree
  lab: { url: "file:x", layout: tree, consumer: { bucket: copy, endpoint: "https://two.example.com:9000" } }
  eu: oci://registry.example.com/fleet/{artifact}
  disk: file:y
`,
    );
    const all = { namespace: 'apps', endpoint: 'one.example.com', secretRef: 'one', provider: 'aws' };
    expect(us).toMatchObject({ kind: 's3', consumer: all });
    const own = { bucket: 'copy', endpoint: 'https://two.example.com:9000' };
    expect(lab).toMatchObject({ kind: 'directory', layout: 'tree', consumer: { ...all, ...own } });
    expect([eu, disk].map((store) => store !== undefined && 'consumer' in store)).toEqual([false, false]);
  });

  test('says nothing where it is not there', () => {
    const [us] = read('stores: { us: "s3://fleet" }\n');
    expect(us !== undefined && 'consumer' in us).toBe(false);
    expect(withConsumer(BUCKET, undefined)).toBe(BUCKET);
  });

  test.each([
    ['consumer: { intervall: 1m }', 'unknown key "intervall" (did you mean "interval")'],
    ['consumer: { interval: 1 minute }', 'expected a duration such as 1m or 1h30m'],
    ['consumer: { interval: 1d }', 'expected a duration such as 1m or 1h30m'],
    ['consumer: { namespace: Flux_System }', 'expected the name of a namespace'],
    ['consumer: { secretRef: -minio }', 'expected the name of a Secret'],
    ['consumer: { bucket: "a/b" }', 'expected the name of a bucket'],
    ['consumer: { endpoint: "https://example.com/s3" }', 'expected HOST[:PORT], or a URL without a path'],
    ['consumer: { endpoint: "ftp://example.com" }', 'expected HOST[:PORT], or a URL without a path'],
    ['consumer: { region: "EU 1" }', 'expected a region such as eu-central-1'],
    ['consumer: { provider: gcs }', 'expected "generic", "aws", "gcp" or "azure"'],
    ['consumer: { insecure: "yes" }', 'expected true or false'],
    ['stores: { us: { url: "s3://b", consumer: { namespace: x } } }', 'unknown key "namespace"'],
    [
      'stores: { eu: { url: "oci://r.example.com/a", consumer: { bucket: abc } } }',
      'only a bucket has a consumer of its own',
    ],
  ])('%s is refused with its place', (text, state) => {
    const message = messageOf(() => read(`${text}\n`));
    expect(message).toMatch(/^Cannot use config file "slipway\.yaml": slipway\.yaml:4:\d+: /);
    expect(message).toContain(state);
  });
});
