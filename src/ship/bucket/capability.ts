/** What the bucket of a store can do: read from its marker, tried on first use, and told to whoever publishes. */
import { SlipwayError } from '../../errors.ts';
import type { Objects } from '../ports.ts';
import { type Ground, groundsIn, refuseForeign } from './grounds.ts';
import { type Marker, readMarker, writeMarker } from './marker.ts';
import { type Capability, meaningOf, requireSafe } from './probe/classes.ts';
import { type ProbeOptions, probeBucket } from './probe.ts';
import { shownBelow } from './shown.ts';
import { hides, hidingRule, rulesAt, type Shown, UnreadRules } from './source-ignore.ts';
import { unlocked } from './unlocked.ts';

/** How a bucket is used. */
export interface CapabilityOptions {
  /** Below the store's prefix, also where what is published lies elsewhere in the bucket. */
  readonly objects: Objects;
  /** The store's prefix as readers see it: empty or ending with a slash. */
  readonly keyPrefix: string;
  /** The whole bucket, where a Flux `Bucket` reads it. */
  readonly root?: Objects | undefined;
  /** What the store writes. Default: {@link groundsIn} its prefix. */
  readonly grounds?: readonly Ground[] | undefined;
  /**
   * Makes the options of a probe. `needless` where creates are atomic by construction, as in folders and in memory;
   * `withheld` where nothing is really written. Default `needless`.
   */
  readonly probe?: 'needless' | 'withheld' | (() => ProbeOptions) | undefined;
  /** Whether the user accepts a store that cannot order publishers. */
  readonly acceptUnsafe?: boolean | undefined;
}

/** What a store of any layout needs of its bucket. */
export interface BucketCapability {
  /** What create-only writes are worth; for certain only after {@link open}, or after {@link begin} of a new store. */
  lock(): 'cas' | 'none';
  /** Whether `Objects.replace` is atomic. */
  matches(): boolean;
  /** `md5` until it is known better. */
  etags(): 'md5' | 'other';
  /** Reads the marker, once. Throws as {@link readMarker} does. */
  open(): Promise<void>;
  /**
   * Before the first write of a run: a new store's prefix must be nobody else's, its bucket is tried and marked. Throws
   * `FOREIGN`, what {@link requireSafe} and {@link probeBucket} throw, and `REFUSED` for a `.sourceignore` that hides what is
   * shown; without `shown`, what may be.
   */
  begin(shown?: Shown): Promise<void>;
  /** What does not hold here, as sentences without a full stop. */
  cautions(): readonly string[];
  /** The same objects, or others of the bucket, with creates that are as good as they can be here. */
  guarded(objects: Objects): Objects;
}

const UNKNOWN = 'what this bucket can do is not known yet: the first publish finds out, or slipway doctor';
const OPAQUE_ETAGS =
  'ETags are no MD5 digests here, as under SSE-KMS: what Flux will report is known only after it is published';

/** Of a bucket that nothing was asked yet. */
export function bucketCapability(options: CapabilityOptions): BucketCapability {
  const { objects, keyPrefix, root, grounds, probe = 'needless', acceptUnsafe = false } = options;
  let marker: Marker | undefined;
  let found: Capability | undefined;
  let begun: Promise<void> | undefined;
  let rules: Awaited<ReturnType<typeof rulesAt>> | undefined;
  let areUnread = false;

  async function open(): Promise<void> {
    if (marker !== undefined) return;
    marker = await readMarker(objects);
    if (probe !== 'needless') found = marker?.probe;
  }

  /** Refused stores stay unmarked: the next run tries again, when something was done about it. */
  async function mark(): Promise<void> {
    await open();
    if (marker === undefined) await refuseForeign(grounds ?? groundsIn(objects, keyPrefix), keyPrefix);
    const untried = typeof probe === 'function' && found === undefined;
    if (untried) found = await probeBucket(objects, probe());
    if (found !== undefined) requireSafe(found, { acceptUnsafe });
    if (marker !== undefined && !untried) return;
    const made: Marker = found === undefined ? {} : { probe: found };
    await writeMarker(guarded(objects), made, { renew: marker !== undefined });
    marker = made;
  }

  async function refuseHidden(bucket: Objects, shown: Shown): Promise<void> {
    rules ??= await rulesAt(bucket).catch((thrown: unknown) => {
      areUnread = thrown instanceof UnreadRules;
      // Who may not even list there is let pass.
      if (!(thrown instanceof SlipwayError) || thrown.code !== 'DENIED') throw thrown;
      return [];
    });
    const rule = hidingRule(rules, shown);
    if (rule !== undefined) throw hides(rule);
  }

  function guarded(unguarded: Objects): Objects {
    const current = (): Objects =>
      found === undefined || found.class === 'atomic' ? unguarded : unlocked(unguarded, found.class);
    return {
      get: (key) => unguarded.get(key),
      put: (key, bytes, put) => current().put(key, bytes, put),
      list: (prefix, list) => unguarded.list(prefix, list),
      replace: (key, bytes, etag, put) => unguarded.replace(key, bytes, etag, put),
      delete: (key, still) => unguarded.delete(key, still),
    };
  }

  return {
    lock: () => (found === undefined || found.class === 'atomic' ? 'cas' : 'none'),
    matches: () => found?.match === 'atomic',
    etags: () => found?.etag ?? 'md5',
    open,
    async begin(shown = shownBelow(keyPrefix)) {
      if (root !== undefined) await refuseHidden(root, shown);
      begun ??= mark();
      try {
        await begun;
      } catch (thrown) {
        begun = undefined;
        throw thrown;
      }
    },
    cautions: () => [
      ...(found === undefined ? (probe === 'withheld' ? [UNKNOWN] : []) : cautionsOf(found)),
      ...(areUnread ? [UNREAD] : []),
    ],
    guarded,
  };
}

const UNREAD =
  'Flux obeys ".sourceignore" at the root of this bucket, which these credentials may not read (s3:GetObject): it may hide what is published';

function cautionsOf(found: Capability): readonly string[] {
  return [
    ...(found.class === 'atomic' ? [] : [meaningOf(found.class)]),
    ...(found.etag === 'md5' ? [] : [OPAQUE_ETAGS]),
  ];
}
