import { expect, test } from 'vitest';
import { generateKeyPair, type KeyKind } from '../../../src/seal/keys/generate.ts';
import { readSigningKey } from '../../../src/seal/keys/signing-key.ts';

/** What a file says once the random parts are taken out. */
function shapeOf(file: string): unknown {
  const [first, ...rest] = file.trimEnd().split('\n');
  const box = JSON.parse(Buffer.from(rest.slice(0, -1).join(''), 'base64').toString()) as {
    readonly kdf: { readonly salt: string };
    readonly cipher: { readonly nonce: string };
    readonly ciphertext: string;
  };
  const text = JSON.stringify(box)
    .replace(box.kdf.salt, 'SALT')
    .replace(box.cipher.nonce, 'NONCE')
    .replace(box.ciphertext, 'BOX');
  return [first, text, rest.at(-1), Buffer.from(box.kdf.salt, 'base64').length];
}

test('a pair is in the form of cosign, and signs', async () => {
  const pair = await generateKeyPair({ type: 'ecdsa-p256', passphrase: () => 'canary' });
  expect(shapeOf(pair.privateKey())).toEqual([
    '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----',
    '{"kdf":{"name":"scrypt","params":{"N":65536,"r":8,"p":1},"salt":"SALT"},"cipher":{"name":"nacl/secretbox","nonce":"NONCE"},"ciphertext":"BOX"}',
    '-----END ENCRYPTED SIGSTORE PRIVATE KEY-----',
    32,
  ]);
  const lines = pair.privateKey().split('\n');
  expect(lines.slice(1, -3).every((line) => line.length === 64)).toBe(true);
  const key = await readSigningKey(pair.privateKey(), async () => 'canary');
  expect(key).toMatchObject({ algorithm: 'ecdsa-p256', publicKey: pair.publicKey });
  expect(JSON.stringify(pair)).toBe(JSON.stringify({ publicKey: pair.publicKey }));
});

test.each<[KeyKind, string]>([
  ['ed25519', 'MCowBQYDK2Vw'],
  ['ecdsa-p384', 'MHYwEAYHKoZIzj0CAQYFK4EEACI'],
])('an empty passphrase is one too: %s', async (type, begin) => {
  const pair = await generateKeyPair({ type, passphrase: () => '' });
  expect(pair.publicKey.split('\n')[1]).toContain(begin);
});

test('without any passphrase no key is made', async () => {
  await expect(generateKeyPair({ type: 'ed25519', passphrase: () => undefined })).rejects.toMatchObject({
    code: 'CONFIG',
    hint: expect.stringContaining('SLIPWAY_KEY_PASSWORD'),
  });
});
