/** DSSE envelopes: what exactly is signed, and how it is written down (DSSE v1.0.2; Sigstore bundle v0.3). */

/** The only payload type that Flux and cosign take for signatures of artifacts. */
export const STATEMENT_TYPE = 'application/vnd.in-toto+json';

/** A payload with its type, not signed yet. */
export interface Payload {
  readonly payloadType: string;
  readonly payload: Uint8Array;
}

/** A payload with its one signature: cosign and Flux refuse envelopes with none or several. */
export interface Envelope extends Payload {
  /** Raw signature bytes over {@link preAuthEncoding}; for ECDSA in ASN.1 DER. */
  readonly signature: Uint8Array;
}

/** An envelope as it stands in a bundle. */
export interface EnvelopeJson {
  /** Standard base64. */
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly sig: string }[];
}

/** The signed bytes, DSSE's pre-authentication encoding: `DSSEv1 LENGTH TYPE LENGTH PAYLOAD`, lengths in bytes. */
export function preAuthEncoding({ payloadType, payload }: Payload): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** The envelope as JSON value, in cosign's key order. There is no `keyid`: Go's DSSE compares one with a hash of its own. */
export function envelopeJson({ payloadType, payload, signature }: Envelope): EnvelopeJson {
  return { payload: base64(payload), payloadType, signatures: [{ sig: base64(signature) }] };
}

/** The base64 text of bytes. */
export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
