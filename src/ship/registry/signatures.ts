/** Cosign's `.sig` tags: one manifest for each artifact, one layer for each signature. */
import { digestOf } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest, ProofForms, SignatureLayer } from '../../model.ts';
import { MANIFEST_TYPE } from '../manifest.ts';
import type { Repositories, StoredManifest } from '../ports.ts';
import { type Blobs, readable } from './blobs.ts';
import { changeTag } from './shared-tag.ts';

/** More layers are not read by cosign. */
const MAX_LAYERS = 1000;
/** Bytes. Payloads have some hundred. */
const MAX_PAYLOAD = 1_048_576;

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
  const layers = (tagged && (await layersIn(tagged, repository, blobs))) ?? [];
  return layers.filter((layer) => layer !== undefined);
}

/** The digest by which a signature is known as a proof. */
export function signatureDigest(forms: ProofForms, layer: SignatureLayer): Digest {
  return digestOf(forms.signatureBytes(layer));
}

/** Appends a signature, unless it is there. Calls for one manifest must not overlap. Throws `STORE` and `FOREIGN`. */
export async function addSignature(
  { repositories, blobs, forms }: SignaturePlace,
  repository: string,
  { manifest, layer }: { readonly manifest: Digest; readonly layer: SignatureLayer },
): Promise<void> {
  const tag = forms.signatureTag(manifest);
  const own = signatureDigest(forms, layer);
  await changeTag(repositories, {
    repository,
    tag,
    what: 'a signature',
    immutableHint: 'exclude "sha256-*.sig" from the immutability rule of the registry, or switch "legacy" off',
    async change(present) {
      const there = present === undefined ? [] : await layersIn(present, repository, blobs);
      const kept = there?.filter((one) => one !== undefined) ?? [];
      if (kept.some((one) => signatureDigest(forms, one) === own)) return undefined;
      if (there === undefined || kept.length < there.length) throw unreadable(repository, tag);
      if (there.length >= MAX_LAYERS) throw full(repository, tag);
      const next = forms.signatureManifest([...kept, layer]);
      for (const blob of next.blobs) await blobs.ensure(repository, blob);
      return { bytes: next.manifest, mediaType: MANIFEST_TYPE };
    },
  });
}

function unreadable(repository: string, tag: string): SlipwayError {
  const message = `Cannot add a signature to tag "${tag}" of "${repository}": what is there is not made of cosign signatures`;
  return new SlipwayError('FOREIGN', message, { hint: 'delete that tag and run again, or switch "legacy" off' });
}

function full(repository: string, tag: string): SlipwayError {
  const message = `Cannot add a signature to tag "${tag}" of "${repository}": it has ${MAX_LAYERS}, and cosign reads no more`;
  return new SlipwayError('STORE', message, { hint: 'delete that tag and run again, or switch "legacy" off' });
}

/** One item for each layer, undefined for what is no signature; undefined as a whole for what has no layers. */
async function layersIn(
  { bytes }: StoredManifest,
  repository: string,
  blobs: Blobs,
): Promise<readonly (SignatureLayer | undefined)[] | undefined> {
  const layers = parseLayers(bytes);
  const read: (SignatureLayer | undefined)[] = [];
  for (const value of layers ?? []) {
    const layer = isLayer(value) && value.size <= MAX_PAYLOAD ? value : undefined;
    const payload = layer && (await blobs.read(repository, layer.digest));
    read.push(layer && payload && { payload, mediaType: layer.mediaType, annotations: layer.annotations });
  }
  return layers && read;
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
  const isBlob = typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest) && typeof size === 'number';
  if (!isBlob || typeof mediaType !== 'string' || typeof annotations !== 'object' || annotations === null) return false;
  return Object.values(annotations).every((text) => typeof text === 'string');
}
