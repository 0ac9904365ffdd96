import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import type { Digest, ProofGoods, ProofKind, SignatureLayer } from '../../src/model.ts';
import { forms } from '../../src/seal/forms.ts';
import { readNotationSigner } from '../../src/seal/notation/sign.ts';
import {
  CREATED,
  LEGACY_CONFIG,
  LEGACY_MANIFEST,
  LEGACY_PAYLOAD,
  LEGACY_SIGNATURE,
  REFERRER,
  SUBJECT,
} from './golden.ts';
import { chainOf } from './notation/certificates.ts';
import { MANIFEST as NOTATION_MANIFEST } from './notation/golden.ts';

const EMPTY = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';

const goods = (kind: ProofKind, bytes: Uint8Array): ProofGoods => ({
  proof: { kind, digest: digestOf(bytes), size: bytes.length, signer: 'key:00', at: CREATED },
  bytes,
});

const layer: SignatureLayer = {
  payload: Buffer.from(LEGACY_PAYLOAD),
  annotations: { 'dev.cosignproject.cosign/signature': LEGACY_SIGNATURE },
};
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('a bundle', () => {
  const bytes = Buffer.from('{}');
  const form = forms.form(goods('bundle', bytes), SUBJECT);
  if (form?.kind !== 'referrer') throw new Error('no referrer');

  test('is a referrer with its predicate type and the time of the proof, and the blobs that come before it', () => {
    const { layers: _, annotations, ...rest } = JSON.parse(text(form.manifest));
    const { layers: __, annotations: ___, ...golden } = JSON.parse(REFERRER);
    expect(rest).toEqual(golden);
    expect(annotations).toEqual({
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1',
      'org.opencontainers.image.created': CREATED,
    });
    expect(form.blobs.map(({ digest }) => digest)).toEqual([EMPTY, digestOf(bytes)]);
    for (const blob of form.blobs) expect(digestOf(blob.bytes)).toBe(blob.digest);
    expect(form.descriptor).toEqual({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      size: form.manifest.length,
      digest: digestOf(form.manifest),
      annotations,
      artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    });
  });

  test('is found again in its referrer', () => {
    expect(forms.referrerProof(form.manifest)).toEqual({ kind: 'bundle', digest: digestOf(bytes), size: 2 });
  });

  test('over what buckets show has no place in a registry', () => {
    expect(forms.form(goods('views', bytes), SUBJECT)).toBeUndefined();
  });
});

describe('an envelope of the Notary Project', () => {
  test('is a referrer with the thumbprints and the signing time that are in it, and is found again', async () => {
    const { key, pem, leaf, between, root } = chainOf();
    const named = { key: { text: key, shown: 'k' }, certificates: { text: pem, shown: 'c' } };
    const signer = await readNotationSigner({ ...named, passphrase: () => undefined });
    const bytes = await signer.sign(SUBJECT, { signingTime: new Date('2026-12-24T18:00:00Z') });
    const form = forms.form(goods('notation', bytes), SUBJECT);
    if (form?.kind !== 'referrer') throw new Error('no referrer');
    const manifest = JSON.parse(text(form.manifest));
    const digests = [leaf, between, root].map(({ der }) => digestOf(der).slice('sha256:'.length));
    expect(manifest.annotations).toEqual({
      'io.cncf.notary.x509chain.thumbprint#S256': JSON.stringify(digests),
      'org.opencontainers.image.created': '2026-12-24T18:00:00Z',
    });
    expect(form.blobs.map(({ digest }) => digest)).toEqual([EMPTY, digestOf(bytes)]);
    expect(form.descriptor.artifactType).toBe('application/vnd.cncf.notary.signature');
    expect(forms.referrerProof(form.manifest)).toEqual({
      kind: 'notation',
      digest: digestOf(bytes),
      size: bytes.length,
    });
  });

  test('that is none cannot be attached', () => {
    const bytes = Buffer.from('{}');
    expect(() => forms.form(goods('notation', bytes), SUBJECT)).toThrow(
      expect.objectContaining({
        code: 'CORRUPT',
        message: `Cannot use the proof ${digestOf(bytes)}: it has no text "protected"`,
      }),
    );
  });
});

