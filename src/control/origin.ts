/** Reads what is to be promoted or taken along: a channel, one of its generations, a version, or a single artifact by its digest. */
import { type ReleaseName, releaseNameText } from '../config/release-name.ts';
import { liveStores } from '../config/resolve-live.ts';
import { SlipwayError } from '../errors.ts';
import { type Live, readingPlan } from '../live/open.ts';
import type { Digest, Entry, ReleaseRecord, VersionClaim } from '../model.ts';
import type { Origin } from '../ship/control/change.ts';
import { standingOf } from '../ship/copies.ts';
import { currentRecords, orNothing } from '../ship/known.ts';
import { findLine } from '../ship/line.ts';
import { atEach, newSite, reachable, type Site } from '../ship/release.ts';
import type { Store } from '../ship/store.ts';

/** What was found, and the stores that it may be read from. */
export interface FoundOrigin extends Held {
  readonly origin: Omit<Origin, 'holders'>;
}

/** The record of a channel or the claim of a version, and the stores that it may be read from. */
export interface FoundDocument<T = ReleaseRecord | VersionClaim> extends Held {
  readonly document: T;
}

interface Held {
  readonly stores: readonly Store[];
  /** Stores that could not be asked, as sentences without a full stop. */
  readonly warnings: readonly string[];
}

type Asked = Extract<ReleaseName, { readonly kind: 'channel' }>;

/** The order of a record or claim: where it is from, and which run made the newest of it. */
function orderIn(document: ReleaseRecord | VersionClaim): Origin['order'] {
  const { source } = document;
  const from = source === undefined ? {} : { source };
  if (!('generation' in document)) return from;
  const { pipeline, runNumber } = document;
  return { ...from, ...(pipeline !== undefined && { pipeline }), ...(runNumber !== undefined && { runNumber }) };
}

/** Whether what a record brought is older than the commit that the artifact has now, and that was rolled back since. */
function isOlderThan({ name, commit }: Entry, blocked: readonly string[], brought: ReleaseRecord | undefined): boolean {
  if (brought === undefined || commit === undefined) return false;
  const then = brought.artifacts.find((entry) => entry.name === name)?.commit;
  if (then !== commit) return then === undefined || !blocked.includes(then);
  // A rollback keeps the commit, and so does a promotion of what was rolled back.
  return brought.kind !== 'publish' && brought.blocked.includes(commit);
}

/**
 * Names of artifacts with a blocked commit whose content is older than it. `stores` are asked for the records that say so; where
 * nobody has one any more it is not said.
 */
export async function returnedIn(record: ReleaseRecord, stores: readonly Store[]): Promise<readonly string[]> {
  const { channel, generation, artifacts, blocked } = record;
  const doubtful = artifacts.filter(({ commit }) => commit !== undefined && blocked.includes(commit));
  const brought = new Map([[generation, record]]);
  for (const { since } of doubtful) {
    for (const { ledger } of stores) {
      if (brought.has(since)) break;
      const found = await orNothing(() => ledger.read(channel, { generation: since }));
      if (found !== undefined) brought.set(since, found);
    }
  }
  return doubtful.filter((entry) => isOlderThan(entry, blocked, brought.get(entry.since))).map(({ name }) => name);
}

/** What a record brings. `returned` is told by {@link returnedIn}. */
export function originOfRecord(record: ReleaseRecord, returned: readonly string[]): Omit<Origin, 'holders'> {
  const { channel, generation, run, artifacts: entries, floor, blocked } = record;
  const label = `generation ${generation} of channel "${channel}"`;
  return { label, from: { channel, generation, run }, entries, floor, blocked, returned, order: orderIn(record) };
}

/** What a version's claim brings. */
export function originOfClaim(claim: VersionClaim): Omit<Origin, 'holders'> {
  const { version, run, artifacts: entries } = claim;
  const label = `version "${version}"`;
  return { label, from: { version, run }, entries, floor: undefined, blocked: [], returned: [], order: orderIn(claim) };
}

