/** What a bucket that is a registry lists. Made from LISTs of keys, so that whoever writes last writes all of it. */
import { oneAtATime } from '../../one-at-a-time.ts';
import type { Objects } from '../../ports.ts';
import { isListed, isTag, keysOf } from './keys.ts';
import { json, rebuild } from './rebuild.ts';
import { type ReferrerLists, referrerLists } from './referrer-lists.ts';

/** The lists of all repositories of one bucket. */
export interface Lists extends ReferrerLists {
  /** All tags in byte order, by LIST. */
  tags(repository: string, startAfter?: string): Promise<readonly string[]>;
  /** Brings `tags/list` to what LIST says, unless this run saw the tag in it already. Throws `STORE`. */
  addTag(repository: string, tag: string): Promise<void>;
  /** Takes tags off `tags/list`, then removes them. Throws `STORE`. */
  dropTags(repository: string, tags: readonly string[]): Promise<void>;
}

/** The lists; what is learned is kept for as long as this lives. */
export function listsOf(objects: Objects): Lists {
  const inTurn = oneAtATime();
  const listed = new Map<string, ReadonlySet<string>>();
  return {
    tags: (repository, startAfter) => tagsOf(objects, repository, startAfter),
    addTag: (repository, tag) =>
      inTurn(repository, async () => {
        if (!isListed(tag) || listed.get(repository)?.has(tag) === true) return;
        listed.set(repository, new Set(await rebuildTags(objects, repository)));
      }),
    dropTags: (repository, tags) =>
      inTurn(repository, async () => {
        listed.delete(repository);
        const shown = tags.filter(isListed);
        if (shown.length > 0) await rebuildTags(objects, repository, new Set(shown));
        for (const tag of tags) await objects.delete(keysOf(repository).manifest(tag));
        // Whoever added a tag in between listed these as well.
        if (shown.length > 0) await completeTags(objects, repository);
      }),
    ...referrerLists(objects, inTurn),
  };
}

/** The bytes of `tags/list` for all of a repository's tags, in byte order. */
export const tagsList = (repository: string, tags: readonly string[]): Uint8Array =>
  json({ name: repository, tags: tags.filter(isListed) });

function rebuildTags(
  objects: Objects,
  repository: string,
  without: ReadonlySet<string> = new Set(),
): Promise<readonly string[]> {
  const { tagsList: key } = keysOf(repository);
  const options = { contentType: 'application/json', cacheControl: 'no-cache' };
  return rebuild(key, {
    read: async () => (await tagsOf(objects, repository)).filter((tag) => isListed(tag) && !without.has(tag)),
    write: (tags) => objects.put(key, tagsList(repository, tags), options),
  });
}

/**
 * Completes `tags/list` where a publisher died between a tag and the list: a tag that is right needs no other write, so that
 * nobody else would. Answers whether it was incomplete. Two requests where it was not. Throws `STORE`.
 */
export async function completeTags(objects: Objects, repository: string): Promise<boolean> {
  const isIncomplete = !(await isComplete(objects, repository, await tagsOf(objects, repository)));
  if (isIncomplete) await rebuildTags(objects, repository);
  return isIncomplete;
}

/** Whether `tags/list` says what these tags of the repository say. */
export async function isComplete(objects: Objects, repository: string, tags: readonly string[]): Promise<boolean> {
  const list = await objects.get(keysOf(repository).tagsList);
  if (list === undefined) return !tags.some(isListed);
  return Buffer.compare(list.bytes, tagsList(repository, tags)) === 0;
}

async function tagsOf(objects: Objects, repository: string, startAfter?: string): Promise<readonly string[]> {
  const { manifests } = keysOf(repository);
  // No tag has a colon and every digest has: all of them are one common prefix, however many there are.
  const options = { delimiter: ':', ...(startAfter !== undefined && { startAfter: manifests + startAfter }) };
  const { objects: found } = await objects.list(manifests, options);
  return found.map(({ key }) => key.slice(manifests.length)).filter(isTag);
}
