import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStoreUrl } from '../../src/config/store-url.ts';
import { SlipwayError } from '../../src/errors.ts';

const parse = (url: string) => parseStoreUrl(url, { name: 'eu', cwd: '/repo' });

function errorOf(url: string): SlipwayError {
  try {
    parse(url);
  } catch (thrown) {
    if (thrown instanceof SlipwayError) return thrown;
    throw thrown;
  }
  throw new Error(`"${url}" was accepted`);
}

const base = { name: 'eu' };

test.each([
  ['oci://ghcr.io/acme/app', { kind: 'registry', host: 'ghcr.io', repository: 'acme/app', insecure: false }],
  [
    'oci://reg.example:5000/fleet/{artifact}',
    { kind: 'registry', host: 'reg.example:5000', repository: 'fleet/{artifact}', insecure: false },
  ],
  ['oci://localhost:5000/app', { kind: 'registry', host: 'localhost:5000', repository: 'app', insecure: true }],
  ['oci://[::1]:5000/app', { kind: 'registry', host: '[::1]:5000', repository: 'app', insecure: true }],
  ['oci://localhost/app?insecure=false', { kind: 'registry', host: 'localhost', repository: 'app', insecure: false }],
  ['oci://reg.example/app?insecure', { kind: 'registry', host: 'reg.example', repository: 'app', insecure: true }],
  [
    'oci://reg.example/app?ca=certs/ca.pem',
    { kind: 'registry', host: 'reg.example', repository: 'app', insecure: false, ca: '/repo/certs/ca.pem' },
  ],
])('%s is a registry', (url, spec) => {
  expect(parse(url)).toEqual({ ...base, url, ...spec });
});

test.each([
  ['s3://fleet-us', { kind: 's3', bucket: 'fleet-us', prefix: '' }],
  [
    's3://fleet-us/gitops?region=us-east-1&layout=object',
    { kind: 's3', bucket: 'fleet-us', prefix: 'gitops/', region: 'us-east-1', layout: 'object' },
  ],
  [
    's3://fleet/a/b/?endpoint=http://127.0.0.1:9000&layout=tarball',
    { kind: 's3', bucket: 'fleet', prefix: 'a/b/', endpoint: 'http://127.0.0.1:9000', layout: 'tarball' },
  ],
  [
    's3://fleet?endpoint=https%3A%2F%2Fs3.example%3A9000',
    { kind: 's3', bucket: 'fleet', prefix: '', endpoint: 'https://s3.example:9000' },
  ],
  [
    's3://fleet?endpoint=http://minio:9000&insecure=true',
    { kind: 's3', bucket: 'fleet', prefix: '', endpoint: 'http://minio:9000' },
  ],
  [
    's3://fleet?profile=prod&ca=/etc/ca.pem',
    { kind: 's3', bucket: 'fleet', prefix: '', profile: 'prod', ca: '/etc/ca.pem' },
  ],
  ['s3://fleet?layout=tree', { kind: 's3', bucket: 'fleet', prefix: '', layout: 'tree' }],
  ['s3://fleet?layout=registry', { kind: 's3', bucket: 'fleet', prefix: '', layout: 'registry' }],
  ['s3://fleet?owner=012345678901', { kind: 's3', bucket: 'fleet', prefix: '', owner: '012345678901' }],
  ['s3://fleet?sse=AES256', { kind: 's3', bucket: 'fleet', prefix: '', sse: 'AES256' }],
  [
    's3://fleet?sse=aws:kms&kms-key=arn:aws:kms:eu-central-1:012345678901:key/0a-1b',
    {
      ...{ kind: 's3', bucket: 'fleet', prefix: '', sse: 'aws:kms' },
      kmsKey: 'arn:aws:kms:eu-central-1:012345678901:key/0a-1b',
    },
  ],
  ['s3://fleet?accept-unsafe', { kind: 's3', bucket: 'fleet', prefix: '', acceptUnsafe: true }],
  ['s3://fleet?accept-unsafe=false', { kind: 's3', bucket: 'fleet', prefix: '', acceptUnsafe: false }],
])('%s is a bucket', (url, spec) => {
  expect(parse(url)).toEqual({ ...base, url, ...spec });
});

test.each([
  ['file:.slipway/store', { kind: 'oci-layout', root: '/repo/.slipway/store' }],
  ['file:/srv/store', { kind: 'oci-layout', root: '/srv/store' }],
  ['file:///srv/store/', { kind: 'oci-layout', root: '/srv/store' }],
  ['file:out dir?layout=object', { kind: 'directory', root: '/repo/out dir', layout: 'object' }],
  ['file:out?layout=tree', { kind: 'directory', root: '/repo/out', layout: 'tree' }],
  ['file:../out?layout=tarball', { kind: 'directory', root: '/out', layout: 'tarball' }],
])('%s is a folder', (url, spec) => {
  expect(parse(url)).toEqual({ ...base, url, ...spec });
});

