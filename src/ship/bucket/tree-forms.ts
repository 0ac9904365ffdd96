/** The form of names: those of trees say how clusters reach the bucket, and may have been written for others. */
import { isDeepStrictEqual } from 'node:util';
import { viewOfBytes } from '../../digest.ts';
import type { Digest, Entry, View } from '../../model.ts';
import type { Goods, NameSpace, OtherConsumers } from '../store.ts';
import { layoutOf, rootOf, type Showing, type ShownIn, viewOf } from './layouts.ts';
import { readRoots } from './read-roots.ts';
import { type Root, rootBytes } from './tree-root.ts';

/** Names as they were read, beside what this run would write. */
export interface TreeForms {
  /** What lies under the key of this name; undefined: nothing, or it was not read. */
  saw(entry: Entry, key: string, bytes: Uint8Array | undefined): void;
  isOtherForm(space: NameSpace, entry: Entry, digest: Digest): boolean;
  otherConsumers(space: NameSpace, entry: Entry): OtherConsumers | undefined;
  /** What the name shows in the form that it has; in that of this run where it leads to something else. */
  view(space: NameSpace, entry: Entry): View;
  /** The bytes of a name; `keep`: for those whom it was written for. */
  bytes(space: NameSpace, goods: Goods, keep: boolean): Uint8Array;
}

/** None read yet. `keyOf` is where a name lies. */
export function treeForms(showing: Showing, keyOf: (space: NameSpace, entry: Entry) => string): TreeForms {
  const roots = readRoots();
  const shownIn = (space: NameSpace): ShownIn => ({ ...showing, space });
  const isTree = (entry: Entry): boolean => layoutOf(entry, showing.layout).name === 'tree';

  function rootsOf(
    space: NameSpace,
    entry: Entry,
  ): { readonly own: Root; readonly read: Root | undefined } | undefined {
    if (!isTree(entry)) return undefined;
    const own = rootOf(entry, shownIn(space));
    return { own, read: roots.at(keyOf(space, entry), own) };
  }

  return {
    saw(entry, key, bytes) {
      if (isTree(entry)) roots.saw(key, bytes);
    },
    isOtherForm(space, entry, digest) {
      if (!isTree(entry) || digest === viewOf(entry, shownIn(space)).digest) return false;
      return roots.has(rootOf(entry, shownIn(space)), digest);
    },
    otherConsumers(space, entry) {
      const { own, read } = rootsOf(space, entry) ?? {};
      if (own === undefined || read === undefined || isDeepStrictEqual(own.access, read.access)) return undefined;
      return { was: read.access, is: own.access };
    },
    view(space, entry) {
      const read = rootsOf(space, entry)?.read;
      return read?.content === entry.content ? viewOfBytes(rootBytes(read)) : viewOf(entry, shownIn(space));
    },
    bytes(space, { entry, content }, keep) {
      const known = keep ? rootsOf(space, entry) : undefined;
      if (known?.read !== undefined) return rootBytes({ ...known.own, access: known.read.access });
      return layoutOf(entry, showing.layout).bytes(entry, content, shownIn(space));
    },
  };
}
