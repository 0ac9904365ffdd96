/** New key pairs, in the form of `cosign generate-key-pair`. */
import { generateKeyPair as generate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { SlipwayError } from '../../errors.ts';
import { sealCosignKey } from './cosign-key.ts';
import type { Passphrase } from './private-key.ts';

/** What kind of key to make. All are read by cosign and Flux. */
export type KeyKind = 'ecdsa-p256' | 'ecdsa-p384' | 'rsa-3072' | 'rsa-4096' | 'ed25519';

/** The two files of a pair. */
export interface KeyPair {
  /** The text of `cosign.key`: encrypted, and still a secret. */
  privateKey(): string;
  /** The text of `cosign.pub`: SPKI in PEM. */
  readonly publicKey: string;
}

interface Halves {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const makePair = promisify(generate);

const MAKE: Readonly<Record<KeyKind, () => Promise<Halves>>> = {
  'ecdsa-p256': () => makePair('ec', { namedCurve: 'prime256v1' }),
  'ecdsa-p384': () => makePair('ec', { namedCurve: 'secp384r1' }),
  'rsa-3072': () => makePair('rsa', { modulusLength: 3_072 }),
  'rsa-4096': () => makePair('rsa', { modulusLength: 4_096 }),
  ed25519: () => makePair('ed25519', {}),
};

/**
 * Makes a key pair whose files cosign, Flux and {@link readSigningKey} read. The passphrase may be empty, which must be said:
 * throws `CONFIG` when none is set at all.
 */
export async function generateKeyPair(options: {
  readonly type: KeyKind;
  readonly passphrase: Passphrase;
}): Promise<KeyPair> {
  const passphrase = await options.passphrase();
  if (passphrase === undefined) {
    throw new SlipwayError('CONFIG', 'Cannot make a key: no passphrase is set', {
      hint: 'set SLIPWAY_KEY_PASSWORD or COSIGN_PASSWORD; set it to nothing for a key without passphrase',
    });
  }
  const pair = await MAKE[options.type]();
  const sealed = await sealCosignKey(pair.privateKey.export({ type: 'pkcs8', format: 'der' }), passphrase);
  return {
    privateKey: () => sealed,
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
