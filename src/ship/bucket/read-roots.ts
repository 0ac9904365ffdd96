/** Roots of trees that this run would write differently, for other consumers, and that lead to the same content. */
import type { Digest, Entry } from '../../model.ts';
import { readRoot } from './tree-root.ts';

/** Roots as they were read. */
export interface EarlierRoots {
  saw(digest: Digest, bytes: Uint8Array): void;
  /** Whether an object of this digest was seen that leads to the content of the entry. */
  has(entry: Entry, digest: Digest): boolean;
}

/** None seen yet. */
export function earlierRoots(): EarlierRoots {
  const seen = new Map<Digest, { readonly artifact: string; readonly content: Digest }>();
  return {
    saw(digest, bytes) {
      const root = readRoot(bytes);
      if (root !== undefined) seen.set(digest, root);
    },
    has({ name, content }, digest) {
      const root = seen.get(digest);
      return root?.artifact === name && root.content === content;
    },
  };
}
