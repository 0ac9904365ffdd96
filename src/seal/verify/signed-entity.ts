/** A parsed bundle as `@sigstore/verify` takes it, with our crypto in the place of its own. */
import { createHash, type KeyObject } from 'node:crypto';
import {
  type SignedEntity,
  type Signer,
  type TrustMaterial,
  toSignedEntity,
  Verifier,
  type VerifierOptions,
} from '@sigstore/verify';
import type { ParsedBundle } from './parse.ts';
import { reasonOf } from './reasons.ts';
import { readableTimestamps } from './timestamps.ts';

/** What the library confirmed. */
export interface Confirmed {
  readonly signer: Signer;
  /** The proven times of the signature: by logs that stamp their entries, and by timestamp authorities. */
  readonly times: readonly { readonly by: 'log' | 'timestamp'; readonly at: Date }[];
}

/** sha256, sha384 or sha512 by the digest's length: the hash follows the signer's key, and the library knows sha256 only. */
const HASH_OF_LENGTH: Readonly<Record<number, string>> = { 32: 'sha256', 48: 'sha384', 64: 'sha512' };

function isDigestOf(bytes: Uint8Array, digest: Buffer): boolean {
  const hash = HASH_OF_LENGTH[digest.length];
  return hash !== undefined && createHash(hash).update(bytes).digest().equals(digest);
}

function signatureContent({ parsed, signed, isSigned }: Signature): SignedEntity['signature'] {
  const { content, signature } = parsed;
  const payload = content.kind === 'statement' ? content.payload : signed;
  return {
    signature,
    compareSignature: (other) => other.equals(signature),
    compareDigest: (digest) => isDigestOf(payload, digest),
    compareSignedDigest: (digest) => isDigestOf(signed, digest),
    verifySignature: (key) => isSigned(key, signed, signature),
  };
}

/** Whether a key has signed: of keys and of certificates not the same question. */
export type SignatureCheck = (key: KeyObject, signed: Uint8Array, signature: Uint8Array) => boolean;

/** A bundle, the bytes that its signature covers, and the check of it. */
export interface Signature {
  readonly parsed: ParsedBundle;
  readonly signed: Uint8Array;
  readonly isSigned: SignatureCheck;
}

/**
 * Has the library verify log entries, timestamps, certificate chain and certificate logs, and our crypto the signature over
 * `signed`. Throws a bare `UNTRUSTED` reason, whatever the library threw: its input is the sender's choice.
 */
export function confirm(of: Signature, material: TrustMaterial, options: VerifierOptions): Confirmed {
  try {
    const { key, tlogEntries, timestamps } = toSignedEntity(of.parsed.bundle, Buffer.from(of.signed));
    const entity = {
      key,
      tlogEntries,
      timestamps: readableTimestamps(timestamps),
      signature: signatureContent(of),
    };
    const signer = new Verifier(material, options).verify(entity);
    return { signer, times: timesOf(entity) };
  } catch (thrown) {
    throw reasonOf(thrown);
  }
}

/** Only a log that signed its promise has signed the time as well. */
function timesOf({ timestamps }: SignedEntity): Confirmed['times'] {
  return timestamps.flatMap((stamp) => {
    if (stamp.$case === 'timestamp-authority') return { by: 'timestamp', at: stamp.timestamp.signingTime };
    const { inclusionPromise, integratedTime } = stamp.tlogEntry;
    return inclusionPromise === undefined ? [] : { by: 'log', at: new Date(Number(integratedTime) * 1000) };
  });
}
