/** Which keys sign here: those whose signatures Flux, cosign and Node.js all understand. */
import type { KeyObject } from 'node:crypto';

/**
 * How a key signs. All hash with SHA-256, also P-384, because Flux verifies nothing else (source-controller 1.9.1
 * `internal/oci/cosign`); RSA pads as PKCS #1 v1.5, ECDSA signatures are ASN.1 DER. Ed25519 is the pure form, which
 * Rekor v2 does not log.
 */
export type KeyAlgorithm = 'ecdsa-p256' | 'ecdsa-p384' | 'rsa' | 'ed25519';

/** Fewer bits are refused by everybody. */
const MIN_RSA_BITS = 2_048;

const CURVES: Readonly<Record<string, KeyAlgorithm>> = { prime256v1: 'ecdsa-p256', secp384r1: 'ecdsa-p384' };

/** What can be used, for hints. */
export const USABLE_KEYS = 'ECDSA P-256 or P-384, RSA of 2048 bits or more, or Ed25519';

/** How a key signs, or, as sentence fragment, what it is when it cannot be used. */
export function algorithmOf(key: KeyObject): { readonly algorithm: KeyAlgorithm } | { readonly unusable: string } {
  const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details } = key;
  if (type === 'ed25519') return { algorithm: 'ed25519' };
  if (type === 'ec') {
    const curve = details?.namedCurve ?? 'without a name';
    const algorithm = CURVES[curve];
    return algorithm === undefined ? { unusable: `an elliptic curve key on curve "${curve}"` } : { algorithm };
  }
  if (type !== 'rsa') return { unusable: `a key of type "${type}"` };
  const bits = details?.modulusLength ?? 0;
  return bits < MIN_RSA_BITS ? { unusable: `an RSA key of ${bits} bits` } : { algorithm: 'rsa' };
}

/** The hash for `node:crypto`; Ed25519 brings its own. */
export function hashOf(algorithm: KeyAlgorithm): 'sha256' | null {
  return algorithm === 'ed25519' ? null : 'sha256';
}
