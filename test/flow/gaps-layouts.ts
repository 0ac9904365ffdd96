/** The layouts of a bucket, each with what publishes it and what a reader of it makes of what it finds. */
import { createHash } from 'node:crypto';
import { gzip } from '../../src/archive/gzip.ts';
import { tar } from '../../src/archive/tar.ts';
import { digestOf, viewOfBytes } from '../../src/digest.ts';
import type { BucketAccess, Packed, SourceFile } from '../../src/model.ts';
import { forms } from '../../src/seal/forms.ts';
import { registryBucketStore } from '../../src/ship/bucket/static-registry/store.ts';
import { bucketStore } from '../../src/ship/bucket/store.ts';
import { CONTENT_TYPE } from '../../src/ship/manifest.ts';
import type { Objects } from '../../src/ship/ports.ts';
import type { Store } from '../../src/ship/store.ts';
import type { BucketReader, Read } from './gaps-reader.ts';
import { CHANNEL, packed } from './world.ts';

/** What a reader has after one look: which letter's bytes, nothing at all, or an error that it will try again after. */
export type Seen =
  | { readonly kind: 'shown'; readonly letter: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed' };

/** One layout. */
export interface GapLayout {
  readonly name: string;
  store(objects: Objects): Store;
  packed(artifact: string, letter: string): Packed;
  /** One look at an artifact. Throws when it is torn: partial, mixed, empty, damaged or without proof. */
  look(reader: BucketReader, artifact: string): Promise<Seen>;
}

/** Contents that artifacts have; few, so that releases often go back to one of them. */
export const LETTERS = ['a', 'b', 'c'] as const;

const common = { name: 'us', url: 'memory:us', project: 'default', forms };
const digestIn = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The letter whose bytes these are. */
function letterOf(what: string, bytes: Uint8Array, bytesOf: (letter: string) => string): string {
  const letter = LETTERS.find((one) => bytesOf(one) === digestIn(bytes));
  if (letter === undefined) throw new Error(`${what} has bytes that nobody published`);
  return letter;
}

/** A Bucket has to find one file of this name, and nothing else. */
function onlyFile(read: Extract<Read, { readonly kind: 'files' }>, prefix: string, name: string): Buffer {
  const bytes = read.files.get(prefix + name);
  if (bytes === undefined || read.files.size !== 1) throw new Error(`"${prefix}" holds ${[...read.files.keys()]}`);
  return bytes;
}

/** A layout that switches by one object below `channels/`. */
function single(layout: 'object' | 'tarball', file: string): GapLayout {
  return {
    name: layout,
    store: (objects) => bucketStore({ ...common, layout, keyPrefix: '', referenceTo: (key) => key, objects }),
    packed,
    async look(reader, artifact) {
      const prefix = `channels/${CHANNEL}/${artifact}/`;
      const read = await reader.read(prefix);
      if (read.kind === 'failed') return { kind: 'failed' };
      if (read.files.size === 0) return { kind: 'absent' };
      const bytes = onlyFile(read, prefix, file);
      const letter = letterOf(prefix, bytes, (one) => packed(artifact, one).views[layout]?.digest ?? '');
      return { kind: 'shown', letter };
    },
  };
}

/** One rendered file. */
const objectLayout: GapLayout = single('object', 'manifests.yaml');
/** The content itself. */
const tarballLayout: GapLayout = single('tarball', 'manifests.tgz');

interface Index {
  readonly manifests: readonly { readonly digest: string }[];
}
interface Manifest {
  readonly layers: readonly { readonly digest: string }[];
}

const parsed = <T>(bytes: Buffer): T => JSON.parse(bytes.toString('utf8')) as T;

/** An OCIRepository that verifies: tag → referrers → bundle → manifest by digest → blob, each hashed. */
async function lookInRegistry(reader: BucketReader, artifact: string): Promise<Seen> {
  const home = `v2/fleet/${artifact}`;
  const tagged = await reader.get(`${home}/manifests/${CHANNEL}`);
  if (tagged === undefined) return { kind: 'absent' };
  const digest = digestIn(tagged);

  async function hashed(kind: 'manifests' | 'blobs', wanted: string): Promise<Buffer> {
    const bytes = await reader.get(`${home}/${kind}/${wanted}`);
    if (bytes === undefined) throw new Error(`${home}:${CHANNEL} needs ${kind} ${wanted}, which is not there`);
    if (digestIn(bytes) !== wanted) throw new Error(`${home} has other bytes under ${wanted}`);
    return bytes;
  }

  const referrers = await reader.get(`${home}/referrers/${digest}`);
  if (referrers === undefined) throw new Error(`${home}:${CHANNEL} has no list of referrers`);
  const proofs = await Promise.all(
    parsed<Index>(referrers).manifests.map(async (one) => {
      const [layer] = parsed<Manifest>(await hashed('manifests', one.digest)).layers;
      return String(await hashed('blobs', layer?.digest ?? ''));
    }),
  );
  if (!proofs.some((text) => text.includes(digest))) throw new Error(`${home}:${CHANNEL} is not proved`);
  const [layer] = parsed<Manifest>(await hashed('manifests', digest)).layers;
  const content = await hashed('blobs', layer?.digest ?? '');
  return { kind: 'shown', letter: letterOf(home, content, (one) => packed(artifact, one).content.digest) };
}

/** What lies under a prefix, as objects of their own. */
function below(objects: Objects, prefix: string): Objects {
  return {
    get: (key) => objects.get(prefix + key),
    put: (key, bytes, options) => objects.put(prefix + key, bytes, options),
    replace: (key, bytes, etag, options) => objects.replace(prefix + key, bytes, etag, options),
    delete: (key) => objects.delete(prefix + key),
    async list(start, { startAfter, ...options } = {}) {
      const after = startAfter === undefined ? {} : { startAfter: prefix + startAfter };
      const listing = await objects.list(prefix + start, { ...options, ...after });
      return {
        objects: listing.objects.map((object) => ({ ...object, key: object.key.slice(prefix.length) })),
        prefixes: listing.prefixes.map((name) => name.slice(prefix.length)),
      };
    },
  };
}

/** The bucket as a registry. */
const registryLayout: GapLayout = {
  name: 'registry',
  store: (root) =>
    registryBucketStore({
      ...common,
      keyPrefix: 'fleet/',
      root,
      objects: below(root, 'fleet/'),
      referencePrefix: 's3://fleet/',
      referenceQuery: '?layout=registry',
    }),
  packed,
  look: lookInRegistry,
};

const ACCESS: BucketAccess = {
  provider: 'generic',
  bucket: 'fleet',
  endpoint: 's3.example.com',
  insecure: false,
  namespace: 'flux-system',
  interval: '1h',
};

/** Three files, one of which no other letter has, and the list of all. */
function treeFiles(artifact: string, letter: string): readonly SourceFile[] {
  const paths = ['app.yaml', 'base/db.yaml', `only-${letter}.yaml`];
  const files = paths.map((path) => ({ path, bytes: Buffer.from(`artifact: ${artifact}\nletter: ${letter}\n`) }));
  return [...files, { path: 'kustomization.yaml', bytes: Buffer.from(JSON.stringify({ resources: paths })) }];
}

function packedTree(artifact: string, letter: string): Packed {
  const bytes = gzip(tar(treeFiles(artifact, letter)));
  return {
    name: artifact,
    render: 'source',
    content: { mediaType: CONTENT_TYPE, digest: digestOf(bytes), size: bytes.length },
    bytes,
    views: { tarball: viewOfBytes(bytes) },
    resources: 1,
    findings: [],
  };
}

/** Files of a letter as a listing of paths and texts. */
const flat = (files: Iterable<readonly [string, Uint8Array]>): string =>
  [...files]
    .map(([path, bytes]) => `${path}: ${Buffer.from(bytes)}`)
    .sort()
    .join('\n');

/** The outer Bucket finds the root; the inner one reads what the root says. */
async function lookAtTree(reader: BucketReader, artifact: string): Promise<Seen> {
  const prefix = `channels/${CHANNEL}/${artifact}/`;
  const outer = await reader.read(prefix);
  if (outer.kind === 'failed') return { kind: 'failed' };
  if (outer.files.size === 0) return { kind: 'absent' };
  const [, folder] = /^ {2}prefix: "(content\/[^"]+\/)"$/m.exec(String(onlyFile(outer, prefix, 'root.yaml'))) ?? [];
  if (folder === undefined) throw new Error(`${prefix}root.yaml has no prefix`);
  const inner = await reader.read(folder);
  if (inner.kind === 'failed') throw new Error(`${folder} changed while it was read: ${inner.reason}`);
  const found = flat([...inner.files].map(([key, bytes]) => [key.slice(folder.length), bytes] as const));
  const wanted = (letter: string): string =>
    flat(treeFiles(artifact, letter).map(({ path, bytes }) => [path, bytes] as const));
  const letter = LETTERS.find((one) => wanted(one) === found);
  if (letter === undefined) throw new Error(`${folder} holds ${[...inner.files.keys()]}`);
  return { kind: 'shown', letter };
}

/** A root that leads to a folder of files. */
const treeLayout: GapLayout = {
  name: 'tree',
  store: (objects) =>
    bucketStore({
      ...common,
      layout: 'tree',
      keyPrefix: '',
      referenceTo: (key) => key,
      objects,
      access: () => ACCESS,
    }),
  packed: packedTree,
  look: lookAtTree,
};

/** All of them, with their names in front. */
export const GAP_LAYOUTS: readonly (readonly [string, GapLayout])[] = [
  objectLayout,
  tarballLayout,
  treeLayout,
  registryLayout,
].map((one) => [one.name, one]);
