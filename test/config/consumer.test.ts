import { describe, expect, test } from 'vitest';
import { accessOf, checkAccess, isReadAt, withConsumer } from '../../src/config/consumer.ts';
import { readConfig } from '../../src/config/read.ts';
import type { BucketSpec, DirectorySpec, StoreSpec } from '../../src/config/settings.ts';
import { SlipwayError } from '../../src/errors.ts';
import type { BucketAccess } from '../../src/model.ts';

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
  test.each<[string, Partial<BucketSpec>, object]>([
    [
      'AWS, by the region of the URL',
      { region: 'eu-central-1' },
      { provider: 'aws', endpoint: 's3.eu-central-1.amazonaws.com', region: 'eu-central-1' },
    ],
    [
      'AWS in China',
      { region: 'cn-north-1' },
      { provider: 'aws', endpoint: 's3.cn-north-1.amazonaws.com.cn', region: 'cn-north-1' },
    ],
    [
      'AWS, by the region that the config says',
      { consumer: { region: 'us-east-1' } },
      { provider: 'aws', endpoint: 's3.us-east-1.amazonaws.com', region: 'us-east-1' },
    ],
    [
      'AWS, by another of its endpoints',
      { region: 'us-east-1', consumer: { endpoint: 's3.dualstack.us-east-1.amazonaws.com' } },
      { provider: 'aws', endpoint: 's3.dualstack.us-east-1.amazonaws.com', region: 'us-east-1' },
    ],
    [
      'another service, which only the config names',
      { consumer: { endpoint: 'https://minio.example.com' } },
      { provider: 'generic', endpoint: 'minio.example.com' },
    ],
    [
      'another service, whose region is only what somebody said',
      { endpoint: 'https://minio.example.com:9000' },
      { provider: 'generic', endpoint: 'minio.example.com:9000' },
    ],
    [
      'plain HTTP, by its URL',
      { endpoint: 'http://minio.example.com:9000', region: 'us-east-1' },
      { provider: 'generic', endpoint: 'minio.example.com:9000', region: 'us-east-1', insecure: true },
    ],
    [
      'this machine, where the config says so',
      { endpoint: 'http://127.0.0.1:9000', consumer: { endpoint: 'http://127.0.0.1:9000' } },
      { provider: 'generic', endpoint: '127.0.0.1:9000', insecure: true },
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
      {
        ...{ endpoint: 's3.example.com', bucket: 'copy', region: 'eu-1', secretRef: 'minio', provider: 'generic' },
        ...{ namespace: 'apps', interval: '10m', insecure: true },
      },
    ],
    [
      'a URL in the config',
      { endpoint: 'https://minio.internal', consumer: { endpoint: 'http://minio.example.com/' } },
      { provider: 'generic', endpoint: 'minio.example.com', insecure: true },
    ],
  ])('%s', (_, spec, expected) => {
    expect(accessOf({ ...BUCKET, ...spec })).toEqual({ ...DEFAULTS, ...expected });
  });

  test('is for a folder what the config says of its copy', () => {
    const consumer = { endpoint: 'https://s3.example.com', bucket: 'copy' };
    expect(accessOf({ ...FOLDER, consumer })).toEqual({
      ...DEFAULTS,
      ...{ provider: 'generic', bucket: 'copy', endpoint: 's3.example.com' },
    });
  });

  test.each<[BucketSpec | DirectorySpec, string, string]>([
    [
      BUCKET,
      "neither the bucket's region nor its endpoint is in the config",
      'write consumer: { region: REGION } for AWS, consumer: { endpoint: HOST[:PORT] } for others in slipway.yaml',
    ],
    [
      { ...BUCKET, endpoint: 'http://127.0.0.1:9000' },
      'its endpoint "127.0.0.1:9000" is this machine, which no cluster reaches',
      'write consumer: { endpoint: HOST[:PORT] } in slipway.yaml',
    ],
    [FOLDER, 'a folder has no bucket that clusters read', 'write consumer: { bucket: NAME } in slipway.yaml'],
    [
      { ...FOLDER, consumer: { bucket: 'copy' } },
      'a folder has no endpoint that clusters reach',
      'write consumer: { endpoint: HOST[:PORT] } in slipway.yaml',
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
    const message = `Cannot use store "${spec.name}" as layout "tree": ${state}`;
    const { layout: _, ...other } = BUCKET;
    expect(() => checkAccess([other, spec], {})).toThrow(expect.objectContaining({ code: 'CONFIG', message, hint }));
  });

  test('is refused where only the environment knows it, and says the same in every environment', () => {
    const env = { AWS_ENDPOINT_URL: 'http://minio.example.com', AWS_REGION: 'eu-1' };
    const spec: BucketSpec = { ...BUCKET, region: 'us-east-1' };
    expect(() => checkAccess([spec], env)).toThrow(
      expect.objectContaining({
        code: 'CONFIG',
        message: 'Cannot use store "us" as layout "tree": only the environment names its endpoint',
        hint: 'write consumer: { endpoint: HOST[:PORT] } in slipway.yaml',
      }),
    );
    const told: BucketSpec = { ...spec, consumer: { endpoint: 'minio.example.com' } };
    const folder: DirectorySpec = { ...FOLDER, consumer: { bucket: 'copy', endpoint: 'minio.example.com' } };
    expect(() => checkAccess([told, { ...spec, endpoint: 'https://minio.example.com' }, folder], env)).not.toThrow();
  });

  test('matters for trees alone', () => {
    expect(() =>
      checkAccess(
        [
          { ...BUCKET, layout: 'object' },
          { ...FOLDER, layout: 'tarball' },
        ],
        { AWS_ENDPOINT_URL: 'http://minio.example.com' },
      ),
    ).not.toThrow();
  });
});

