/** The `index.json` of an OCI image layout (image-spec v1.1): which manifests there are, and their tags. Pure. */

import { SlipwayError } from '../../errors.ts';
import type { Descriptor, Digest } from '../../model.ts';
import { INDEX_TYPE } from '../manifest.ts';

/** Manifests by descriptor; one with a tag carries it as an annotation. Whatever else a file holds is kept as it is. */
export interface LayoutIndex {
  readonly manifests: readonly IndexedManifest[];
}

/** A descriptor as it stands in an index, with fields that are not ours kept. */
export interface IndexedManifest extends Descriptor {
  readonly annotations?: Readonly<Record<string, string>>;
}

const tagAnnotation = 'org.opencontainers.image.ref.name';

/** An index without manifests. */
export const emptyIndex: LayoutIndex & Readonly<Record<string, unknown>> = {
  schemaVersion: 2,
  mediaType: INDEX_TYPE,
  manifests: [],
};

/** Reads an index. Throws `CORRUPT` naming `file`. */
export function parseIndex(bytes: Uint8Array, file: string): LayoutIndex {
  let json: unknown;
  let cause: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    cause = error;
  }
  if (isIndex(json)) return json;
  throw new SlipwayError('CORRUPT', `Cannot read "${file}": it is not an OCI image index`, {
    cause,
    hint: 'restore the file, or move the folder away and publish again',
  });
}

/** The index as bytes: JSON with a final newline. */
export function formatIndex(index: LayoutIndex): Uint8Array {
  return Buffer.from(`${JSON.stringify(index)}\n`);
}

/** The tag of a listed manifest, if it has one. */
export function tagOf({ annotations }: IndexedManifest): string | undefined {
  return annotations?.[tagAnnotation];
}

/** The index after `tag` was pointed at a manifest. What the tag named before stays listed, without the tag. */
export function withTag(index: LayoutIndex, tag: string, manifest: Descriptor): LayoutIndex {
  const before = index.manifests.filter((listed) => tagOf(listed) === tag);
  const others = index.manifests.filter((listed) => !before.includes(listed));
  const tagged = others.filter((listed) => listed.digest !== manifest.digest || tagOf(listed) !== undefined);
  const orphans = before.filter((old) => old.digest !== manifest.digest && !hasDigest(others, old.digest));
  const current: IndexedManifest = { ...manifest, annotations: { [tagAnnotation]: tag } };
  return { ...index, manifests: [...tagged, ...orphans.map(withoutTag), current] };
}

/** The index with a manifest listed; unchanged when it is listed already, under whatever tag. */
export function withManifest(index: LayoutIndex, manifest: Descriptor): LayoutIndex {
  if (hasDigest(index.manifests, manifest.digest)) return index;
  return { ...index, manifests: [...index.manifests, manifest] };
}

/** The index without a manifest, whatever tags it had. */
export function without(index: LayoutIndex, digest: Digest): LayoutIndex {
  return { ...index, manifests: index.manifests.filter((listed) => listed.digest !== digest) };
}

function hasDigest(manifests: readonly IndexedManifest[], digest: Digest): boolean {
  return manifests.some((listed) => listed.digest === digest);
}

function withoutTag({ annotations = {}, ...descriptor }: IndexedManifest): IndexedManifest {
  const rest = Object.entries(annotations).filter(([name]) => name !== tagAnnotation);
  return rest.length === 0 ? descriptor : { ...descriptor, annotations: Object.fromEntries(rest) };
}

function isIndex(json: unknown): json is LayoutIndex {
  if (typeof json !== 'object' || json === null) return false;
  const manifests: unknown = Reflect.get(json, 'manifests');
  return Array.isArray(manifests) && manifests.every(isManifest);
}

function isManifest(value: unknown): value is IndexedManifest {
  if (typeof value !== 'object' || value === null) return false;
  const { mediaType, digest, size, annotations = {} } = value as Record<string, unknown>;
  const isDescriptor = typeof mediaType === 'string' && typeof digest === 'string' && Number.isSafeInteger(size);
  if (!isDescriptor || typeof annotations !== 'object' || annotations === null) return false;
  return Object.values(annotations).every((text) => typeof text === 'string');
}
