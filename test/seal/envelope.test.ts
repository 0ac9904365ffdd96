import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { envelopeJson, preAuthEncoding, STATEMENT_TYPE } from '../../src/seal/envelope.ts';
import { readPublicKey } from '../../src/seal/keys/public-key.ts';
import { ENVELOPE_SIGNATURE, PAE_DIGEST, PUBLIC_KEY, STATEMENT } from './golden.ts';

const payload = { payloadType: STATEMENT_TYPE, payload: Buffer.from(STATEMENT) };

test('what is signed is what the key of the samples has signed', () => {
  const signed = preAuthEncoding(payload);
  expect(digestOf(signed)).toBe(PAE_DIGEST);
  expect(readPublicKey(PUBLIC_KEY).verify(signed, Buffer.from(ENVELOPE_SIGNATURE, 'base64'))).toBe(true);
});

test('lengths are those of bytes, not of characters', () => {
  const signed = preAuthEncoding({ payloadType: 'é', payload: Buffer.from('ü!') });
  expect(Buffer.from(signed).toString()).toBe('DSSEv1 2 é 3 ü!');
});

test('two different payloads are never signed as the same bytes', () => {
  const text = fc.string({ unit: fc.constantFrom(' ', '1', '2', 'a', 'é'), maxLength: 6 });
  fc.assert(
    fc.property(text, text, text, text, (typeA, a, typeB, b) => {
      const encoded = (payloadType: string, content: string): string =>
        Buffer.from(preAuthEncoding({ payloadType, payload: Buffer.from(content) })).toString();
      expect(encoded(typeA, a) === encoded(typeB, b)).toBe(typeA === typeB && a === b);
    }),
  );
});

test('an envelope has one signature and no key id', () => {
  expect(envelopeJson({ ...payload, signature: Uint8Array.of(1, 2, 255) })).toEqual({
    payload: Buffer.from(STATEMENT).toString('base64'),
    payloadType: 'application/vnd.in-toto+json',
    signatures: [{ sig: 'AQL/' }],
  });
});
