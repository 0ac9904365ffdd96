/** The version that a promotion claims, or completes. */
import { SlipwayError } from '../../errors.ts';
import type { Entry, VersionClaim } from '../../model.ts';
import { checkVersionNames, ownClaim, standingClaim } from '../claims.ts';
import type { Compared } from '../release.ts';
import type { Alteration } from './alter.ts';
import type { Origin } from './change.ts';

/** A claim never changes: it has every promoted artifact, with the same manifest. Throws `VERSION_TAKEN`. */
function checkSame({ version, artifacts }: VersionClaim, entries: readonly Entry[]): void {
  for (const { name, manifest } of entries) {
    const claimed = artifacts.find((entry) => entry.name === name);
    if (claimed?.manifest === manifest) continue;
    const holds = claimed === undefined ? 'it was claimed without this artifact' : `it holds "${claimed.manifest}"`;
    throw new SlipwayError('VERSION_TAKEN', `Version "${version}" of "${name}" is taken: ${holds}`, {
      hint: 'a version never changes; promote under the next version',
    });
  }
}

/** The claim for these entries; nothing where no version is asked for. Throws `VERSION_TAKEN`. */
export async function claimFor(
  compared: Compared,
  entries: readonly Entry[],
  { order }: Origin,
): Promise<Pick<Alteration, 'claim' | 'claimed' | 'sites'>> {
  const { plan } = compared;
  if (plan.version === undefined) return {};
  const standing = standingClaim(compared);
  if (standing !== undefined) checkSame(standing, entries);
  const { source } = order;
  const provenance = { ...plan.provenance, ...(source !== undefined && { source }) };
  const own = new Map(entries.map(({ orphan: _, ...entry }): [string, Entry] => [entry.name, { ...entry, since: 0 }]));
  const claim = standing ?? ownClaim({ plan: { ...plan, provenance } }, { entries: own });
  if (claim === undefined) return {};
  return { claim, claimed: standing !== undefined, sites: await checkVersionNames(compared, claim) };
}
