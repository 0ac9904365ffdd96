/** Whose a prefix is that no marker tells of: reads that keep a publisher from writing among the objects of others. */
import { SlipwayError } from '../../errors.ts';
import type { Objects } from '../ports.ts';
import { MARKER } from './marker.ts';

/** A part of a bucket that a store writes to, and the keys that it writes there. */
export interface Ground {
  readonly objects: Objects;
  /** What stands before its keys for people. */
  readonly keyPrefix: string;
  /** Ends with a slash. */
  readonly prefix: string;
  /** What keys of ours look like; those that end with a slash are folder markers, and nobody's. */
  readonly ours: RegExp;
}

const HEX = '[0-9a-f]{64}';
/** A name's own objects are judged one by one, and `--adopt` keeps them; here it is only about their form. */
const NAMED = '[^/]+/[^/]+/(?:manifests\\.yaml|manifests\\.tgz|root\\.yaml)$';
const FORMS: Readonly<Record<string, string>> = {
  'content/': `sha256/${HEX}[./]`,
  'manifests/': `sha256/${HEX}\\.json$`,
  'proofs/': `sha256/${HEX}\\.`,
  'releases/': `[^/]+/(?:versions/[^/]+\\.json$|[^/]+/(?:\\d{9}-\\d{9}\\.json$|adopted/${HEX}$))`,
  'channels/': NAMED,
  'versions/': NAMED,
};

/** What a store with channels and versions writes below its prefix. */
export function groundsIn(objects: Objects, keyPrefix: string): readonly Ground[] {
  return Object.entries(FORMS).map(([prefix, form]) => {
    return { objects, keyPrefix, prefix, ours: new RegExp(`^${prefix}${form}`) };
  });
}

/** What a bucket that is a registry holds: keys of the distribution API, and those beside them that clients never see. */
export function groundsOfRegistry(root: Objects, keyPrefix: string): readonly Ground[] {
  const ours = /^v2\/(?:[^/]+\/)+(?:blobs|manifests|referrers|_referrers|_claims|tags)\//;
  return [{ objects: root, keyPrefix: '', prefix: `v2/${keyPrefix}`, ours }];
}

/**
 * Looks at the first object of each part. What has the form of ours is ours, and only the marker was lost. Throws `FOREIGN`
 * for anything else. `keyPrefix` is the store's.
 */
export async function refuseForeign(grounds: readonly Ground[], keyPrefix: string): Promise<void> {
  const firsts = await Promise.all(
    grounds.map(async (ground) => {
      const { objects, prefix, ours } = ground;
      // After the marker of the folder itself, which some programs leave.
      const { objects: found } = await objects.list(prefix, { startAfter: prefix, limit: 1 });
      const foreign = found.find(({ key }) => !key.endsWith('/') && !ours.test(key));
      return foreign && ground.keyPrefix + foreign.key;
    }),
  );
  const foreign = firsts.find((key) => key !== undefined);
  if (foreign === undefined) return;
  throw new SlipwayError(
    'FOREIGN',
    `Cannot use this prefix: "${foreign}" is not one of ours, and there is no "${keyPrefix}${MARKER}"`,
    { hint: 'choose another prefix for the store, or move what lies there away' },
  );
}
