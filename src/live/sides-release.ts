/** A release by its name, out of the stores that have it: what it lists, and who is asked for the content. */

import { type ReleaseName, releaseNameText } from '../config/release-name.ts';
import { didYouMean } from '../config/suggest.ts';
import { SlipwayError } from '../errors.ts';
import type { DifferenceSide, Digest, Entry, ReleaseRecord, VersionClaim } from '../model.ts';
import { standingOf } from '../ship/copies.ts';
import { currentRecords, historyOf } from '../ship/known.ts';
import { findLine } from '../ship/line.ts';
import { atEach, atStore, newSite, reachable, type Site } from '../ship/release.ts';
import type { ReleasePlan } from '../ship/release-plan.ts';
import type { Store } from '../ship/store.ts';
import { type Live, readingPlan } from './open.ts';

/** A release, or what of it has a digest. */
export interface FoundRelease {
  readonly about: DifferenceSide;
  /** In a record's order. Of a digest: the same content, by all the names that it is known by. */
  readonly entries: readonly Entry[];
  /** Stores that may have the content, the most likely first. */
  readonly stores: readonly Store[];
  /** What the answer leaves open, as sentences. */
  readonly notes: readonly string[];
}

type Named<Kind extends ReleaseName['kind']> = Extract<ReleaseName, { readonly kind: Kind }>;

interface Looked {
  readonly plan: ReleasePlan;
  /** Those that answer. */
  readonly sites: readonly Site[];
  readonly notes: readonly string[];
}

const storesOf = (sites: readonly Site[]): readonly Store[] => sites.map(({ store }) => store);

const notFound = (message: string, hint: string | undefined): SlipwayError =>
  new SlipwayError('NOT_FOUND', message, { hint });

/** Asks every store. Throws the first error where no store answers. */
async function look(
  live: Live,
  what: Pick<ReleasePlan, 'channel' | 'version'>,
  read: (store: Store) => Promise<Partial<Site> | undefined>,
): Promise<Looked> {
  const plan = readingPlan(live, what);
  const unseen = plan.stores.map((store) => newSite(store, 'current'));
  const all = await atEach(unseen, async ({ store }) => {
    await store.open();
    return read(store);
  });
  const errors = all.flatMap(({ error }) => error ?? []);
  const sites = reachable(all);
  const [first] = errors;
  if (sites.length === 0 && first !== undefined) throw first;
  return { plan, sites, notes: errors.map(({ message }) => `${message}; another store answers`) };
}

/** Finds a release. Throws `NOT_FOUND`, `CORRUPT` where its records contradict one another, and the store errors. */
export async function findRelease(live: Live, name: ReleaseName): Promise<FoundRelease> {
  if (name.kind === 'channel') return findInChannel(live, name);
  return name.kind === 'version' ? findVersion(live, name) : findDigest(live, name);
}

async function findInChannel(live: Live, name: Named<'channel'>): Promise<FoundRelease> {
  const { channel, generation: asked } = name;
  const { plan, sites, notes } = await look(live, { channel }, async ({ ledger }) => {
    const head = await ledger.head(channel);
    const newest = head && (await ledger.read(channel, head));
    return newest && { newest };
  });
  const line = await findLine(sites, plan);
  const { newest } = line;
  if (newest === undefined) {
    throw notFound(
      `Channel "${channel}" has no release in these stores`,
      'slipway status shows the channels that there are',
    );
  }
  const onLine = sites.filter(({ store }) => !line.diverged.has(store.name));
  const number = asked ?? newest.generation;
  if (number > line.highest) {
    const state = `its newest is ${newest.generation}`;
    throw notFound(`Channel "${channel}" has no generation ${number}: ${state}`, `slipway log ${channel} shows them`);
  }
  const record = number === newest.generation ? !line.disputed && newest : await generationOf(sites, onLine, name);
  if (!record) throw disputed(name, number);
  return {
    about: { kind: 'channel', name: channel, generation: number },
    entries: record.artifacts,
    stores: storesOf([...onLine, ...sites.filter((site) => !onLine.includes(site))]),
    notes,
  };
}

const disputed = (name: ReleaseName, generation: number): SlipwayError =>
  new SlipwayError('CORRUPT', `Cannot read ${releaseNameText(name)}: stores keep differing copies of ${generation}`, {
    hint: 'slipway heal tells which stores these are',
  });

