/** A repository in a registry, by plain requests. `base` is `http://HOST/v2/NAME`. */
import { digestOf } from '../../src/digest.ts';
import type { Descriptor } from '../../src/model.ts';
import { EMPTY_BLOB } from '../../src/seal/make/referrer.ts';

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

/** Puts bytes into a repository: a blob, or a manifest under its reference. */
export async function put(
  base: string,
  bytes: Uint8Array,
  as?: { readonly type: string; readonly reference: string },
): Promise<void> {
  const begin = as === undefined ? await fetch(`${base}/blobs/uploads/`, { method: 'POST' }) : undefined;
  const location = new URL(begin?.headers.get('location') ?? `${base}/manifests/${as?.reference}`, base);
  if (begin !== undefined) location.searchParams.set('digest', digestOf(bytes));
  const headers = { 'Content-Type': as?.type ?? 'application/octet-stream' };
  const answer = await fetch(location, { method: 'PUT', headers, body: Buffer.from(bytes) });
  if (answer.status !== 201) throw new Error(`PUT ${location} answered ${answer.status}`);
}

/** Fetches a manifest, an index or a blob. */
export async function get(url: string): Promise<Buffer> {
  const answer = await fetch(url, { headers: { Accept: `${MANIFEST_TYPE}, ${INDEX_TYPE}` } });
  if (!answer.ok) throw new Error(`GET ${url} answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** Publishes an artifact of one layer and answers its descriptor. */
export async function publish(base: string, content: string): Promise<Descriptor> {
  const layer = Buffer.from(content);
  await put(base, EMPTY_BLOB.bytes);
  await put(base, layer);
  const layers = [{ mediaType: 'text/plain', size: layer.length, digest: digestOf(layer) }];
  const document = { schemaVersion: 2, mediaType: MANIFEST_TYPE, config: EMPTY_BLOB.descriptor, layers };
  const manifest = Buffer.from(JSON.stringify(document));
  const digest = digestOf(manifest);
  await put(base, manifest, { type: MANIFEST_TYPE, reference: digest });
  return { mediaType: MANIFEST_TYPE, size: manifest.length, digest };
}
