import { expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { readPublicKey } from '../../../src/seal/keys/public-key.ts';
import { keyIdentity, type SigningIdentity } from '../../../src/seal/make/identity.ts';
import { legacyManifest, legacyTag, signLegacy } from '../../../src/seal/make/legacy.ts';
import type { LogEntry } from '../../../src/wire/sigstore/log-entry.ts';
import { LEGACY_CONFIG, LEGACY_MANIFEST, LEGACY_PAYLOAD, LEGACY_SIGNATURE, REFERENCE, SUBJECT } from '../golden.ts';
import { newKey, rememberingSigner } from './signer.ts';

const entry: LogEntry = {
  logIndex: '175508996',
  logId: { keyId: 'wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=' },
  kindVersion: { kind: 'hashedrekord', version: '0.0.1' },
  integratedTime: '1740770291',
  inclusionPromise: { signedEntryTimestamp: 'c2V0' },
  inclusionProof: { logIndex: '1', rootHash: '', treeSize: '2', hashes: [], checkpoint: { envelope: 'x' } },
  canonicalizedBody: 'Ym9keQ==',
};

/** Someone with a certificate, whose log gave these entries. */
const certified = (logEntries: readonly LogEntry[], timestamps: readonly Uint8Array[] = []): SigningIdentity => ({
  name: 'someone',
  sign: async () => {
    const signer = { kind: 'certificate', leaf: Buffer.alloc(50, 1), chain: [Buffer.from('ca')] } as const;
    return { signature: Uint8Array.of(1), material: { signer, logEntries, timestamps } };
  },
});

test('a key signs cosign’s payload, and payload, config and manifest are cosign’s to the byte', async () => {
  const identity = rememberingSigner(LEGACY_SIGNATURE);
  const { layer, payload } = await signLegacy(identity, REFERENCE, SUBJECT.digest);
  expect(Buffer.from(payload).toString()).toBe(LEGACY_PAYLOAD);
  expect(identity.asked).toEqual([{ kind: 'bytes', payload }]);
  const { manifest, config } = legacyManifest([layer]);
  expect(Buffer.from(config.bytes).toString()).toBe(LEGACY_CONFIG);
  expect(Buffer.from(manifest).toString()).toBe(LEGACY_MANIFEST);
  expect(config.descriptor.digest).toBe(digestOf(config.bytes));
});

test('its tag is the digest of the artifact, with a dash and an ending', () => {
  expect(legacyTag(SUBJECT.digest)).toBe('sha256-c7572779ef42ee557fac5e5a4305b77cda19d1b505b5ad83ff7a1819a9970e6f.sig');
});

test('a real key’s signature is over the payload as it is', async () => {
  const key = newKey();
  const { layer, payload } = await signLegacy(keyIdentity(key), REFERENCE, SUBJECT.digest);
  const signature = Buffer.from(layer.annotations['dev.cosignproject.cosign/signature'] ?? '', 'base64');
  expect(readPublicKey(key.publicKey).verify(payload, signature)).toBe(true);
  expect(Object.keys(layer.annotations)).toEqual(['dev.cosignproject.cosign/signature']);
});

test('signatures of others stay before ours, each with its history', async () => {
  const [one, two] = [
    await signLegacy(keyIdentity(newKey()), 'a/b', SUBJECT.digest),
    await signLegacy(keyIdentity(newKey()), REFERENCE, SUBJECT.digest),
  ];
  const { manifest, config } = legacyManifest([one.layer, two.layer]);
  expect(JSON.parse(Buffer.from(manifest).toString())).toMatchObject({ layers: [one.layer, two.layer] });
  expect(JSON.parse(Buffer.from(config.bytes).toString())).toMatchObject({
    history: [{}, {}],
    rootfs: { diff_ids: [digestOf(one.payload), digestOf(two.payload)] },
  });
});

test('a certificate brings its chain, its log entry and its timestamp along', async () => {
  const { layer } = await signLegacy(certified([entry], [Uint8Array.of(7)]), REFERENCE, SUBJECT.digest);
  expect(layer.annotations).toEqual({
    'dev.cosignproject.cosign/signature': 'AQ==',
    'dev.sigstore.cosign/bundle':
      '{"SignedEntryTimestamp":"c2V0","Payload":{"body":"Ym9keQ==","integratedTime":1740770291,"logIndex":175508996,"logID":"c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d"}}',
    'dev.sigstore.cosign/certificate': `-----BEGIN CERTIFICATE-----\n${'AQEB'.repeat(16)}\nAQE=\n-----END CERTIFICATE-----\n`,
    'dev.sigstore.cosign/chain': '-----BEGIN CERTIFICATE-----\nY2E=\n-----END CERTIFICATE-----\n',
    'dev.sigstore.cosign/rfc3161timestamp': '{"SignedRFC3161Timestamp":"Bw=="}',
  });
});

test('a log without signed timestamps cannot be written down the older way', async () => {
  const { inclusionPromise: _, integratedTime: __, ...second } = entry;
  await expect(signLegacy(certified([second]), REFERENCE, SUBJECT.digest)).rejects.toMatchObject({
    code: 'CONFIG',
    hint: expect.stringContaining('sign.legacy'),
  });
});
