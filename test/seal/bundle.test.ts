import { bundleFromJSON } from '@sigstore/bundle';
import { expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { BUNDLE_TYPE, BUNDLE_TYPE_PREFIX, encodeBundle, type Material } from '../../src/seal/bundle.ts';
import { STATEMENT_TYPE } from '../../src/seal/envelope.ts';
import type { LogEntry } from '../../src/wire/sigstore/log-entry.ts';
import { BUNDLE, BUNDLE_DIGEST, ENVELOPE_SIGNATURE, HINT, STATEMENT } from './golden.ts';

const envelope = {
  payloadType: STATEMENT_TYPE,
  payload: Buffer.from(STATEMENT),
  signature: Buffer.from(ENVELOPE_SIGNATURE, 'base64'),
};
const key: Material = { signer: { kind: 'key', hint: HINT }, logEntries: [], timestamps: [] };

const entry: LogEntry = {
  logIndex: '9007199254740993',
  logId: { keyId: 'AAEC' },
  kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
  inclusionProof: {
    logIndex: '3',
    rootHash: 'AAEC',
    treeSize: '4',
    hashes: ['AAEC'],
    checkpoint: { envelope: 'log.example\n4\nAAEC\n' },
  },
  canonicalizedBody: 'e30=',
};

test('the bundle of a key is cosign’s to the byte: 635 of them', () => {
  const bytes = encodeBundle(envelope, key);
  expect(Buffer.from(bytes).toString()).toBe(BUNDLE);
  expect([bytes.length, digestOf(bytes)]).toEqual([635, BUNDLE_DIGEST]);
});

test('certificate, log entries and timestamps stand where readers of bundles find them', () => {
  const signer = { kind: 'certificate', leaf: Uint8Array.of(1, 2), chain: [Uint8Array.of(3)] } as const;
  const bytes = encodeBundle(envelope, { signer, logEntries: [entry], timestamps: [Uint8Array.of(7)] });
  const json: unknown = JSON.parse(Buffer.from(bytes).toString());
  expect(json).toMatchObject({
    verificationMaterial: {
      certificate: { rawBytes: 'AQI=' },
      tlogEntries: [entry],
      timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: 'Bw==' }] },
    },
  });
  const read = bundleFromJSON(json);
  expect(read.verificationMaterial.content.$case).toBe('certificate');
  expect(read.verificationMaterial.tlogEntries[0]?.logIndex).toBe('9007199254740993');
  expect(read.verificationMaterial.timestampVerificationData?.rfc3161Timestamps).toHaveLength(1);
});

test('the media type is one that readers look for', () => {
  expect(BUNDLE_TYPE.startsWith(BUNDLE_TYPE_PREFIX)).toBe(true);
});
