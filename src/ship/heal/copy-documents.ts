/** Records and claims come to lie in every store that is healed. */
import { SlipwayError } from '../../errors.ts';
import type { ReleaseRecord, VersionClaim } from '../../model.ts';
import { atEach, atStore, type Decided, type Site } from '../release.ts';
import { type Copy, copiesOf, keptIn, lineOf } from './records.ts';
import { takesPart } from './taking-part.ts';

/**
 * Gives every store the records that the others keep, oldest first, so that the newest comes with all before it; of a
 * version its claim. A store that has another claim is failed.
 */
export async function copyDocuments(mended: Decided): Promise<Decided> {
  const { target, claim, plan } = mended;
  if (mended.end !== undefined || mended.lost) return mended;
  if (target === undefined) return claim === undefined ? mended : copyClaim(mended, claim);
  const { sites: seen, copies } = await copiesOf(mended.sites, target.channel);
  const line = lineOf(target, copies, plan.primary);
  const sites = await atEach(seen, async (site) => (takesPart(site) ? copyLine(site, line, copies) : undefined));
  return { ...mended, sites };
}

async function copyLine(
  { store, warnings }: Site,
  line: readonly ReleaseRecord[],
  copies: readonly Copy[],
): Promise<Partial<Site>> {
  const told: string[] = [];
  for (const record of line) {
    const kept = keptIn(store.name, record, copies);
    if (kept === 'altered') await store.ledger.restore(record);
    if (kept === 'same' || kept === 'altered') continue;
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
