import { SlipwayError } from '../../../errors.ts';
import { INDEX_TYPE, MANIFEST_TYPE } from '../../manifest.ts';

/** A manifest's media type by its own bytes, which is all that a bucket gives back: it says it, or its shape does. */
export function mediaTypeOf(manifest: Uint8Array): string {
  const { mediaType, manifests } = parse(manifest);
  if (typeof mediaType === 'string') return mediaType;
  return Array.isArray(manifests) ? INDEX_TYPE : MANIFEST_TYPE;
}

/** Throws `STORE` for a manifest that is said to be of another type than its bytes say: readers would refuse it. */
export function checkMediaType(manifest: Uint8Array, mediaType: string): void {
  const own = mediaTypeOf(manifest);
  if (own === mediaType) return;
  throw new SlipwayError('STORE', `Cannot write a manifest as "${mediaType}": it says that it is "${own}"`, {
    hint: 'write it with its own media type',
  });
}

function parse(manifest: Uint8Array): { readonly mediaType?: unknown; readonly manifests?: unknown } {
  try {
    return (JSON.parse(Buffer.from(manifest).toString('utf8')) as object | null) ?? {};
  } catch {
    return {};
  }
}
