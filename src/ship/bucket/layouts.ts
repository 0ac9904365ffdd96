/** How a bucket shows content to its reader. A layout is one row here; `tree` and `registry` join as further rows. */
import { gunzip } from '../../archive/gzip.ts';
import { untar } from '../../archive/untar.ts';
import { SlipwayError } from '../../errors.ts';
import type { Entry, View } from '../../model.ts';

export type LayoutName = 'object' | 'tarball';

/** One bucket layout. */
export interface Layout {
  readonly name: LayoutName;
  /** Name of the one object a reader finds under `channels/<channel>/<artifact>/`. */
  readonly file: string;
  /** Suffix of the immutable copy under `content/sha256/<hex>`. */
  readonly suffix: string;
  readonly contentType: string;
  /** The view this layout shows; undefined when the artifact has none. */
  view(entry: Entry): View | undefined;
  /** The view's bytes, derived from the content (tar+gzip). */
  bytes(content: Uint8Array): Uint8Array;
}

/** Name of the only file of a rendered artifact. */
const RENDERED = 'manifests.yaml';
/** Far above the budget of an artifact (100 MB); guards against content that is not ours. Bytes. */
const LIMIT = 1024 ** 3;

const object: Layout = {
  name: 'object',
  file: RENDERED,
  suffix: '.yaml',
  contentType: 'application/yaml',
  view: (entry) => entry.views.object,
  bytes(content) {
    const file = untar(gunzip(content, { limit: LIMIT })).find((f) => f.path === RENDERED);
    if (file === undefined)
      throw new SlipwayError('CORRUPT', `Content holds no "${RENDERED}": it is not a rendered artifact`);
    return file.bytes;
  },
};

const tarball: Layout = {
  name: 'tarball',
  // Never .tar.gz: the default ignore lists of Flux drop that suffix.
  file: 'manifests.tgz',
  suffix: '.tgz',
  contentType: 'application/gzip',
  view: (entry) => entry.views.tarball,
  bytes: (content) => content,
};

const LAYOUTS: Readonly<Record<LayoutName, Layout>> = { object, tarball };

/** The layout of an entry: the store's, else `object` for rendered artifacts and `tarball` for the others. */
export function layoutOf(entry: Entry, configured: LayoutName | undefined): Layout {
  return LAYOUTS[configured ?? (entry.views.object === undefined ? 'tarball' : 'object')];
}

/** The view a layout shows of an entry; throws `CONFIG` when the artifact cannot be shown that way. */
export function viewOf(entry: Entry, layout: Layout): View {
  const view = layout.view(entry);
  if (view !== undefined) return view;
  throw new SlipwayError(
    'CONFIG',
    `Cannot show artifact "${entry.name}" as layout "${layout.name}": it is not rendered`,
    {
      hint: 'use layout=tarball for artifacts with render: source',
    },
  );
}

/** Names of the objects that other layouts would show beside this one. */
export function otherFiles(layout: Layout): readonly string[] {
  return Object.values(LAYOUTS)
    .filter(({ name }) => name !== layout.name)
    .map(({ file }) => file);
}
