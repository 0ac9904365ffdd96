/** Step 4 in the stores: what artifacts lack, and how what was made for them comes to lie beside them. */
import { eachLimit } from '../concurrency.ts';
import { throwIfInterrupted } from '../errors.ts';
import type { Entry, MadeProof, Proof, ReleaseRecord, Requirement, Subject, VersionClaim } from '../model.ts';
import { isShowable, orNothing } from './known.ts';
import { forgetLost } from './lost-proofs.ts';
import { isAllowed } from './phrases.ts';
import { atEach, type Compared, type Decided, keyOf, reachable, type Site } from './release.ts';
import { describeManifest } from './supply.ts';

const AT_ONCE = 16;

type Key = Pick<Entry, 'name' | 'manifest'>;

/** What an entry lacks: proofs of a kind that readers of some store look at, by the signer that this run has. */
export function lackedBy({ proofs }: Entry, { plan, sites }: Pick<Compared, 'plan' | 'sites'>): readonly Requirement[] {
  const { sealing } = plan;
  const read = new Set(sites.flatMap(({ store }) => store.proofs.kinds));
  const wanted = sealing.requires.filter(({ kind }) => read.has(kind));
  // What was lost in every store is still in the record.
  if (wanted.length > 0 && isAllowed(plan, 'prove-again')) return wanted;
  return wanted.filter(({ kind, signer }) => !proofs.some((proof) => proof.kind === kind && proof.signer === signer));
}

/** The entries that this run may prove: those of its own record and claim, once each. */
function ownEntries({ target, fresh, changed, reproves, claim, claimed }: Decided): readonly Entry[] {
  const recorded = fresh ? (target?.artifacts ?? []).filter(({ name }) => reproves || changed.has(name)) : [];
  const entries = [...recorded, ...(claimed ? [] : (claim?.artifacts ?? []))];
  return [...new Map(entries.map((entry) => [keyOf(entry), entry])).values()];
}

/** `registry/repository` of an entry in the first registry of the run, else its name. */
function repositoryOf({ plan, sites }: Decided, entry: Entry): string {
  const { channel, version } = plan;
  const space =
    channel === undefined
      ? ({ kind: 'version', version: version ?? '' } as const)
      : ({ kind: 'channel', channel } as const);
  for (const { store } of sites.filter((site) => site.store.proofs.kinds.includes('signature'))) {
    const named = /^oci:\/\/(.+?)(?::[^/:@]+)?(?:@sha256:[0-9a-f]{64})?$/.exec(store.names.reference(space, entry));
    if (named?.[1] !== undefined) return named[1];
  }
  return entry.name;
}

/**
 * The round without proofs that nobody holds any more, and with those entered that an earlier attempt left behind: it was
 * stopped between them and its record. Looks only where the manifest was there before: beside a new one there is nothing.
 */
export async function recognise(put: Decided): Promise<Decided> {
  const { sealing } = put.plan;
  if (put.end !== undefined || put.lost || sealing.recognises === undefined) return put;
  const stored = await forgetLost(put);
  const found = new Map<string, readonly Proof[]>();
  const lacking = ownEntries(stored).filter((entry) => lackedBy(entry, stored).length > 0);
  for (const { store, present } of reachable(stored.sites)) {
    const wasThere = (entry: Entry): boolean => present.has(keyOf(entry)) || !stored.changed.has(entry.name);
    const left = lacking.filter((entry) => wasThere(entry) && !found.has(keyOf(entry)));
    await eachLimit(left, AT_ONCE, async (entry) => {
      const manifest = await describeManifest(stored, entry);
      const shown = { name: entry.name, manifest, shows: entry.manifest };
      const proofs = await orNothing(async () => sealing.recognises?.(shown, await store.proofs.found(entry)));
      if (proofs !== undefined && proofs.length > 0) found.set(keyOf(entry), proofs);
    });
  }
  if (found.size === 0) return stored;
  const known = entered(stored, (entry) => found.get(keyOf(entry)) ?? []);
  const recognised = ownEntries(known).filter((entry) => found.has(keyOf(entry)));
  return { ...known, sites: known.sites.map((site) => wanting(site, shownIn(site, recognised))) };
}

const shownIn = (site: Site, entries: readonly Entry[]): readonly Entry[] =>
  entries.filter((entry) => isShowable(site, entry));

