/** The versions that stores know: each claim is read once, where it is found first. */
import semver from 'semver';
import { eachLimit } from '../concurrency.ts';
import type { VersionClaim } from '../model.ts';
import { orNothing } from '../ship/known.ts';
import { reachable, type Site } from '../ship/release.ts';
import type { Store } from '../ship/store.ts';

const AT_ONCE = 16;

/** The claims that were read, newest version first, and how many older versions there are besides. */
export interface Claims {
  readonly claims: readonly VersionClaim[];
  readonly unread: number;
}

async function claimIn(stores: readonly Store[], version: string): Promise<readonly VersionClaim[]> {
  for (const { ledger } of stores) {
    const claim = await orNothing(() => ledger.claim(version));
    if (claim !== undefined) return [claim];
  }
  return [];
}

/** Reads the claims of at most `limit` versions. A store that cannot be asked for them is left out: others have them too. */
export async function readClaims(sites: readonly Site[], limit: number): Promise<Claims> {
  const holders = new Map<string, Store[]>();
  const listed = await Promise.all(
    reachable(sites).map(async ({ store }) => ({ store, versions: await orNothing(() => store.ledger.versions()) })),
  );
  for (const { store, versions = [] } of listed)
    for (const version of versions) holders.set(version, [...(holders.get(version) ?? []), store]);
  const sorted = [...holders]
    .filter(([version]) => semver.valid(version) !== null)
    .sort(([a], [b]) => semver.rcompare(a, b) || (a < b ? -1 : 1));
  const read = await eachLimit(sorted.slice(0, limit), AT_ONCE, ([version, stores]) => claimIn(stores, version));
  return { claims: read.flat(), unread: Math.max(0, sorted.length - limit) };
}

/** Tells of versions that were not read. */
export const unreadWarning = ({ unread }: Claims): readonly string[] =>
  unread === 0 ? [] : [`${unread === 1 ? 'One older version was' : `${unread} older versions were`} not looked at`];
