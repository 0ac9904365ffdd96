/** One artifact back out of a store, checked on the way. */
import { gunzip } from '../archive/gzip.ts';
import { untar } from '../archive/untar.ts';
import { digestOf } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { Digest, SourceFile } from '../model.ts';
import { checkDigest } from './bucket/immutable.ts';
import { checkTree, filesOf as treeFiles } from './bucket/tree.ts';
import { readRoot, treeFolder } from './bucket/tree-root.ts';
import { firstLayer } from './manifest.ts';
import type { Objects, Repositories } from './ports.ts';

/** Where an artifact is read from. `label` is what messages call it. */
export type ArtifactSource =
  | {
      readonly kind: 'repository';
      readonly label: string;
      readonly repositories: Repositories;
      readonly repository: string;
      /** Tag or digest. */
      readonly reference: string;
    }
  | { readonly kind: 'object'; readonly label: string; readonly objects: Objects; readonly key: string };

/** Bytes; a bomb stops here. */
const LIMIT = 1024 ** 3;

/** The files of an artifact's content. Throws `CORRUPT` for what is no archive of files. */
export const filesOf = (content: Uint8Array): readonly SourceFile[] =>
  untar(gunzip(content, { limit: LIMIT }), { foreign: true, limit: LIMIT });

/** The object of layout `tree`, and what comes before the store's own keys. */
const ROOT = /^(.*\/)?(?:channels|versions)\/[^/]+\/[^/]+\/root\.yaml$/s;

type ObjectSource = Extract<ArtifactSource, { readonly kind: 'object' }>;

/** The files that a root leads to, each of them read where clusters read it. */
async function fetchTree(
  { objects, key, label }: ObjectSource,
  bytes: Uint8Array,
): Promise<{ readonly digest: Digest; readonly files: readonly SourceFile[] }> {
  const [, base = ''] = ROOT.exec(key) ?? [];
  const root = readRoot(bytes);
  if (root === undefined || root.folder !== base + treeFolder(root.content)) {
    throw new SlipwayError('CORRUPT', `Cannot pull "${label}": it does not lead to a folder of this store`, {
      hint: 'someone else wrote it, or it was copied from another place',
    });
  }
  const { artifact, content } = root;
  const tarball = (await objects.get(`${root.folder.replace(/\/$/, '')}.tgz`))?.bytes;
  if (tarball === undefined) throw missing(`${label} (content ${content})`);
  checkDigest(content, tarball, `content of "${label}"`);
  const files = treeFiles(tarball);
  await checkTree(objects, { artifact, content, files, base });
  return { digest: content, files };
}

function missing(label: string): SlipwayError {
  return new SlipwayError('NOT_FOUND', `Nothing is published as "${label}"`, {
    hint: 'take the reference from the receipt of slipway publish',
  });
}

/** Fetches an artifact by manifest (of any tool that writes Flux artifacts) or by a bucket's object. */
export async function fetchArtifact(
  source: ArtifactSource,
): Promise<{ readonly digest: Digest; readonly files: readonly SourceFile[] }> {
  if (source.kind === 'object') {
    const { key } = source;
    const bytes = (await source.objects.get(key))?.bytes;
    if (bytes === undefined) throw missing(source.label);
    if (ROOT.test(key)) return fetchTree(source, bytes);
    const files = /\.(?:tgz|tar\.gz)$/.test(key)
      ? filesOf(bytes)
      : [{ path: key.slice(key.lastIndexOf('/') + 1), bytes }];
    return { digest: digestOf(bytes), files };
  }
  const { repositories, repository, reference, label } = source;
  const manifest = await repositories.getManifest(repository, reference);
  if (manifest === undefined) throw missing(label);
  const layer = firstLayer(manifest.bytes);
  if (layer === undefined) {
    throw new SlipwayError('CORRUPT', `Cannot pull "${label}": it is not an image manifest with a layer`, {
      hint: 'an index or another kind of artifact is there; name a Flux artifact',
    });
  }
  const content = await repositories.getBlob(repository, layer.digest);
  if (content === undefined) throw missing(`${label} (layer ${layer.digest})`);
  return { digest: layer.digest, files: filesOf(content) };
}
