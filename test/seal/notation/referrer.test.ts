import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { notationEnvelopeOf, notationReferrer } from '../../../src/seal/notation/referrer.ts';
import { CREATED, SUBJECT } from '../golden.ts';
import { ENVELOPE, MANIFEST, SPECIFIED_MANIFEST, THUMBPRINT } from './golden.ts';

const attachment = {
  envelope: ENVELOPE,
  thumbprints: [THUMBPRINT],
  subject: SUBJECT,
  signingTime: new Date(CREATED),
};

test('the manifest is notation’s to the byte, and its descriptor is what a fallback index needs', () => {
  const { manifest, descriptor } = notationReferrer(attachment);
  expect(Buffer.from(manifest).toString()).toBe(MANIFEST);
  expect(descriptor).toEqual({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    size: manifest.length,
    digest: digestOf(manifest),
    artifactType: 'application/vnd.cncf.notary.signature',
    annotations: {
      'io.cncf.notary.x509chain.thumbprint#S256': `["${THUMBPRINT}"]`,
      'org.opencontainers.image.created': CREATED,
    },
  });
});

describe('the envelope of a manifest', () => {
  const good = JSON.parse(SPECIFIED_MANIFEST) as Readonly<Record<string, unknown>>;
  const layer = { mediaType: 'application/jose+json', ...ENVELOPE };
  const read = (manifest: unknown) => notationEnvelopeOf(Buffer.from(JSON.stringify(manifest)), SUBJECT);

  test('is found in the form that notation writes, and in that of the specification', () => {
    expect(read(JSON.parse(MANIFEST))).toEqual(ENVELOPE);
    expect(read(good)).toEqual(ENVELOPE);
    expect(SPECIFIED_MANIFEST).toHaveLength(793);
  });

  test.each<readonly [string, unknown]>([
    ['a bundle', { ...good, artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json' }],
    ['a manifest without types', {}],
    ['JSON that is no object', 'manifest'],
    ['nothing', null],
  ])('is not looked for in %s', (_, manifest) => {
    expect(read(manifest)).toBeUndefined();
  });

  test('is not looked for in bytes that are not JSON', () => {
    expect(notationEnvelopeOf(Buffer.from('{'), SUBJECT)).toBeUndefined();
  });

  test.each<readonly [string, object, string]>([
    ['another artifact', { subject: { ...SUBJECT, digest: ENVELOPE.digest } }, 'attached to something else'],
    ['another size', { subject: { ...SUBJECT, size: 635 } }, 'attached to something else'],
    ['no artifact', { subject: null }, 'attached to something else'],
    ['no layer', { layers: [] }, 'exactly one envelope'],
    ['no layers', { layers: null }, 'exactly one envelope'],
    ['a layer that is none', { layers: [null] }, 'exactly one envelope'],
    ['two layers', { layers: [layer, layer] }, 'exactly one envelope'],
    ['a digest of another kind', { layers: [{ ...layer, digest: 'sha512:00' }] }, 'exactly one envelope'],
    ['COSE', { layers: [{ ...layer, mediaType: 'application/cose' }] }, 'is not JWS'],
    ['more than 32 MiB', { layers: [{ ...layer, size: 33_554_433 }] }, 'larger than 32 MiB'],
    ['a size that is none', { layers: [{ ...layer, size: '1340' }] }, 'of no size'],
  ])('is refused with %s', (_, change, message) => {
    expect(() => read({ ...good, ...change })).toThrowError(
      expect.objectContaining({ code: 'UNTRUSTED', message: expect.stringContaining(message) }),
    );
  });
});
