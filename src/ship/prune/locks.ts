/** Where a prune may work beside publishers: they see its claims only in stores with a lock. */
import { compareUtf8 } from '../../archive/path.ts';
import { SlipwayError } from '../../errors.ts';
import type { ReleaseRecord } from '../../model.ts';
import { recordId } from '../holdings.ts';
import type { Store } from '../store.ts';
import type { Seen } from './rules.ts';

/** Throws `REFUSED` for a store that orders releases and cannot keep a publisher waiting. `primaries` are names of stores. */
export function checkLocks(stores: readonly Store[], primaries: readonly string[]): void {
  const unlocked = stores.find(({ name, lock }) => lock === 'none' && primaries.includes(name));
  if (unlocked === undefined) return;
  const state = 'it orders releases and has no lock, so that a publisher would not see what is being deleted';
  throw new SlipwayError('REFUSED', `Cannot prune store "${unlocked.name}" beside publishers: ${state}`, {
    hint: 'pass --exclusive while the CI lets no publisher run',
  });
}

const isNewer = (one: ReleaseRecord, other: ReleaseRecord): boolean =>
  one.generation === other.generation ? compareUtf8(one.run, other.run) < 0 : one.generation > other.generation;

/** The newest record of each channel of each project, by both. */
function newestOf(records: readonly ReleaseRecord[]): ReadonlyMap<string, ReleaseRecord> {
  const newest = new Map<string, ReleaseRecord>();
  for (const record of records) {
    const key = `${record.project}/${record.channel}`;
    const known = newest.get(key);
    if (known === undefined || isNewer(record, known)) newest.set(key, record);
  }
  return newest;
}

/**
 * Throws `REFUSED` for a channel of any project that a store without a lock holds, unless its newest record was ordered by a store
 * with a lock that is here and lies in one: whoever publishes to it looks at the claim there.
 */
export function checkChannels(stores: readonly Store[], seen: readonly Seen[]): void {
  const recordsOf = (lock: Store['lock']): readonly ReleaseRecord[] => {
    const names = stores.filter((store) => store.lock === lock).map(({ name }) => name);
    return seen.filter(({ store }) => names.includes(store)).flatMap(({ records }) => records.map((r) => r.record));
  };
  const locked = recordsOf('cas');
  const held = new Set(locked.map(recordId));
  const unlocked = recordsOf('none');
  const newest = newestOf([...locked, ...unlocked]);
  const isBound = (record: ReleaseRecord): boolean =>
    held.has(recordId(record)) && stores.some(({ name, lock }) => lock === 'cas' && name === record.primary);
  for (const { name } of stores.filter(({ lock }) => lock === 'none')) {
    const here = newestOf(
      seen.filter(({ store }) => store === name).flatMap(({ records }) => records.map((r) => r.record)),
    );
    for (const key of here.keys()) {
      const record = newest.get(key);
      if (record !== undefined && !isBound(record)) throw unbound(name, record);
    }
  }
}

function unbound(store: string, { project, channel, primary }: ReleaseRecord): SlipwayError {
  const whose = `publishers of channel "${channel}" of project "${project}"`;
  const state = `its newest release was ordered by "${primary}", which is no store with a lock here, so that they would not see what is being deleted`;
  return new SlipwayError('REFUSED', `Cannot prune store "${store}" beside ${whose}: ${state}`, {
    hint: 'add the primary of that channel to the stores under the same name, publish there when a registry stood in for it, or pass --exclusive while the CI lets no publisher run',
  });
}
