/** Cosign's `.sig` tags: one manifest for each artifact, one layer for each signature. */
import { eachLimit } from '../../concurrency.ts';
import { digestOf, isDigest } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest, ProofForms, SignatureLayer } from '../../model.ts';
import { MANIFEST_TYPE } from '../manifest.ts';
import type { Repositories, StoredManifest } from '../ports.ts';
import { type Blobs, readable } from './blobs.ts';
import type { SharedTags } from './shared-tag.ts';

/** More layers are not read by cosign. */
const MAX_LAYERS = 1000;
/** Bytes. Payloads have some hundred. */
const MAX_PAYLOAD = 1_048_576;
/** Payloads read at once. */
const AT_ONCE = 16;

/** A registry, and how signatures lie in it. */
export interface SignaturePlace {
  readonly repositories: Repositories;
  readonly blobs: Blobs;
  readonly forms: ProofForms;
}

/** The signatures of a manifest; those that cannot be read are left out. */
export async function signaturesOf(
  { repositories, blobs, forms }: SignaturePlace,
  repository: string,
  manifest: Digest,
): Promise<readonly SignatureLayer[]> {
  const tagged = await readable(() => repositories.getManifest(repository, forms.signatureTag(manifest)));
  const layers = (tagged && (await layersIn(tagged, (digest) => blobs.read(repository, digest)))) ?? [];
  return layers.filter((layer) => layer !== undefined);
}

/** The digest by which a signature is known as a proof. */
export function signatureDigest(forms: ProofForms, layer: SignatureLayer): Digest {
  return digestOf(forms.signatureBytes(layer));
}

/** Appends a signature, unless it is there. Calls for one manifest must not overlap. Throws `STORE`. */
export async function addSignature(
  { tags, blobs, forms }: Pick<SignaturePlace, 'blobs' | 'forms'> & { readonly tags: SharedTags },
  repository: string,
  { manifest, layer }: { readonly manifest: Digest; readonly layer: SignatureLayer },
): Promise<void> {
  const tag = forms.signatureTag(manifest);
  const identity = (one: SignatureLayer): Digest => signatureDigest(forms, one);
  const recall = (digest: Digest): Promise<Uint8Array | undefined> => blobs.recall(repository, digest);
  const place = async (layers: readonly SignatureLayer[]): Promise<Uint8Array> => {
    const next = forms.signatureManifest(layers);
    for (const blob of next.blobs) await blobs.ensure(repository, blob);
    return next.manifest;
  };
  // Before the tag is read: the less comes between reading and writing it, the fewer others are undone.
  await place([layer]);
  await tags.change({
    repository,
    tag,
    what: 'a signature',
    immutableHint: 'exclude "sha256-*.sig" from the immutability rule of the registry, or switch "legacy" off',
    async change(present, before) {
      const there = present === undefined ? [] : await layersIn(present, recall);
      const kept = there?.filter((one) => one !== undefined) ?? [];
      const known = new Set(kept.map(identity));
      const isUnreadable = there === undefined || kept.length < there.length;
      if (isUnreadable && !known.has(identity(layer))) throw unreadable(repository, tag);
      const earlier = (await Promise.all(before.map((one) => layersIn(one, recall)))).flatMap((one) => one ?? []);
      const wanted = [...earlier.filter((one) => one !== undefined), layer].filter((one) => !known.has(identity(one)));
      const added = new Map(wanted.map((one) => [identity(one), one]));
      if (isUnreadable || added.size === 0) return undefined;
      if (kept.length + added.size > MAX_LAYERS) throw full(repository, tag);
      return { bytes: await place([...kept, ...added.values()]), mediaType: MANIFEST_TYPE };
    },
  });
}

function unreadable(repository: string, tag: string): SlipwayError {
  const message = `Cannot add a signature to tag "${tag}" of "${repository}": what is there is not made of cosign signatures`;
  // Not FOREIGN, which ends the run: other stores can go on.
  return new SlipwayError('STORE', message, { hint: 'delete that tag and run again, or switch "legacy" off' });
}

function full(repository: string, tag: string): SlipwayError {
  const message = `Cannot add a signature to tag "${tag}" of "${repository}": it has ${MAX_LAYERS}, and cosign reads no more`;
  return new SlipwayError('STORE', message, { hint: 'delete that tag and run again, or switch "legacy" off' });
}

/** One item for each layer, undefined for what is no signature; undefined as a whole for what has no layers. */
async function layersIn(
  { bytes }: StoredManifest,
  read: (digest: Digest) => Promise<Uint8Array | undefined>,
): Promise<readonly (SignatureLayer | undefined)[] | undefined> {
  const layers = parseLayers(bytes);
  return (
    layers &&
    eachLimit(layers, AT_ONCE, async (value) => {
      const layer = isLayer(value) && value.size <= MAX_PAYLOAD ? value : undefined;
      const payload = layer && (await read(layer.digest));
      return layer && payload && { payload, mediaType: layer.mediaType, annotations: layer.annotations };
    })
  );
}

function parseLayers(manifest: Uint8Array): readonly unknown[] | undefined {
  try {
    const { layers } = JSON.parse(Buffer.from(manifest).toString('utf8')) as { readonly layers?: unknown };
    return Array.isArray(layers) ? layers.slice(0, MAX_LAYERS) : undefined;
  } catch {
    return undefined;
  }
}

interface Layer {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
}

function isLayer(value: unknown): value is Layer {
  const { mediaType, digest, size, annotations } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isBlob = isDigest(digest) && typeof size === 'number';
  if (!isBlob || typeof mediaType !== 'string' || typeof annotations !== 'object' || annotations === null) return false;
  return Object.values(annotations).every((text) => typeof text === 'string');
}
