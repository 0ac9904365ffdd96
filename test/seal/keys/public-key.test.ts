import { createECDH, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePem } from '../../../src/seal/keys/pem.ts';
import { publicKeyOf, readPublicKey } from '../../../src/seal/keys/public-key.ts';
import { HINT, LEGACY_PAYLOAD, LEGACY_SIGNATURE, PUBLIC_KEY } from '../golden.ts';
import { COSIGN_KEY, MAKE } from './samples.ts';

const payload = Buffer.from(LEGACY_PAYLOAD);
const signature = Buffer.from(LEGACY_SIGNATURE, 'base64');

test('a key is called in bundles what cosign calls it, and verifies what it signed', () => {
  const key = readPublicKey(PUBLIC_KEY);
  expect(key).toMatchObject({ algorithm: 'ecdsa-p256', hint: HINT, pem: PUBLIC_KEY });
  expect(key.verify(payload, signature)).toBe(true);
});

test('bytes that are no signature do not verify, and do not throw', () => {
  const { verify } = readPublicKey(PUBLIC_KEY);
  expect(verify(Buffer.from('x'), signature)).toBe(false);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => !verify(payload, bytes)),
    { numRuns: 50 },
  );
});

test('a key with a compressed point is the same key: Go reads and hashes the long form only', () => {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  const head = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
  const short = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
  const long = encodePem('PUBLIC KEY', Buffer.concat([head, ecdh.getPublicKey()]));
  const compressed = encodePem('PUBLIC KEY', Buffer.concat([short, ecdh.getPublicKey(null, 'compressed')]));
  expect(readPublicKey(compressed)).toMatchObject({ pem: long, hint: readPublicKey(long).hint });
});

test('an RSA key in PKCS #1 is read, and written as SPKI', () => {
  const { publicKey } = MAKE.rsa();
  const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  expect(readPublicKey(publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()).pem).toBe(spki);
});

test('of a private key it is the public half', () => {
  const { publicKey, privateKey } = MAKE.ed25519();
  expect(publicKeyOf(privateKey)).toMatchObject({
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    algorithm: 'ed25519',
  });
  expect(createPublicKey(privateKey).equals(publicKey)).toBe(true);
});

describe('what is no public key is refused with the reason', () => {
  const x448 = 'MEIwBQYDK2VvAzkA'.padEnd(92, 'A');
  test.each<[string, string, string]>([
    ['a private key', COSIGN_KEY, 'it is a private key'],
    ['a certificate', encodePem('CERTIFICATE', Buffer.from('x')), 'it is a certificate'],
    ['two keys', PUBLIC_KEY + PUBLIC_KEY, 'several keys'],
    ['other bytes', encodePem('PUBLIC KEY', Buffer.from('x')), 'cannot be decoded'],
    ['a key that does not sign', encodePem('PUBLIC KEY', Buffer.from(x448, 'base64')), 'type "x448"'],
    ['something else', 'key', 'it is not PEM'],
    ['a text too long to be a key', ' '.repeat(64_001) + PUBLIC_KEY, 'it is not PEM'],
  ])('%s', (_, text, state) => {
    expect(() => readPublicKey(text, 'cosign.pub')).toThrow(
      expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(state), hint: expect.any(String) }),
    );
  });
});
