/** What is kept and what nothing needs: pure, from what was read of all stores. */
import { compareUtf8 } from '../../archive/path.ts';
import type { Entry, ReleaseRecord, VersionClaim } from '../../model.ts';
import { type HeldRecord, type Holding, recordId } from '../holdings.ts';

/** What was read of one store. */
export interface Seen {
  readonly store: string;
  readonly records: readonly HeldRecord[];
  readonly claims: readonly VersionClaim[];
  /** Records that list what names show, although newer ones may have been made. */
  readonly shown: readonly ReleaseRecord[];
  readonly holdings: readonly Holding[];
  /** Whether a name shows something else, which may be any of the holdings that no record lists. */
  readonly showsUnlisted?: boolean;
}

/** What nothing needs in one store, records first. */
export interface Unneeded {
  readonly store: string;
  readonly holdings: readonly Holding[];
}

const idOf = ({ id }: Holding): string => id;
const hex = (digest: string): string => digest.slice('sha256:'.length);

/** The ids of everything that entries speak of. */
export function needsOf(entries: readonly Entry[]): ReadonlySet<string> {
  return new Set(
    entries.flatMap(({ content, manifest, proofs }) => [
      `content-${hex(content)}`,
      `manifest-${hex(manifest)}`,
      ...proofs.map(({ digest }) => `proof-${hex(digest)}`),
    ]),
  );
}

/** What a reader of the channel could get from a record: two equal ones differ in floor, time or state only. */
function released({ artifacts }: ReleaseRecord): string {
  const one = ({ name, manifest, proofs }: Entry): string =>
    [name, manifest, ...proofs.map(({ digest }) => digest).sort()].join(' ');
  return artifacts.map(one).sort().join('\n');
}

/** Ids of one channel's records down to the oldest of the last `keep` releases; generations with equal artifacts count once. */
function keptOf(records: readonly ReleaseRecord[], keep: number): readonly string[] {
  const newestFirst = [...records].sort((a, b) => b.generation - a.generation || compareUtf8(a.run, b.run));
  let releases = 0;
  let before: string | undefined;
  let oldest = Number.POSITIVE_INFINITY;
  for (const record of newestFirst) {
    const now = released(record);
    if (now !== before) releases += 1;
    if (releases > keep) break;
    before = now;
    oldest = record.generation;
  }
  // Without a lock two records may have one number.
  return newestFirst.filter(({ generation }) => generation >= oldest).map(recordId);
}

function byChannel(records: readonly ReleaseRecord[]): readonly (readonly ReleaseRecord[])[] {
  const channels = new Map<string, ReleaseRecord[]>();
  for (const record of records) {
    const key = `${record.project}/${record.channel}`;
    const known = channels.get(key);
    if (known === undefined) channels.set(key, [record]);
    else known.push(record);
  }
  return [...channels.values()];
}

const isAdopted = ({ record }: HeldRecord): boolean => record.kind === 'adopt';

/** Ids of the records that are kept: what one store keeps stays in all. Adopted ones stay for ever. */
export function keptRecords(seen: readonly Seen[], keep: number): ReadonlySet<string> {
  return new Set(
    seen.flatMap(({ records, shown }) => [
      ...records.filter(isAdopted).map(({ record }) => recordId(record)),
      ...shown.map(recordId),
      ...byChannel(records.filter((held) => !isAdopted(held)).map(({ record }) => record)).flatMap((channel) =>
        keptOf(channel, keep),
      ),
    ]),
  );
}

function neededBy(seen: readonly Seen[], stays: (id: string) => boolean): ReadonlySet<string> {
  const listed = seen.flatMap(({ records, claims }) => [
    ...records.filter((held) => isAdopted(held) || stays(recordId(held.record))).map(({ record }) => record),
    ...claims,
  ]);
  return needsOf(listed.flatMap(({ artifacts }) => artifacts));
}

/** Adds what holdings that stay are made of. */
function withParts(
  seen: readonly Seen[],
  needs: ReadonlySet<string>,
  stays: (id: string) => boolean,
): ReadonlySet<string> {
  const staying = seen.flatMap(({ holdings }) => holdings.filter(({ id }) => stays(id)));
  return new Set([...needs, ...staying.flatMap((holding) => holding.needs ?? [])]);
}

/** Ids of what no record or version speaks of in stores of which a name shows such a thing: it may be any of these. */
function unlistedIn(seen: readonly Seen[]): ReadonlySet<string> {
  const listed = neededBy(seen, () => true);
  const shown = seen.filter(({ showsUnlisted }) => showsUnlisted === true).flatMap(({ holdings }) => holdings);
  return new Set(shown.filter(({ kind, id }) => kind !== 'scratch' && !listed.has(id)).map(idOf));
}

/** What no kept record, version or name needs, in any store. */
export function unneededIn(seen: readonly Seen[], keep: number): readonly Unneeded[] {
  const kept = keptRecords(seen, keep);
  const listed = new Set([...neededBy(seen, (id) => kept.has(id)), ...unlistedIn(seen)]);
  const needs = withParts(seen, listed, (id) => listed.has(id));
  return seen.map(({ store, records, holdings }) => ({
    store,
    holdings: [
      ...records.filter((held) => !isAdopted(held) && !kept.has(recordId(held.record))).map(({ holding }) => holding),
      ...holdings.filter(({ id }) => !needs.has(id)),
    ],
  }));
}

/**
 * What may go now: what nothing needs, is ripe, and no record speaks of that stays. A record that is not ripe yet keeps what
 * it lists, and a manifest its blobs, so that none is ever left without them.
 */
export function goingOf(
  seen: readonly Seen[],
  unneeded: readonly Unneeded[],
  isRipe: (id: string) => boolean,
): readonly Unneeded[] {
  const leaving = new Set(
    unneeded.flatMap(({ holdings }) => holdings.filter(({ kind, id }) => kind === 'record' && isRipe(id))).map(idOf),
  );
  const listed = neededBy(seen, (id) => !leaving.has(id));
  const ripe = new Set(unneeded.flatMap(({ holdings }) => holdings.map(idOf)).filter(isRipe));
  const needs = withParts(seen, listed, (id) => listed.has(id) || !ripe.has(id));
  return unneeded.map(({ store, holdings }) => ({
    store,
    holdings: holdings.filter(({ id }) => isRipe(id) && !needs.has(id)),
  }));
}
