import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { verifyRaw } from '../../../src/seal/notation/algorithm.ts';
import { decodeEnvelope } from '../../../src/seal/notation/decode.ts';
import { signingInput } from '../../../src/seal/notation/envelope.ts';
import { type NotationMaterial, readNotationSigner } from '../../../src/seal/notation/sign.ts';
import { CREATED, SUBJECT } from '../golden.ts';
import { type Chain, chainOf, ecPair, issue } from './certificates.ts';
import { PAYLOAD, PROTECTED } from './golden.ts';

const signingTime = new Date(CREATED);
const good = chainOf();
const pem = ({ pair }: Chain['leaf']): string => pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const material = (key: string, certificates: string): NotationMaterial => ({
  key: { text: key, shown: 'notation.key' },
  certificates: { text: certificates, shown: 'notation.pem' },
  passphrase: () => undefined,
  agent: 'slipway/0.1.0',
});

describe('a signer', () => {
  test('signs notation’s bytes with the key of its certificate', async () => {
    const signer = await readNotationSigner(material(good.key, good.pem));
    const envelope = await signer.sign(SUBJECT, { signingTime });
    const { parts, signature, chain } = decodeEnvelope(envelope);
    expect(Buffer.from(parts.protected, 'base64url').toString()).toBe(PROTECTED);
    expect(Buffer.from(parts.payload, 'base64url').toString()).toBe(PAYLOAD);
    expect(verifyRaw('ES256', good.leaf.pair.publicKey, signingInput(parts), signature)).toBe(true);
    expect(chain.map(({ der }) => Buffer.from(der))).toEqual([good.leaf.der, good.between.der, good.root.der]);
    expect(JSON.parse(Buffer.from(envelope).toString())).toMatchObject({
      header: { 'io.cncf.notary.signingAgent': 'slipway/0.1.0' },
    });
    expect(signer.thumbprints).toEqual(chain.map(({ thumbprint }) => thumbprint));
    expect(signer.name).toBe(`notation:${chain[0].thumbprint}`);
  });

  test('opens an encrypted key with its passphrase', async () => {
    const key = good.leaf.pair.privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'pass',
    });
    const signer = await readNotationSigner({ ...material(key.toString(), good.pem), passphrase: () => 'pass' });
    await expect(signer.sign(SUBJECT, { signingTime })).resolves.toBeInstanceOf(Uint8Array);
  });

  test('shows nothing of its key', async () => {
    const signer = await readNotationSigner(material(good.key, good.pem));
    const shown = inspect(signer, { depth: 9, showHidden: true }) + JSON.stringify(signer);
    expect(shown).not.toMatch(/KeyObject|PRIVATE/);
    expect(shown).not.toContain(good.key.split('\n')[1]);
  });
});

describe('a signer is refused', () => {
  const k1 = issue({ pair: ecPair('secp256k1') });
  test.each<readonly [string, string, string, string, string]>([
    [
      'with another key',
      pem(issue()),
      good.pem,
      'is not the key of the first certificate',
      'certificate of this key first',
    ],
    ['with one certificate of another key', pem(issue()), issue().pem, 'is not the key', 'issued for this key'],
    [
      'with its certificates the other way round',
      good.key,
      good.root.pem + good.leaf.pem,
      'first certificate',
      'first',
    ],
    ['without the root', good.key, good.leaf.pem + good.between.pem, 'its root is missing', 'the root last'],
    ['without certificates', good.key, '', 'it holds none', 'BEGIN CERTIFICATE'],
    ['with a key that Notation does not take', pem(k1), k1.pem, 'does not take such keys', 'RSA of 2048'],
    ['with a certificate in place of the key', good.pem, good.pem, 'it is a certificate', 'private key'],
  ])('%s', async (_, key, certificates, message, hint) => {
    await expect(readNotationSigner(material(key, certificates))).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  test('with a certificate that was made for something else', async () => {
    const chain = chainOf({ usage: null });
    await expect(readNotationSigner(material(chain.key, chain.pem))).rejects.toMatchObject({
      code: 'CONFIG',
      message:
        'Cannot sign for Notation with the certificates "notation.pem": certificate "CN=Release" has no critical key usage',
      hint: expect.stringContaining('keyUsage=critical,digitalSignature'),
    });
  });
});

describe('a signature is not made', () => {
  const times = { from: '2026-01-01T00:00:00Z', to: '2026-12-31T23:59:59Z' };
  test.each([
    ['after the certificate has expired', '2027-01-01T00:00:00Z', 'expired at 2026-12-31T23:59:59Z'],
    ['before the certificate is valid', '2025-06-01T00:00:00Z', 'is not valid before 2026-01-01T00:00:00Z'],
  ])('%s, which shows before the run too', async (_, at, state) => {
    const { key, pem } = chainOf(times);
    const signer = await readNotationSigner(material(key, pem));
    const error = expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(state) });
    expect(() => signer.checkLifetime(new Date(at))).toThrowError(error);
    await expect(signer.sign(SUBJECT, { signingTime: new Date(at) })).rejects.toEqual(error);
    expect(() => signer.checkLifetime(signingTime)).not.toThrow();
  });

  test('that expires in the second in which it is made', async () => {
    const signer = await readNotationSigner(material(good.key, good.pem));
    const expiry = new Date(signingTime.getTime() + 999);
    await expect(signer.sign(SUBJECT, { signingTime, expiry })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('would expire before it is made'),
    });
  });
});
