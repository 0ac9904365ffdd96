/** What a bucket that is a registry lists. Made from LISTs of keys, so that whoever writes last writes all of it. */
import { compareUtf8 } from '../../../archive/path.ts';
import { oneAtATime } from '../../one-at-a-time.ts';
import type { Objects, StillMay } from '../../ports.ts';
import { isListed, isTag, keysOf, tagNamed } from './keys.ts';
import { json, type ListPlace, type Rebuilt, rebuild } from './rebuild.ts';
import { type ReferrerLists, referrerLists } from './referrer-lists.ts';

/** The lists of all repositories of one bucket. */
export interface Lists extends ReferrerLists {
  /** All tags in byte order, by LIST. */
  tags(repository: string, startAfter?: string): Promise<readonly string[]>;
  /** Brings `tags/list` to what LIST says, unless this run saw the tag in it already. Throws `STORE`. */
  addTag(repository: string, tag: string): Promise<void>;
  /** Tells that `tags/list` was seen with these tags and no others, or that there is none. */
  sawTags(repository: string, tags: readonly string[] | undefined): void;
  /** Takes tags off `tags/list`, then removes them. Throws `STORE`. */
  dropTags(repository: string, tags: readonly string[], still?: StillMay): Promise<void>;
}

/** The lists; what is learned is kept for as long as this lives. */
export function listsOf(place: ListPlace): Lists {
  const { objects } = place;
  const inTurn = oneAtATime();
  const listed = new Map<string, ReadonlySet<string>>();
  const absent = new Set<string>();
  return {
    tags: (repository, startAfter) => tagsOf(objects, repository, startAfter),
    addTag: (repository, tag) =>
      inTurn(repository, async () => {
        if (!isListed(tag) || listed.get(repository)?.has(tag) === true) return;
        const isNew = absent.delete(repository);
        listed.set(repository, new Set((await rebuildTags(place, repository, { isNew })).names));
      }),
    sawTags(repository, tags) {
      if (tags === undefined) absent.add(repository);
      else listed.set(repository, new Set(tags.filter(isListed)));
    },
    dropTags: (repository, tags, still) =>
      inTurn(repository, async () => {
        listed.delete(repository);
        const shown = tags.filter(isListed);
        if (shown.length > 0) await rebuildTags(place, repository, { without: new Set(shown) });
        for (const tag of tags) await objects.delete(keysOf(repository).manifest(tag), still);
        // Whoever added a tag in between listed these as well.
        if (shown.length > 0) await completeTags(place, repository);
      }),
    ...referrerLists(place, inTurn),
  };
}

/** The bytes of `tags/list` for all of a repository's tags, in byte order. */
export const tagsList = (repository: string, tags: readonly string[]): Uint8Array =>
  json({ name: repository, tags: tags.filter(isListed) });

function rebuildTags(
  place: ListPlace,
  repository: string,
  { without, isNew = false }: { readonly without?: ReadonlySet<string>; readonly isNew?: boolean } = {},
): Promise<Rebuilt> {
  const { tagsList: key } = keysOf(repository);
  return rebuild(place, {
    keys: [key],
    ...(isNew && { known: new Map([[key, undefined]]) }),
    options: { contentType: 'application/json', cacheControl: 'no-cache' },
    read: async () =>
      (await tagsOf(place.objects, repository)).filter((tag) => isListed(tag) && without?.has(tag) !== true),
    bytes: async (tags) => tagsList(repository, tags),
  });
}

/**
 * Completes `tags/list` where a publisher died between a tag and the list: a tag that is right needs no other write, so that
 * nobody else would. Answers whether it was incomplete. Two requests where it was not. Throws `STORE`.
 */
export async function completeTags(place: ListPlace, repository: string): Promise<boolean> {
  return (await rebuildTags(place, repository)).isWritten;
}

/** Whether `tags/list` says what these tags of the repository say, or else what a LIST of all of them says. */
export async function isComplete(objects: Objects, repository: string, tags: readonly string[]): Promise<boolean> {
  const list = await objects.get(keysOf(repository).tagsList);
  const says = (all: readonly string[]): boolean =>
    list !== undefined && Buffer.compare(list.bytes, tagsList(repository, all)) === 0;
  return says(tags) || says(await tagsOf(objects, repository));
}

async function tagsOf(objects: Objects, repository: string, startAfter = ''): Promise<readonly string[]> {
  const { manifests } = keysOf(repository);
  // No tag has a colon and every digest has: all of them are one common prefix, however many there are.
  const options = { delimiter: ':', ...(startAfter !== '' && { startAfter: manifests + startAfter }) };
  const { objects: found } = await objects.list(manifests, options);
  return found
    .map(({ key }) => tagNamed(key.slice(manifests.length)))
    .filter((tag) => isTag(tag) && compareUtf8(tag, startAfter) > 0)
    .sort(compareUtf8);
}
