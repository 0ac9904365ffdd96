import { createHash, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandKey } from '../../../src/seal/keys/command-key.ts';
import { readPublicKey } from '../../../src/seal/keys/public-key.ts';
import { MAKE, type Pair } from './samples.ts';

const message = Buffer.from('what is signed');
const pemOf = ({ publicKey }: Pair): string => publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** A signing service that knows the message of each digest: node:crypto signs messages only. */
function service(pair: Pair, encoding: 'der' | 'ieee-p1363', messages: readonly Uint8Array[] = [message]) {
  return async (digest: Uint8Array): Promise<Uint8Array> => {
    const known = messages.find((one) => createHash('sha256').update(one).digest().equals(digest));
    return sign('sha256', known ?? Buffer.from('unknown'), { key: pair.privateKey, dsaEncoding: encoding });
  };
}

describe('a command that holds the key signs', () => {
  const ways = (['ecdsa-p256', 'ecdsa-p384', 'rsa'] as const).flatMap((kind) => [
    [kind, 'der'] as const,
    [kind, 'ieee-p1363'] as const,
  ]);
  test.each(ways)('%s, answering in %s', async (kind, encoding) => {
    const pair = MAKE[kind]();
    const key = commandKey({ publicKey: pemOf(pair), shown: 'kms.pub', ask: service(pair, encoding) });
    const { hint, verify } = readPublicKey(pemOf(pair));
    expect(key).toMatchObject({ algorithm: kind, publicKey: pemOf(pair), hint });
    expect(verify(message, await key.sign(message))).toBe(true);
  });
});

test('numbers side by side become DER whatever their first bits are', async () => {
  const pair = MAKE['ecdsa-p256']();
  const { verify } = readPublicKey(pemOf(pair));
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 20 }), async (bytes) => {
      const ask = service(pair, 'ieee-p1363', [bytes]);
      const signature = await commandKey({ publicKey: pemOf(pair), shown: 'kms.pub', ask }).sign(bytes);
      expect(verify(bytes, signature)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test.each<[string, (pair: Pair) => Promise<Uint8Array>]>([
  ['another message', async ({ privateKey }) => sign('sha256', Buffer.from('x'), privateKey)],
  ['another key', async () => sign('sha256', message, MAKE['ecdsa-p256']().privateKey)],
  ['another hash', async ({ privateKey }) => sign('sha384', message, privateKey)],
  ['nothing', async () => new Uint8Array()],
  ['one byte', async () => Uint8Array.of(0)],
  ['no signature', async () => new Uint8Array(64)],
])('an answer that is not the signature is refused: %s', async (_, answer) => {
  const pair = MAKE['ecdsa-p256']();
  const key = commandKey({ publicKey: pemOf(pair), shown: 'kms.pub', ask: () => answer(pair) });
  await expect(key.sign(message)).rejects.toMatchObject({
    code: 'CONFIG',
    message: 'Refused the answer of the signing command: not a signature by "kms.pub"',
    hint: expect.stringContaining('SHA-256'),
  });
});

test('Ed25519 does not sign digests', () => {
  const make = () => commandKey({ publicKey: pemOf(MAKE.ed25519()), shown: 'kms.pub', ask: async (digest) => digest });
  expect(make).toThrow(expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining('Ed25519') }));
});
