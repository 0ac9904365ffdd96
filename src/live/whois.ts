/** `slipway whois`: where a digest comes from, and whether it is live. */
import { eachLimit } from '../concurrency.ts';
import type { WhoisSettings } from '../config/resolve-history.ts';
import { asSlipwayError, type SlipwayError } from '../errors.ts';
import { groupedBy } from '../grouped.ts';
import type { Digest, Entry, ReleaseRecord, Whois, WhoisPlace } from '../model.ts';
import type { RunContext } from '../plan.ts';
import { isShown, orNothing } from '../ship/known.ts';
import { failureOf } from '../ship/receipt.ts';
import { reachable, type Site } from '../ship/release.ts';
import type { NameSpace } from '../ship/store.ts';
import {
  type Claimed,
  digestsOf,
  firstOf,
  hitsIn,
  onlyDigest,
  type Revisions,
  rolesOf,
  type Sighting,
  versionOf,
} from '../watch/history/whois.ts';
import { readClaims } from './log-claims.ts';
import { openRecords, readDown } from './log-records.ts';
import type { Live } from './open.ts';
import { openLive } from './open.ts';
import { type Reached, reach } from './status-stores.ts';

const AT_ONCE = 4;
/** Names of a channel that are looked at in every store; of more the records tell where they are live. */
const LOOKED_AT = 20;

/** What Flux reports for an entry: only buckets tell something else than a digest that the entry has anyway. */
function revisionsIn(sites: readonly Site[], space: NameSpace): Revisions {
  const stores = reachable(sites).map(({ store }) => store);
  return (entry) =>
    stores.flatMap(({ names }) => {
      try {
        return names.canShow(entry) ? [names.fluxRevision(space, entry)] : [];
      } catch {
        return [];
      }
    });
}

/** What one channel has of a digest. */
interface Searched {
  readonly sites: readonly Site[];
  readonly newest?: ReleaseRecord;
  readonly sightings: readonly Sighting[];
  readonly warnings: readonly string[];
  /** Why no store could be asked for the channel. */
  readonly error?: SlipwayError;
}

/** What names showed before slipway: records that are no generation, and have the number 0. */
async function adoptedIn(sites: readonly Site[], channel: string): Promise<readonly ReleaseRecord[]> {
  const found = await eachLimit(reachable(sites), AT_ONCE, async ({ store: { ledger } }) => {
    const shown = (await orNothing(() => ledger.adopted(channel))) ?? [];
    return eachLimit(shown, AT_ONCE, (digest) => orNothing(() => ledger.readAdopted(channel, digest)));
  });
  return found.flat().filter((record) => record !== undefined);
}

/** Every kept record of the channel. What keeps the channel from being read is a warning: another one may have the digest. */
async function searchChannel(live: Live, channel: string, prefix: string): Promise<Searched> {
  try {
    const records = await openRecords(live, channel);
    const { history, warnings } = await readDown(records, () => false);
    const revisions = revisionsIn(records.sites, { kind: 'channel', channel });
    const adopted = await adoptedIn(records.sites, channel);
    const sightings = [...history.placed.map(({ record }) => record), ...adopted].flatMap((record) =>
      record.artifacts.flatMap((entry): readonly Sighting[] => {
        const hits = hitsIn(entry, prefix, revisions);
        return hits.length === 0 ? [] : [{ channel, record, entry, hits }];
      }),
    );
    return { sites: records.sites, ...(records.newest && { newest: records.newest }), sightings, warnings };
  } catch (thrown) {
    const error = asSlipwayError(thrown);
    if (error.code === 'INTERRUPTED' || error.code === 'INTERNAL' || error.code === 'CONFIG') throw error;
    return { sites: [], sightings: [], warnings: [`Channel "${channel}" was not looked at: ${error.message}`], error };
  }
}

const keyOf = ({ name, manifest }: Entry): string => `${name} ${manifest}`;

