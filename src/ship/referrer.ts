/** Manifests that say what they are attached to (OCI image-spec v1.1 `subject`), as stores without a server list them. */
import { digestOf } from '../digest.ts';
import type { Digest, ReferrerDescriptor } from '../model.ts';

/** The subject of a manifest, and the manifest's descriptor for the list of that one's referrers. */
export interface Attached {
  readonly subject: Digest;
  readonly descriptor: ReferrerDescriptor;
}

interface Loose {
  readonly subject?: { readonly digest?: Digest };
  readonly artifactType?: string;
  readonly config?: { readonly mediaType?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Undefined for a manifest without subject, and for bytes that are none. */
export function attachedBy(manifest: Uint8Array, mediaType: string): Attached | undefined {
  const { subject, config, annotations, artifactType = config?.mediaType } = parse(manifest);
  if (subject?.digest === undefined) return undefined;
  const descriptor = {
    mediaType,
    digest: digestOf(manifest),
    size: manifest.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  return { subject: subject.digest, descriptor };
}

function parse(manifest: Uint8Array): Loose {
  try {
    return (JSON.parse(Buffer.from(manifest).toString('utf8')) as Loose | null) ?? {};
  } catch {
    return {};
  }
}

/** The tag of the index of what is attached to a manifest, where a registry has no list (OCI distribution-spec v1.1.1). */
export function fallbackTag(subject: Digest): string {
  return subject.replace(':', '-');
}
