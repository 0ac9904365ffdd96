/** Versions: claimed once, completed by reruns, never changed. */
import { SlipwayError } from '../errors.ts';
import type { Entry, Packed, VersionClaim } from '../model.ts';
import { isShown } from './known.ts';
import type { Own } from './own.ts';
import { atEach, type Compared, keyOf, primaryOf, reachable, type Site } from './release.ts';
import type { NameSpace } from './store.ts';

/** A claim made by an earlier run stands: the same content completes it, other content is refused. */
export function checkClaim(claim: VersionClaim, packed: readonly Packed[]): void {
  for (const { name, content } of packed) {
    const claimed = claim.artifacts.find((entry) => entry.name === name);
    if (claimed?.content === content.digest) continue;
    const holds = claimed === undefined ? 'it was claimed without this artifact' : `it holds "${claimed.content}"`;
    throw new SlipwayError('VERSION_TAKEN', `Version "${claim.version}" of "${name}" is taken: ${holds}`, {
      hint: 'a version never changes; publish the new content under the next version',
    });
  }
}

/**
 * A version's name that shows something else was written by someone else: throws `VERSION_TAKEN` before anything is put.
 * A store that cannot be read is failed.
 */
export async function checkVersionNames({ sites }: Compared, claim: VersionClaim): Promise<readonly Site[]> {
  const space: NameSpace = { kind: 'version', version: claim.version };
  return atEach(sites, async (site) => {
    const held = await site.store.names.held(space, claim.artifacts);
    const unnamed = new Set(claim.artifacts.filter(({ name }) => !held.has(name)).map(keyOf));
    for (const entry of claim.artifacts) {
      const shown = held.get(entry.name);
      if (shown === undefined || isShown(site, space, entry, shown)) continue;
      const message = `Version "${claim.version}" of "${entry.name}" shows "${shown}"`;
      throw new SlipwayError('VERSION_TAKEN', message, { hint: 'a version never changes; publish the next version' });
    }
    return { unnamed };
  });
}

/** The claim that this run would make. */
export function ownClaim({ plan }: Pick<Compared, 'plan'>, own: Pick<Own, 'entries'>): VersionClaim | undefined {
  if (plan.version === undefined) return undefined;
  const { project, version, run, at, runner, provenance } = plan;
  return {
    schema: 1,
    project,
    version,
    run,
    at,
    ...(runner.by === undefined ? {} : { by: runner.by }),
    ...(provenance.source === undefined ? {} : { source: provenance.source }),
    artifacts: [...own.entries.values()].sort(byName),
  };
}

/** The order of artifacts in records and claims. For `Array.sort`. */
export const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : 1);

/** The claim that counts: the primary's, else any reachable store's. */
export function standingClaim(compared: Compared): VersionClaim | undefined {
  return primaryOf(compared).claim ?? reachable(compared.sites).find(({ claim }) => claim !== undefined)?.claim;
}
