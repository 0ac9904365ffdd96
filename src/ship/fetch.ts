/** One artifact back out of a store, checked on the way. */
import { gunzip } from '../archive/gzip.ts';
import { untar } from '../archive/untar.ts';
import { digestOf } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { Digest, SourceFile } from '../model.ts';
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

const filesOf = (content: Uint8Array): readonly SourceFile[] =>
  untar(gunzip(content, { limit: LIMIT }), { foreign: true, limit: LIMIT });

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
