import { expect, test } from 'vitest';
import { encodeEnvelope, signedParts, signingInput } from '../../../src/seal/notation/envelope.ts';
import { CREATED, SUBJECT } from '../golden.ts';
import { PAYLOAD, PROTECTED } from './golden.ts';

const text = (base64url: string): string => Buffer.from(base64url, 'base64url').toString();
const signingTime = new Date(CREATED);

test('what is signed is notation’s to the byte: 204 bytes of header, 171 of payload', () => {
  const parts = signedParts('ES256', SUBJECT, { signingTime });
  expect(text(parts.protected)).toBe(PROTECTED);
  expect(text(parts.payload)).toBe(PAYLOAD);
  expect([PROTECTED.length, PAYLOAD.length]).toEqual([204, 171]);
  expect(Buffer.from(signingInput(parts)).toString()).toBe(`${parts.protected}.${parts.payload}`);
});

test('an expiry is a critical header, and fractions of seconds are dropped', () => {
  const times = { signingTime: new Date('2026-11-20T00:00:00.999Z'), expiry: new Date('2027-01-01T00:00:00.5Z') };
  expect(JSON.parse(text(signedParts('PS384', SUBJECT, times).protected))).toEqual({
    alg: 'PS384',
    crit: ['io.cncf.notary.signingScheme', 'io.cncf.notary.expiry'],
    cty: 'application/vnd.cncf.notary.payload.v1+json',
    'io.cncf.notary.expiry': '2027-01-01T00:00:00Z',
    'io.cncf.notary.signingScheme': 'notary.x509',
    'io.cncf.notary.signingTime': '2026-11-20T00:00:00Z',
  });
});

test('the name of the artifact is user metadata, where notation writes that', () => {
  expect(text(signedParts('ES256', SUBJECT, { signingTime }, 'web').payload)).toBe(
    PAYLOAD.replace('}}', ',"annotations":{"slipway.dev/artifact":"web"}}}'),
  );
});

test('annotations and other fields of the descriptor are not signed', () => {
  const target = { annotations: { a: 'b' }, size: SUBJECT.size, digest: SUBJECT.digest, mediaType: SUBJECT.mediaType };
  expect(text(signedParts('ES256', target, { signingTime }).payload)).toBe(PAYLOAD);
});

test.each([
  ['slipway/0.1.0', '{"x5c":["AQ==","AgM="],"io.cncf.notary.signingAgent":"slipway/0.1.0"}'],
  [undefined, '{"x5c":["AQ==","AgM="]}'],
])('the envelope has the certificates in standard base64 and the rest without padding (agent %s)', (agent, header) => {
  const parts = { protected: 'cHJvdGVjdGVk', payload: 'cGF5bG9hZA' };
  const chain = [Uint8Array.of(1), Uint8Array.of(2, 3)];
  const envelope = encodeEnvelope(parts, { signature: Uint8Array.of(0xfb, 0xff), chain, agent });
  expect(Buffer.from(envelope).toString()).toBe(
    `{"payload":"cGF5bG9hZA","protected":"cHJvdGVjdGVk","header":${header},"signature":"-_8"}`,
  );
});
