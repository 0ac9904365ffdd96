/** A key that is somewhere else, in a KMS or an HSM: a digest goes out, a signature comes back and is checked. */
import { createHash } from 'node:crypto';
import { SlipwayError } from '../../errors.ts';
import { readPublicKey } from './public-key.ts';
import type { SigningKey } from './signing-key.ts';

/** What a command key is made of. */
export interface CommandKey {
  /** PEM text of the public half; every answer is checked with it. */
  readonly publicKey: string;
  /** What messages call the public key: its path as the user wrote it. */
  readonly shown: string;
  /** Asks for the signature of a SHA-256 digest (32 bytes). */
  readonly ask: (digest: Uint8Array) => Promise<Uint8Array>;
}

/**
 * A signing key that asks someone else. ECDSA answers may be ASN.1 DER or the two numbers side by side, as PKCS #11 and some
 * KMS have it (IEEE P1363). Throws `CONFIG` for a public key that cannot be used, for Ed25519, which does not sign digests,
 * and, when signing, for an answer that is not a signature by that key.
 */
export function commandKey({ publicKey: text, shown, ask }: CommandKey): SigningKey {
  const key = readPublicKey(text, shown);
  if (key.algorithm === 'ed25519') {
    throw new SlipwayError('CONFIG', `Cannot sign by command with the key "${shown}": Ed25519 does not sign digests`, {
      hint: 'use an ECDSA P-256 or P-384 or an RSA key of the signing service',
    });
  }
  return {
    algorithm: key.algorithm,
    publicKey: key.pem,
    hint: key.hint,
    sign: async (message) => {
      const answer = await ask(createHash('sha256').update(message).digest());
      const signature = [answer, derOf(answer)].find((form) => key.verify(message, form));
      if (signature !== undefined) return signature;
      throw new SlipwayError('CONFIG', `Refused the answer of the signing command: not a signature by "${shown}"`, {
        hint: 'sign the SHA-256 digest from standard input as it is, not its hash or text, with the private half of that key; RSA: PKCS #1 v1.5',
      });
    },
  };
}

/** Two numbers of equal length as ASN.1 DER: SEQUENCE of two INTEGERs. */
function derOf(sideBySide: Uint8Array): Uint8Array {
  const half = sideBySide.length / 2;
  const numbers = [integer(sideBySide.subarray(0, half)), integer(sideBySide.subarray(half))];
  const body = Buffer.concat(numbers);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/** An unsigned number as INTEGER: no zeros before it, but one where its first bit would be a sign. */
function integer(number: Uint8Array): Uint8Array {
  const from = number.findIndex((byte) => byte !== 0);
  const digits = from < 0 ? Uint8Array.of(0) : number.subarray(from);
  const padded = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), digits]) : digits;
  return Buffer.concat([Uint8Array.of(0x02, padded.length), padded]);
}