/** Names of the stores that show an entry, by {@link keyOf}. */
async function liveIn(
  { sites, newest }: Searched,
  channel: string,
  entries: readonly Entry[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const shown = new Map<string, string[]>(entries.map((entry) => [keyOf(entry), []]));
  const space: NameSpace = { kind: 'channel', channel };
  const names = [...new Map(entries.map((entry) => [entry.name, entry])).values()];
  const listed = new Set((newest?.artifacts ?? []).map(keyOf));
  for (const site of reachable(sites)) {
    const { store } = site;
    const isFew = names.length <= LOOKED_AT;
    const held = isFew ? await orNothing(() => store.names.held(space, names)) : undefined;
    for (const entry of entries) {
      const isThere = isFew
        ? isShown(site, space, entry, held?.get(entry.name))
        : site.newest?.run === newest?.run && listed.has(keyOf(entry));
      if (isThere) shown.get(keyOf(entry))?.push(store.name);
    }
  }
  return shown;
}

/** What is known of the digest in one channel, artifact by artifact. */
async function placesIn(searched: Searched, channel: string, digest: Digest): Promise<readonly WhoisPlace[]> {
  const own = searched.sightings.filter(({ hits }) => hits.some((hit) => hit.digest === digest));
  const groups = [...groupedBy(own, ({ entry }) => keyOf(entry))];
  const live = await liveIn(
    searched,
    channel,
    groups.map(([, [first]]) => first.entry),
  );
  return groups.map(([key, same]) => {
    const oldest = same.at(-1) ?? same[0];
    const { name, content, manifest } = oldest.entry;
    return {
      ...{ artifact: name, channel, content, manifest },
      roles: rolesOf(
        same.flatMap(({ hits }) => hits),
        digest,
      ),
      generations: [...new Set(same.map(({ record }) => record.generation))],
      first: firstOf(oldest),
      live: live.get(key) ?? [],
    };
  });
}

/** A store that lists its channels may yet fail to tell what one of them has. */
function storesOf({ live, failed }: Reached, searched: readonly Searched[]): Whois['stores'] {
  const later = new Map(
    searched.flatMap(({ sites }) => sites.flatMap(({ store, error }) => (error ? [[store.name, error] as const] : []))),
  );
  return Object.fromEntries(
    [...live.stores].map(([name, { url }]) => {
      const error = failed.get(name) ?? later.get(name);
      return [name, { url, ...(error && { error: failureOf(error) }) }];
    }),
  );
}

/**
 * Looks for a digest in everything that is kept. Throws `NOT_FOUND` where nothing has it, `USAGE` where several digests begin
 * like that, and the error of a store where none answers, or one of those that cannot be read may have it.
 */
export async function whois({ prefix, ...settings }: WhoisSettings, context: RunContext): Promise<Whois> {
  const reached = await reach(await openLive(settings, context));
  const { live, failed, sites } = reached;
  const channels = [...reached.channels].sort();
  const searched = await eachLimit(channels, AT_ONCE, (channel) => searchChannel(live, channel, prefix));
  const { claims } = await readClaims(sites, Number.POSITIVE_INFINITY);
  const claimed = claims.flatMap((claim) => {
    const revisions = revisionsIn(sites, { kind: 'version', version: claim.version });
    return claim.artifacts.flatMap((entry): readonly Claimed[] => {
      const hits = hitsIn(entry, prefix, revisions);
      return hits.length === 0 ? [] : [{ claim, entry, hits }];
    });
  });
  const found = digestsOf([...searched.flatMap(({ sightings }) => sightings), ...claimed]);
  const unread = searched.flatMap(({ sites, error }) => [error, ...sites.map((site) => site.error)]);
  const [first] = unread.filter((error) => error !== undefined);
  // What nobody could read may have it: a record of a newer slipway, for one.
  if (found.length === 0 && failed.size === 0 && first !== undefined) throw first;
  const digest = onlyDigest(found, prefix, failed.size > 0);
  const places = await eachLimit(channels, AT_ONCE, async (channel, index) => {
    const one = searched[index];
    return one === undefined ? [] : placesIn(one, channel, digest);
  });
  return {
    schema: 1,
    project: settings.config.project,
    digest,
    places: places.flat(),
    versions: claimed
      .filter(({ hits }) => hits.some((hit) => hit.digest === digest))
      .map((one) => versionOf(one, digest)),
    stores: storesOf(reached, searched),
    warnings: [...new Set(searched.flatMap(({ warnings }) => warnings))],
  };
}
