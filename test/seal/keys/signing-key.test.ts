import { generateKeyPairSync, type KeyObject, randomBytes, scryptSync } from 'node:crypto';
import { inspect } from 'node:util';
import { secretbox } from '@noble/ciphers/salsa.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../../src/errors.ts';
import { encodePem } from '../../../src/seal/keys/pem.ts';
import { type PublicKey, readPublicKey } from '../../../src/seal/keys/public-key.ts';
import { readSigningKey } from '../../../src/seal/keys/signing-key.ts';
import { COSIGN_KEY, COSIGN_PASSPHRASE, COSIGN_PUBLIC_KEY, MAKE } from './samples.ts';

const PHRASE = 'canary passphrase ü';
const message = Buffer.from('what is signed');
const none = (): undefined => undefined;
const p256 = MAKE['ecdsa-p256']();

const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' = 'pkcs8'): string =>
  key.export({ type, format: 'pem' }).toString();
const encrypted = (key: KeyObject, type: 'pkcs8' | 'sec1' = 'pkcs8', passphrase = PHRASE): string =>
  key.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();

const SALT = randomBytes(32);
const derived = new Map<string, Uint8Array>();

/** The key of a box. It costs a tenth of a second, so each is derived once. */
function keyOf(passphrase: string): Uint8Array {
  const key = derived.get(passphrase) ?? scryptSync(passphrase, SALT, 32, { N: 32_768, r: 8, p: 1, maxmem: 64 << 20 });
  derived.set(passphrase, key);
  return key;
}

