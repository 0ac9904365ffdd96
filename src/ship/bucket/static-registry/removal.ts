/** How a manifest goes: its names first, itself after them, and what only spoke of it last. */
import { digestOf, viewOfBytes } from '../../../digest.ts';
import type { Digest } from '../../../model.ts';
import type { Objects, StillMay } from '../../ports.ts';
import { attachedBy } from '../../referrer.ts';
import { dropClaims } from './claims.ts';
import { isTag, keysOf, tagNamed } from './keys.ts';
import type { Lists } from './lists.ts';
import { mediaTypeOf } from './media-type.ts';

/** Where a manifest is removed from, and whether that is still allowed. */
export interface Removal {
  readonly objects: Objects;
  readonly lists: Lists;
  readonly still: StillMay | undefined;
}

/**
 * Removes a manifest: from `tags/list`, its tags, from the list of its subject, itself, the list of what is attached to it.
 * After each step whatever is named is there; whoever died in between is completed by calling it again. What is attached to it
 * stays, for the caller to remove after it. Throws `STORE`, and what `still` throws.
 */
export async function removeManifest(
  { objects, lists, still }: Removal,
  repository: string,
  digest: Digest,
): Promise<void> {
  const key = keysOf(repository).manifest(digest);
  const bytes = (await objects.get(key))?.bytes;
  const tags = await tagsShowing(objects, repository, { digest, bytes });
  await lists.dropTags(repository, tags, still);
  // Only records and claims of versions are made once.
  if (tags.some((tag) => tag.startsWith('slipway.')))
    await dropClaims(objects, { repository, tags: await lists.tags(repository) }, still);
  const subject = bytes && attachedBy(bytes, mediaTypeOf(bytes))?.subject;
  if (subject !== undefined) await lists.detach(repository, subject, digest, still);
  await objects.delete(key, still);
  await lists.end(repository, digest, still);
}

interface Shown {
  readonly digest: Digest;
  /** Undefined when it is gone; damaged bytes are possible. */
  readonly bytes: Uint8Array | undefined;
}

/** By ETags where those of the manifest are MD5, else every tag is read. */
async function tagsShowing(objects: Objects, repository: string, { digest, bytes }: Shown): Promise<readonly string[]> {
  const { manifests, manifest } = keysOf(repository);
  const md5 = bytes && digestOf(bytes) === digest ? viewOfBytes(bytes).md5 : undefined;
  const [listing, own] = await Promise.all([
    objects.list(manifests, { delimiter: ':' }),
    objects.list(manifest(digest), { limit: 1 }),
  ]);
  const isTold = md5 !== undefined && own.objects[0]?.etag === md5;
  const shows = async (tag: string): Promise<boolean> => {
    const tagged = await objects.get(manifest(tag));
    return tagged !== undefined && digestOf(tagged.bytes) === digest;
  };
  const found = await Promise.all(
    listing.objects
      .map(({ key, etag }) => ({ tag: tagNamed(key.slice(manifests.length)), etag }))
      .filter(({ tag }) => isTag(tag))
      .map(async ({ tag, etag }) => ((isTold ? etag === md5 : await shows(tag)) ? tag : undefined)),
  );
  return found.filter((tag) => tag !== undefined);
}
