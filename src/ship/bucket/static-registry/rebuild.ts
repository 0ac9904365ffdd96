/** Lists that several publishers write, each from a LIST of keys. */
import { SlipwayError } from '../../../errors.ts';
import type { Objects, PutOptions } from '../../ports.ts';

const ATTEMPTS = 32;

/** What a list of referrers, and of tags, is written as. */
export const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** A LIST moves no content. */
export async function isThere(objects: Objects, key: string): Promise<boolean> {
  return (await objects.list(key, { limit: 1 })).objects[0]?.key === key;
}

/** What lies under a key; undefined when nothing does. */
export type Present = Awaited<ReturnType<Objects['get']>>;

/** Where lists lie. */
export interface ListPlace {
  readonly objects: Objects;
  /** Whether a write that names the object it replaces (`If-Match`) was shown to be atomic here. */
  readonly matches: () => boolean;
}

/** Where a list comes from and goes to. */
export interface Source {
  /** What shows the list, all with the same bytes. */
  readonly keys: readonly string[];
  readonly options: PutOptions;
  /** The names that the list must have, by LIST. */
  read(): Promise<readonly string[]>;
  bytes(names: readonly string[]): Promise<Uint8Array>;
  /** What is known of a key, which then is not read first. It may be out of date. */
  readonly known?: ReadonlyMap<string, Present>;
}

/** What a list has in the end, and whether anything had to be written for it. */
export interface Rebuilt {
  readonly names: readonly string[];
  readonly isWritten: boolean;
}

/**
 * Brings the list to what LIST says; a list that says so already is left alone. It is read before the LIST and replaced only as
 * it was read: whatever was added after the LIST has a writer who comes later, and whoever slept writes nothing. Without
 * `If-Match` it is written until a LIST after the write says the same, and whoever sleeps before the write and dies after it
 * takes back what others added meanwhile. Throws `STORE` when it never settles.
 */
export async function rebuild(place: ListPlace, source: Source): Promise<Rebuilt> {
  const { keys, known = new Map<string, Present>() } = source;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const recall = (key: string): boolean => attempt === 0 && known.has(key);
    const present = await Promise.all(keys.map((key) => (recall(key) ? known.get(key) : place.objects.get(key))));
    const names = await source.read();
    const bytes = await source.bytes(names);
    const stale = keys.flatMap((key, index) => {
      const held = present[index];
      // Of nothing there need not be a list.
      const isRight = held === undefined ? names.length === 0 : Buffer.compare(held.bytes, bytes) === 0;
      return isRight ? [] : [{ key, etag: held?.etag }];
    });
    if (stale.length === 0) return { names, isWritten: attempt > 0 };
    if (await writeAll(place, source, { stale, names, bytes })) return { names, isWritten: true };
  }
  throw new SlipwayError('STORE', `Cannot finish "${keys[0]}": others added to it ${ATTEMPTS} times meanwhile`, {
    hint: 'run again when fewer publishers write to this repository',
  });
}

interface Writing {
  readonly stale: readonly { readonly key: string; readonly etag: string | undefined }[];
  readonly names: readonly string[];
  readonly bytes: Uint8Array;
}

/** Whether that settled it. */
async function writeAll(
  { objects, matches }: ListPlace,
  { options, read }: Source,
  { stale, names, bytes }: Writing,
): Promise<boolean> {
  if (!matches()) {
    for (const { key } of stale) await objects.put(key, bytes, options);
    return (await read()).join('\n') === names.join('\n');
  }
  for (const { key, etag } of stale) {
    const outcome =
      etag === undefined
        ? (await objects.put(key, bytes, { ...options, create: true })).outcome
        : await objects.replace(key, bytes, etag, options);
    if (outcome === 'exists' || outcome === 'changed') return false;
  }
  return true;
}