/** Cosign's form around any bytes, cheaper than cosign makes it, with the label of old. */
function boxed(content: Uint8Array, passphrase: string, change: Readonly<Record<string, unknown>> = {}): string {
  const nonce = randomBytes(24);
  const box = {
    kdf: { name: 'scrypt', params: { N: 32_768, r: 8, p: 1 }, salt: SALT.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(secretbox(keyOf(passphrase), nonce).seal(content)).toString('base64'),
  };
  return encodePem('ENCRYPTED COSIGN PRIVATE KEY', Buffer.from(JSON.stringify({ ...box, ...change })));
}
const der = (key: KeyObject, type: 'pkcs8' | 'sec1' = 'pkcs8'): Uint8Array => key.export({ type, format: 'der' });

async function refusal(text: string, passphrase: () => string | undefined = () => PHRASE): Promise<SlipwayError> {
  const thrown: unknown = await readSigningKey(text, passphrase, 'cosign.key').then(
    () => new Error('it was read'),
    (error: unknown) => error,
  );
  if (thrown instanceof SlipwayError) return thrown;
  throw thrown;
}

async function expectSigns(text: string, passphrase: () => string | undefined, by: PublicKey): Promise<void> {
  const key = await readSigningKey(text, passphrase);
  expect(key).toMatchObject({ algorithm: by.algorithm, publicKey: by.pem, hint: by.hint });
  const signature = await key.sign(message);
  expect(by.verify(message, signature)).toBe(true);
  expect(by.verify(Buffer.from('something else'), signature)).toBe(false);
}

describe('keys that sign', () => {
  const kinds = Object.entries(MAKE);
  test('RSA in PKCS #1', async () => {
    const { publicKey, privateKey } = MAKE.rsa();
    const by = readPublicKey(publicKey.export({ type: 'spki', format: 'pem' }).toString());
    await expectSigns(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(), none, by);
  });

  test.each(kinds)('%s in PKCS #8, plain and encrypted', async (algorithm, make) => {
    const { publicKey, privateKey } = make();
    const by = readPublicKey(publicKey.export({ type: 'spki', format: 'pem' }).toString());
    expect(by.algorithm).toBe(algorithm);
    await expectSigns(pem(privateKey), none, by);
    await expectSigns(encrypted(privateKey), () => PHRASE, by);
  });

  const by = readPublicKey(p256.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
  test.each<[string, string, string | undefined]>([
    ['SEC 1', pem(p256.privateKey, 'sec1'), undefined],
    ['SEC 1 behind its parameters, as OpenSSL writes it', parameters + pem(p256.privateKey, 'sec1'), undefined],
    ['SEC 1 as OpenSSL encrypted it before PKCS #8', encrypted(p256.privateKey, 'sec1'), PHRASE],
    [
      'a file of Windows, with words around the key',
      `# key\r\n${pem(p256.privateKey).replaceAll('\n', '\r\n')}`,
      undefined,
    ],
    ['a key with its public half beside it', by.pem + pem(p256.privateKey), undefined],
    ['the older form of cosign', boxed(der(p256.privateKey), PHRASE), PHRASE],
    ['a key of cosign without passphrase, none set', boxed(der(p256.privateKey), ''), undefined],
  ])('%s', async (_, text, phrase) => {
    await expectSigns(text, () => phrase, by);
  });

  test('a key that cosign made', async () => {
    const made = readPublicKey(COSIGN_PUBLIC_KEY);
    await expectSigns(COSIGN_KEY, () => COSIGN_PASSPHRASE, made);
    expect(made.pem).toBe(COSIGN_PUBLIC_KEY);
  });

  test('the passphrase is not asked for where none is needed', async () => {
    const asked = (): never => expect.unreachable('it was asked for');
    await expect(readSigningKey(pem(p256.privateKey), asked)).resolves.toBeDefined();
  });
});

describe('what cannot sign is refused with the reason', () => {
  const rsa1024 = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const curve = (namedCurve: string): string => pem(generateKeyPairSync('ec', { namedCurve }).privateKey);
  const box = JSON.parse(Buffer.from(COSIGN_KEY.replace(/-----.*?-----/g, ''), 'base64').toString()) as {
    readonly kdf: Readonly<Record<string, unknown>>;
  };
  const cost = (N: number): Readonly<Record<string, unknown>> => ({ kdf: { ...box.kdf, params: { N, r: 8, p: 1 } } });
  const content = der(p256.privateKey);

  test.each<[string, string, string]>([
    ['a wrong passphrase of cosign’s form', boxed(content, 'another'), 'the passphrase is wrong'],
    ['a wrong passphrase of PKCS #8', encrypted(p256.privateKey, 'pkcs8', 'another'), 'the passphrase is wrong'],
    ['SEC 1 in cosign’s form', boxed(der(p256.privateKey, 'sec1'), PHRASE), 'no PKCS #8 key'],
    ['a cost that cosign does not accept', boxed(content, PHRASE, cost(16_384)), 'cosign does not read'],
    ['a cost that would take hours', boxed(content, PHRASE, cost(2 ** 40)), 'cosign does not read'],
    ['another cipher', boxed(content, PHRASE, { cipher: { name: 'aes', nonce: '' } }), 'cosign does not read'],
    [
      'a short nonce',
      boxed(content, PHRASE, { cipher: { name: 'nacl/secretbox', nonce: 'AA==' } }),
      'cannot be decoded',
    ],
    ['nothing encrypted', boxed(content, PHRASE, { ciphertext: '' }), 'cannot be decoded'],
    ['null for the key derivation', boxed(content, PHRASE, { kdf: null }), 'cannot be decoded'],
    ['JSON that is none', encodePem('ENCRYPTED SIGSTORE PRIVATE KEY', Buffer.from('null')), 'cannot be decoded'],
    ['no JSON at all', encodePem('ENCRYPTED SIGSTORE PRIVATE KEY', Buffer.from('{')), 'cannot be decoded'],
    ['a public key', COSIGN_PUBLIC_KEY, 'it is a public key'],
    ['a certificate', encodePem('CERTIFICATE', Buffer.from('x')), 'it is a certificate'],
    ['two keys', pem(p256.privateKey) + pem(p256.privateKey), 'several private keys'],
    ['a key of SSH', encodePem('OPENSSH PRIVATE KEY', Buffer.from('x')), '"OPENSSH PRIVATE KEY" are not supported'],
    ['PKCS #8 with other bytes', encodePem('PRIVATE KEY', Buffer.from('x')), 'cannot be decoded'],
    ['parameters only', encodePem('EC PARAMETERS', Buffer.from('x')), 'and no private key'],
    ['a key in one line', pem(p256.privateKey).replaceAll('\n', ' '), 'line breaks'],
    ['a key with \\n for its line breaks', pem(p256.privateKey).replaceAll('\n', '\\n'), 'line breaks'],
    ['a key without its end', pem(p256.privateKey).slice(0, 100), 'line breaks or its end'],
    ['something else', 'canary', 'it is not PEM'],
    ['nothing', '', 'it is not PEM'],
    ['P-521', curve('secp521r1'), 'curve "secp521r1"'],
    ['the curve of coins', curve('secp256k1'), 'curve "secp256k1"'],
    ['RSA of 1,024 bits', pem(rsa1024.privateKey), 'an RSA key of 1024 bits'],
    ['RSA for PSS only', pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey), 'type "rsa-pss"'],
    ['Ed448', pem(generateKeyPairSync('ed448').privateKey), 'type "ed448"'],
    ['X25519', pem(generateKeyPairSync('x25519').privateKey), 'type "x25519"'],
    ['DSA', pem(generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey), 'type "dsa"'],
  ])('%s', async (_, text, state) => {
    const error = await refusal(text);
    expect(error).toMatchObject({ code: 'CONFIG', message: expect.stringContaining(state) });
    expect(error.message).toContain('"cosign.key"');
    expect(error.hint).toBeTruthy();
    const shown = inspect(error, { depth: 9 });
    expect(shown).not.toContain(PHRASE);
    const lines = text.split('\n').filter((line) => /^[\w+/=]{16,}$/.test(line));
    expect(lines.filter((line) => shown.includes(line))).toEqual([]);
  });

  test('no passphrase for an encrypted key says where to set it', async () => {
    const error = await refusal(encrypted(p256.privateKey), none);
    expect(error.message).toContain('encrypted and no passphrase is set');
    expect(error.hint).toContain('COSIGN_PASSWORD');
    expect((await refusal(encrypted(p256.privateKey), () => 'x')).message).toContain('the passphrase is wrong');
  });

  test('any text around any label is refused as configuration, never with another error', async () => {
    const label = fc.constantFrom('PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED SIGSTORE PRIVATE KEY', 'X', 'PUBLIC KEY');
    const body = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64')),
    );
    const block = fc
      .tuple(label, body, label)
      .map(([a, text, b]) => `-----BEGIN ${a}-----\n${text}\n-----END ${b}-----\n`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), block), async (text) => {
        expect((await refusal(text)).code).toBe('CONFIG');
      }),
    );
  });
});

test('a signing key shows nothing of its private half', async () => {
  const key = await readSigningKey(pem(p256.privateKey), none);
  const shown = inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key);
  const secret = (p256.privateKey.export({ format: 'jwk' }).d ?? '').slice(0, 20);
  expect(secret).toHaveLength(20);
  expect(shown).not.toContain(secret);
  expect(shown).not.toContain('PRIVATE');
});
