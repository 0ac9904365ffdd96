/** Step 6: the release record, create-only in the primary, then in every other good store; versions are claimed first. */
import { SlipwayError } from '../errors.ts';
import type { ReleaseRecord, VersionClaim } from '../model.ts';
import { orNothing } from './known.ts';
import { atEach, type Decided, missing, primaryOf, reachable, type Site } from './release.ts';
import { type Head, isAbove, type Ledger } from './store.ts';

async function readAt(ledger: Ledger, { channel, generation }: ReleaseRecord): Promise<ReleaseRecord | undefined> {
  return ledger.read(channel, { generation });
}

/** `exists` may be our own earlier attempt whose answer was lost: the run id tells. */
async function createOwn(ledger: Ledger, record: ReleaseRecord): Promise<'created' | 'exists'> {
  if ((await ledger.create(record)) === 'created') return 'created';
  return (await readAt(ledger, record))?.run === record.run ? 'created' : 'exists';
}

/** The newest places in all stores that can be read; a store that cannot is failed from here on. */
export async function headsOf(
  sites: readonly Site[],
  channel: string,
): Promise<{
  readonly sites: readonly Site[];
  readonly places: readonly { readonly site: Site; readonly head: Head }[];
}> {
  const heads = new Map<string, Head>();
  const seen = await atEach(sites, async ({ store }) => {
    const head = await store.ledger.head(channel);
    if (head !== undefined) heads.set(store.name, head);
    return undefined;
  });
  const places = reachable(seen).flatMap((site) => {
    const head = heads.get(site.store.name);
    return head === undefined ? [] : [{ site, head }];
  });
  return { sites: seen, places };
}

const sameManifests = (a: VersionClaim, b: VersionClaim): boolean =>
  a.artifacts.length === b.artifacts.length &&
  a.artifacts.every((entry) =>
    b.artifacts.some((other) => other.name === entry.name && other.manifest === entry.manifest),
  );

function taken(claim: VersionClaim, where: string): SlipwayError {
  return new SlipwayError(
    'VERSION_TAKEN',
    `Version "${claim.version}" was claimed with other content meanwhile in store "${where}"`,
    {
      hint: 'a version never changes; publish the new content under the next version',
    },
  );
}

/** Works in the primary alone, on which all others wait. Where it fails, its site says so and there is no answer. */
async function inPrimary<T>(
  { plan, sites }: Decided,
  work: (site: Site) => Promise<T>,
): Promise<{ readonly sites: readonly Site[]; readonly answer: T | undefined }> {
  const answers: T[] = [];
  const worked = await atEach(sites, async (site) => {
    if (site.store.name === plan.primary) answers.push(await work(site));
    return undefined;
  });
  return { sites: worked, answer: answers[0] };
}

/** Claims the version in the primary, then in the other stores. Throws `VERSION_TAKEN` when another run was first. */
async function claimVersion(verified: Decided, claim: VersionClaim): Promise<Decided> {
  const write = async ({ store, claim: held }: Site): Promise<VersionClaim> => {
    // Claims never change, so one that was there when the stores were compared still is.
    if (held !== undefined) return held;
    if ((await store.ledger.createClaim(claim)) === 'created') return claim;
    return (await store.ledger.claim(claim.version)) ?? claim;
  };
  const { primary } = verified.plan;
  const ordered = await inPrimary(verified, write);
  if (ordered.answer === undefined) return { ...verified, sites: ordered.sites };
  if (!sameManifests(ordered.answer, claim)) throw taken(claim, primary);
  const sites = await atEach(ordered.sites, async (site) => {
    if (site.store.name === primary) return undefined;
    if (!sameManifests(await write(site), claim)) throw taken(claim, site.store.name);
    return undefined;
  });
  return { ...verified, sites };
}

/**
 * Without a lock a rival may have moved names before it lost our number, or won the number that ours is built on:
 * whether there is any record beside ours and the one before it.
 */
async function isContested(ledger: Ledger, record: ReleaseRecord): Promise<boolean> {
  const { previous } = record;
  const expected = [record.run, previous?.run ?? ''];
  const heads = await ledger.heads(record.channel);
  return heads
    .filter(({ generation }) => generation >= (previous?.generation ?? 0))
    .some(({ run }) => run !== undefined && !expected.some((known) => known.startsWith(run)));
}

interface Created {
  readonly outcome: 'created' | 'contested' | 'lost' | 'failed';
  readonly sites: readonly Site[];
}

/** Creates our record in the primary. `lost` when another run was first, there or anywhere; `failed` with the primary. */
async function createInPrimary(verified: Decided, record: ReleaseRecord): Promise<Created> {
  const { store } = primaryOf(verified);
  const made = await inPrimary(verified, ({ store: { ledger } }) => createOwn(ledger, record));
  if (made.answer === undefined) return { outcome: 'failed', sites: made.sites };
  if (made.answer === 'exists') return { outcome: 'lost', sites: verified.sites };
  const { sites, places } = await headsOf(verified.sites, record.channel);
  if (places.some(({ head }) => isAbove(head, record))) return { outcome: 'lost', sites };
  const contested = store.lock === 'none' && ((await orNothing(() => isContested(store.ledger, record))) ?? true);
  return { outcome: contested ? 'contested' : 'created', sites };
}

/** Copies a record, create-only. A different record under its number makes the store `diverged`. */
export async function copyTo({ store, newest }: Site, record: ReleaseRecord): Promise<Partial<Site> | undefined> {
  if (newest?.run === record.run && newest.generation === record.generation) return undefined;
  if ((await createOwn(store.ledger, record)) === 'created') return undefined;
  const hint = 'it was published to while the others were out of reach; the next run heals it with a newer record';
  const error = new SlipwayError(
    'STORE',
    `Store "${store.name}" holds another record of generation ${record.generation}`,
    { hint },
  );
  return { state: 'diverged', error };
}

/** What the names showed when compared no longer counts. */
const doubted = (site: Site): Site => (site.state === 'current' ? { ...site, state: 'lagging' } : site);

/** The round as it ends when too few stores are left for its record. */
function ended(round: Decided, sites: readonly Site[]): Decided {
  const end = missing({ plan: round.plan, sites });
  return { ...round, sites, ...(end && { end }) };
}

/** Makes the run's claim and record durable. A lost race asks for another round; without the primary the run ends. */
export async function record(verified: Decided): Promise<Decided> {
  if (verified.end !== undefined || verified.lost) return verified;
  const claiming = verified.claim === undefined ? verified : await claimVersion(verified, verified.claim);
  const claimed = ended(claiming, claiming.sites);
  const { target, fresh } = claimed;
  if (target === undefined || claimed.end !== undefined) return claimed;
  const created: Created = fresh
    ? await createInPrimary(claimed, target)
    : { outcome: 'created', sites: claimed.sites };
  if (created.outcome === 'lost') return { ...claimed, lost: true };
  if (created.outcome === 'failed') return ended(claimed, created.sites);
  if (fresh) claimed.plan.progress?.({ stage: 'record', done: 1, total: 1 });
  const compared = created.outcome === 'contested' ? created.sites.map(doubted) : created.sites;
  const sites = await atEach(compared, (site) =>
    fresh && site.store.name === claimed.plan.primary ? Promise.resolve(undefined) : copyTo(site, target),
  );
  // Another round makes a record above both lines, which heals the store at once.
  const split = fresh && sites.some(({ state }) => state === 'diverged');
  return { ...claimed, sites, ...(split && { lost: true }) };
}
