/** What was found of a bucket, and what it means for whoever publishes to it. */
import { SlipwayError } from '../../../errors.ts';

/**
 * What create-only writes are worth: `atomic`, one of any number of writers wins; `unsupported`, the store refuses the
 * condition; `ignored`, it overwrites all the same; `racy`, right one after another, and several win at once.
 */
export type CreateClass = 'atomic' | 'unsupported' | 'ignored' | 'racy';

/** What was found, as plain data for `slipway.json`. */
export interface Capability {
  readonly class: CreateClass;
  /** Whether writes over a given ETag (`If-Match`) are atomic too; tried only where creates are. */
  readonly match: 'atomic' | 'none';
  /** `md5`: the ETag is the MD5 of the bytes, so that Flux's revision is known before the upload; `other` under SSE-KMS. */
  readonly etag: 'md5' | 'other';
  /** Whether an overwritten object is read as its new bytes at once. */
  readonly reads: 'fresh' | 'stale';
  /** Whether a listing shows finished writes at once, and its pages follow byte order; `failed`: it gives no short pages. */
  readonly listing: 'ordered' | 'unordered' | 'stale' | 'failed';
  /** When: RFC 3339 in UTC, as the caller gave it. */
  readonly at: string;
}

const MEANING: Readonly<Record<CreateClass, string>> = {
  atomic: 'create-only writes are atomic: of publishers at once exactly one wins, and CI need not take turns',
  unsupported: 'the store refuses create-only writes (If-None-Match)',
  ignored: 'the store ignores the condition of create-only writes (If-None-Match) and overwrites',
  racy: 'create-only writes (If-None-Match) are not atomic: of writers at once several win',
};
const SERIALISER =
  'a publisher can overwrite what another one recorded, so CI must run one publisher at a time (a concurrency group)';

const LISTING_FAULT: Readonly<Record<Capability['listing'], string | undefined>> = {
  ordered: undefined,
  unordered: 'listings are not in byte order',
  failed: 'listings fail in short pages',
  stale: 'listings do not show what was just written',
};

/** What a class means, and what CI must provide for it, in one sentence without a full stop. */
export function meaningOf(found: CreateClass): string {
  return found === 'atomic' ? MEANING.atomic : `${MEANING[found]}: ${SERIALISER}`;
}

/** What keeps releases from being found in a store, whatever is accepted. */
export function faultsOf({ reads, listing }: Capability): {
  readonly reads: string | undefined;
  readonly listing: string | undefined;
} {
  return {
    reads: reads === 'stale' ? 'reads do not show what was just written' : undefined,
    listing: LISTING_FAULT[listing],
  };
}

/**
 * Lets a store pass if releases can be ordered in it. Throws `REFUSED` for the three classes that cannot promise it, unless
 * the store's `accept-unsafe` is set, and `STORE`, whatever is set, where the newest record could not even be found.
 */
export function requireSafe(found: Capability, { acceptUnsafe }: { readonly acceptUnsafe: boolean }): void {
  const faults = faultsOf(found);
  const fault = faults.reads ?? faults.listing;
  if (fault !== undefined) {
    const hint = 'set the store to strong consistency, or use another one';
    throw new SlipwayError('STORE', `Cannot publish to this store: its ${fault}`, { hint });
  }
  if (found.class === 'atomic' || acceptUnsafe) return;
  const hint = 'do that and set "accept-unsafe: true" on the store, or use a store with atomic writes';
  throw new SlipwayError('REFUSED', `Cannot publish to this store: create-only writes are "${found.class}"`, {
    hint: `${meaningOf(found.class)}; ${hint}`,
  });
}
