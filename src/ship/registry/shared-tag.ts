/** Tags that others write too, without a lock: read, change, write, and read again until nothing that was seen is lost. */
import { SlipwayError } from '../../errors.ts';
import type { Repositories, StoredManifest } from '../ports.ts';

/** A tag and how to change what it shows. */
export interface SharedTag {
  readonly repository: string;
  readonly tag: string;
  /** What is written, for messages: `a signature`. */
  readonly what: string;
  /** What to do where the registry keeps tags as they are. */
  readonly immutableHint: string;
  /**
   * The tag's next manifest; undefined when nothing has to change. Whatever the manifest refers to is there. What the tag
   * listed `before` and does not list now was undone by a writer who had not seen it: it comes back.
   */
  change(
    present: StoredManifest | undefined,
    before: readonly StoredManifest[],
  ): Promise<{ readonly bytes: Uint8Array; readonly mediaType: string } | undefined>;
}

/** The shared tags of a registry, with what this run saw under them. Calls for one tag must not overlap. */
export interface SharedTags {
  /** Changes the tag. Throws `STORE` where the registry refuses, and when the change is undone again and again. */
  change(shared: SharedTag): Promise<void>;
  /** Looks once more at a tag that this run wrote: a writer who had read it earlier may have written later. */
  settle(repository: string, tag: string): Promise<void>;
}

const ATTEMPTS = 6;
/** After something was put back at the end of a run: reads in a row that find nothing undone. */
const LOOKS = 8;

/** The shared tags of these repositories. */
export function sharedTagsIn(repositories: Repositories): SharedTags {
  const written = new Map<string, { readonly shared: SharedTag; readonly last: StoredManifest }>();
  const change: SharedTags['change'] = async (shared) => {
    const key = `${shared.repository}:${shared.tag}`;
    const known = written.get(key)?.last;
    const last = await changeTag(repositories, shared, known === undefined ? [] : [known]);
    if (last !== undefined) written.set(key, { shared, last });
  };
  return {
    change,
    async settle(repository, tag) {
      const key = `${repository}:${tag}`;
      let known = written.get(key);
      let repairs = 0;
      // Where something was undone others are at work now: the tag is looked at until a write begun before must be over.
      for (let looks = 1; known !== undefined && looks > 0; looks--) {
        await change(known.shared);
        const now = written.get(key);
        if (now === known) continue;
        if (++repairs === ATTEMPTS) throw undone(known.shared, false);
        known = now;
        looks = LOOKS + 1;
      }
    },
  };
}

/** Answers what the tag shows in the end, when it was written. */
async function changeTag(
  repositories: Repositories,
  shared: SharedTag,
  known: readonly StoredManifest[],
): Promise<StoredManifest | undefined> {
  const { repository, tag } = shared;
  const before = [...known];
  let showed: StoredManifest | undefined;
  let isSwallowed = true;
  for (let attempt = 0; attempt <= ATTEMPTS; attempt++) {
    const present = await repositories.getManifest(repository, tag);
    const next = await shared.change(present, before);
    if (next === undefined) return attempt > 0 ? present : undefined;
    if (attempt > 0) isSwallowed &&= present?.digest === showed?.digest;
    showed = present;
    if (present !== undefined && before.every(({ digest }) => digest !== present.digest)) before.push(present);
    // The last round only looks whether the one before was lost.
    if (attempt === ATTEMPTS) break;
    // Reading what is there took a while: who wrote meanwhile would be undone.
    const isStale =
      present !== undefined && (await repositories.getManifest(repository, tag))?.digest !== present.digest;
    if (isStale) continue;
    try {
      await repositories.putManifest(repository, tag, next.bytes, { mediaType: next.mediaType });
    } catch (error) {
      throw present !== undefined && isRefusal(error) ? immutable(shared, error) : error;
    }
  }
  throw undone(shared, isSwallowed);
}

function undone({ repository, tag, what }: SharedTag, isSwallowed: boolean): SlipwayError {
  const why = isSwallowed
    ? 'the registry accepted the write and does not show it'
    : `${ATTEMPTS} times another writer undid it`;
  return new SlipwayError('STORE', `Cannot add ${what} to tag "${tag}" of "${repository}": ${why}`, {
    hint: isSwallowed
      ? 'look for a cache or a replica in front of the registry, then run again'
      : 'run again when nobody else signs the same artifact',
  });
}

// Registries refuse with 400, 403, 405, 409 or 412 and in words of their own, unlike what they say of broken manifests.
function isRefusal(error: unknown): boolean {
  if (!(error instanceof SlipwayError)) return false;
  const isOther = /\b(?:MANIFEST_BLOB|MANIFEST|BLOB|DIGEST|SIZE|NAME)_(?:UNKNOWN|INVALID|UNVERIFIED)\b/.test(
    error.message,
  );
  return error.code === 'DENIED' || (error.code === 'STORE' && !isOther && / answered 4\d\d\b/.test(error.message));
}

function immutable({ repository, tag, what, immutableHint: hint }: SharedTag, cause: unknown): SlipwayError {
  const message = `Cannot add ${what} to tag "${tag}" of "${repository}": the registry keeps tags immutable`;
  return new SlipwayError('STORE', message, { cause, hint });
}
