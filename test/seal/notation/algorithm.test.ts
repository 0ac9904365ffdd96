import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { notationAlgorithm, signRaw, verifyRaw } from '../../../src/seal/notation/algorithm.ts';
import { ecPair, rsaPair } from './certificates.ts';

/** A public key of so many bits; nobody has its private half. */
function rsa(bits: number): KeyObject {
  const modulus = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  modulus[0] = 0xff >> (modulus.length * 8 - bits);
  return createPublicKey({ key: { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' }, format: 'jwk' });
}

test.each<readonly [string, KeyObject, string | undefined]>([
  ['RSA of 2048 bits', rsa(2048), 'PS256'],
  ['RSA of 3072 bits', rsa(3072), 'PS384'],
  ['RSA of 4096 bits', rsa(4096), 'PS512'],
  ['RSA of 4095 bits, whole bytes counting', rsa(4095), 'PS512'],
  ['RSA of 1024 bits', rsa(1024), undefined],
  ['RSA of 8192 bits', rsa(8192), undefined],
  ['ECDSA P-256', ecPair('prime256v1').publicKey, 'ES256'],
  ['ECDSA P-384', ecPair('secp384r1').publicKey, 'ES384'],
  ['ECDSA P-521', ecPair('secp521r1').publicKey, 'ES512'],
  ['ECDSA secp256k1', ecPair('secp256k1').publicKey, undefined],
  ['Ed25519', generateKeyPairSync('ed25519').publicKey, undefined],
])('a key of %s signs with its one algorithm, or not at all', (_, key, algorithm) => {
  expect(notationAlgorithm(key)).toBe(algorithm);
});

describe.each([
  ['PS256', rsaPair(2048), 256],
  ['ES256', ecPair(), 64],
  ['ES384', ecPair('secp384r1'), 96],
  ['ES512', ecPair('secp521r1'), 132],
] as const)('%s', (algorithm, { privateKey, publicKey }, length) => {
  const data = Buffer.from('data');

  test('signs what it verifies, in the length that JWS has', async () => {
    const signature = await signRaw(algorithm, privateKey, data);
    expect(signature).toHaveLength(length);
    expect(verifyRaw(algorithm, publicKey, data, signature)).toBe(true);
  });

  test('refuses other data, a shorter signature and none', async () => {
    const signature = await signRaw(algorithm, privateKey, data);
    expect(verifyRaw(algorithm, publicKey, Buffer.from('other'), signature)).toBe(false);
    expect(verifyRaw(algorithm, publicKey, data, signature.subarray(1))).toBe(false);
    expect(verifyRaw(algorithm, publicKey, data, new Uint8Array())).toBe(false);
  });
});
