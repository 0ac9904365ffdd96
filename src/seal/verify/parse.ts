/** Bundle bytes → a bundle of which every field is there and means what it says; nothing is believed yet. */
import { X509Certificate } from 'node:crypto';
import { type Bundle, bundleFromJSON, ValidationError } from '@sigstore/bundle';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import * as v from 'valibot';
import type { SlipwayError } from '../../errors.ts';
import { preAuthEncoding } from '../envelope.ts';
import { describeIssue } from '../trust/proto-json.ts';
import { strictJson } from '../trust/strict-json.ts';
import { BUNDLE_VERSIONS, type BundleJson, bundleShape } from './bundle-shape.ts';
import { quoted, refusal } from './refusal.ts';

/** What the signature covers: a statement's envelope (`signed` is its pre-authentication encoding), or some bytes. */
export type SignedContent =
  | { readonly kind: 'statement'; readonly type: string; readonly payload: Uint8Array; readonly signed: Uint8Array }
  /** The bytes are not in the bundle; `digest`, made with `hash`, is what it says of them. */
  | { readonly kind: 'message'; readonly hash: string; readonly digest: Buffer };

/** A bundle, parsed. */
export interface ParsedBundle {
  readonly version: '0.1' | '0.2' | '0.3';
  readonly bundle: Bundle;
  readonly signature: Buffer;
  readonly content: SignedContent;
  readonly signer:
    | { readonly kind: 'key'; readonly hint: string }
    /** DER. */
    | { readonly kind: 'certificate'; readonly leaf: Buffer };
}

const HINT = 'the file or referrer is no Sigstore bundle that cosign and Flux read: sign again with a current version';

const broken = (reason: string, cause?: unknown): SlipwayError =>
  refusal(`the bundle is malformed: ${reason}`, HINT, cause);

/** Node.js's names of the hashes that a message signature may name. */
const MESSAGE_HASHES: Readonly<Partial<Record<HashAlgorithm, string>>> = {
  [HashAlgorithm.SHA2_256]: 'sha256',
  [HashAlgorithm.SHA2_384]: 'sha384',
  [HashAlgorithm.SHA2_512]: 'sha512',
};

/**
 * Reads a bundle v0.1, v0.2 or v0.3, with one signature by one signer. Throws a bare `UNTRUSTED` reason for anything else:
 * unknown fields, unknown versions, what is not base64, a chain in v0.3, log entries without the proof of their version.
 */
export function parseBundle(bytes: Uint8Array): ParsedBundle {
  const json = shaped(bytes);
  const version = BUNDLE_VERSIONS[json.mediaType] ?? '0.3';
  const bundle = fromLibrary(json);
  return {
    version,
    bundle,
    signature: signatureOf(bundle),
    content: contentOf(bundle),
    signer: signerOf(bundle),
  };
}

function shaped(bytes: Uint8Array): BundleJson {
  let value: unknown;
  try {
    value = strictJson(bytes);
  } catch (thrown) {
    throw broken((thrown as Error).message);
  }
  const checked = v.safeParse(bundleShape, value);
  if (!checked.success) {
    const [issue] = checked.issues;
    if (issue.path?.[0]?.key !== 'mediaType' || typeof issue.input !== 'string') throw broken(describeIssue(issue));
    throw refusal(`the bundle is of an unknown version, ${quoted(issue.input)}`, HINT);
  }
  const { verificationMaterial: material, dsseEnvelope, messageSignature } = checked.output;
  const given = (...fields: readonly unknown[]): number =>
    fields.filter((field) => (field ?? undefined) !== undefined).length;
  if (given(material.certificate, material.x509CertificateChain, material.publicKey) !== 1) {
    throw broken('it must name exactly one signer, a certificate or a key');
  }
  if (given(dsseEnvelope, messageSignature) !== 1) throw broken('it must hold exactly one signature');
  return checked.output;
}

function fromLibrary(json: BundleJson): Bundle {
  try {
    return bundleFromJSON(json);
  } catch (thrown) {
    if (!(thrown instanceof ValidationError)) throw broken('one of its values cannot be read', thrown);
    throw broken(`its version does not allow ${thrown.fields.map((field) => `"${field}"`).join(', ')} as it is`);
  }
}

function signatureOf({ content }: Bundle): Buffer {
  if (content.$case === 'messageSignature') return content.messageSignature.signature;
  const [first] = content.dsseEnvelope.signatures;
  if (first === undefined) throw broken('it must hold exactly one signature');
  return first.sig;
}

function contentOf({ content }: Bundle): SignedContent {
  if (content.$case === 'dsseEnvelope') {
    const { payload, payloadType } = content.dsseEnvelope;
    return { kind: 'statement', type: payloadType, payload, signed: preAuthEncoding({ payloadType, payload }) };
  }
  const { digest, algorithm } = content.messageSignature.messageDigest;
  const hash = MESSAGE_HASHES[algorithm];
  if (hash === undefined) throw broken('its message digest is of an unknown kind');
  return { kind: 'message', hash, digest };
}

function signerOf({ verificationMaterial: { content } }: Bundle): ParsedBundle['signer'] {
  if (content.$case === 'publicKey') return { kind: 'key', hint: content.publicKey.hint };
  if (content.$case === 'certificate') return { kind: 'certificate', leaf: content.certificate.rawBytes };
  const [leaf, ...chain] = content.x509CertificateChain.certificates.map(({ rawBytes }) => rawBytes);
  if (leaf === undefined) throw broken('its certificate chain is empty');
  if (chain.some(isRoot)) {
    throw refusal('its certificate chain holds a root certificate, which only the verifier may choose', HINT);
  }
  return { kind: 'certificate', leaf };
}

function isRoot(der: Buffer): boolean {
  try {
    const certificate = new X509Certificate(der);
    return certificate.issuer === certificate.subject && certificate.verify(certificate.publicKey);
  } catch (thrown) {
    throw broken('its certificate chain cannot be read', thrown);
  }
}
