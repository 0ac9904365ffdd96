/** How a bundle is attached to an artifact in a registry: OCI 1.1 referrers (cosign 3.1.2 `pkg/oci/remote/write.go`). */
import { digestOf } from '../../digest.ts';
import type { Descriptor, Digest } from '../../model.ts';
import { BUNDLE_TYPE } from '../bundle.ts';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** The two bytes that must be in the repository before the referrer. */
export const EMPTY_BLOB: { readonly descriptor: Descriptor; readonly bytes: Uint8Array } = {
  descriptor: {
    mediaType: 'application/vnd.oci.empty.v1+json',
    size: 2,
    digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  },
  bytes: Buffer.from('{}'),
};

/** A bundle to attach. */
export interface Attachment {
  readonly bundle: { readonly digest: Digest; readonly size: number };
  readonly predicateType: string;
  /** The manifest that it is attached to, with its own media type. */
  readonly subject: Descriptor;
  /** ISO 8601 in UTC with whole seconds; part of the manifest's digest, so a rerun gives the same time again. */
  readonly created: string;
}

/** A referrer as it stands in an index. */
export interface ReferrerDescriptor extends Descriptor {
  readonly annotations: Readonly<Record<string, string>>;
  readonly artifactType: string;
}

/** A referrer manifest, pushed by digest, and its descriptor for the fallback index of registries without the API. */
export interface Referrer {
  readonly manifest: Uint8Array;
  readonly descriptor: ReferrerDescriptor;
}

const ordered = ({ mediaType, size, digest }: Descriptor): Descriptor => ({ mediaType, size, digest });

/**
 * The referrer of an attachment, byte for byte as cosign writes it. Its descriptor carries artifact type and annotations:
 * some verifiers filter by the descriptor alone (cosign 3.0 left them out, and its bundles were not found).
 */
export function referrerOf({ bundle, predicateType, subject, created }: Attachment): Referrer {
  const annotations = {
    'dev.sigstore.bundle.content': 'dsse-envelope',
    'dev.sigstore.bundle.predicateType': predicateType,
    'org.opencontainers.image.created': created,
  };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { ...ordered(EMPTY_BLOB.descriptor), artifactType: BUNDLE_TYPE },
      layers: [ordered({ mediaType: BUNDLE_TYPE, ...bundle })],
      annotations,
      subject: ordered(subject),
      artifactType: BUNDLE_TYPE,
    }),
  );
  const own = ordered({ mediaType: MANIFEST_TYPE, size: manifest.length, digest: digestOf(manifest) });
  return { manifest, descriptor: { ...own, annotations, artifactType: BUNDLE_TYPE } };
}
