/**
 * Cosign's encrypted private keys: JSON in PEM, scrypt and NaCl secretbox around PKCS#8 (cosign 3.1.2 `pkg/cosign/keys.go`,
 * go-securesystemslib 0.11 `encrypted/encrypted.go`). Node.js has no XSalsa20, hence the one library.
 */
import { randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { secretbox } from '@noble/ciphers/salsa.js';
import { encodePem } from './pem.ts';

/** What cosign writes now, and what it wrote before version 2. */
export const COSIGN_KEY_LABELS: readonly string[] = ['ENCRYPTED SIGSTORE PRIVATE KEY', 'ENCRYPTED COSIGN PRIVATE KEY'];

/** The only costs that cosign accepts; it writes the second. */
const COSTS: readonly number[] = [32_768, 65_536, 131_072];
const DEFAULT_COST = 65_536;
const KEY_BYTES = 32;
const SALT_BYTES = 32;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;
/** scrypt takes 128 bytes times N times r, and some more; Node.js allows 32 MiB by itself. */
const SCRYPT_MEMORY = 256 * 1_024 * 1_024;

/** Why a box did not open. `closed`: wrong passphrase, or damaged bytes, which cannot be told apart. */
export type BoxFailure = 'malformed' | 'unsupported' | 'closed';

interface Box {
  readonly cost: number;
  readonly salt: Uint8Array;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
}

function derive(passphrase: string, salt: Uint8Array, cost: number): Promise<Buffer> {
  const options: ScryptOptions = { N: cost, r: 8, p: 1, maxmem: SCRYPT_MEMORY };
  return new Promise((resolve, reject) => {
    // The passphrase counts as the bytes of its UTF-8, not normalised: so does Go.
    scrypt(passphrase, salt, KEY_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

/** A PKCS#8 key in DER as the text of a `cosign.key` file, byte for byte in cosign's form. An empty passphrase is one too. */
export async function sealCosignKey(pkcs8: Uint8Array, passphrase: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const ciphertext = secretbox(await derive(passphrase, salt, DEFAULT_COST), nonce).seal(pkcs8);
  const box = {
    kdf: { name: 'scrypt', params: { N: DEFAULT_COST, r: 8, p: 1 }, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(ciphertext).toString('base64'),
  };
  return encodePem('ENCRYPTED SIGSTORE PRIVATE KEY', Buffer.from(JSON.stringify(box)));
}

/** The PKCS#8 bytes in the body of such a PEM block, or why there are none. */
export async function openCosignKey(body: string, passphrase: string): Promise<Uint8Array | BoxFailure> {
  const box = readBox(body);
  if (typeof box === 'string') return box;
  const key = await derive(passphrase, box.salt, box.cost);
  try {
    return secretbox(key, box.nonce).open(box.ciphertext);
  } catch {
    return 'closed';
  }
}

/** The fields of the box as unknowns; every one is checked before it is used. */
interface LooseBox {
  readonly kdf?: {
    readonly name?: unknown;
    readonly params?: { readonly N?: unknown; readonly r?: unknown; readonly p?: unknown } | null;
    readonly salt?: unknown;
  } | null;
  readonly cipher?: { readonly name?: unknown; readonly nonce?: unknown } | null;
  readonly ciphertext?: unknown;
}

function readBox(body: string): Box | BoxFailure {
  let loose: LooseBox | null;
  try {
    loose = JSON.parse(Buffer.from(body, 'base64').toString('utf8')) as LooseBox | null;
  } catch {
    return 'malformed';
  }
  const { kdf, cipher, ciphertext } = loose ?? {};
  if (typeof kdf?.name !== 'string' || typeof cipher?.name !== 'string') return 'malformed';
  if (kdf.name !== 'scrypt' || cipher.name !== 'nacl/secretbox') return 'unsupported';
  const cost = COSTS.find((known) => known === kdf.params?.N);
  // Other costs would be a way to keep a machine busy for hours, and cosign refuses them.
  if (cost === undefined || kdf.params?.r !== 8 || kdf.params.p !== 1) return 'unsupported';
  const box = { cost, salt: bytesOf(kdf.salt), nonce: bytesOf(cipher.nonce), ciphertext: bytesOf(ciphertext) };
  return box.nonce.length === NONCE_BYTES && box.ciphertext.length > TAG_BYTES ? box : 'malformed';
}

const bytesOf = (base64: unknown): Uint8Array =>
  typeof base64 === 'string' ? Buffer.from(base64, 'base64') : new Uint8Array();
