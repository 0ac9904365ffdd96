/** Sigstore bundles v0.3 as bytes (protobuf-specs 0.5.2 `sigstore_bundle.proto`, in the JSON form that cosign 3 writes). */
import type { LogEntry } from '../wire/sigstore/log-entry.ts';
import { base64, type Envelope, type EnvelopeJson, envelopeJson } from './envelope.ts';

/** Media type of the bundles we write, of the layer that carries one, and artifact type of its referrer. */
export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** Every media type of a bundle, of any version, begins with this. */
export const BUNDLE_TYPE_PREFIX = 'application/vnd.dev.sigstore.bundle';

/** What a verifier needs besides the signature: whose it is, and when it was there. */
export interface Material {
  readonly signer:
    | {
        readonly kind: 'key';
        /** Standard base64 of the sha256 of the public key's DER (SPKI), as cosign writes it. */
        readonly hint: string;
      }
    | {
        readonly kind: 'certificate';
        /** DER. */
        readonly leaf: Uint8Array;
        /** DER, from the leaf's issuer upwards. Bundles v0.3 leave it out; legacy signatures name it. */
        readonly chain: readonly Uint8Array[];
      };
  readonly logEntries: readonly LogEntry[];
  /** RFC 3161 TimeStampResp in DER, over the raw signature bytes. */
  readonly timestamps: readonly Uint8Array[];
}

/** A bundle in its JSON form; fields stand in the order in which they are written. */
interface BundleJson {
  readonly mediaType: string;
  readonly verificationMaterial: {
    readonly publicKey?: { readonly hint: string };
    readonly certificate?: { readonly rawBytes: string };
    readonly tlogEntries?: readonly LogEntry[];
    readonly timestampVerificationData?: {
      readonly rfc3161Timestamps: readonly { readonly signedTimestamp: string }[];
    };
  };
  readonly dsseEnvelope: EnvelopeJson;
}

/** The bundle of an envelope: compact JSON, byte for byte the same for the same input. What is empty is left out. */
export function encodeBundle(envelope: Envelope, { signer, logEntries, timestamps }: Material): Uint8Array {
  const whose =
    signer.kind === 'key' ? { publicKey: { hint: signer.hint } } : { certificate: { rawBytes: base64(signer.leaf) } };
  const stamps = timestamps.map((stamp) => ({ signedTimestamp: base64(stamp) }));
  const bundle: BundleJson = {
    mediaType: BUNDLE_TYPE,
    verificationMaterial: {
      ...whose,
      ...(logEntries.length === 0 ? {} : { tlogEntries: logEntries }),
      ...(stamps.length === 0 ? {} : { timestampVerificationData: { rfc3161Timestamps: stamps } }),
    },
    dsseEnvelope: envelopeJson(envelope),
  };
  return Buffer.from(JSON.stringify(bundle));
}
