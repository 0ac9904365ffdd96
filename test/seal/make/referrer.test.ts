import { expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { EMPTY_BLOB, referrerOf } from '../../../src/seal/make/referrer.ts';
import { COSIGN_SIGN_TYPE } from '../../../src/seal/statement.ts';
import { fallbackTag } from '../../../src/ship/referrer.ts';
import { BUNDLE_DIGEST, CREATED, FALLBACK_INDEX, REFERRER, SUBJECT } from '../golden.ts';

const referrer = referrerOf({
  bundle: { digest: BUNDLE_DIGEST, size: 635 },
  predicateType: COSIGN_SIGN_TYPE,
  // In another order, and with more than a descriptor needs: neither may show.
  subject: { digest: SUBJECT.digest, size: SUBJECT.size, mediaType: SUBJECT.mediaType, ...{ data: 'e30=' } },
  created: CREATED,
});

test('the referrer is cosign’s to the byte: 877 of them', () => {
  expect(Buffer.from(referrer.manifest).toString()).toBe(REFERRER);
  expect(referrer.manifest).toHaveLength(877);
});

test('its descriptor makes the index of registries without the referrers API', () => {
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [referrer.descriptor],
  };
  expect(JSON.stringify(index)).toBe(FALLBACK_INDEX);
  expect(fallbackTag(SUBJECT.digest)).toBe('sha256-c7572779ef42ee557fac5e5a4305b77cda19d1b505b5ad83ff7a1819a9970e6f');
});

test('the config that it names is the empty one', () => {
  const { descriptor, bytes } = EMPTY_BLOB;
  expect([descriptor.size, descriptor.digest]).toEqual([bytes.length, digestOf(bytes)]);
});
