/** What a transparency log promises: an entry, in the JSON form of Sigstore bundles (protobuf-specs `sigstore_rekor.proto`). */
import * as v from 'valibot';

/** Bytes are base64, 64-bit integers are text. */
export interface LogEntry {
  readonly logIndex: string;
  readonly logId: { readonly keyId: string };
  readonly kindVersion: { readonly kind: string; readonly version: string };
  /** Seconds since 1970; only Rekor v1 says so. */
  readonly integratedTime?: string;
  /** Only Rekor v1 gives one. */
  readonly inclusionPromise?: { readonly signedEntryTimestamp: string };
  readonly inclusionProof: {
    readonly logIndex: string;
    readonly rootHash: string;
    readonly treeSize: string;
    readonly hashes: readonly string[];
    readonly checkpoint: { readonly envelope: string };
  };
  /** What was logged, in the log's own spelling. */
  readonly canonicalizedBody: string;
}

/** The base64 text of bytes. */
export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Bytes in hexadecimal digits, as base64. */
export const hexToBase64 = (hex: string): string => base64(Buffer.from(hex, 'hex'));

/** A whole number of 64 bits, which protobuf writes as text and Rekor v1 as a number. */
export const integer: v.GenericSchema<string | number, string> = v.pipe(
  v.union([v.pipe(v.number(), v.integer(), v.minValue(0)), v.pipe(v.string(), v.regex(/^\d{1,20}$/))]),
  v.transform(String),
);

/** Text that is base64 of something. */
export const bytes: v.GenericSchema<string> = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]+={0,2}$/));

/** Text that is hexadecimal digits of something. */
export const hex: v.GenericSchema<string> = v.pipe(v.string(), v.regex(/^(?:[0-9a-fA-F]{2})+$/));
