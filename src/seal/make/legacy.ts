/** Cosign's older signatures, `sha256-<hex>.sig`: for Flux up to 2.7 and verifiers of that age (cosign 3.1.2 `pkg/oci`). */
import { digestOf } from '../../digest.ts';
import type { Descriptor, Digest } from '../../model.ts';
import type { SigningIdentity } from './identity.ts';
import { legacyAnnotations } from './legacy-annotations.ts';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
/** Media type of the layers, whose bytes are the payloads. */
export const PAYLOAD_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';

/** One signature as layer of the signature manifest. */
export interface LegacyLayer extends Descriptor {
  readonly annotations: Readonly<Record<string, string>>;
}

/** A signature: its layer, and the payload that is the layer's bytes. */
export interface LegacySignature {
  readonly layer: LegacyLayer;
  readonly payload: Uint8Array;
}

/** The tag under which an artifact's signatures lie, in its own repository. */
export function legacyTag(manifest: Digest): string {
  return `${manifest.replace(':', '-')}.sig`;
}

/** Under which key of `optional` (cosign's `-a`) a payload names the artifact, which it has no field for. */
export const ARTIFACT_KEY = 'slipway.dev/artifact';

/**
 * The simple signing payload: what is signed. `reference` is `registry/repository` without tag, Docker Hub spelled
 * `index.docker.io/library/NAME`; verifiers do not compare it. `artifact` is a name that slipway compares.
 */
export function simpleSigningPayload(reference: string, manifest: Digest, artifact?: string): Uint8Array {
  const critical = {
    identity: { 'docker-reference': reference },
    image: { 'docker-manifest-digest': manifest },
    type: 'cosign container image signature',
  };
  return Buffer.from(
    JSON.stringify({ critical, optional: artifact === undefined ? null : { [ARTIFACT_KEY]: artifact } }),
  );
}

/** Signs one artifact the older way. Throws what the identity throws, and `CONFIG` for a log that cannot be written down so. */
export async function signLegacy(
  identity: SigningIdentity,
  reference: string,
  manifest: Digest,
  artifact?: string,
): Promise<LegacySignature> {
  const payload = simpleSigningPayload(reference, manifest, artifact);
  const signed = await identity.sign({ kind: 'bytes', payload });
  const descriptor = { mediaType: PAYLOAD_TYPE, size: payload.length, digest: digestOf(payload) };
  return { payload, layer: { ...descriptor, annotations: legacyAnnotations(signed) } };
}

/** The manifest for {@link legacyTag} and its config, which must be in the repository before it. */
export interface LegacyManifest {
  readonly manifest: Uint8Array;
  readonly config: { readonly descriptor: Descriptor; readonly bytes: Uint8Array };
}

const NO_TIME = '0001-01-01T00:00:00Z';

/** The manifest that holds these signatures, in their order: those that were there, then ours. Bytes as cosign writes them. */
export function legacyManifest(layers: readonly LegacyLayer[]): LegacyManifest {
  const bytes = Buffer.from(
    JSON.stringify({
      architecture: '',
      created: NO_TIME,
      history: layers.map(() => ({ created: NO_TIME })),
      os: '',
      // Payloads are not compressed, so the digests of what is in the layers are those of the layers.
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
      config: {},
    }),
  );
  const config = { mediaType: CONFIG_TYPE, size: bytes.length, digest: digestOf(bytes) };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config,
      layers: layers.map(({ mediaType, size, digest, annotations }) => ({ mediaType, size, digest, annotations })),
    }),
  );
  return { manifest, config: { descriptor: config, bytes } };
}
