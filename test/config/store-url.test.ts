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
])('%s is a bucket', (url, spec) => {
  expect(parse(url)).toEqual({ ...base, url, ...spec });
});

test.each([
  ['file:.slipway/store', { kind: 'oci-layout', root: '/repo/.slipway/store' }],
  ['file:/srv/store', { kind: 'oci-layout', root: '/srv/store' }],
  ['file:///srv/store/', { kind: 'oci-layout', root: '/srv/store' }],
  ['file:out dir?layout=object', { kind: 'directory', root: '/repo/out dir', layout: 'object' }],
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
  ['s3://fleet?layout=tree', /the layout is unknown/, /"object", "tarball"/],
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
