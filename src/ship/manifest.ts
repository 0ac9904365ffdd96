/** The OCI manifests slipway writes, as exact bytes (OCI image-spec v1.1; the Flux form of flux 2.9). */
import { digestOf } from '../digest.ts';
import type { Descriptor, Provenance } from '../model.ts';

/** Media type of every manifest here. */
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
/** Media type of lists of manifests. */
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
/** Media type of an artifact's content, the one layer. */
export const CONTENT_TYPE = 'application/vnd.cncf.flux.content.v1.tar+gzip';
/** Artifact type of release records and version claims in a registry. */
export const RECORD_TYPE = 'application/vnd.slipway.record.v1+json';

const blob = (
  mediaType: string,
  bytes: Uint8Array,
): { readonly descriptor: Descriptor; readonly bytes: Uint8Array } => ({
  descriptor: { mediaType, size: bytes.length, digest: digestOf(bytes) },
  bytes,
});

/** The constant 115-byte config of a Flux artifact; no consumer reads it. */
export const FLUX_CONFIG: { readonly descriptor: Descriptor; readonly bytes: Uint8Array } = blob(
  'application/vnd.cncf.flux.config.v1+json',
  Buffer.from(
    '{"architecture":"","created":"0001-01-01T00:00:00Z","os":"","rootfs":{"type":"layers","diff_ids":null},"config":{}}',
  ),
);

/** The empty config `{}` of OCI 1.1 artifacts. */
export const EMPTY_CONFIG: { readonly descriptor: Descriptor; readonly bytes: Uint8Array } = blob(
  'application/vnd.oci.empty.v1+json',
  Buffer.from('{}'),
);

/** `<branch or tag>@sha1:<hex>`, the form Flux and its notifications read; `-dirty` marks uncommitted changes. */
export function revisionOf({ commit, ref, dirty }: Provenance): string | undefined {
  if (commit === undefined) return undefined;
  const id = `${commit.length === 64 ? 'sha256' : 'sha1'}:${commit}${dirty ? '-dirty' : ''}`;
  return ref === undefined ? id : `${ref}@${id}`;
}

const plain = (d: Descriptor): Descriptor => ({ mediaType: d.mediaType, size: d.size, digest: d.digest });

/** The manifest of an artifact: byte for byte what `flux push artifact` would write for these annotations. */
export function fluxManifest(content: Descriptor, provenance: Provenance): Uint8Array {
  const revision = revisionOf(provenance);
  const annotations = {
    'org.opencontainers.image.created': provenance.commitTime ?? '1970-01-01T00:00:00Z',
    ...(revision === undefined ? {} : { 'org.opencontainers.image.revision': revision }),
    ...(provenance.source === undefined ? {} : { 'org.opencontainers.image.source': provenance.source }),
  };
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: plain(FLUX_CONFIG.descriptor),
      layers: [plain(content)],
      annotations,
    }),
  );
}

/** The manifest that carries a record or claim as its only layer. */
export function recordManifest(record: Descriptor): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      artifactType: RECORD_TYPE,
      config: plain(EMPTY_CONFIG.descriptor),
      layers: [plain(record)],
    }),
  );
}

/** The first layer of any image manifest, or undefined when the bytes are something else (an index, say). */
export function firstLayer(manifest: Uint8Array): Descriptor | undefined {
  try {
    return (JSON.parse(Buffer.from(manifest).toString('utf8')) as { layers?: readonly Descriptor[] }).layers?.[0];
  } catch {
    return undefined;
  }
}
