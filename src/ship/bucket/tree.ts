/** The files of a content as objects of their own, in a folder that nobody ever changes. */
import { gunzip } from '../../archive/gzip.ts';
import { pathProblem } from '../../archive/path.ts';
import { untar } from '../../archive/untar.ts';
import { eachLimit } from '../../concurrency.ts';
import { digestOf } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest, SourceFile } from '../../model.ts';
import type { Objects } from '../ports.ts';
import { IMMUTABLE } from './cache-control.ts';
import { listingPath, listingProblem, shownFiles } from './tree-listing.ts';
import { treeFolder } from './tree-root.ts';

/** Files at once, of each artifact. */
const AT_ONCE = 8;
/** Of a key, in bytes of UTF-8 (AWS S3 User Guide, "Naming Amazon S3 objects"). */
const KEY_LIMIT = 1024;
/** Far above the budget of an artifact (100 MB); guards against content that is not ours. Bytes. */
const LIMIT = 1024 ** 3;
/** What XML 1.0 cannot hold; listings are XML. */
const NO_XML = /[\uFFFE\uFFFF]/;

/** The files of a content (tar+gzip). Throws `CORRUPT`. */
export function filesOf(content: Uint8Array): readonly SourceFile[] {
  return untar(gunzip(content, { limit: LIMIT }), { limit: LIMIT });
}

function fileProblem(path: string, key: string): string | undefined {
  const length = Buffer.byteLength(key);
  if (length > KEY_LIMIT) return `its key would have ${length} bytes, and S3 takes ${KEY_LIMIT}`;
  return pathProblem(path) ?? (NO_XML.test(path) ? 'it holds a character that listings cannot' : undefined);
}

/**
 * Refuses files that a bucket, or Flux reading it, could not hold. `folder` is the full key of the folder they would lie in.
 * Throws `CONFIG` with the first such file.
 */
export function refuseFiles(artifact: string, files: readonly SourceFile[], folder: string): void {
  const refuse = (state: string, hint: string): SlipwayError =>
    new SlipwayError('CONFIG', `Cannot show artifact "${artifact}" as layout "tree": ${state}`, { hint });
  if (files.length === 0) throw refuse('it has no files', 'publish at least one: clusters would delete everything');
  for (const { path } of shownFiles(files)) {
    const problem = fileProblem(path, folder + path);
    if (problem !== undefined) {
      throw refuse(`file ${JSON.stringify(path)}: ${problem}`, 'rename it, or give the store another layout');
    }
  }
  const problem = listingProblem(files);
  if (problem !== undefined) throw refuse(problem, 'give it a kustomization.yaml, or the store another layout');
}

function typeOf(path: string): string {
  if (/\.ya?ml$/.test(path)) return 'application/yaml';
  return path.endsWith('.json') ? 'application/json' : 'application/octet-stream';
}

/**
 * Writes every file of a content, and what lists them; create-only unless `repair` is set. The listing comes last: where a
 * prune left one that cannot be built, everything is there before it can be.
 */
export async function putTree(
  objects: Objects,
  { content, files }: { readonly content: Digest; readonly files: readonly SourceFile[] },
  { repair }: { readonly repair: boolean },
): Promise<void> {
  const put = ({ path, bytes }: SourceFile): Promise<unknown> => {
    const options = { contentType: typeOf(path), cacheControl: IMMUTABLE, create: !repair };
    return objects.put(treeFolder(content) + path, bytes, options);
  };
  const shown = shownFiles(files);
  const last = listingPath(shown.map(({ path }) => path));
  await eachLimit(
    shown.filter(({ path }) => path !== last),
    AT_ONCE,
    put,
  );
  for (const file of shown) if (file.path === last) await put(file);
}

const HINT = 'the store damaged it or someone wrote it by hand; the next run that publishes it writes it again';

/**
 * Reads every object of a content's folder back and compares it with the content's own files, as well as that nothing else
 * lies there: clusters apply all of it. `base` is what comes before the folder. Throws `NOT_FOUND` for what is missing,
 * `CORRUPT` for what is damaged or does not belong there.
 */
export async function checkTree(objects: Objects, { artifact, content, files, base = '' }: Tree): Promise<void> {
  const folder = base + treeFolder(content);
  const shown = shownFiles(files);
  const expected = new Set(shown.map(({ path }) => folder + path));
  const stray = (await objects.list(folder)).objects.find(({ key }) => !key.endsWith('/') && !expected.has(key));
  if (stray !== undefined) {
    throw new SlipwayError(
      'CORRUPT',
      `"${stray.key}" does not belong to artifact "${artifact}": clusters would apply it`,
      {
        hint: 'look who wrote it, and delete it',
      },
    );
  }
  await eachLimit(shown, AT_ONCE, async ({ path, bytes }) => {
    const found = (await objects.get(folder + path))?.bytes;
    if (found === undefined) {
      throw new SlipwayError('NOT_FOUND', `Object "${folder}${path}" of artifact "${artifact}" is missing`);
    }
    if (digestOf(found) === digestOf(bytes)) return;
    const message = `Object "${folder}${path}" of artifact "${artifact}" does not match its content`;
    throw new SlipwayError('CORRUPT', message, { hint: HINT });
  });
}

/** A content with its files, and where its folder is. */
export interface Tree {
  readonly artifact: string;
  readonly content: Digest;
  readonly files: readonly SourceFile[];
  readonly base?: string;
}
