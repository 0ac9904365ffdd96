/** `slipway.json`: whose a prefix is, in which format, and what the bucket behind it can do. */
import { SlipwayError } from '../../errors.ts';
import { encode } from '../document.ts';
import type { Objects } from '../ports.ts';
import type { Capability } from './probe/classes.ts';

/** Key of the marker, under the store's prefix. */
export const MARKER = 'slipway.json';
const FORMAT = 1;
const OWNER = 'slipway';

/** What the marker says. */
export interface Marker {
  /** Absent where nothing was tried, or by a version that tried less. */
  readonly probe?: Capability;
}

/**
 * The marker, or undefined when there is none. Throws `CORRUPT` or `STORE` for one that this version does not understand, and
 * `FOREIGN` for another owner's, or one of nobody we know.
 */
export async function readMarker(objects: Objects): Promise<Marker | undefined> {
  const found = await objects.get(MARKER);
  if (found === undefined) return undefined;
  const { format, owner, probe } = parse(found.bytes);
  if (owner !== undefined && owner !== OWNER) {
    throw new SlipwayError('FOREIGN', `Cannot use this prefix: "${MARKER}" says that "${String(owner)}" owns it`, {
      hint: 'choose another prefix for the store',
    });
  }
  if (owner === undefined && typeof format !== 'number') {
    throw new SlipwayError('FOREIGN', `Cannot use this prefix: its "${MARKER}" is not one of ours`, {
      hint: 'choose another prefix for the store',
    });
  }
  if (typeof format !== 'number' || format > FORMAT) {
    throw new SlipwayError(
      'STORE',
      `Cannot use this store: its format is "${String(format)}", newer than "${FORMAT}"`,
      {
        hint: 'a newer slipway made it; upgrade this one',
      },
    );
  }
  return isCapability(probe) ? { probe } : {};
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const hint = 'choose another prefix, or move the foreign file away';
  try {
    const document: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof document === 'object' && document !== null) return { ...document };
  } catch (cause) {
    throw new SlipwayError('CORRUPT', `Cannot read "${MARKER}": it is not JSON`, { hint, cause });
  }
  throw new SlipwayError('CORRUPT', `Cannot read "${MARKER}": it is no object`, { hint });
}

const VALUES: Readonly<Record<Exclude<keyof Capability, 'at'>, readonly string[]>> = {
  class: ['atomic', 'unsupported', 'ignored', 'racy'],
  match: ['atomic', 'none'],
  etag: ['md5', 'other'],
  reads: ['fresh', 'stale'],
  listing: ['ordered', 'unordered', 'stale', 'failed'],
};

function isCapability(probe: unknown): probe is Capability {
  if (typeof probe !== 'object' || probe === null) return false;
  const said: Readonly<Record<string, unknown>> = { ...probe };
  return (
    typeof said.at === 'string' &&
    Object.entries(VALUES).every(([key, known]) => known.some((value) => value === said[key]))
  );
}

/** Writes the marker: created once, or with `renew` over the one that is there. */
export async function writeMarker(
  objects: Objects,
  { probe }: Marker,
  { renew }: { readonly renew: boolean },
): Promise<void> {
  const document = { format: FORMAT, owner: OWNER, ...(probe && { probe: { ...probe } }) };
  await objects.put(MARKER, encode(document), { contentType: 'application/json', create: !renew });
}
