/** How keys sign in Notary Project signatures: the key alone decides (signature-specification v1.1, "Signature algorithm requirements"). */
import { constants, type KeyObject, type SignKeyObjectInput, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';

/** The `alg` of a JWS (RFC 7518). */
export type NotationAlgorithm = 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512';

/** Keys that can sign, for hints. */
export const NOTATION_KEYS = 'RSA of 2048, 3072 or 4096 bits, or ECDSA P-256, P-384 or P-521';

const BY_BITS: Readonly<Record<number, NotationAlgorithm>> = { 2048: 'PS256', 3072: 'PS384', 4096: 'PS512' };
const BY_CURVE: Readonly<Record<string, NotationAlgorithm>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/** The algorithm of a key, public or private; undefined for the many keys that Notation does not take. */
export function notationAlgorithm(key: KeyObject): NotationAlgorithm | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ec') return BY_CURVE[details?.namedCurve ?? ''];
  if (type !== 'rsa') return undefined;
  // In whole bytes, as Go measures.
  return BY_BITS[Math.ceil((details?.modulusLength ?? 0) / 8) * 8];
}

const hashOf = (algorithm: NotationAlgorithm): string => `sha${algorithm.slice(2)}`;

/** RSA pads as PSS; ECDSA signatures are the two numbers side by side, not ASN.1. */
function input(algorithm: NotationAlgorithm, key: KeyObject, saltLength: number): SignKeyObjectInput {
  return algorithm.startsWith('PS')
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }
    : { key, dsaEncoding: 'ieee-p1363' };
}

const signAside = promisify<string, Uint8Array, SignKeyObjectInput, Buffer>(sign);

/** Signs `data`, away from the main thread: there is one signature for each artifact, and RSA takes milliseconds. */
export function signRaw(algorithm: NotationAlgorithm, key: KeyObject, data: Uint8Array): Promise<Uint8Array> {
  return signAside(hashOf(algorithm), data, input(algorithm, key, constants.RSA_PSS_SALTLEN_DIGEST));
}

/** Whether `signature` is one of `data` by the private half of `key`. Takes any salt length, as Go does. */
export function verifyRaw(
  algorithm: NotationAlgorithm,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return verify(hashOf(algorithm), data, input(algorithm, key, constants.RSA_PSS_SALTLEN_AUTO), signature);
  } catch {
    return false;
  }
}
