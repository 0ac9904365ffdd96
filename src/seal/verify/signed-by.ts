/** Whether a certificate's key has signed something. */
import { type KeyObject, verify } from 'node:crypto';

/** The hash follows the key (sigstore-go 1.2.1). `null`: the key hashes by itself. */
const HASHES: Readonly<Record<string, string | null>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
  rsa: 'sha256',
  ed25519: null,
};

/**
 * Whether the private half of a certificate's key has signed these bytes: ECDSA (ASN.1 DER) over the hash of the curve's
 * size, RSA PKCS #1 v1.5 over sha256, pure Ed25519. Keys of one's own always hash with sha256 and are not verified here.
 * False for other kinds of keys. Never throws.
 */
export function isSignedBy(key: KeyObject, signed: Uint8Array, signature: Uint8Array): boolean {
  const { asymmetricKeyType: type = 'none', asymmetricKeyDetails: details } = key;
  const hash = HASHES[type === 'ec' ? (details?.namedCurve ?? type) : type];
  if (hash === undefined) return false;
  try {
    return verify(hash, signed, key, signature);
  } catch {
    return false;
  }
}