test.each([
  ['https://ghcr.io/app', /scheme "https" is unknown/, /oci:\/\/HOST/],
  ['constructor://x/y', /scheme "constructor" is unknown/, /oci:\/\/HOST/],
  ['ghcr.io/acme/app', /not a store URL/, /oci:\/\/HOST/],
  ['', /not a store URL/, /oci:\/\/HOST/],
  ['oci://ghcr.io/app:prod', /no tag or digest/, /--channel/],
  ['oci://ghcr.io/app:prod?insecure', /no tag or digest/, /--channel/],
  ['oci://ghcr.io', /no repository/, /oci:/],
  ['oci:///app', /no valid registry host/, /oci:/],
  ['oci:ghcr.io/app', /no valid registry host/, /oci:/],
  ['oci://gh cr.io/app', /no valid registry host/, /oci:/],
  ['oci://ghcr.io/Acme/app', /lower-case/, /oci:/],
  ['oci://ghcr.io/app?regoin=x', /parameter "regoin" is unknown/, /known are|did you mean/],
  ['s3://fleet?regoin=x', /parameter "regoin" is unknown/, /did you mean "region"/],
  ['oci://ghcr.io/app?layout=object', /does not apply to a registry/, /remove/],
  ['file:out?region=x', /does not apply to a folder/, /remove/],
  ['s3://fleet?layout=trees', /the layout is unknown/, /^known are "object", "tarball", "tree", "registry"$/],
  ['file:out?layout=trees', /the layout is unknown/, /^known are "object", "tarball", "tree"$/],
  ['file:out?layout=registry', /"registry" is for buckets: nothing answers/, /^write s3:\/\/BUCKET, or file:DIR/],
  ['s3://fleet?owner=12345', /the owner is no AWS account/, /twelve digits/],
  ['s3://fleet?owner=fleet-account', /the owner is no AWS account/, /twelve digits/],
  ['s3://fleet?sse=kms', /the encryption is unknown/, /sse=aws:kms/],
  ['s3://fleet?kms-key=alias/fleet', /"kms-key" has no use/, /sse=aws:kms/],
  ['s3://fleet?sse=AES256&kms-key=alias/fleet', /"kms-key" has no use/, /sse=aws:kms/],
  ['s3://fleet?sse=aws:kms&kms-key=a%0Ab', /the KMS key is no id/, /kms-key=arn/],
  ['s3://fleet?accept-unsafe=yes', /neither "true" nor "false"/, /accept-unsafe=true/],
  ['oci://ghcr.io/app?accept-unsafe', /does not apply to a registry/, /remove/],
  ['file:out?layout=object&owner=012345678901', /does not apply to a folder/, /remove/],
  ['s3://fleet?region=a&region=b', /given twice/, /one/],
  ['s3://fleet?region=', /empty/, /VALUE/],
  ['s3://fleet?region=%zz', /percent escape/, /%25/],
  ['oci://ghcr.io/app?insecure=yes', /neither "true" nor "false"/, /true/],
  ['s3://f', /bucket name/, /s3:/],
  ['s3://fleet/{artifact}', /object keys/, /s3:/],
  ['s3://fleet/a//b', /empty segment/, /s3:/],
  ['s3://fleet/../b', /empty segment|object keys/, /s3:/],
  ['s3://fleet?endpoint=minio:9000', /not an http/, /https/],
  ['s3://fleet?endpoint=http://minio:9000', /plain HTTP/, /insecure=true/],
  ['s3://fleet?endpoint=http://127.0.0.1:9000&insecure=false', /plain HTTP/, /insecure=true/],
  ['s3://fleet?endpoint=https://s3.example/?x=1', /query or fragment/, /https/],
  ['file://host/dir', /no host/, /file:DIR/],
  ['file:', /no folder/, /file:DIR/],
  ['file:?layout=object', /no folder/, /file:DIR/],
])('%s is refused as a configuration error with a remedy', (url, message, hint) => {
  const error = errorOf(url);
  expect(error.code).toBe('CONFIG');
  expect(error.message).toMatch(/^Cannot use store "eu": /);
  expect(error.message).toMatch(message);
  expect(error.hint).toMatch(hint);
});

test.each([
  'oci://bob:hunter2@ghcr.io/app',
  'oci://hunter2@ghcr.io/app',
  'oci://bob:hunt/hunter2@ghcr.io/app',
  'oci://ghcr.io/bob:hunter2@x/app',
  's3://AKIA:hunter2@fleet/x',
  's3://fleet?endpoint=https://bob:hunter2@s3.example',
  's3://fleet?endpoint=https%3A%2F%2Fbob%3Ahunter2%40s3.example',
  's3://fleet?secretAccessKey=hunter2',
  's3://fleet?hunter2hunter2hunter2hunter2=1',
  'https://bob:hunter2@ghcr.io/app',
  'bob:hunter2@ghcr.io/app',
  'file://bob:hunter2@host/x',
  's3://fleet?region=%zzhunter2',
])('a secret in %s is refused and never echoed, not even in a cause', (url) => {
  const error = errorOf(url);
  expect(error.code).toBe('CONFIG');
  expect(inspect(error, { depth: 10 }).replace(/at .*/g, '')).not.toContain('hunter2');
  expect(`${error.hint}`).not.toContain('hunter2');
});

test('whatever the text, parsing gives a spec or a configuration error, and no spec has a user in its host', () => {
  const piece = fc.constantFrom(
    'oci',
    's3',
    'file',
    ':',
    '//',
    '/',
    '@',
    '?',
    '&',
    '=',
    'a',
    'b.c',
    'insecure',
    'layout',
    'object',
    '[::1]',
    '%',
    ' ',
    '{artifact}',
    ':5000',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
      ),
      (url) => {
        try {
          const spec = parse(url);
          if (spec.kind === 'registry') expect(spec.host).not.toContain('@');
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(SlipwayError);
          expect((thrown as SlipwayError).code).toBe('CONFIG');
        }
      },
    ),
    { numRuns: 500 },
  );
});