/** An older record: that of the line which is the truth, where another line has one of the same number. */
async function generationOf(
  sites: readonly Site[],
  onLine: readonly Site[],
  name: Named<'channel'>,
): Promise<ReleaseRecord | undefined> {
  const { channel, generation = 0 } = name;
  const read = async (some: readonly Site[]): Promise<readonly { store: string; record: ReleaseRecord }[]> => {
    const found = await atEach(some, async ({ store }) => {
      const newest = await store.ledger.read(channel, { generation });
      return newest && { newest };
    });
    return reachable(found).flatMap(({ store, newest }) =>
      newest?.generation === generation ? [{ store: store.name, record: newest }] : [],
    );
  };
  const own = await read(onLine.map((site) => without(site)));
  const copies = own.length > 0 ? own : await read(sites.map((site) => without(site)));
  // Without a lock two records may have the number: the smaller run id is the record.
  const [run] = copies.map(({ record }) => record.run).sort();
  if (run === undefined) {
    throw notFound(
      `Generation ${generation} of channel "${channel}" is not kept any more`,
      `slipway log ${channel} shows what is`,
    );
  }
  return standingOf(copies.filter(({ record }) => record.run === run)).record;
}

/** What was read before is no answer to what is asked next. */
function without({ newest: _, ...site }: Site): Site {
  return site;
}

async function findVersion(live: Live, { version }: Named<'version'>): Promise<FoundRelease> {
  const { plan, sites, notes } = await look(live, { version }, async ({ ledger }) => {
    const claim = await ledger.claim(version);
    return claim && { claim };
  });
  const holding = sites.flatMap((site): readonly { site: Site; claim: VersionClaim }[] =>
    site.claim === undefined ? [] : [{ site, claim: site.claim }],
  );
  const chosen = holding.find(({ site }) => site.store.name === plan.primary) ?? holding[0];
  if (chosen === undefined) {
    const known = (await Promise.all(sites.map(({ store }) => store.ledger.versions()))).flat();
    throw notFound(
      `Nothing is published as version "${version}" in these stores`,
      didYouMean(version, [...new Set(known)]),
    );
  }
  const { claim } = chosen;
  return {
    about: { kind: 'version', name: version },
    entries: claim.artifacts,
    stores: storesOf([...holding.map(({ site }) => site), ...sites.filter((site) => site.claim === undefined)]),
    notes,
  };
}

const isOf =
  (digest: Digest) =>
  ({ content, manifest, views }: Entry): boolean =>
    [content, manifest, views.object?.digest, views.tarball.digest].includes(digest);

/** Most digests are asked for while they are live; what is older is found by reading all records. */
async function findDigest(live: Live, { digest }: Named<'digest'>): Promise<FoundRelease> {
  const { sites, notes } = await look(live, {}, async () => ({}));
  const current = (await currentRecords(sites)).flatMap(({ artifacts }) => artifacts);
  const shown = current.filter(isOf(digest));
  const found = shown.length > 0 ? shown : await searched(sites, digest);
  const entries = [...new Map(found.map((entry) => [entry.name, entry])).values()];
  return { about: { kind: 'digest', name: digest }, entries, stores: storesOf(sites), notes };
}

/**
 * What any store knows by a digest. Who cannot be asked keeps nobody else from answering. Throws what kept one, or `NOT_FOUND`,
 * where no other store knows it.
 */
async function searched(sites: readonly Site[], digest: Digest): Promise<readonly Entry[]> {
  let trouble: SlipwayError | undefined;
  for (const search of [inHistory, inClaims, inAdopted]) {
    for (const site of sites) {
      try {
        const found = await search(site.store, digest, site);
        if (found.length > 0) return found;
      } catch (thrown) {
        const error = atStore(site.store.name, thrown);
        if (error.code === 'INTERRUPTED' || error.code === 'INTERNAL') throw error;
        trouble ??= error;
      }
    }
  }
  const hint = 'write a reference for what somebody else published: oci://HOST/REPOSITORY@sha256:…';
  throw trouble ?? notFound(`No record of these stores knows "${digest}"`, hint);
}

async function inHistory({ ledger }: Store, digest: Digest, site: Site): Promise<readonly Entry[]> {
  for (const channel of await ledger.channels()) {
    const pages = historyOf(channel)(site);
    for (let number = 0; ; number += 1) {
      const records = await pages(number);
      if (records === undefined) break;
      const found = records.flatMap(({ artifacts }) => artifacts).filter(isOf(digest));
      if (found.length > 0) return found;
    }
  }
  return [];
}

async function inClaims({ ledger }: Store, digest: Digest): Promise<readonly Entry[]> {
  for (const version of await ledger.versions()) {
    const found = (await ledger.claim(version))?.artifacts.filter(isOf(digest)) ?? [];
    if (found.length > 0) return found;
  }
  return [];
}

/** What names showed before slipway is in no release, and a rollback can return to it. */
async function inAdopted({ ledger }: Store, digest: Digest): Promise<readonly Entry[]> {
  for (const channel of await ledger.channels()) {
    for (const shown of await ledger.adopted(channel)) {
      const record = await ledger.readAdopted(channel, shown);
      const found = record?.artifacts.filter((entry) => shown === digest || isOf(digest)(entry)) ?? [];
      if (found.length > 0) return found;
    }
  }
  return [];
}
