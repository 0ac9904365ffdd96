/** How a bucket shows content to its reader. A layout is one row here. */

import { viewOfBytes } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { BucketAccess, Digest, Entry, View } from '../../model.ts';
import type { NameSpace } from '../store.ts';
import { filesOf } from './tree.ts';
import { type Root, rootBytes, treeFolder } from './tree-root.ts';

export type LayoutName = 'object' | 'tarball' | 'tree';

/** What decides how a store shows its artifacts. */
export interface Showing {
  readonly project: string;
  /** Absent: `object` for rendered artifacts and `tarball` for the others. */
  readonly layout: LayoutName | undefined;
  /** The store's prefix inside the bucket as readers see it: empty or ending with a slash. */
  readonly keyPrefix: string;
  /** How clusters reach the bucket, which layout `tree` writes down. Throws `CONFIG` where that is not known. */
  readonly access: () => BucketAccess;
}

/** Where something is shown, and how. */
export interface ShownIn extends Showing {
  readonly space: NameSpace;
}

/** The access of a store that nobody configured. */
export function accessUnknown(): never {
  throw new SlipwayError(
    'CONFIG',
    'Cannot show anything as layout "tree": how clusters reach the bucket is not known',
    {
      hint: 'write consumer: { bucket: …, endpoint: … } in slipway.yaml',
    },
  );
}

/** One bucket layout. */
export interface Layout {
  readonly name: LayoutName;
  /** Name of the one object a reader finds under `channels/<channel>/<artifact>/`. */
  readonly file: string;
  readonly contentType: string;
  /** Suffix of the immutable copy of that object under `content/sha256/<hex>`, where it has one of its own: equal under every name. */
  readonly copy?: string;
  /** The view this layout shows; undefined when the artifact has none. */
  view(entry: Entry, shown: ShownIn): View | undefined;
  /** The view's bytes, derived from the content (tar+gzip). */
  bytes(entry: Entry, content: Uint8Array, shown: ShownIn): Uint8Array;
  /** What a proof of the view has to name: the view, or what it leads to where the view says no more than that. */
  proved(entry: Entry): Digest | undefined;
}

/** Name of the only file of a rendered artifact. */
export const RENDERED = 'manifests.yaml';

/** The file of a rendered artifact in its content (tar+gzip). Throws `CORRUPT` where there is none. */
export function renderedIn(content: Uint8Array): Uint8Array {
  const file = filesOf(content).find((f) => f.path === RENDERED);
  if (file === undefined)
    throw new SlipwayError('CORRUPT', `Content holds no "${RENDERED}": it is not a rendered artifact`);
  return file.bytes;
}

const object: Layout = {
  name: 'object',
  file: RENDERED,
  contentType: 'application/yaml',
  copy: '.yaml',
  view: (entry) => entry.views.object,
  bytes: (_entry, content) => renderedIn(content),
  proved: (entry) => entry.views.object?.digest,
};

const tarball: Layout = {
  name: 'tarball',
  // Never .tar.gz: the default ignore lists of Flux drop that suffix.
  file: 'manifests.tgz',
  contentType: 'application/gzip',
  view: (entry) => entry.views.tarball,
  bytes: (_entry, content) => content,
  proved: (entry) => entry.views.tarball.digest,
};

/** What the root of an entry says. Throws `CONFIG` where it is not known how clusters reach the bucket. */
export function rootOf({ name: artifact, content }: Entry, { project, space, keyPrefix, access }: ShownIn): Root {
  return { project, space, artifact, content, folder: keyPrefix + treeFolder(content), access: access() };
}

const tree: Layout = {
  name: 'tree',
  file: 'root.yaml',
  contentType: 'application/yaml',
  view: (entry, shown) => viewOfBytes(rootBytes(rootOf(entry, shown))),
  bytes: (entry, _content, shown) => rootBytes(rootOf(entry, shown)),
  // Every store has a root of its own; what all of them lead to is proved as the tarball that it is.
  proved: (entry) => entry.views.tarball.digest,
};

const LAYOUTS: Readonly<Record<LayoutName, Layout>> = { object, tarball, tree };

/** The layout of an entry: the store's, else `object` for rendered artifacts and `tarball` for the others. */
export function layoutOf(entry: Entry, configured: LayoutName | undefined): Layout {
  return LAYOUTS[configured ?? (entry.views.object === undefined ? 'tarball' : 'object')];
}

/** Whether a store can show the artifact: `object` takes only what is rendered. */
export function canShow(entry: Entry, configured: LayoutName | undefined): boolean {
  return layoutOf(entry, configured).proved(entry) !== undefined;
}

/** An artifact that is not rendered, where only rendered ones can be shown. */
export function notRendered(entry: Entry, configured: LayoutName | undefined): SlipwayError {
  const message = `Cannot show artifact "${entry.name}" as layout "${layoutOf(entry, configured).name}": it is not rendered`;
  return new SlipwayError('CONFIG', message, { hint: 'use layout=tarball for artifacts with render: source' });
}

/** The view a store shows of an entry; throws `CONFIG` when the artifact cannot be shown that way. */
export function viewOf(entry: Entry, shown: ShownIn): View {
  const view = layoutOf(entry, shown.layout).view(entry, shown);
  if (view !== undefined) return view;
  throw notRendered(entry, shown.layout);
}
