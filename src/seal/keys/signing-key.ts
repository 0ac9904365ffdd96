/** Keys that sign. The private half is kept inside: no field, and no print-out, shows it. */
import { type KeyObject, sign } from 'node:crypto';
import { SlipwayError } from '../../errors.ts';
import { hashOf, type KeyAlgorithm, USABLE_KEYS } from './algorithm.ts';
import { type Passphrase, readPrivateKey } from './private-key.ts';
import { publicKeyOf } from './public-key.ts';

/** A key that signs messages: in memory, or behind a command. */
export interface SigningKey {
  readonly algorithm: KeyAlgorithm;
  /** SPKI in PEM. */
  readonly publicKey: string;
  /** Standard base64 of the sha256 of the SPKI in DER: how bundles and records name the key. */
  readonly hint: string;
  /** The raw signature of the whole message; the key's algorithm says how it is hashed. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/**
 * Reads a private key that signs (see {@link readPrivateKey} for the forms). ECDSA P-256 or P-384, RSA from 2048 bits and
 * Ed25519 can be used; everything else throws `CONFIG`. `shown` is what messages call the key.
 */
export async function readSigningKey(text: string, passphrase: Passphrase, shown = 'sign.key'): Promise<SigningKey> {
  const key = await readPrivateKey(text, passphrase, shown);
  const found = signingKey(key);
  if ('unusable' in found) {
    throw new SlipwayError('CONFIG', `Cannot sign with "${shown}": it is ${found.unusable}`, {
      hint: `use ${USABLE_KEYS}; slipway keygen makes one`,
    });
  }
  return found;
}

/** A private key as {@link SigningKey}, or what it is when it cannot be used. */
export function signingKey(key: KeyObject): SigningKey | { readonly unusable: string } {
  const half = publicKeyOf(key);
  if ('unusable' in half) return half;
  const { algorithm, pem, hint } = half;
  return { algorithm, publicKey: pem, hint, sign: async (message) => sign(hashOf(algorithm), message, key) };
}