/** What has to be proved before anything is named. */
export async function unproved(stored: Decided): Promise<readonly Subject[]> {
  if (stored.end !== undefined || stored.lost) return [];
  const lacking = ownEntries(stored).filter((entry) => lackedBy(entry, stored).length > 0);
  return eachLimit(lacking, AT_ONCE, async (entry): Promise<Subject> => {
    const { name, views } = entry;
    return {
      name,
      manifest: await describeManifest(stored, entry),
      views: [views.object?.digest, views.tarball.digest].filter((digest) => digest !== undefined),
      repository: repositoryOf(stored, entry),
      ...builtBy(stored, entry),
      lacks: lackedBy(entry, stored),
    };
  });
}

/** How this run built an entry's content. */
function builtBy({ packed }: Decided, { name, content }: Entry): Pick<Subject, 'built'> {
  const found = packed.find((one) => one.name === name && one.content.digest === content);
  if (found === undefined) return {};
  const { renderer, input } = found;
  return { built: { ...(renderer && { renderer }), ...(input && { input }) } };
}

/** The proofs made for each entry. */
function byEntry(made: readonly MadeProof[]): (entry: Key) => readonly MadeProof[] {
  const found = new Map<string, MadeProof[]>();
  for (const one of made) {
    for (const artifact of one.artifacts) {
      const known = found.get(keyOf(artifact));
      if (known === undefined) found.set(keyOf(artifact), [one]);
      else known.push(one);
    }
  }
  return (entry) => found.get(keyOf(entry)) ?? [];
}

/** The round with proofs entered in its own record and claim; a new proof takes the place of the older ones of its kind. */
function entered(round: Decided, proofsFor: (entry: Key) => readonly Proof[]): Decided {
  const withProofs = (entry: Entry): Entry => {
    const proofs = proofsFor(entry);
    const kept = entry.proofs.filter(({ kind }) => !proofs.some((proof) => proof.kind === kind));
    return proofs.length === 0 ? entry : { ...entry, proofs: [...kept, ...proofs] };
  };
  const enter = <T extends ReleaseRecord | VersionClaim>(document: T): T => ({
    ...document,
    artifacts: document.artifacts.map(withProofs),
  });
  const { target, fresh, claim, claimed, sites } = round;
  return {
    ...round,
    sites: sites.map((site) => ({
      ...site,
      wants: site.wants.map(withProofs),
      judged: claimed ? site.judged : site.judged.map(withProofs),
    })),
    ...(target !== undefined && fresh && { target: enter(target) }),
    ...(claim !== undefined && !claimed && { claim: enter(claim) }),
  };
}

/** The round with new proofs entered, and attached in every store. */
export async function attach(
  known: Decided,
  subjects: readonly Subject[],
  made: readonly MadeProof[],
): Promise<Decided> {
  if (made.length === 0) return { ...known, subjects };
  const madeFor = byEntry(made);
  const proved = entered(known, (entry) => madeFor(entry).map(({ proof }) => proof));
  const round = { ...proved, subjects, made };
  return { ...round, sites: await atEach(proved.sites, (site) => attachAt(round, site, madeFor)) };
}

async function attachAt(
  round: Decided,
  site: Site,
  madeFor: (entry: Key) => readonly MadeProof[],
): Promise<Partial<Site>> {
  const { store } = site;
  const proved = shownIn(site, ownEntries(round)).filter((entry) => madeFor(entry).length > 0);
  let done = 0;
  await eachLimit(proved, AT_ONCE, async (entry) => {
    throwIfInterrupted(round.plan.signal);
    for (const goods of madeFor(entry)) await store.proofs.attach(entry, goods);
    done += 1;
    round.plan.progress?.({ stage: 'prove', store: store.name, done, total: proved.length });
  });
  return wanting(site, proved);
}

/** A last look at what was attached: a rival may have written the same tag after it was read back. */
export async function settle(named: Decided): Promise<Decided> {
  if (named.end !== undefined || named.lost || named.made.length === 0) return named;
  const madeFor = byEntry(named.made);
  const proved = ownEntries(named).filter((entry) => madeFor(entry).length > 0);
  const sites = await atEach(named.sites, async (site) => {
    await eachLimit(shownIn(site, proved), AT_ONCE, (entry) => site.store.proofs.settle(entry));
    return undefined;
  });
  return { ...named, sites };
}

/** What has new proofs is read back in full: nobody signs for what is damaged. */
function wanting(site: Site, proved: readonly Entry[]): Site {
  const wants = new Map([...site.wants, ...proved].map((entry) => [keyOf(entry), entry]));
  return { ...site, wants: [...wants.values()] };
}
