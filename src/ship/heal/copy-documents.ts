/** Records and claims come to lie in every store that is healed. */
import { SlipwayError } from '../../errors.ts';
import type { ReleaseRecord, VersionClaim } from '../../model.ts';
import type { HealOptions } from '../heal.ts';
import { recordId } from '../holdings.ts';
import { atEach, atStore, type Decided, type Site } from '../release.ts';
import { type Copy, copiesOf, disputeError, type KeptLine, keptIn, lineOf, replacedText } from './records.ts';
import { takesPart } from './taking-part.ts';

/**
 * Gives every store the records that the others keep, oldest first, so that the newest comes with all before it; of a
 * version its claim. A store that has another claim is failed. An altered copy of a record is written over where it is known what
 * was recorded; where it is not, no copy is touched, and the stores that keep one are not whole.
 */
export async function copyDocuments(mended: Decided, { mends }: Pick<HealOptions, 'mends'>): Promise<Decided> {
  const { target, claim } = mended;
  if (mended.end !== undefined || mended.lost) return mended;
  if (target === undefined) return claim === undefined ? mended : copyClaim(mended, claim);
  const { sites: seen, copies } = await copiesOf(mended.sites, target.channel);
  const { records, disputes } = lineOf(target, copies);
  for (const [store, own] of mends) {
    const first = disputes.find(({ stores }) => stores.includes(store));
    own.dispute = first && disputeError(first, target.channel);
  }
  const isKept = keeper(seen, target);
  const sites = await atEach(seen, async (site) =>
    takesPart(site) ? copyLine(site, { records, isKept }, copies) : undefined,
  );
  return { ...mended, sites };
}

/** Whether one of these stores still keeps a record. */
type Keeper = (record: ReleaseRecord, stores: readonly string[]) => Promise<boolean>;

/** A prune may have removed it since it was read, and then what it lists. Nobody prunes the newest. */
function keeper(sites: readonly Site[], newest: ReleaseRecord): Keeper {
  return async (record, stores) => {
    if (recordId(record) === recordId(newest)) return true;
    const { channel, generation, run } = record;
    for (const { store } of sites.filter((site) => stores.includes(site.store.name))) {
      const held = await store.ledger.read(channel, { generation, run: run.slice(0, 8) });
      if (held !== undefined) return true;
    }
    return false;
  };
}

async function copyLine(
  { store, warnings }: Site,
  { records, isKept }: { readonly records: KeptLine['records']; readonly isKept: Keeper },
  copies: readonly Copy[],
): Promise<Partial<Site>> {
  const told: string[] = [];
  for (const { record, stores } of records) {
    const kept = keptIn(store.name, record, copies);
    if (kept === 'altered') {
      await store.ledger.restore(record);
      told.push(replacedText(record, stores));
    }
    if (kept === 'same' || kept === 'altered') continue;
    if (kept === 'missing' && !(await isKept(record, stores))) continue;
    if (kept === 'missing' && (await store.ledger.create(record)) === 'created') continue;
    told.push(`it keeps another record of generation ${record.generation} than the other stores`);
  }
  return { warnings: [...warnings, ...told] };
}

const identity = ({ artifacts }: VersionClaim): string =>
  artifacts.map(({ name, manifest }) => `${name} ${manifest}`).join(' ');

async function copyClaim(mended: Decided, claim: VersionClaim): Promise<Decided> {
  const sites = await atEach(mended.sites, async (site): Promise<Partial<Site> | undefined> => {
    if (!takesPart(site)) return undefined;
    const { ledger, name } = site.store;
    const isNew = site.claim === undefined && (await ledger.createClaim(claim)) === 'created';
    const held = isNew ? claim : (site.claim ?? (await ledger.claim(claim.version)));
    if (held !== undefined && identity(held) === identity(claim)) return undefined;
    const error = new SlipwayError('STORE', `Version "${claim.version}" was claimed with other content here`, {
      hint: 'a version never changes: publish the next one to all stores',
    });
    return { state: 'failed', error: atStore(name, error) };
  });
  return { ...mended, sites };
}
