/** Under which keys readers find what a bucket shows. */
import type { Entry } from '../../model.ts';
import type { NameSpace, Naming } from '../store.ts';
import { type LayoutName, layoutOf, type Showing } from './layouts.ts';
import { folderOf } from './live.ts';
import type { Shown } from './source-ignore.ts';
import { treeFolder } from './tree-root.ts';

/** The key of a name's one object, below the store's prefix. */
export function nameKey(space: NameSpace, entry: Entry, configured: LayoutName | undefined): string {
  return `${folderOf(space)}${entry.name}/${layoutOf(entry, configured).file}`;
}

/** What a run is about to show. */
export function shownBy({ layout, keyPrefix }: Pick<Showing, 'layout' | 'keyPrefix'>, about: readonly Naming[]): Shown {
  const entries = layout === 'tree' ? about.flatMap((naming) => naming.entries) : [];
  return {
    keys: about.flatMap(({ space, entries: named }) => named.map((entry) => keyPrefix + nameKey(space, entry, layout))),
    folders: [...new Set(entries.map(({ content }) => keyPrefix + treeFolder(content)))],
  };
}

/** What a store may show, where nobody knows more of it. */
export function shownBelow(keyPrefix: string): Shown {
  return { keys: [], folders: [`${keyPrefix}channels/`, `${keyPrefix}versions/`] };
}
