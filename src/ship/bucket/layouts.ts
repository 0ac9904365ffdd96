/** How a bucket shows content to its reader. A layout is one row here. */

import { viewOfBytes } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { BucketAccess, Digest, Entry, View } from '../../model.ts';
import { filesOf } from './tree.ts';
import { rootBytes, treeFolder } from './tree-root.ts';

export type LayoutName = 'object' | 'tarball' | 'tree';

/** What decides how a store shows its artifacts. */
export interface Showing {
  /** Absent: `object` for rendered artifacts and `tarball` for the others. */
  readonly layout: LayoutName | undefined;
  /** The store's prefix inside the bucket as readers see it: empty or ending with a slash. */
  readonly keyPrefix: string;
  /** How clusters reach the bucket, which layout `tree` writes down. Throws `CONFIG` where that is not known. */
  readonly access: () => BucketAccess;
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
  /** Suffix of the immutable copy of that object under `content/sha256/<hex>`, where it has one of its own. */
  readonly copy?: string;
  /** The view this layout shows; undefined when the artifact has none. */
  view(entry: Entry, showing: Showing): View | undefined;
  /** The view's bytes, derived from the content (tar+gzip). */
  bytes(entry: Entry, content: Uint8Array, showing: Showing): Uint8Array;
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

const root = ({ name, content }: Entry, { keyPrefix, access }: Showing): Uint8Array =>
  rootBytes({ artifact: name, content, folder: keyPrefix + treeFolder(content), access: access() });

const tree: Layout = {
  name: 'tree',
  file: 'root.yaml',
  contentType: 'application/yaml',
  view: (entry, showing) => viewOfBytes(root(entry, showing)),
  bytes: (entry, _content, showing) => root(entry, showing),
  // Every store has a root of its own; what all of them lead to is proved as the tarball that it is.
  proved: (entry) => entry.views.tarball.digest,
};

const LAYOUTS: Readonly<Record<LayoutName, Layout>> = { object, tarball, tree };

/** The layout of an entry: the store's, else `object` for rendered artifacts and `tarball` for the others. */
export function layoutOf(entry: Entry, configured: LayoutName | undefined): Layout {
  return LAYOUTS[configured ?? (entry.views.object === undefined ? 'tarball' : 'object')];
}

/** The view a store shows of an entry; throws `CONFIG` when the artifact cannot be shown that way. */
export function viewOf(entry: Entry, showing: Showing): View {
  const layout = layoutOf(entry, showing.layout);
  const view = layout.view(entry, showing);
  if (view !== undefined) return view;
  throw new SlipwayError(
    'CONFIG',
    `Cannot show artifact "${entry.name}" as layout "${layout.name}": it is not rendered`,
    {
      hint: 'use layout=tarball for artifacts with render: source',
    },
  );
}
