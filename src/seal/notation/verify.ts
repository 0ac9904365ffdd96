/**
 * Verifies Notation signatures as a trust policy of level `strict` without timestamps does (notation-go 1.3.2
 * `verifier/verifier.go`), and without asking anybody: revocation lists and OCSP are not consulted.
 */
import type { Descriptor } from '../../model.ts';
import { about, anotherName, type Expected, quoted, refusal } from '../verify/refusal.ts';
import { notationAlgorithm, verifyRaw } from './algorithm.ts';
import type { Certificate } from './certificate.ts';
import { chainFault, iso, lifetimeFault } from './chain.ts';
import { type DecodedEnvelope, decodeEnvelope } from './decode.ts';
import { signingInput } from './envelope.ts';
import { isTrusted, type TrustedIdentity } from './identity.ts';

/** Whose signatures count. */
export interface NotationPolicy {
  /** A chain must have one of these certificates in it, usually its root (a trust store of type `ca`). */
  readonly trusted: readonly Certificate[];
  /** The signing certificate must be one of these. Absent: any that a trusted one stands behind; empty: none. */
  readonly identities?: readonly TrustedIdentity[];
}

/** The artifact that must be signed. */
export interface NotationExpected {
  readonly name?: string;
  readonly target: Descriptor;
}

/** A signature that holds. */
export interface NotationVerified {
  /** See `NotationSigner.name`. */
  readonly signer: string;
  /** The subject of the signing certificate. */
  readonly subject: string;
  /** That of the last certificate of its chain. */
  readonly root: string;
  /** The name that it gives the artifact, where slipway signed. */
  readonly artifact?: string;
  /** What the signer's clock said; nobody vouches for it. */
  readonly signingTime: Date;
  readonly expiry?: Date;
}

const AGAIN = 'the signature was changed or belongs to something else: sign again';

/**
 * Verifies the envelope of an artifact: signature, chain, trust, identity, expiry, lifetimes `now`, and that it is about
 * exactly this artifact, also by its name where the signature has one. A timestamp in it does not make up for a certificate that has expired. Throws `UNTRUSTED`.
 */
export function verifyNotation(
  envelope: Uint8Array,
  artifact: NotationExpected,
  policy: NotationPolicy,
  now: Date,
): NotationVerified {
  const { name, target } = artifact;
  const expected: Expected = { digest: target.digest, ...(name === undefined ? {} : { name }) };
  return about(expected, () => {
    const decoded = opened(envelope);
    checkSignature(decoded);
    checkTrust(decoded.chain, policy);
    checkTimes(decoded, now);
    checkTarget(decoded, artifact);
    const { chain, signingTime, expiry } = decoded;
    const [{ thumbprint, shown }] = chain;
    return {
      signer: `notation:${thumbprint}`,
      subject: shown,
      root: chain.at(-1)?.shown ?? shown,
      signingTime,
      ...(decoded.artifact === undefined ? {} : { artifact: decoded.artifact }),
      ...(expiry === undefined ? {} : { expiry }),
    };
  });
}

function opened(envelope: Uint8Array): DecodedEnvelope {
  try {
    return decodeEnvelope(envelope);
  } catch (thrown) {
    throw refusal((thrown as Error).message, AGAIN, thrown);
  }
}

function checkSignature({ chain, algorithm, parts, signature }: DecodedEnvelope): void {
  const [{ key }] = chain;
  const own = notationAlgorithm(key);
  if (own === undefined || own !== algorithm) {
    throw refusal(`its algorithm ${quoted(algorithm)} is not the one of its certificate's key`, AGAIN);
  }
  if (!verifyRaw(own, key, signingInput(parts), signature)) {
    throw refusal('the signature does not match what is signed', AGAIN);
  }
}

function checkTrust(chain: readonly [Certificate, ...Certificate[]], { trusted, identities }: NotationPolicy): void {
  const fault = chainFault(chain);
  if (fault !== undefined) throw refusal(fault.state, fault.hint);
  const isAnchored = chain.some(({ thumbprint }) => trusted.some((one) => one.thumbprint === thumbprint));
  const [leaf] = chain;
  if (!isAnchored) {
    const hint = 'trust the root of that chain, or have it signed by someone whose root is trusted';
    throw refusal(`none of the certificates behind ${quoted(leaf.shown)} is trusted`, hint);
  }
  if (identities === undefined || isTrusted(leaf, identities)) return;
  const hint =
    'compare the subject with the identities of the policy; an attribute twice or a mail address never matches';
  throw refusal(`its signer ${quoted(leaf.shown)} is none of the trusted identities`, hint);
}

function checkTimes({ chain, expiry, signingTime }: DecodedEnvelope, now: Date): void {
  if (expiry !== undefined && expiry <= signingTime) throw refusal('it expires before it was made', AGAIN);
  if (expiry !== undefined && now >= expiry) throw refusal(`it expired at ${iso(expiry)}`, 'sign again');
  const fault = lifetimeFault(chain, now);
  if (fault !== undefined) throw refusal(fault.state, fault.hint);
}

function checkTarget({ target, artifact }: DecodedEnvelope, expected: NotationExpected): void {
  const { mediaType, digest, size } = expected.target;
  if (target.digest !== digest) throw refusal('it signs another artifact', AGAIN);
  if (target.mediaType !== mediaType || target.size !== size) {
    throw refusal('it signs the digest with another media type or size', AGAIN);
  }
  if (artifact === undefined || expected.name === undefined || artifact === expected.name) return;
  throw anotherName(artifact, expected.name);
}
