import { gzip } from '../../archive/gzip.ts';
import { tar } from '../../archive/tar.ts';
import { eachLimit } from '../../concurrency.ts';
import { digestOf, viewOfBytes } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest, Entry, Views } from '../../model.ts';
import { CONTENT_TYPE, fluxManifest } from '../manifest.ts';
import type { Objects } from '../ports.ts';
import type { NameSpace, Names, Shelf } from '../store.ts';
import { type Layout, type LayoutName, layoutOf, otherFiles, viewOf } from './layouts.ts';

const AT_ONCE = 16;

/** What the names of a bucket need besides its objects. */
export interface BucketNamesOptions {
  readonly layout: LayoutName | undefined;
  /** The store's prefix inside the bucket as readers see it: empty or ending with a slash. */
  readonly keyPrefix: string;
  /** Makes a reference of a full key: `s3://bucket/KEY?region=…`. */
  readonly referenceTo: (key: string) => string;
  readonly shelf: Shelf;
}

/** What a foreign object becomes when it is kept: content that shows it again byte for byte. */
function contentOf(layout: Layout, shown: Uint8Array): { readonly content: Uint8Array; readonly views: Views } {
  if (layout.name === 'tarball') return { content: shown, views: { tarball: viewOfBytes(shown) } };
  const content = gzip(tar([{ path: layout.file, bytes: shown }]));
  return { content, views: { object: viewOfBytes(shown), tarball: viewOfBytes(content) } };
}

/** Where the names of a channel or a version lie; each artifact has a folder below. */
export const folderOf = (space: NameSpace): string =>
  space.kind === 'channel' ? `channels/${space.channel}/` : `versions/${space.version}/`;

/** Names as single objects that one PUT switches. */
export function bucketNames(objects: Objects, options: BucketNamesOptions): Names {
  const keyOf = (space: NameSpace, entry: Entry): string =>
    `${folderOf(space)}${entry.name}/${layoutOf(entry, options.layout).file}`;
  const shows = (entry: Entry): Digest => viewOf(entry, layoutOf(entry, options.layout)).digest;

  /** A reader takes everything under its prefix, so what an earlier layout left there would be applied for ever. */
  function refuseLeftovers(space: NameSpace, entry: Entry, present: { has(key: string): boolean }): void {
    const folder = `${folderOf(space)}${entry.name}/`;
    const left = otherFiles(layoutOf(entry, options.layout)).find((file) => present.has(folder + file));
    if (left === undefined) return;
    throw new SlipwayError(
      'REFUSED',
      `"${folder}${left}" is still there: clusters would read it beside the new layout`,
      {
        hint: 'publish under a new artifact name, or move the consumers and delete that object first',
      },
    );
  }

  /** LIST answers the common case; only an ETag that is not the expected MD5 makes the object be read. */
  async function heldDigest(key: string, etag: string, entry: Entry): Promise<Digest | undefined> {
    const view = layoutOf(entry, options.layout).view(entry);
    if (view !== undefined && etag === view.md5) return view.digest;
    const found = await objects.get(key);
    return found && digestOf(found.bytes);
  }

  return {
    shows,
    async held(space, entries) {
      const [only] = entries;
      const prefix = folderOf(space) + (entries.length === 1 && only ? `${only.name}/` : '');
      const listing = await objects.list(prefix);
      const etags = new Map(listing.objects.map((object) => [object.key, object.etag]));
      const found = await eachLimit(entries, AT_ONCE, async (entry): Promise<readonly [string, Digest] | undefined> => {
        refuseLeftovers(space, entry, etags);
        const etag = etags.get(keyOf(space, entry));
        const digest = etag === undefined ? undefined : await heldDigest(keyOf(space, entry), etag, entry);
        return digest && [entry.name, digest];
      });
      return new Map(found.filter((pair) => pair !== undefined));
    },
    async move(space, { entry, content }) {
      const layout = layoutOf(entry, options.layout);
      const { outcome } = await objects.put(keyOf(space, entry), layout.bytes(content), {
        contentType: layout.contentType,
        cacheControl: space.kind === 'channel' ? 'no-cache' : 'public, max-age=31536000, immutable',
        create: space.kind === 'version',
        metadata: {
          'slipway-manifest': entry.manifest,
          ...(entry.commit === undefined ? {} : { 'slipway-commit': entry.commit }),
        },
      });
      return outcome === 'created' ? 'moved' : 'exists';
    },
    async adopt(space, entry) {
      const key = keyOf(space, entry);
      const held = await objects.get(key);
      if (held === undefined)
        throw new SlipwayError('FOREIGN', `Cannot adopt "${key}": it is gone`, { hint: 'run again' });
      const layout = layoutOf(entry, options.layout);
      const { content, views } = contentOf(layout, held.bytes);
      const digest = digestOf(content);
      const manifest = fluxManifest({ mediaType: CONTENT_TYPE, digest, size: content.length }, { dirty: false });
      const adopted: Entry = { ...entry, content: digest, manifest: digestOf(manifest), size: content.length, views };
      await options.shelf.put({ entry: adopted, manifest, content });
      return adopted;
    },
    reference: (space, entry) => options.referenceTo(options.keyPrefix + keyOf(space, entry)),
    fluxRevision(space, entry) {
      const view = viewOf(entry, layoutOf(entry, options.layout));
      return digestOf(Buffer.from(`${options.keyPrefix}${keyOf(space, entry)} ${view.md5}\n`));
    },
  };
}
