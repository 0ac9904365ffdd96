/** The names of a bucket that is a registry: what many tags show, by as few requests as a LIST allows. */
import { eachLimit } from '../../../concurrency.ts';
import { digestOf, viewOfBytes } from '../../../digest.ts';
import type { Digest, Entry } from '../../../model.ts';
import type { ObjectInfo, Objects } from '../../ports.ts';
import { tagOf } from '../../registry/names.ts';
import { contentTag, type RepositoryOf } from '../../registry/shelf.ts';
import type { Names } from '../../store.ts';
import { isTag, keysOf } from './keys.ts';
import { completeTags, isComplete, tagsList } from './lists.ts';

const AT_ONCE = 16;
/** Up to so many repositories are listed one by one: all of them at once have some eight keys for each artifact. */
const FEW = 8;

/** Where the names lie. */
export interface StaticPlace {
  readonly objects: Objects;
  readonly repositoryOf: RepositoryOf;
  /** What the keys of all repositories begin with. */
  readonly home: string;
  /** What references end with: the parameters of the store's URL, or nothing. */
  readonly query: string;
}

/** Names as tags, with `tags/list`, which is a name too: of a tag that it lacks consumers that choose by version know nothing. */
export function staticNames(names: Names, place: StaticPlace): Names {
  const { objects, repositoryOf, query } = place;
  return {
    ...names,
    async held(space, entries) {
      const listing = await listed(place, entries);
      const found = await eachLimit(entries, AT_ONCE, async (entry): Promise<readonly [string, Digest] | undefined> => {
        const digest = await shownBy(objects, listing, {
          entry,
          tag: tagOf(space),
          repository: repositoryOf(entry.name),
        });
        return digest && [entry.name, digest];
      });
      return new Map(found.filter((pair) => pair !== undefined));
    },
    async move(space, goods) {
      const outcome = await names.move(space, goods);
      if (outcome === 'exists') await completeTags(objects, repositoryOf(goods.entry.name));
      return outcome;
    },
    reference: (space, entry) => `${names.reference(space, entry)}${query}`,
  };
}

/** What a LIST says of repositories. */
interface Listing {
  readonly etags: ReadonlyMap<string, string>;
  /** In byte order, by what their keys begin with. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
}

async function listed({ objects, repositoryOf, home }: StaticPlace, entries: readonly Entry[]): Promise<Listing> {
  const few = entries.map(({ name }) => keysOf(repositoryOf(name)).home);
  const homes = entries.length > FEW ? [home] : few;
  // Digests have a colon, tags have none: what a repository has of digests is one common prefix for each of its folders.
  const listings = await Promise.all(homes.map((prefix) => objects.list(prefix, { delimiter: ':' })));
  const found = listings.flatMap((listing) => listing.objects);
  return { etags: new Map(found.map(({ key, etag }) => [key, etag])), tags: tagsIn(found) };
}

function tagsIn(found: readonly ObjectInfo[]): ReadonlyMap<string, readonly string[]> {
  const tags = new Map<string, string[]>();
  for (const { key } of found) {
    const cut = key.lastIndexOf('/') + 1;
    const [manifests, tag] = [key.slice(0, cut), key.slice(cut)];
    if (!manifests.endsWith('/manifests/') || !isTag(tag)) continue;
    const known = tags.get(manifests);
    if (known === undefined) tags.set(manifests, [tag]);
    else known.push(tag);
  }
  return tags;
}

interface Name {
  readonly entry: Entry;
  readonly tag: string;
  readonly repository: string;
}

/**
 * The ETags of equal bytes are equal where they are MD5: the tag that keeps a manifest tells of the others, and only a tag that
 * shows something else is read. A tag that `tags/list` lacks is not there yet.
 */
async function shownBy(objects: Objects, { etags, tags }: Listing, name: Name): Promise<Digest | undefined> {
  const { entry, tag, repository } = name;
  const keys = keysOf(repository);
  const etag = etags.get(keys.manifest(tag));
  if (etag === undefined) return undefined;
  const isTold = /^[0-9a-f]{32}$/.test(etag) && etag === etags.get(keys.manifest(contentTag(entry.manifest)));
  if (!isTold) {
    const found = await objects.get(keys.manifest(tag));
    return found && digestOf(found.bytes);
  }
  const all = tags.get(keys.manifests) ?? [];
  const isWhole =
    etags.get(keys.tagsList) === viewOfBytes(tagsList(repository, all)).md5 ||
    (await isComplete(objects, repository, all));
  return isWhole ? entry.manifest : undefined;
}
