/** Public keys: the half that verifiers have. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { SlipwayError } from '../../errors.ts';
import { algorithmOf, hashOf, type KeyAlgorithm, USABLE_KEYS } from './algorithm.ts';
import { type PemBlock, pemBlocks } from './pem.ts';

/** A public key that can verify. */
export interface PublicKey {
  readonly algorithm: KeyAlgorithm;
  /** SPKI in PEM, as cosign writes `cosign.pub`. */
  readonly pem: string;
  /** See {@link keyHint}. */
  readonly hint: string;
  readonly key: KeyObject;
  /** Whether the private half made this signature of the message. False for bytes that are no signature. */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** What cosign reads as public key (sigstore `pkg/cryptoutils/publickey.go`). */
const LABELS: readonly string[] = ['PUBLIC KEY', 'RSA PUBLIC KEY'];

/** How bundles point at a key: standard base64 of the sha256 of its SPKI in DER (cosign 3.1.2; wire form of `publicKey.hint`). */
export function keyHint(key: KeyObject): string {
  return createHash('sha256').update(spki(key)).digest('base64');
}

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/**
 * Reads a public key from PEM text (`PUBLIC KEY`, `RSA PUBLIC KEY`): ECDSA P-256 or P-384, RSA from 2048 bits, Ed25519.
 * `shown` is what messages call it: the path or `env://NAME` as the user wrote it. Throws `CONFIG` for everything else.
 */
export function readPublicKey(text: string, shown = 'verify.key'): PublicKey {
  const refuse = (state: string, hint: string): SlipwayError =>
    new SlipwayError('CONFIG', `Cannot read the public key "${shown}": ${state}`, { hint });
  const blocks = pemBlocks(text).filter(({ label }) => LABELS.includes(label));
  const [block] = blocks;
  if (block === undefined) throw refuse(...whatElse(text));
  if (blocks.length > 1) throw refuse('it holds several keys', 'keep one public key in a file');
  const key = parse(block);
  if (key === undefined) throw refuse('its PEM block cannot be decoded', 'copy the file again, it is damaged');
  const found = publicKeyOf(key);
  if ('unusable' in found) throw refuse(`it is ${found.unusable}`, `use ${USABLE_KEYS}`);
  return found;
}

function parse({ text }: PemBlock): KeyObject | undefined {
  try {
    return createPublicKey(text);
  } catch {
    return undefined;
  }
}

/** What a text without a public key is instead, and what to do about it. */
function whatElse(text: string): readonly [string, string] {
  const [label] = pemBlocks(text).map((block) => block.label);
  if (label?.endsWith('PRIVATE KEY')) {
    return ['it is a private key', 'name the public half, usually cosign.pub, and keep the private one secret'];
  }
  if (label === 'CERTIFICATE') {
    return ['it is a certificate', 'name the public key: openssl x509 -pubkey -noout prints that of a certificate'];
  }
  return ['it is not PEM', 'name a file that begins with -----BEGIN PUBLIC KEY-----'];
}

/** A key (its public half, if it is private) as {@link PublicKey}, or what it is when it cannot be used. */
export function publicKeyOf(any: KeyObject): PublicKey | { readonly unusable: string } {
  const found = algorithmOf(any);
  if ('unusable' in found) return found;
  const { algorithm } = found;
  const half = any.type === 'private' ? createPublicKey(any) : any;
  // By way of JWK a point comes out uncompressed, the only form that Go reads and hashes.
  const key =
    half.asymmetricKeyType === 'ec' ? createPublicKey({ key: half.export({ format: 'jwk' }), format: 'jwk' }) : half;
  return {
    algorithm,
    pem: key.export({ type: 'spki', format: 'pem' }).toString(),
    hint: keyHint(key),
    key,
    verify: (message, signature) => {
      try {
        return verify(hashOf(algorithm), message, key, signature);
      } catch {
        return false;
      }
    },
  };
}
