import { expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { CONTENT_TYPE, FLUX_CONFIG, firstLayer, fluxManifest, revisionOf } from '../../src/ship/manifest.ts';

const content = { mediaType: CONTENT_TYPE, digest: `sha256:${'3'.repeat(64)}`, size: 1093 } as const;
const commit = '0123456789012345678901234567890123456789';
const provenance = {
  source: 'https://github.com/example/app',
  commit,
  commitTime: '2026-11-20T00:00:00Z',
  ref: 'main',
  dirty: false,
};

test('the config is the constant 115 bytes that flux 2.9 pushes', () => {
  expect(FLUX_CONFIG.bytes.length).toBe(115);
  expect(FLUX_CONFIG.descriptor.digest).toBe('sha256:5b943e2b943f6c81dbbd4e2eca5121f4fcc39139e3d1219d6d89bd925b77d9fe');
});

test('the manifest is byte for byte what flux push artifact writes for the same annotations', () => {
  const manifest = fluxManifest(content, provenance);
  expect(manifest.length).toBe(634);
  expect(digestOf(manifest)).toBe('sha256:c7572779ef42ee557fac5e5a4305b77cda19d1b505b5ad83ff7a1819a9970e6f');
});

test('without Git there is no source and no revision, and the time is the beginning of 1970', () => {
  const { annotations } = JSON.parse(Buffer.from(fluxManifest(content, { dirty: false })).toString());
  expect(annotations).toEqual({ 'org.opencontainers.image.created': '1970-01-01T00:00:00Z' });
});

test.each([
  [{ commit, ref: 'main', dirty: false }, `main@sha1:${commit}`],
  [{ commit, dirty: false }, `sha1:${commit}`],
  [{ commit, ref: 'v1', dirty: true }, `v1@sha1:${commit}-dirty`],
  [{ commit: 'a'.repeat(64), ref: 'main', dirty: false }, `main@sha256:${'a'.repeat(64)}`],
  [{ dirty: true }, undefined],
])('the revision of %o is %s', (from, revision) => {
  expect(revisionOf(from)).toBe(revision);
});

test('the first layer is the content', () => {
  expect(firstLayer(fluxManifest(content, provenance))).toEqual(content);
});

test.each(['{"manifests":[]}', 'hello', ''])('%o has no layer', (manifest) => {
  expect(firstLayer(Buffer.from(manifest))).toBeUndefined();
});
