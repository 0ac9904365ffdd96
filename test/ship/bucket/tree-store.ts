/** A store of layout `tree` in memory, what is published to it, and what Flux makes of it. */
import { createHash } from 'node:crypto';
import { load, loadAll } from 'js-yaml';
import { gzip } from '../../../src/archive/gzip.ts';
import { tar } from '../../../src/archive/tar.ts';
import { digestOf, viewOfBytes } from '../../../src/digest.ts';
import type { BucketAccess, Entry, Packed, SourceFile } from '../../../src/model.ts';
import { forms } from '../../../src/seal/forms.ts';
import { bucketStore } from '../../../src/ship/bucket/store.ts';
import { CONTENT_TYPE, fluxManifest } from '../../../src/ship/manifest.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import type { Goods, Store } from '../../../src/ship/store.ts';

export const PREFIX = 'gitops/';

export const ACCESS: BucketAccess = {
  provider: 'generic',
  bucket: 'fleet',
  endpoint: 'minio.example.com',
  insecure: false,
  secretRef: 'minio',
  namespace: 'flux-system',
  interval: '1h',
};

/** Objects as the whole bucket has them; the store is below {@link PREFIX}. */
export function below(objects: Objects, prefix: string = PREFIX): Objects {
  const cut = <T extends { readonly key: string }>(object: T): T => ({
    ...object,
    key: object.key.slice(prefix.length),
  });
  return {
    get: (key) => objects.get(prefix + key),
    put: (key, bytes, options) => objects.put(prefix + key, bytes, options),
    replace: (key, bytes, etag, options) => objects.replace(prefix + key, bytes, etag, options),
    delete: (key) => objects.delete(prefix + key),
    async list(start, { startAfter, ...options } = {}) {
      const after = startAfter === undefined ? {} : { startAfter: prefix + startAfter };
      const found = await objects.list(prefix + start, { ...options, ...after });
      return { objects: found.objects.map(cut), prefixes: found.prefixes.map((one) => one.slice(prefix.length)) };
    },
  };
}

/** A store of layout `tree` in a bucket. */
export function treeStore(bucket: Objects, access: Partial<BucketAccess> = {}): Store {
  return bucketStore({
    ...{ name: 'eu', url: 's3://fleet/gitops', project: 'default', layout: 'tree', keyPrefix: PREFIX },
    referenceTo: (key) => `s3://fleet/${key}`,
    objects: below(bucket),
    forms,
    access: () => ({ ...ACCESS, ...access }),
  });
}

/** Files as text, by path. */
export type Files = Readonly<Record<string, string>>;

const sources = (files: Files): readonly SourceFile[] =>
  Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));

/** What a build makes of files with `render: source`. */
export function packedFiles(name: string, files: Files): Packed {
  const bytes = gzip(tar(sources(files)));
  return {
    ...{ name, render: 'source', bytes, resources: 1, findings: [] },
    content: { mediaType: CONTENT_TYPE, digest: digestOf(bytes), size: bytes.length },
    views: { tarball: viewOfBytes(bytes) },
  };
}

/** The same with a manifest, as stores take it. */
export function goodsOf(files: Files, name = 'east'): Goods {
  const { bytes, content, views } = packedFiles(name, files);
  const manifest = fluxManifest(content, { commit: 'c'.repeat(40), ref: 'main', dirty: false });
  const entry: Entry = {
    ...{ name, content: content.digest, manifest: digestOf(manifest), size: content.size, resources: 1, views },
    ...{ proofs: [], since: 1, commit: 'c'.repeat(40) },
  };
  return { entry, manifest, content: bytes };
}

interface FluxObject {
  readonly kind: string;
  readonly spec: Readonly<Record<string, string>>;
}

/**
 * What a cluster would apply: LIST the outer prefix, GET each, then the same with the prefix that the Bucket in there names,
 * and of that what lies in the path of its Kustomization. Undefined when there is no root. Throws for anything that is not
 * one Bucket and one Kustomization of it. Between LIST and GET a key may vanish: it is left out, as Flux leaves it out.
 */
export async function readTree(bucket: Objects, outer: string): Promise<Files | undefined> {
  const outside = await download(bucket, outer);
  const [root, ...more] = outside.values();
  if (root === undefined) return undefined;
  const [source, sync, ...others] = loadAll(root) as FluxObject[];
  if (more.length + others.length > 0 || source?.kind !== 'Bucket' || sync?.kind !== 'Kustomization') {
    throw new Error(`"${outer}" holds ${[...outside.keys()]}: ${root}`);
  }
  const folder = `${sync.spec.path?.replace(/^\.\//, '')}/`;
  const inside = await download(bucket, source.spec.prefix ?? '');
  const applied = [...inside].filter(([key]) => key.startsWith(folder));
  if (applied.length === 0) throw new Error(`path not found: "${folder}"`);
  return built(Object.fromEntries(applied.map(([key, text]) => [key.slice(folder.length), text])));
}

/** What the build takes: everything where nothing lists it, as kustomize-controller does. Throws for what is listed and missing. */
function built(files: Files): Files {
  const { 'kustomization.yaml': listing, ...others } = files;
  if (listing === undefined) return files;
  const { resources } = load(listing) as { readonly resources: readonly string[] };
  const paths = Object.keys(others);
  for (const resource of resources) {
    const path = resource.replace(/^\.\//, '');
    if (!paths.some((one) => one === path || one.startsWith(`${path}/`))) throw new Error(`cannot build: "${path}"`);
  }
  return listing.startsWith('# Made by slipway') ? others : files;
}

async function download(bucket: Objects, prefix: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const { key } of (await bucket.list(prefix)).objects) {
    const bytes = (await bucket.get(key))?.bytes;
    if (bytes !== undefined && !key.endsWith('/')) files.set(key, Buffer.from(bytes).toString('utf8'));
  }
  return files;
}

/** The revision of a prefix: sha256 over "key etag" lines. */
export async function listedRevision(bucket: Objects, prefix: string): Promise<string> {
  const lines = (await bucket.list(prefix)).objects.map(({ key, etag }) => `${key} ${etag}\n`);
  return `sha256:${createHash('sha256').update(lines.join('')).digest('hex')}`;
}
