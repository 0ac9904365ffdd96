import { expect, test } from 'vitest';
import { parseReference, resolvePull } from '../../src/config/reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}` as const;

test.each([
  [
    'oci://localhost:5000/team/app:prod',
    { kind: 'repository', store: { kind: 'registry', insecure: true }, repository: 'team/app', tag: 'prod' },
  ],
  [`oci://reg.example/app@${DIGEST}`, { kind: 'repository', repository: 'app', digest: DIGEST }],
  [
    `oci://reg.example/app:prod@${DIGEST}?ca=ca.pem`,
    { kind: 'repository', store: { ca: '/repo/ca.pem' }, repository: 'app', tag: 'prod', digest: DIGEST },
  ],
  [
    `file:.slipway/store/app:prod@${DIGEST}`,
    {
      kind: 'repository',
      store: { kind: 'oci-layout', root: '/repo/.slipway/store' },
      repository: 'app',
      tag: 'prod',
      digest: DIGEST,
    },
  ],
  ['file:/srv/store/app:1.2.3', { kind: 'repository', store: { root: '/srv/store' }, repository: 'app', tag: '1.2.3' }],
  [
    's3://fleet/gitops/channels/prod/app/manifests.tgz?region=eu&endpoint=http://127.0.0.1:9000',
    {
      kind: 'object',
      store: { kind: 's3', bucket: 'fleet', prefix: '', region: 'eu' },
      key: 'gitops/channels/prod/app/manifests.tgz',
    },
  ],
  [
    `s3://fleet/gitops/web:prod@${DIGEST}?layout=registry&region=eu`,
    {
      kind: 'repository',
      store: { kind: 's3', bucket: 'fleet', prefix: '', region: 'eu', layout: 'registry' },
      repository: 'gitops/web',
      tag: 'prod',
      digest: DIGEST,
    },
  ],
  ['s3://fleet/web:1.2.3?layout=registry', { kind: 'repository', repository: 'web', tag: '1.2.3' }],
  ['file:out/channels/prod/app/manifests.yaml', { kind: 'file', path: '/repo/out/channels/prod/app/manifests.yaml' }],
])('%s is a reference', (reference, source) => {
  expect(parseReference(reference, '/repo')).toMatchObject(source);
});

test.each([
  ['oci://reg.example/app', 'USAGE', /no tag, digest or object/],
  ['oci://reg.example:5000', 'CONFIG', /./],
  ['s3://fleet', 'USAGE', /no tag, digest or object/],
  ['app:prod', 'CONFIG', /./],
  ['oci://reg.example/app:pr/od', 'CONFIG', /./],
  ['', 'CONFIG', /./],
  ['s3://fleet/gitops/web?layout=registry', 'USAGE', /: the reference names no tag or digest$/],
  ['s3://fleet/GitOps/web:prod?layout=registry', 'USAGE', /: repositories are lower-case$/],
  ['s3://fleet:prod?layout=registry', 'CONFIG', /valid bucket name/],
])('%s is refused', (reference, code, message) => {
  expect(() => parseReference(reference, '/repo')).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message), hint: expect.any(String) }),
  );
});

test('a password in a reference is not echoed', () => {
  expect(() => parseReference('oci://bob:hunter2@reg.example/app:prod', '/repo')).toThrow(
    expect.objectContaining({ code: 'CONFIG', message: expect.not.stringContaining('hunter2') }),
  );
});

test('pulling needs a folder', () => {
  expect(() => resolvePull('oci://r/app:prod', undefined, '/repo')).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: 'add -o DIR' }),
  );
  expect(resolvePull('oci://r/app:prod', 'live', '/repo')).toMatchObject({
    out: '/repo/live',
    reference: 'oci://r/app:prod',
  });
});
