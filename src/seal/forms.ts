/** How each kind of proof lies in a registry, and how what lies there is read back. */
import { digestOf, isDigest } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { Descriptor, Digest, ProofForm, ProofForms, ProofGoods, SignatureLayer } from '../model.ts';
import { BUNDLE_TYPE_PREFIX } from './bundle.ts';
import { base64 } from './envelope.ts';
import { legacyManifest, legacyTag, PAYLOAD_TYPE } from './make/legacy.ts';
import { EMPTY_BLOB, type Referrer, referrerOf } from './make/referrer.ts';
import { type DecodedEnvelope, decodeEnvelope } from './notation/decode.ts';
import { MAX_ENVELOPE, notationEnvelopeOf, notationReferrer } from './notation/referrer.ts';
import { isObject, type Json, PROVENANCE_TYPE, sorted } from './statement.ts';
import { strictJson } from './trust/strict-json.ts';

type Blob = { readonly digest: Digest; readonly bytes: Uint8Array };

/** The forms of all proofs that slipway makes. Bytes are those of cosign and notation. */
export const forms: ProofForms = {
  form,
  signatureTag: legacyTag,
  signatureManifest,
  signatureBytes,
  signatureLayer,
  referrerProof,
};

function form({ proof, bytes }: ProofGoods, subject: Descriptor): ProofForm | undefined {
  const { kind, digest, size, at } = proof;
  if (kind === 'views') return undefined;
  if (kind === 'signature') {
    const layer = signatureLayer(bytes);
    if (layer === undefined) throw damaged(digest, 'it is no signature');
    return { kind, layer };
  }
  const referrer =
    kind === 'bundle'
      ? referrerOf({ bundle: { digest, size }, predicateType: PROVENANCE_TYPE, subject, created: at })
      : notationForm(bytes, digest, subject);
  const empty = { digest: EMPTY_BLOB.descriptor.digest, bytes: EMPTY_BLOB.bytes };
  return { kind: 'referrer', blobs: [empty, { digest, bytes }], ...referrer };
}

function notationForm(bytes: Uint8Array, digest: Digest, subject: Descriptor): Referrer {
  let envelope: DecodedEnvelope;
  try {
    envelope = decodeEnvelope(bytes);
  } catch (thrown) {
    throw damaged(digest, (thrown as Error).message);
  }
  const { chain, signingTime } = envelope;
  const thumbprints = chain.map(({ thumbprint }) => thumbprint);
  return notationReferrer({ envelope: { digest, size: bytes.length }, thumbprints, subject, signingTime });
}

/** A proof is written by us and hashed when it is read: one that cannot be read was never a proof. */
function damaged(digest: Digest, state: string): SlipwayError {
  const hint = 'the record names something else as proof: publish with --allow prove-again to have it proved anew';
  return new SlipwayError('CORRUPT', `Cannot use the proof ${digest}: ${state}`, { hint });
}

function signatureManifest(layers: readonly SignatureLayer[]): {
  readonly manifest: Uint8Array;
  readonly blobs: readonly Blob[];
} {
  const payloads = layers.map(({ payload }): Blob => ({ digest: digestOf(payload), bytes: payload }));
  const { manifest, config } = legacyManifest(
    layers.map(({ payload, mediaType = PAYLOAD_TYPE, annotations }) => {
      return { mediaType, size: payload.length, digest: digestOf(payload), annotations };
    }),
  );
  const blobs = [...payloads, { digest: config.descriptor.digest, bytes: config.bytes }];
  return { manifest, blobs: [...new Map(blobs.map((blob) => [blob.digest, blob])).values()] };
}

/** Keys in byte order, so that one signature is one proof. */
function signatureBytes({ payload, mediaType, annotations }: SignatureLayer): Uint8Array {
  const type = mediaType === undefined || mediaType === PAYLOAD_TYPE ? {} : { mediaType };
  return Buffer.from(JSON.stringify(sorted({ annotations, ...type, payload: base64(payload) })));
}

function signatureLayer(bytes: Uint8Array): SignatureLayer | undefined {
  const { annotations, mediaType, payload, ...rest } = objectIn(bytes) ?? {};
  if (typeof payload !== 'string' || !isAnnotations(annotations) || Object.keys(rest).length > 0) return undefined;
  if (mediaType !== undefined && typeof mediaType !== 'string') return undefined;
  const layer = {
    payload: Buffer.from(payload, 'base64'),
    ...(mediaType === undefined ? {} : { mediaType }),
    annotations,
  };
  // Only in the one form that encoding gives: the same signature must not be two proofs.
  return Buffer.from(signatureBytes(layer)).equals(bytes) ? layer : undefined;
}

const isAnnotations = (value: unknown): value is Readonly<Record<string, string>> =>
  isObject(value) && Object.values(value).every((text) => typeof text === 'string');

/** A manifest with exactly one layer, of a bundle type, is what cosign and Flux take for a bundle, whatever else it says. */
function referrerProof(manifest: Uint8Array): ReturnType<ProofForms['referrerProof']> {
  const { layers, subject } = looseIn(manifest) ?? {};
  const [layer, ...others]: readonly unknown[] = Array.isArray(layers) ? layers : [];
  if (others.length > 0 || !isObject(layer)) return undefined;
  const { mediaType, digest, size } = layer;
  if (typeof mediaType !== 'string' || !isDigest(digest) || !isSize(size)) return undefined;
  if (mediaType.startsWith(BUNDLE_TYPE_PREFIX)) return { kind: 'bundle', digest, size };
  return isDescriptor(subject) && isEnvelope(manifest, subject) ? { kind: 'notation', digest, size } : undefined;
}

function isEnvelope(manifest: Uint8Array, subject: Descriptor): boolean {
  try {
    return notationEnvelopeOf(manifest, subject) !== undefined;
  } catch {
    return false;
  }
}

const isSize = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MAX_ENVELOPE;
const isDescriptor = (value: unknown): value is Descriptor =>
  isObject(value) && typeof value.mediaType === 'string' && isDigest(value.digest) && Number.isSafeInteger(value.size);

function objectIn(bytes: Uint8Array): Json | undefined {
  try {
    const value = strictJson(bytes);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Manifests are read by Go's lenient reader: a key that comes twice does not hide a bundle from cosign. */
function looseIn(bytes: Uint8Array): Json | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
