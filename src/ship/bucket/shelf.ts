import { digestOf } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest, Entry } from '../../model.ts';
import type { Objects, PutResult } from '../ports.ts';
import type { Goods, Shelf } from '../store.ts';
import { IMMUTABLE } from './cache-control.ts';
import { layoutOf, notRendered, renderedIn, type Showing } from './layouts.ts';
import { checkTree, filesOf, putTree, refuseFiles } from './tree.ts';
import { treeFolder } from './tree-root.ts';

const hex = (digest: Digest): string => digest.slice('sha256:'.length);

interface Part {
  readonly key: string;
  readonly digest: Digest;
  readonly contentType: string;
}

const contentPart = (entry: Entry): Part => ({
  key: `content/sha256/${hex(entry.content)}.tgz`,
  digest: entry.content,
  contentType: 'application/gzip',
});

const manifestPart = (entry: Entry): Part => ({
  key: `manifests/sha256/${hex(entry.manifest)}.json`,
  digest: entry.manifest,
  contentType: 'application/vnd.oci.image.manifest.v1+json',
});

/** Content, views and manifests as immutable objects named by digest. */
export function bucketShelf(objects: Objects, showing: Showing): Shelf {
  function viewPart(entry: Entry): Part | undefined {
    const { copy, contentType } = layoutOf(entry, showing.layout);
    if (copy === undefined) return undefined;
    const digest = entry.views.object?.digest;
    if (digest === undefined) throw notRendered(entry, showing.layout);
    return { key: `content/sha256/${hex(entry.content)}${copy}`, digest, contentType };
  }

  const isTree = (entry: Entry): boolean => layoutOf(entry, showing.layout).name === 'tree';

  async function read(part: Part): Promise<Uint8Array | undefined> {
    return (await objects.get(part.key))?.bytes;
  }

  /** Undefined when it is missing. Throws `CORRUPT` for damage. */
  async function readSound(part: Part, artifact: string): Promise<Uint8Array | undefined> {
    const bytes = await read(part);
    if (bytes !== undefined && digestOf(bytes) !== part.digest) {
      throw new SlipwayError('CORRUPT', `Object "${part.key}" of artifact "${artifact}" does not match its digest`, {
        hint: 'the store damaged it or someone wrote it by hand; the next run that publishes it writes it again',
      });
    }
    return bytes;
  }

  async function verify(part: Part, artifact: string): Promise<Uint8Array> {
    const bytes = await readSound(part, artifact);
    if (bytes !== undefined) return bytes;
    throw new SlipwayError('NOT_FOUND', `Object "${part.key}" of artifact "${artifact}" is missing`);
  }

  async function verifyTree({ name, content }: Entry, bytes: Uint8Array): Promise<void> {
    await checkTree(objects, { artifact: name, content, files: filesOf(bytes) });
  }

  async function putContent({ entry, content }: Goods, repair: boolean): Promise<void> {
    if (isTree(entry)) {
      await putTree(objects, { content: entry.content, files: filesOf(content) }, { repair });
      return;
    }
    const view = viewPart(entry);
    if (view !== undefined) await put(view, renderedIn(content), repair);
  }

  function put({ key, contentType }: Part, bytes: Uint8Array, repair: boolean): Promise<PutResult> {
    return objects.put(key, bytes, { contentType, cacheControl: IMMUTABLE, create: !repair });
  }

  function refuse({ entry, content }: Pick<Goods, 'entry' | 'content'>): void {
    if (!isTree(entry)) return;
    refuseFiles(entry.name, filesOf(content), showing.keyPrefix + treeFolder(entry.content));
  }

  return {
    refuse,
    async put(goods, { repair = false } = {}) {
      const { entry, manifest, content } = goods;
      refuse(goods);
      await Promise.all([put(contentPart(entry), content, repair), putContent(goods, repair)]);
      // The manifest comes last: where it is, everything it speaks of is.
      const { outcome } = await put(manifestPart(entry), manifest, repair);
      return outcome === 'exists' ? 'present' : 'put';
    },
    async check(entry) {
      const others = [manifestPart(entry), viewPart(entry)].filter((part) => part !== undefined);
      const [content] = await Promise.all([
        verify(contentPart(entry), entry.name),
        ...others.map((part) => verify(part, entry.name)),
      ]);
      if (isTree(entry)) await verifyTree(entry, content);
    },
    async get(entry) {
      const [content, manifest] = await Promise.all([read(contentPart(entry)), read(manifestPart(entry))]);
      if (content === undefined || manifest === undefined) return undefined;
      const sound = digestOf(content) === entry.content && digestOf(manifest) === entry.manifest;
      return sound ? { entry, content, manifest } : undefined;
    },
    async content(entry) {
      const content = await read(contentPart(entry));
      return content !== undefined && digestOf(content) === entry.content ? content : undefined;
    },
    manifest: (entry) => readSound(manifestPart(entry), entry.name),
  };
}