/** Stores that answered what `look` asks them, and what kept the others from it. */
async function ask(
  stores: readonly Store[],
  look: (store: Store) => Promise<Partial<Site>>,
): Promise<{ readonly sites: readonly Site[]; readonly failures: readonly SlipwayError[] }> {
  const unseen = stores.map((store) => newSite(store, 'current'));
  const sites = await atEach(unseen, async ({ store }) => {
    await store.open();
    return look(store);
  });
  return { sites, failures: sites.flatMap(({ error }) => error ?? []) };
}

async function newestRecords(live: Live, channel: string): ReturnType<typeof ask> {
  return ask(readingPlan(live, { channel }).stores, async ({ ledger }) => {
    const head = await ledger.head(channel);
    const newest = head && (await ledger.read(channel, head));
    return newest === undefined ? {} : { newest };
  });
}

/** The newest record of a channel in these stores; undefined where it has none. Stores that fail are passed over. */
export async function newestIn(live: Live, channel: string): Promise<ReleaseRecord | undefined> {
  const { sites } = await newestRecords(live, channel);
  return (await findLine(reachable(sites), readingPlan(live, { channel }))).newest;
}

/** Nobody has it, or nobody who has it could be asked. */
function notThere(name: ReleaseName, [failure]: readonly SlipwayError[], hint: string): SlipwayError {
  const message = `Cannot take ${releaseNameText(name)}`;
  if (failure === undefined) return new SlipwayError('NOT_FOUND', `${message}: no store has it`, { hint });
  return new SlipwayError(failure.code, `${message}: ${failure.message}`, { hint: failure.hint, cause: failure });
}

const warningsOf = (failures: readonly SlipwayError[], name: ReleaseName): readonly string[] =>
  failures.map(({ message }) => `Not asked for ${releaseNameText(name)}: ${message}`);

function disputed(name: ReleaseName): SlipwayError {
  const message = `Cannot take ${releaseNameText(name)}: its stores keep different copies of the record`;
  return new SlipwayError('CORRUPT', message, {
    hint: 'slipway heal tells which stores; publish the newest commit there again where no copy is right',
  });
}

async function ofChannel(live: Live, name: Asked): Promise<FoundDocument<ReleaseRecord>> {
  const { channel, generation } = name;
  const { sites, failures } = await newestRecords(live, channel);
  const { newest, disputed: differs, diverged } = await findLine(reachable(sites), readingPlan(live, { channel }));
  const nothing = 'slipway status shows the channels that there are';
  if (newest === undefined) throw notThere(name, failures, nothing);
  const holding = reachable(sites).filter(({ newest: held }) => held !== undefined);
  const stores = holding.map(({ store }) => store);
  const warnings = warningsOf(failures, name);
  if (generation === undefined || generation === newest.generation) {
    if (differs) throw disputed(name);
    return { document: newest, stores, warnings };
  }
  const onLine = holding.filter(({ store }) => !diverged.has(store.name));
  const read = await ask(
    onLine.map(({ store }) => store),
    async ({ ledger }) => {
      const record = await ledger.read(channel, { generation });
      return record === undefined ? {} : { newest: record };
    },
  );
  const copies = read.sites.flatMap(({ store, newest: record }) =>
    record === undefined ? [] : [{ store: store.name, record }],
  );
  const log = `slipway log ${channel} shows those that are kept; slipway prune removes old ones`;
  if (copies.length === 0) throw notThere(name, [...failures, ...read.failures], log);
  const { record } = standingOf(copies);
  if (record === undefined) throw disputed(name);
  return { document: record, stores, warnings };
}

const identity = ({ artifacts }: VersionClaim): string =>
  artifacts
    .map(({ name, manifest }) => `${name} ${manifest}`)
    .sort()
    .join('\n');

