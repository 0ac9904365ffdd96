/** Roots of trees as they were read: some lead to what this run publishes, and were written for other consumers. */
import { digestOf } from '../../digest.ts';
import type { Digest } from '../../model.ts';
import { type Root, readRoot, rootBytes, treeFolder } from './tree-root.ts';

/** Roots as they were read or written. */
export interface ReadRoots {
  /** `key` is where it lies; undefined: nothing lies there. What is no root of slipway's is forgotten. */
  saw(key: string, bytes: Uint8Array | undefined): void;
  /** What lies there; undefined where that is no root of this name, or where it was not read. */
  at(key: string, wanted: Root): Root | undefined;
  /** Whether an object of this digest was read that is the wanted root but for its consumers. */
  has(wanted: Root, digest: Digest): boolean;
}

/** Where it lies and what leads there have to be what this store writes: only the consumers may be others. */
function isOfName(root: Root, wanted: Root): boolean {
  const folder = wanted.folder.slice(0, -treeFolder(wanted.content).length) + treeFolder(root.content);
  const { access } = root;
  const own = rootBytes({ ...wanted, content: root.content, folder, access });
  return Buffer.from(own).equals(rootBytes(root));
}

/** None seen yet. */
export function readRoots(): ReadRoots {
  const byKey = new Map<string, Root>();
  const byDigest = new Map<Digest, Root>();
  return {
    saw(key, bytes) {
      const root = bytes && readRoot(bytes);
      if (root === undefined) {
        byKey.delete(key);
        return;
      }
      byKey.set(key, root);
      byDigest.set(digestOf(rootBytes(root)), root);
    },
    at(key, wanted) {
      const root = byKey.get(key);
      return root !== undefined && isOfName(root, wanted) ? root : undefined;
    },
    has(wanted, digest) {
      const root = byDigest.get(digest);
      return root?.content === wanted.content && isOfName(root, wanted);
    },
  };
}
