/** Step 7: names, each fenced by the newest record; whatever was recorded meanwhile is rolled forward. */
import { eachLimit } from '../concurrency.ts';
import { SlipwayError, throwIfInterrupted } from '../errors.ts';
import type { Digest, Entry, ReleaseRecord, VersionClaim } from '../model.ts';
import { consumerWarnings } from './consumers.ts';
import { type History, historyOf, isKnown, isShowable, isShown, orNothing, showsThere } from './known.ts';
import { verify } from './put.ts';
import { copyTo, headsOf } from './record.ts';
import { atEach, type Decided, primaryOf, type Site } from './release.ts';
import { withRevisions } from './revisions.ts';
import { reserve, spare } from './spare.ts';
import { isAbove, type NameSpace } from './store.ts';
import { type Supply, supplyOf } from './supply.ts';

const AT_ONCE = 16;
/** Names read before one look at the newest record covers them all: the order of each name's steps stays the same. */
const BATCH = 128;
/** How often a name may change between our look and our write before somebody else must be writing it. */
const LOOKS = 8;

const takesPart = ({ state }: Site): boolean => state === 'current' || state === 'lagging';

interface Naming {
  readonly round: Decided;
  readonly site: Site;
  readonly record: ReleaseRecord;
  readonly supply: Supply;
  readonly history: History;
  readonly done: () => void;
  readonly moved: () => void;
}

/** A name may show anything a record lists; what nobody knows is not ours to overwrite. */
async function ensureKnown(
  { round, site, record, history }: Naming,
  entry: Entry,
  held: Digest | undefined,
): Promise<void> {
  if (held === undefined || held === site.held.get(entry.name)) return;
  const records = { channel: record.channel, history };
  if (await isKnown(round.sites, records, { site, artifact: entry.name, digest: held })) return;
  throw new SlipwayError('STORE', `The name of "${entry.name}" was moved to "${held}" by someone else during the run`, {
    hint: 'no other program may write these names; run again to see what they hold',
  });
}

/** Whether a name needs no write: only a run of the newest commit brings names into the form of its own config. */
function isRight(
  { round, site, record }: Pick<Naming, 'round' | 'site' | 'record'>,
  entry: Entry,
  held?: Digest,
): boolean {
  const space: NameSpace = { kind: 'channel', channel: record.channel };
  return round.brings ? held === showsThere(site, space, entry) : isShown(site, space, entry, held);
}

/**
 * One batch: read the names, read the newest record, write. Answers the entries whose names changed between the look and the
 * write, which must be looked at again, or `overtaken` when a newer record took over.
 */
async function moveBatch(naming: Naming, batch: readonly Entry[]): Promise<readonly Entry[] | 'overtaken'> {
  const { site, record, supply } = naming;
  const space: NameSpace = { kind: 'channel', channel: record.channel };
  const held = await site.store.names.held(space, batch);
  const head = await site.store.ledger.head(record.channel);
  if (head !== undefined && isAbove(head, record)) return 'overtaken';
  const changed = await eachLimit(batch, AT_ONCE, async (entry) => {
    throwIfInterrupted(naming.round.plan.signal);
    const now = held.get(entry.name);
    if (!isRight(naming, entry, now)) {
      await ensureKnown(naming, entry, now);
      const keep = !naming.round.brings;
      if ((await site.store.names.move(space, await supply(entry), { keep })) === 'exists') return [entry];
      naming.moved();
    }
    naming.done();
    return [];
  });
  return changed.flat();
}

/** Moves a batch until every name shows its entry. Answers false when a newer record took over. */
async function moveAll(naming: Naming, batch: readonly Entry[]): Promise<boolean> {
  let left = batch;
  for (let look = 0; look < LOOKS; look += 1) {
    const changed = await moveBatch(naming, left);
    if (changed === 'overtaken') return false;
    if (changed.length === 0) return true;
    left = changed;
  }
  throw new SlipwayError('STORE', `Cannot write the name of "${left[0]?.name}": it changed ${LOOKS} times meanwhile`, {
    hint: 'no other program may write these names; run again to see what they hold',
  });
}

const batches = (entries: readonly Entry[]): readonly (readonly Entry[])[] =>
  Array.from({ length: Math.ceil(entries.length / BATCH) }, (_, i) => entries.slice(i * BATCH, (i + 1) * BATCH));

/**
 * Moves the names of one store that do not show the record yet. What was read when the stores were compared counts only
 * where every name showed the newest record then: elsewhere another publisher may have been in the middle of them.
 */
async function moveNames(round: Decided, site: Site, record: ReleaseRecord): Promise<Pick<Site, 'state' | 'named'>> {
  const shown = record.artifacts.filter((entry) => isShowable(site, entry));
  const at = { round, site, record };
  const stale = site.state === 'current' ? shown.filter((e) => !isRight(at, e, site.held.get(e.name))) : shown;
  let [finished, named] = [0, site.named];
  const done = (): void => {
    finished += 1;
    round.plan.progress?.({ stage: 'name', store: site.store.name, done: finished, total: stale.length });
  };
  const moved = (): void => {
    named = true;
  };
  const naming: Naming = { ...at, supply: supplyOf(round), history: historyOf(record.channel), done, moved };
  for (const batch of batches(stale)) if (!(await moveAll(naming, batch))) return { state: 'lagging', named };
  return { state: 'current', named };
}

