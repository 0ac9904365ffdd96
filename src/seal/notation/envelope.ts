/** The JWS that holds a Notary Project signature, flattened JSON (signature-envelope-jws v1.1; notation-core-go 1.3.0 `signature/jws`). */
import type { Descriptor } from '../../model.ts';
import { ARTIFACT_KEY } from '../make/legacy.ts';
import type { NotationAlgorithm } from './algorithm.ts';
import { iso } from './chain.ts';

/** Media type of the envelope, as layer of a signature manifest. */
export const ENVELOPE_TYPE = 'application/jose+json';
/** Media type of what is signed. */
export const PAYLOAD_TYPE = 'application/vnd.cncf.notary.payload.v1+json';
/** The one signing scheme that is made and read here: the signer's own clock, the signer's own certificate. */
export const SCHEME = 'notary.x509';

/** Names of the protected header. */
export const HEADER = {
  scheme: 'io.cncf.notary.signingScheme',
  signingTime: 'io.cncf.notary.signingTime',
  expiry: 'io.cncf.notary.expiry',
} as const;

/** When a signature is made, and until when it counts. Fractions of seconds are dropped. */
export interface SigningTimes {
  readonly signingTime: Date;
  /** Without it, until the certificates expire. */
  readonly expiry?: Date;
}

/** The two parts that are signed, each in base64url. */
export interface SignedParts {
  readonly protected: string;
  readonly payload: string;
}

/**
 * What is to be signed about an artifact. Keys stand in the order in which notation writes them. `artifact` is a name that
 * slipway compares; for notation it is user metadata, which it compares only where somebody asks (`--user-metadata`).
 */
export function signedParts(
  algorithm: NotationAlgorithm,
  target: Descriptor,
  times: SigningTimes,
  artifact?: string,
): SignedParts {
  const { signingTime, expiry } = times;
  const header = {
    alg: algorithm,
    crit: expiry === undefined ? [HEADER.scheme] : [HEADER.scheme, HEADER.expiry],
    cty: PAYLOAD_TYPE,
    ...(expiry === undefined ? {} : { [HEADER.expiry]: iso(expiry) }),
    [HEADER.scheme]: SCHEME,
    [HEADER.signingTime]: iso(signingTime),
  };
  const { mediaType, digest, size } = target;
  const named = artifact === undefined ? {} : { annotations: { [ARTIFACT_KEY]: artifact } };
  return { protected: json64(header), payload: json64({ targetArtifact: { mediaType, digest, size, ...named } }) };
}

const json64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The bytes that the signature covers. */
export function signingInput(parts: SignedParts): Uint8Array {
  return Buffer.from(`${parts.protected}.${parts.payload}`);
}

/** What stands beside the signed parts. */
export interface Unsigned {
  /** As the algorithm makes it: PSS, or the two numbers of ECDSA side by side. */
  readonly signature: Uint8Array;
  /** DER, from the signing certificate to the root. */
  readonly chain: readonly Uint8Array[];
  /** The program that signs, `slipway/1.2.3`; nobody checks it. */
  readonly agent?: string | undefined;
}

/** The envelope as bytes. */
export function encodeEnvelope(parts: SignedParts, { signature, chain, agent }: Unsigned): Uint8Array {
  const header = {
    x5c: chain.map((der) => Buffer.from(der).toString('base64')),
    ...(agent === undefined ? {} : { 'io.cncf.notary.signingAgent': agent }),
  };
  const envelope = {
    payload: parts.payload,
    protected: parts.protected,
    header,
    signature: Buffer.from(signature).toString('base64url'),
  };
  return Buffer.from(JSON.stringify(envelope));
}
