/** The form of Sigstore bundles (protobuf-specs 0.5.2 `sigstore_bundle.proto`), an unknown field is an error. */
import * as v from 'valibot';
import { count, someBytes } from '../trust/proto-json.ts';

/** The media types that cosign reads, with the version each stands for. */
export const BUNDLE_VERSIONS: Readonly<Record<string, '0.1' | '0.2' | '0.3'>> = {
  'application/vnd.dev.sigstore.bundle+json;version=0.1': '0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2': '0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3': '0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json': '0.3',
};

/** `null` is how some writers leave a field out. */
const optional = <T>(schema: v.GenericSchema<T>): v.GenericSchema<T | null | undefined> => v.nullish(schema);

const rawBytes = v.strictObject({ rawBytes: someBytes });

const logEntry = v.strictObject({
  // Writers leave a zero out.
  logIndex: optional(count),
  logId: v.strictObject({ keyId: someBytes }),
  kindVersion: v.strictObject({ kind: v.string(), version: v.string() }),
  integratedTime: optional(count),
  inclusionPromise: optional(v.strictObject({ signedEntryTimestamp: someBytes })),
  inclusionProof: optional(
    v.strictObject({
      logIndex: optional(count),
      rootHash: someBytes,
      treeSize: count,
      hashes: optional(v.array(someBytes)),
      checkpoint: optional(v.strictObject({ envelope: v.string() })),
    }),
  ),
  canonicalizedBody: someBytes,
});

const material = v.strictObject({
  certificate: optional(rawBytes),
  x509CertificateChain: optional(
    v.strictObject({ certificates: v.pipe(v.array(rawBytes), v.nonEmpty('it is empty')) }),
  ),
  publicKey: optional(v.strictObject({ hint: optional(v.string()) })),
  tlogEntries: optional(v.array(logEntry)),
  timestampVerificationData: optional(
    v.strictObject({ rfc3161Timestamps: optional(v.array(v.strictObject({ signedTimestamp: someBytes }))) }),
  ),
});

const dsseEnvelope = v.strictObject({
  payload: someBytes,
  payloadType: v.string(),
  signatures: v.pipe(
    v.array(v.strictObject({ sig: someBytes, keyid: optional(v.string()) })),
    v.length(1, 'there must be exactly one'),
  ),
});

/** The digest is unsigned, but cosign refuses bundles without it, among them its own by Ed25519 keys. */
const messageSignature = v.strictObject({
  messageDigest: v.strictObject({ algorithm: v.string(), digest: someBytes }),
  signature: someBytes,
});

/** What is looked at before a bundle goes to the library. */
export interface BundleJson {
  readonly mediaType: string;
  readonly verificationMaterial: {
    readonly certificate?: object | null | undefined;
    readonly x509CertificateChain?: object | null | undefined;
    readonly publicKey?: object | null | undefined;
  };
  readonly dsseEnvelope?: object | null | undefined;
  readonly messageSignature?: object | null | undefined;
}

/** A bundle of any version. Which fields a version needs is checked afterwards. */
export const bundleShape: v.GenericSchema<unknown, BundleJson> = v.strictObject({
  mediaType: v.picklist(Object.keys(BUNDLE_VERSIONS)),
  verificationMaterial: material,
  dsseEnvelope: optional(dsseEnvelope),
  messageSignature: optional(messageSignature),
});
