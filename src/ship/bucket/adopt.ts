/** Keeps what somebody else wrote under a name. */
import { gzip } from '../../archive/gzip.ts';
import { tar } from '../../archive/tar.ts';
import { digestOf, viewOfBytes } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Entry, Views } from '../../model.ts';
import { CONTENT_TYPE, fluxManifest } from '../manifest.ts';
import type { Objects } from '../ports.ts';
import type { Shelf } from '../store.ts';
import { type Layout, type LayoutName, layoutOf, RENDERED } from './layouts.ts';

/** What a foreign object becomes when it is kept: content that shows it again byte for byte, or leads to it. */
function contentOf(layout: Layout, shown: Uint8Array): { readonly content: Uint8Array; readonly views: Views } {
  if (layout.name === 'tarball') return { content: shown, views: { tarball: viewOfBytes(shown) } };
  const content = gzip(tar([{ path: RENDERED, bytes: shown }]));
  return { content, views: { object: viewOfBytes(shown), tarball: viewOfBytes(content) } };
}

/** The entry that describes the object under a key, its bytes put on the shelf. Throws `FOREIGN` when it is gone. */
export async function adoptForeign(
  objects: Objects,
  { shelf, layout }: { readonly shelf: Shelf; readonly layout: LayoutName | undefined },
  { entry, key }: { readonly entry: Entry; readonly key: string },
): Promise<Entry> {
  const held = await objects.get(key);
  if (held === undefined) throw new SlipwayError('FOREIGN', `Cannot adopt "${key}": it is gone`, { hint: 'run again' });
  const { content, views } = contentOf(layoutOf(entry, layout), held.bytes);
  const digest = digestOf(content);
  const manifest = fluxManifest({ mediaType: CONTENT_TYPE, digest, size: content.length }, { dirty: false });
  const told = { manifest: digestOf(manifest), manifestMd5: viewOfBytes(manifest).md5 };
  const adopted: Entry = { ...entry, content: digest, ...told, size: content.length, views };
  await shelf.put({ entry: adopted, manifest, content });
  return adopted;
}