async function ofVersion(
  live: Live,
  name: Extract<ReleaseName, { readonly kind: 'version' }>,
): Promise<FoundDocument<VersionClaim>> {
  const { version } = name;
  const { sites, failures } = await ask([...live.stores.values()], async ({ ledger }) => {
    const claim = await ledger.claim(version);
    return claim === undefined ? {} : { claim };
  });
  const claims = sites.flatMap(({ claim, store }) => (claim === undefined ? [] : [{ claim, store }]));
  const [first] = claims;
  if (first === undefined) throw notThere(name, failures, 'versions are claimed by slipway publish --version');
  if (claims.some(({ claim }) => identity(claim) !== identity(first.claim))) {
    throw new SlipwayError('CORRUPT', `Cannot take version "${version}": its stores keep different claims`, {
      hint: 'slipway verify tells which artifacts are signed; move the wrong claim away',
    });
  }
  const stores = claims.map(({ store }) => store);
  return { document: first.claim, stores, warnings: warningsOf(failures, name) };
}

interface Match {
  readonly record: ReleaseRecord;
  readonly entry: Entry;
}

/** The newest commit says the most; of equal ones the channel that comes first by name. */
const byOrder = (a: Match, b: Match): number =>
  (b.entry.commitTime ?? '').localeCompare(a.entry.commitTime ?? '') || (a.record.channel < b.record.channel ? -1 : 1);

async function ofDigest(
  live: Live,
  name: Extract<ReleaseName, { readonly kind: 'digest' }>,
  artifacts: readonly string[] | undefined,
): Promise<FoundOrigin> {
  const { sites, failures } = await ask([...live.stores.values()], async () => ({}));
  const is = (digest: Digest): boolean => digest === name.digest;
  const matches = (await currentRecords(sites))
    .flatMap((record) => record.artifacts.map((entry): Match => ({ record, entry })))
    .filter(({ entry }) => is(entry.content) || is(entry.manifest))
    .filter(({ entry }) => artifacts === undefined || artifacts.includes(entry.name))
    .sort(byOrder);
  const [first] = matches;
  if (first === undefined) {
    throw notThere(name, failures, 'name its channel with a generation, or its version: prod@41, 1.4.0');
  }
  const names = [...new Set(matches.map(({ entry }) => entry.name))];
  if (names.length > 1) {
    const listed = names.map((one) => `"${one}"`).join(', ');
    throw new SlipwayError('USAGE', `Cannot promote "${name.digest}": it is the content of ${listed}`, {
      hint: 'choose one with --artifact',
    });
  }
  const { record, entry } = first;
  const { channel, generation, run } = record;
  const label = `generation ${generation} of channel "${channel}"`;
  const { stores: ofIt } = liveStores(live.settings, channel);
  const stores = reachable(sites).flatMap(({ store }) => (ofIt.some((one) => one.name === store.name) ? [store] : []));
  const origin = {
    ...originOfRecord(record, await returnedIn(record, stores)),
    ...{ label, from: { channel, generation, run }, entries: [entry], floor: undefined },
  };
  return { origin, stores, warnings: warningsOf(failures, name) };
}

/**
 * Reads the record or claim of a release. Throws `NOT_FOUND` for one that no store has, `CORRUPT` where stores keep different
 * copies of it, and what kept all stores from answering.
 */
export async function findDocument(
  live: Live,
  name: Exclude<ReleaseName, { readonly kind: 'digest' }>,
): Promise<FoundDocument> {
  return name.kind === 'channel' ? ofChannel(live, name) : ofVersion(live, name);
}

/** Reads what is to be promoted. Throws as {@link findDocument} does, and `USAGE` for a digest that several artifacts have. */
export async function findOrigin(
  live: Live,
  name: ReleaseName,
  artifacts: readonly string[] | undefined,
): Promise<FoundOrigin> {
  if (name.kind === 'digest') return ofDigest(live, name, artifacts);
  const { document, ...held } = await findDocument(live, name);
  if (!('generation' in document)) return { ...held, origin: originOfClaim(document) };
  return { ...held, origin: originOfRecord(document, await returnedIn(document, held.stores)) };
}
