import { eachLimit } from '../../concurrency.ts';
import { digestOf } from '../../digest.ts';
import type { Digest, Entry } from '../../model.ts';
import type { ObjectInfo, Objects } from '../ports.ts';
import type { NameSpace, Names, Shelf } from '../store.ts';
import { adoptForeign } from './adopt.ts';
import { IMMUTABLE, MOVING } from './cache-control.ts';
import { canShow, type Layout, layoutOf, notRendered, type Showing, type ShownIn, viewOf } from './layouts.ts';
import { liveObjects, refuseForeign } from './live.ts';
import { metadataOf } from './metadata.ts';
import { nameWriter } from './name-writer.ts';
import { nameKey } from './shown.ts';
import { treeForms } from './tree-forms.ts';

const AT_ONCE = 16;

/** What the names of a bucket need besides its objects. */
export interface BucketNamesOptions extends Showing {
  /** Makes a reference of a full key: `s3://bucket/KEY?region=…`. */
  readonly referenceTo: (key: string) => string;
  readonly shelf: Shelf;
  /** Whether a write that names the object it replaces (`If-Match`) was shown to be atomic here. */
  readonly matches: () => boolean;
  /** `md5`: the ETag is the MD5 of the bytes. */
  readonly etags: () => 'md5' | 'other';
}

/** A name as a listing shows it. `inFull`: its bytes are read, whatever ETag it has. */
type Listed = Pick<ObjectInfo, 'key' | 'etag'> & { readonly inFull: boolean };

/** Names as single objects that one PUT switches. */
export function bucketNames(objects: Objects, options: BucketNamesOptions): Names {
  const layoutOfEntry = (entry: Entry): Layout => layoutOf(entry, options.layout);
  const keyOf = (space: NameSpace, entry: Entry): string => nameKey(space, entry, options.layout);
  const shownIn = (space: NameSpace): ShownIn => ({ ...options, space });
  const forms = treeForms(options, keyOf);
  const writer = nameWriter(objects, options.matches);

  /** LIST answers the common case; only an ETag that is not the expected MD5 makes the object be read. */
  async function heldDigest(
    space: NameSpace,
    entry: Entry,
    { key, etag, inFull }: Listed,
  ): Promise<Digest | undefined> {
    const view = layoutOfEntry(entry).view(entry, shownIn(space));
    writer.saw(key, etag);
    forms.saw(entry, key, undefined);
    if (!inFull && view !== undefined && etag === view.md5) return view.digest;
    const found = await objects.get(key);
    writer.saw(key, found?.etag);
    forms.saw(entry, key, found?.bytes);
    return found && digestOf(found.bytes);
  }

  return {
    canShow: (entry) => canShow(entry, options.layout),
    shows: (space, entry) => viewOf(entry, shownIn(space)).digest,
    proved(entry) {
      const proved = layoutOfEntry(entry).proved(entry);
      if (proved === undefined) throw notRendered(entry, options.layout);
      return proved;
    },
    isOtherForm: forms.isOtherForm,
    otherConsumers: forms.otherConsumers,
    async held(space, entries, { inFull = false } = {}) {
      const [only] = entries;
      const live = await liveObjects(objects, space, entries.length === 1 ? only?.name : undefined);
      const found = await eachLimit(entries, AT_ONCE, async (entry): Promise<readonly [string, Digest] | undefined> => {
        const key = keyOf(space, entry);
        refuseForeign(key, live(entry.name));
        const [listed] = live(entry.name);
        if (listed === undefined) {
          writer.saw(key, undefined);
          forms.saw(entry, key, undefined);
        }
        const digest = listed && (await heldDigest(space, entry, { ...listed, inFull }));
        return digest && [entry.name, digest];
      });
      return new Map(found.filter((pair) => pair !== undefined));
    },
    async move(space, goods, { repair = false, keep = false } = {}) {
      const { entry } = goods;
      const [key, bytes] = [keyOf(space, entry), forms.bytes(space, goods, keep)];
      const put = { contentType: layoutOfEntry(entry).contentType, metadata: metadataOf(goods) };
      forms.saw(entry, key, bytes);
      if (space.kind === 'channel') return writer.write(key, bytes, { ...put, cacheControl: MOVING });
      const { outcome } = await objects.put(key, bytes, { ...put, cacheControl: IMMUTABLE, create: !repair });
      return outcome === 'created' ? 'moved' : 'exists';
    },
    adopt: (space, entry) => adoptForeign(objects, options, { entry, key: keyOf(space, entry) }),
    reference: (space, entry) => options.referenceTo(options.keyPrefix + keyOf(space, entry)),
    fluxRevision(space, entry) {
      if (options.etags() === 'other') return '';
      return revisionOf(options.keyPrefix, [{ key: keyOf(space, entry), etag: forms.view(space, entry).md5 }]);
    },
    async revisions(space, entries) {
      const live = await liveObjects(objects, space);
      const there = entries.filter(({ name }) => live(name).length > 0);
      return new Map(there.map(({ name }) => [name, revisionOf(options.keyPrefix, live(name))]));
    },
  };
}

/** The digest of a line `KEY ETAG` for each object, in byte order (source-controller `internal/index/digest.go`). */
function revisionOf(keyPrefix: string, live: readonly Pick<ObjectInfo, 'key' | 'etag'>[]): Digest {
  return digestOf(Buffer.from(live.map(({ key, etag }) => `${keyPrefix}${key} ${etag}\n`).join('')));
}
