import { digestOf } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest, Entry } from '../../model.ts';
import type { Objects, PutResult } from '../ports.ts';
import type { Shelf } from '../store.ts';
import { type LayoutName, layoutOf, viewOf } from './layouts.ts';

/** Cache control of what lies under a digest. */
export const IMMUTABLE = 'public, max-age=31536000, immutable';
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
export function bucketShelf(objects: Objects, configured: LayoutName | undefined): Shelf {
  function viewPart(entry: Entry): Part | undefined {
    const layout = layoutOf(entry, configured);
    // The tarball view is the content itself.
    if (layout.name === 'tarball') return undefined;
    const view = viewOf(entry, layout);
    return {
      key: `content/sha256/${hex(entry.content)}${layout.suffix}`,
      digest: view.digest,
      contentType: layout.contentType,
    };
  }

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

  async function verify(part: Part, artifact: string): Promise<void> {
    if ((await readSound(part, artifact)) !== undefined) return;
    throw new SlipwayError('NOT_FOUND', `Object "${part.key}" of artifact "${artifact}" is missing`);
  }

  return {
    async put({ entry, manifest, content }, { repair = false } = {}) {
      const put = (part: Part, bytes: Uint8Array): Promise<PutResult> =>
        objects.put(part.key, bytes, { contentType: part.contentType, cacheControl: IMMUTABLE, create: !repair });
      const view = viewPart(entry);
      await Promise.all([
        put(contentPart(entry), content),
        view && put(view, layoutOf(entry, configured).bytes(content)),
      ]);
      // The manifest comes last: where it is, everything it speaks of is.
      const { outcome } = await put(manifestPart(entry), manifest);
      return outcome === 'exists' ? 'present' : 'put';
    },
    async check(entry) {
      const parts = [contentPart(entry), manifestPart(entry), viewPart(entry)].filter((part) => part !== undefined);
      await Promise.all(parts.map((part) => verify(part, entry.name)));
    },
    async get(entry) {
      const [content, manifest] = await Promise.all([read(contentPart(entry)), read(manifestPart(entry))]);
      if (content === undefined || manifest === undefined) return undefined;
      const sound = digestOf(content) === entry.content && digestOf(manifest) === entry.manifest;
      return sound ? { entry, content, manifest } : undefined;
    },
    manifest: (entry) => readSound(manifestPart(entry), entry.name),
  };
}
