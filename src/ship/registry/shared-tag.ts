/** Tags that others write too, without a lock: read, change, write, and read again until the change is in it. */
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
  /** The tag's next manifest; undefined when nothing has to change. Whatever the manifest refers to is there. */
  change(
    present: StoredManifest | undefined,
  ): Promise<{ readonly bytes: Uint8Array; readonly mediaType: string } | undefined>;
}

const ATTEMPTS = 6;

/** Changes the tag. Throws `STORE` where the registry refuses, and when others undo the change again and again. */
export async function changeTag(repositories: Repositories, shared: SharedTag): Promise<void> {
  const { repository, tag, what } = shared;
  for (let attempt = 0; attempt <= ATTEMPTS; attempt++) {
    const present = await repositories.getManifest(repository, tag);
    const next = await shared.change(present);
    if (next === undefined) return;
    const { bytes, mediaType } = next;
    // The last round only looks whether the one before was lost.
    if (attempt === ATTEMPTS) break;
    try {
      await repositories.putManifest(repository, tag, bytes, { mediaType });
    } catch (error) {
      throw present !== undefined && isRefusal(error) ? immutable(shared, error) : error;
    }
  }
  const message = `Cannot add ${what} to tag "${tag}" of "${repository}": ${ATTEMPTS} times another writer undid it`;
  throw new SlipwayError('STORE', message, { hint: 'run again when nobody else signs the same artifact' });
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
