/** The names of a bucket that is a registry: what many tags show, by as few requests as a LIST allows. */
import { eachLimit } from '../../../concurrency.ts';
import { digestOf, viewOfBytes } from '../../../digest.ts';
import type { Digest, Entry } from '../../../model.ts';
import type { ObjectInfo, Objects } from '../../ports.ts';
import { tagOf } from '../../registry/names.ts';
import type { RepositoryOf } from '../../registry/shelf.ts';
import type { NameSpace, Names } from '../../store.ts';
import type { NameWriter } from '../name-writer.ts';
import { isTag, keysOf } from './keys.ts';
import { completeTags, isComplete, type Lists, tagsList } from './lists.ts';
import type { ListPlace } from './rebuild.ts';

const AT_ONCE = 16;
/** Up to so many repositories are listed one by one: all of them at once have some six keys for each artifact. */
const FEW = 8;
/**
 * What names of digests begin with. As a delimiter it makes one common prefix of whatever a folder has for each release, so that
 * a LIST of names is as long after many releases as after the first.
 */
const DIGESTS = 'sha256';

/** Where the names lie. */
export interface StaticPlace extends ListPlace {
  readonly lists: Lists;
  readonly tags: NameWriter;
  readonly repositoryOf: RepositoryOf;
  /** What the keys of all repositories begin with. */
  readonly home: string;
  /** What references end with: the parameters of the store's URL, or nothing. */
  readonly query: string;
}

/** What is told by an MD5, which is what ETags are where a LIST can tell anything. */
type Digests = Map<string, Digest>;

/** Names as tags, with `tags/list`, which is a name too: of a tag that it lacks consumers that choose by version know nothing. */
export function staticNames(names: Names, place: StaticPlace): Names {
  const { repositoryOf, query } = place;
  const digests: Digests = new Map();
  return {
    ...names,
    async held(space, entries, { inFull = false } = {}) {
      for (const { manifest, manifestMd5 } of entries)
        if (manifestMd5 !== undefined) digests.set(manifestMd5, manifest);
      const listing = await listed(place, space, entries);
      const found = await eachLimit(entries, AT_ONCE, async (entry): Promise<readonly [string, Digest] | undefined> => {
        const name = { entry, tag: tagOf(space), repository: repositoryOf(entry.name), inFull };
        const digest = await shownBy(place, listing, digests, name);
        return digest && [entry.name, digest];
      });
      return new Map(found.filter((pair) => pair !== undefined));
    },
    async move(space, goods, options) {
      const outcome = await names.move(space, goods, options);
      if (outcome === 'exists' && space.kind === 'version') await completeTags(place, repositoryOf(goods.entry.name));
      return outcome;
    },
    reference: (space, entry) => `${names.reference(space, entry)}${query}`,
  };
}

/** What a LIST says of repositories. */
interface Listing {
  readonly etags: ReadonlyMap<string, string>;
  /** In byte order, by what their keys begin with. Those that begin like digests may be missing. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
}

async function listed(
  { objects, repositoryOf, home }: StaticPlace,
  space: NameSpace,
  entries: readonly Entry[],
): Promise<Listing> {
  const few = entries.map(({ name }) => keysOf(repositoryOf(name)).home);
  const homes = entries.length > FEW ? [home] : few;
  const parts = [tagOf(space), ...entries.flatMap(({ name }) => name.split('/'))];
  const isHidden = parts.some((part) => part.startsWith(DIGESTS));
  const found = (await Promise.all(homes.map((prefix) => listNames(objects, prefix, isHidden)))).flat();
  return { etags: new Map(found.map(({ key, etag }) => [key, etag])), tags: tagsIn(found) };
}

/** `isHidden`: a name would be taken for a digest. Then, and where the store takes no delimiter of many characters, all are listed. */
async function listNames(objects: Objects, prefix: string, isHidden: boolean): Promise<readonly ObjectInfo[]> {
  const delimiter = `/${DIGESTS}`;
  if (!isHidden) {
    const { objects: found, prefixes } = await objects.list(prefix, { delimiter });
    if (prefixes.every((one) => one.endsWith(delimiter))) return found;
  }
  return (await objects.list(prefix, { delimiter: ':' })).objects;
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
  readonly inFull: boolean;
}

/** What the tag shows. One that should show the entry, and that `tags/list` lacks, is not there yet. */
async function shownBy(
  place: StaticPlace,
  { etags, tags }: Listing,
  digests: Digests,
  name: Name,
): Promise<Digest | undefined> {
  const { entry, tag, repository } = name;
  const keys = keysOf(repository);
  const all = tags.get(keys.manifests) ?? [];
  const list = etags.get(keys.tagsList);
  const isTold = list === viewOfBytes(tagsList(repository, all)).md5;
  if (isTold || list === undefined) place.lists.sawTags(repository, isTold ? all : undefined);
  const etag = etags.get(keys.manifest(tag));
  const digest = await digestUnder(place, digests, { key: keys.manifest(tag), etag, inFull: name.inFull });
  if (digest !== entry.manifest || isTold) return digest;
  return (await isComplete(place.objects, repository, all)) ? digest : undefined;
}

/** A tag that shows bytes of a known MD5 is not read. */
async function digestUnder(
  { objects, tags }: StaticPlace,
  digests: Digests,
  { key, etag, inFull }: { readonly key: string; readonly etag: string | undefined; readonly inFull: boolean },
): Promise<Digest | undefined> {
  tags.saw(key, etag);
  if (etag === undefined) return undefined;
  const known = inFull ? undefined : digests.get(etag);
  if (known !== undefined) return known;
  const found = await objects.get(key);
  tags.saw(key, found?.etag);
  if (found === undefined) return undefined;
  const digest = digestOf(found.bytes);
  digests.set(viewOfBytes(found.bytes).md5, digest);
  return digest;
}