/** The newest record in all stores that can be read, when it is above ours. */
async function overtaking(
  round: Decided,
  record: ReleaseRecord,
): Promise<{ readonly sites: readonly Site[]; readonly newer: ReleaseRecord | undefined }> {
  const { sites, places } = await headsOf(round.sites, record.channel);
  const above = places
    .filter(({ head }) => isAbove(head, record))
    .sort((a, b) => (isAbove(a.head, { generation: b.head.generation, run: b.head.run ?? '' }) ? -1 : 1));
  for (const { site, head } of above) {
    const newer = await orNothing(() => site.store.ledger.read(record.channel, head));
    if (newer !== undefined) return { sites, newer };
  }
  return { sites, newer: undefined };
}

/** Whether our record is not the one of its number after all: without a lock a rival may have come in later. */
async function isLost(round: Decided, target: ReleaseRecord): Promise<boolean> {
  if (!round.fresh || target.run !== round.plan.run) return false;
  const { ledger } = primaryOf(round).store;
  const standing = await orNothing(() => ledger.read(target.channel, { generation: target.generation }));
  return standing !== undefined && standing.run !== target.run;
}

/** Names of a record that another run made: everything is verified and copied first, as if the store lagged behind. */
async function prepareForeignRecord(round: Decided, record: ReleaseRecord): Promise<Decided> {
  const sites = round.sites.map(
    (site): Site => (takesPart(site) ? { ...site, state: 'lagging', wants: record.artifacts } : { ...site, wants: [] }),
  );
  // Who made that record knows of newer consumers than we do.
  const reserved = await reserve({ ...round, sites, target: record, fresh: false, brings: false });
  if (reserved.end !== undefined) return reserved;
  const verified = await verify(reserved);
  const copied = await atEach(verified.sites, async (site) => (takesPart(site) ? copyTo(site, record) : undefined));
  const { end: _, ...going } = verified;
  return spare({ ...going, sites: copied });
}

async function nameChannel(round: Decided, target: ReleaseRecord): Promise<Decided> {
  const sites = await atEach(round.sites, async (site) =>
    takesPart(site) ? moveNames(round, site, target) : undefined,
  );
  const { sites: seen, newer } = await overtaking({ ...round, sites }, target);
  const named = { ...round, sites: seen };
  if (newer === undefined) return { ...named, target };
  if (await isLost(named, target)) return { ...named, lost: true };
  const prepared = await prepareForeignRecord(named, newer);
  return prepared.end === undefined ? nameChannel(prepared, newer) : prepared;
}

async function nameVersion(round: Decided, claim: VersionClaim): Promise<Decided> {
  const space: NameSpace = { kind: 'version', version: claim.version };
  const supply = supplyOf(round);
  const sites = await atEach(round.sites, async (site) => {
    if (!takesPart(site)) return undefined;
    const { names, name } = { names: site.store.names, name: site.store.name };
    const held = await names.held(space, claim.artifacts);
    const named = claim.artifacts.some(({ name: artifact }) => !held.has(artifact));
    await eachLimit(claim.artifacts, AT_ONCE, async (entry) => {
      const before = held.get(entry.name);
      const outcome = before === undefined ? await names.move(space, await supply(entry)) : 'exists';
      if (outcome === 'moved') return;
      const now = before ?? (await names.held(space, [entry])).get(entry.name);
      if (isShown(site, space, entry, now)) return;
      throw new SlipwayError(
        'VERSION_TAKEN',
        `Version "${claim.version}" of "${entry.name}" shows "${now}" in store "${name}"`,
        {
          hint: 'someone else wrote this version; a version never changes, publish the next one',
        },
      );
    });
    const warnings = consumerWarnings(site, space, { entries: claim.artifacts, brings: false });
    return { named: named || site.named, warnings: [...site.warnings, ...warnings] };
  });
  return { ...round, sites };
}

/** Nothing to write and nobody lagging: the names were read when the stores were compared. */
const settled = ({ sites, fresh, changed }: Decided): boolean =>
  !fresh && changed.size === 0 && sites.every(({ state }) => state === 'current');

/** Moves the channel's names, unless they were all right when the stores were compared. */
async function channelNames(recorded: Decided): Promise<Decided> {
  if (recorded.target === undefined || settled(recorded)) return recorded;
  return nameChannel(recorded, recorded.target);
}

/**
 * Moves names in every store that verified the artifacts and holds the record; repeats until the newest is shown. The
 * version comes last: its names may be taken, and what is recorded for the channel must be rolled forward all the same.
 */
export async function name(recorded: Decided): Promise<Decided> {
  if (recorded.end !== undefined || recorded.lost) return recorded;
  const named = await channelNames(recorded);
  if (named.lost) return named;
  const { claim } = named;
  return withRevisions(claim === undefined ? named : await nameVersion(named, claim));
}
