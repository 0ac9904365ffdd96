/** How a Notation signature is attached to an artifact in a registry (signature-specification v1.1 "Storage"). */
import { digestOf, isDigest } from '../../digest.ts';
import type { Descriptor, Digest } from '../../model.ts';
import { EMPTY_BLOB, type Referrer } from '../make/referrer.ts';
import { strictJson } from '../trust/strict-json.ts';
import { refusal } from '../verify/refusal.ts';
import { iso } from './chain.ts';
import { ENVELOPE_TYPE } from './envelope.ts';

/** What tells signatures from other referrers: media type of the config, `artifactType` in the index. Verifiers filter by it. */
export const SIGNATURE_TYPE = 'application/vnd.cncf.notary.signature';

/** More is not read by notation (notation-go 1.3.2 `registry/repository.go`), in bytes. */
export const MAX_ENVELOPE: number = 32 * 1_024 * 1_024;

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** A signature to attach. */
export interface NotationAttachment {
  readonly envelope: { readonly digest: Digest; readonly size: number };
  /** See `NotationSigner.thumbprints`. */
  readonly thumbprints: readonly string[];
  /** The manifest that is signed, with its own media type. */
  readonly subject: Descriptor;
  /** The one in the envelope. */
  readonly signingTime: Date;
}

/** An envelope in a repository. */
export type EnvelopeReference = NotationAttachment['envelope'];

const ordered = ({ mediaType, digest, size }: Descriptor): Descriptor => ({ mediaType, digest, size });

/**
 * The signature manifest, byte for byte as notation-go 1.3.2 writes it: the type is that of the config, not `artifactType`,
 * because some registries list referrers by the config alone, and notation reads OCI layouts that way. `EMPTY_BLOB` and the
 * envelope must be in the repository before it. The descriptor for a fallback index carries type and annotations: a
 * signature without the first is not found. Flux tries no more than the first three signatures of an artifact.
 */
export function notationReferrer({ envelope, thumbprints, subject, signingTime }: NotationAttachment): Referrer {
  const annotations = {
    'io.cncf.notary.x509chain.thumbprint#S256': JSON.stringify(thumbprints),
    'org.opencontainers.image.created': iso(signingTime),
  };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: ordered({ ...EMPTY_BLOB.descriptor, mediaType: SIGNATURE_TYPE }),
      layers: [ordered({ mediaType: ENVELOPE_TYPE, ...envelope })],
      subject: ordered(subject),
      annotations,
    }),
  );
  const own = { mediaType: MANIFEST_TYPE, size: manifest.length, digest: digestOf(manifest) };
  return { manifest, descriptor: { ...own, annotations, artifactType: SIGNATURE_TYPE } };
}

/** The parts of a signature manifest that are looked at; anybody may have written it. */
interface Loose {
  readonly mediaType?: unknown;
  readonly artifactType?: unknown;
  readonly config?: { readonly mediaType?: unknown } | null;
  readonly layers?: unknown;
  readonly subject?: Partial<Record<keyof Descriptor, unknown>> | null;
}

const HINT = 'remove this signature from the artifact, or sign again';

/**
 * Where the envelope of a referrer is: undefined when the referrer is no Notation signature at all. Reads the form with
 * `artifactType` too, which is that of the specification. Throws a bare `UNTRUSTED` reason for a signature of something else, for COSE
 * envelopes, which are not read here, and for manifests that notation would refuse.
 */
export function notationEnvelopeOf(manifest: Uint8Array, subject: Descriptor): EnvelopeReference | undefined {
  const loose = looseManifest(manifest);
  if (loose === undefined || ![loose.artifactType, loose.config?.mediaType].includes(SIGNATURE_TYPE)) return undefined;
  const { digest, size } = loose.subject ?? {};
  if (digest !== subject.digest || size !== subject.size) {
    throw refusal('its manifest is attached to something else', HINT);
  }
  const [layer, ...others]: readonly unknown[] = Array.isArray(loose.layers) ? loose.layers : [];
  const envelope = (layer ?? {}) as Partial<Record<keyof Descriptor, unknown>>;
  if (others.length > 0 || !isDigest(envelope.digest)) {
    throw refusal('its manifest does not name exactly one envelope', HINT);
  }
  if (envelope.mediaType !== ENVELOPE_TYPE) {
    throw refusal(
      'its envelope is not JWS (application/jose+json)',
      'sign with "notation sign --signature-format jws"',
    );
  }
  if (!Number.isSafeInteger(envelope.size) || Number(envelope.size) < 0 || Number(envelope.size) > MAX_ENVELOPE) {
    throw refusal('its envelope is larger than 32 MiB, or of no size', HINT);
  }
  return { digest: envelope.digest, size: Number(envelope.size) };
}

function looseManifest(bytes: Uint8Array): Loose | undefined {
  try {
    const value = strictJson(bytes);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