describe('a referrer of something else', () => {
  const digest: Digest = `sha256:${'1'.repeat(64)}`;
  const bundle = { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', digest, size: 5 };
  const manifest = (...layers: readonly object[]): Uint8Array => Buffer.from(JSON.stringify({ layers }));
  test('is a bundle whatever its version, its config and its artifact type: that is how cosign finds them', () => {
    const old = { ...bundle, mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1' };
    expect(forms.referrerProof(manifest(old))).toEqual({ kind: 'bundle', digest, size: 5 });
  });

  const COSE = NOTATION_MANIFEST.replace('application/jose+json', 'application/cose');
  test.each<[string, Uint8Array]>([
    ['two layers', manifest(bundle, bundle)],
    ['no layers', manifest()],
    ['a layer of another type', manifest({ ...bundle, mediaType: 'application/spdx+json' })],
    ['a layer that is no object', Buffer.from('{"layers":[null]}')],
    ['a digest that is none', manifest({ ...bundle, digest: 'sha256:12' })],
    ['a digest that is a list', manifest({ ...bundle, digest: [digest] })],
    ['a layer without size', manifest({ ...bundle, size: -1 })],
    ['a layer that nobody would read', manifest({ ...bundle, size: 2 ** 25 + 1 })],
    ['an envelope that is not JSON', Buffer.from(COSE)],
    ['no JSON', Buffer.from('layers')],
    ['JSON that is no object', Buffer.from('[]')],
  ])('is no proof: %s', (_, bytes) => {
    expect(forms.referrerProof(bytes)).toBeUndefined();
  });
});

describe('a .sig signature', () => {
  const own = `{"annotations":{"dev.cosignproject.cosign/signature":"${LEGACY_SIGNATURE}"},"payload":"${Buffer.from(LEGACY_PAYLOAD).toString('base64')}"}`;

  test('is one JSON text as proof, and comes back from it', () => {
    const bytes = forms.signatureBytes(layer);
    expect(text(bytes)).toBe(own);
    expect(forms.signatureLayer(bytes)).toEqual(layer);
    expect(forms.form(goods('signature', bytes), SUBJECT)).toEqual({ kind: 'signature', layer });
  });

  test('of others keeps its annotations and its media type', () => {
    const theirs: SignatureLayer = {
      payload: Buffer.from('any bytes \u0000'),
      mediaType: 'application/vnd.example+json',
      annotations: { z: 'last', a: 'first', é: '"quoted"' },
    };
    const bytes = forms.signatureBytes(theirs);
    expect(forms.signatureLayer(bytes)).toEqual(theirs);
    expect(text(bytes)).toMatch(/^\{"annotations":\{"a":"first","z":"last","é":/);
    expect(JSON.parse(text(forms.signatureManifest([theirs]).manifest)).layers).toMatchObject([
      { mediaType: theirs.mediaType, annotations: theirs.annotations },
    ]);
  });

  test('with the usual media type said is the same proof', () => {
    const said = { ...layer, mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json' };
    expect(text(forms.signatureBytes(said))).toBe(own);
  });

  test.each([
    ['spaces', own.replace(',', ', ')],
    ['another order', '{"payload":"e30=","annotations":{}}'],
    ['a field more', '{"annotations":{},"more":1,"payload":"e30="}'],
    [
      'the usual media type',
      own.replace('"payload"', '"mediaType":"application/vnd.dev.cosign.simplesigning.v1+json","payload"'),
    ],
    ['base64 that is not the usual one', '{"annotations":{},"payload":"e31="}'],
    ['no payload', '{"annotations":{}}'],
    ['an annotation that is no text', '{"annotations":{"a":1},"payload":"e30="}'],
    ['a media type that is no text', '{"annotations":{},"mediaType":1,"payload":"e30="}'],
    ['a key twice', '{"annotations":{"a":"1","a":"1"},"payload":"e30="}'],
    ['something else', 'null'],
  ])('is not read in other forms: %s', (_, other) => {
    expect(forms.signatureLayer(Buffer.from(other))).toBeUndefined();
  });

  test('that cannot be read is not attached', () => {
    const bytes = Buffer.from('null');
    expect(() => forms.form(goods('signature', bytes), SUBJECT)).toThrow(
      `Cannot use the proof ${digestOf(bytes)}: it is no signature`,
    );
  });

  test('lies in a manifest that is cosign’s to the byte, under a tag made of the digest', () => {
    const { manifest, blobs } = forms.signatureManifest([layer]);
    expect(text(manifest)).toBe(LEGACY_MANIFEST);
    expect(blobs.map(({ bytes }) => text(bytes))).toEqual([LEGACY_PAYLOAD, LEGACY_CONFIG]);
    expect(forms.signatureTag(SUBJECT.digest)).toBe(`sha256-${SUBJECT.digest.slice(7)}.sig`);
  });

  test('of the same payload by two signers is two layers and one blob', () => {
    const { manifest, blobs } = forms.signatureManifest([layer, { ...layer, annotations: {} }]);
    expect(JSON.parse(text(manifest)).layers).toHaveLength(2);
    expect(blobs).toHaveLength(2);
  });
});