describe('clusters read the bucket of a URL', () => {
  const access = { ...DEFAULTS, provider: 'generic', endpoint: 's3.eu-central-1.amazonaws.com' } as const;
  test.each<[boolean, string, Partial<BucketSpec>, Partial<BucketAccess>]>([
    [true, 'at the endpoint of its region', { region: 'eu-central-1' }, {}],
    [true, 'at the endpoint of their region, where the URL names none', {}, { region: 'eu-central-1' }],
    [false, 'at the endpoint of another region', { region: 'eu-west-1' }, { region: 'eu-central-1' }],
    [false, 'elsewhere', { region: 'eu-central-1' }, { endpoint: 'evil.example.com' }],
    [false, 'without a region', {}, {}],
    [false, 'without TLS', { region: 'eu-central-1' }, { insecure: true }],
    [false, 'of another name', { region: 'eu-central-1' }, { bucket: 'other' }],
    [true, 'at its endpoint', { endpoint: 'https://minio.example.com' }, { endpoint: 'minio.example.com' }],
    [
      false,
      'at its endpoint without TLS',
      { endpoint: 'https://m.example.com' },
      { endpoint: 'm.example.com', insecure: true },
    ],
    [
      true,
      'at its endpoint with plain HTTP',
      { endpoint: 'http://m.example.com' },
      { endpoint: 'm.example.com', insecure: true },
    ],
  ])('%s: %s', (expected, _, spec, told) => {
    expect(isReadAt({ ...BUCKET, ...spec }, { ...access, ...told })).toBe(expected);
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

  test.each(['1s', '1000ms', '1h30m', '8760h', '0.5h'])('takes the interval %s', (interval) => {
    expect(read(`consumer: { interval: ${interval} }\nstores: { us: "s3://fleet" }\n`)).toMatchObject([
      { consumer: { interval } },
    ]);
  });

  test.each([
    ['consumer: { intervall: 1m }', 'unknown key "intervall" (did you mean "interval")'],
    ['consumer: { interval: 1 minute }', 'expected a duration such as 1m or 1h30m'],
    ['consumer: { interval: 1d }', 'expected a duration such as 1m or 1h30m'],
    ['consumer: { interval: 0s }', 'expected a duration of at least 1s and at most 8760h'],
    ['consumer: { interval: 999ms }', 'expected a duration of at least 1s and at most 8760h'],
    ['consumer: { interval: 8760h1s }', 'expected a duration of at least 1s and at most 8760h'],
    ['consumer: { interval: 99999999999h }', 'expected a duration of at least 1s and at most 8760h'],
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
