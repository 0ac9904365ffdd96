/** Where a rollback goes: what the channel had then, and which generations are taken back by it. */
import { viewOfBytes } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest, Entry, ReleaseRecord, Taken, VersionClaim } from '../../model.ts';
import { orNothing } from '../known.ts';
import { type Compared, reachable } from '../release.ts';
import { nobodyHas } from '../supply.ts';
import type { RollbackTarget } from './change.ts';
import { adoptedRecord, type Kept } from './records.ts';

/** What a rollback goes back to. */
export interface Target {
  /** For messages: `generation 41`. */
  readonly label: string;
  readonly from: Taken;
  readonly artifacts: readonly Entry[];
  /** Generations above this one are taken back; with 0 all that are kept. */
  readonly above: number;
  /** Whether it stands for the whole channel: what it does not list was added later. */
  readonly isWhole: boolean;
  /** Its commits, which nobody needs to block. */
  readonly commits: readonly string[];
  /** Commits that were rolled back there: an entry that has one of them has older content. */
  readonly blocked: readonly string[];
}

/** What is known of the channel when a target is looked for. */
export interface Known {
  readonly compared: Compared;
  readonly newest: ReleaseRecord;
  readonly kept: Kept;
  /** The only artifacts to be taken back. */
  readonly limits: readonly string[] | undefined;
  /** Whether an entry is to be taken back at all. */
  readonly isMeant: (entry: Pick<Entry, 'name'>) => boolean;
}

const commitsOf = ({ artifacts, floor }: Pick<ReleaseRecord, 'artifacts' | 'floor'>): readonly string[] =>
  [...artifacts.map(({ commit }) => commit), floor?.commit].filter((commit) => commit !== undefined);

/** A generation as a target. */
export function targetOf(record: ReleaseRecord): Target {
  const { channel, generation, run, artifacts, blocked } = record;
  return {
    label: `generation ${generation}`,
    from: { channel, generation, run },
    ...{ artifacts, blocked, above: generation, isWhole: true, commits: commitsOf(record) },
  };
}

async function versionsOf({ sites }: Compared): Promise<readonly string[]> {
  const found = await Promise.all(reachable(sites).map(({ store }) => orNothing(() => store.ledger.versions())));
  const all = [...new Set(found.flatMap((versions) => versions ?? []))];
  return all.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

/** What else there is to go back to. */
export async function elsewhere({ compared, kept: { generations } }: Known): Promise<string> {
  const versions = (await versionsOf(compared)).slice(0, 5);
  const oldest = generations.at(-1) ?? 0;
  const from = generations.length > 1 ? `generations ${oldest} to ${generations[0] ?? 0} are kept` : undefined;
  const named = versions.length === 0 ? undefined : `versions that are claimed: ${versions.join(', ')}`;
  return [from, named].filter((part) => part !== undefined).join('; ') || 'publish the commit that is right';
}

async function generationTarget(known: Known, generation: number): Promise<Target> {
  const { newest, kept } = known;
  const record = await kept.read(generation);
  if (record !== undefined) return targetOf(record);
  const { channel } = newest;
  const oldest = kept.generations.at(-1) ?? newest.generation;
  const what = `generation ${generation} of channel "${channel}"`;
  const state =
    generation > newest.generation
      ? `the newest one is ${newest.generation}`
      : kept.generations.includes(generation)
        ? 'its record is damaged in every store that has it'
        : `it was pruned, the oldest one that is kept is ${oldest}`;
  throw new SlipwayError('NOT_FOUND', `Cannot roll back to ${what}: ${state}`, { hint: await elsewhere(known) });
}

const same = (a: Entry, b: Entry | undefined): boolean => a.content === b?.content;

/** The newest generation that had the content of all of these entries. */
async function lastWith({ kept }: Known, entries: readonly Entry[]): Promise<number | undefined> {
  for (const generation of kept.generations) {
    const record = await kept.read(generation);
    const then = new Map((record?.artifacts ?? []).map((entry) => [entry.name, entry]));
    if (entries.every((entry) => same(entry, then.get(entry.name)))) return generation;
  }
  return undefined;
}

async function claimOf({ sites }: Compared, version: string): Promise<VersionClaim | undefined> {
  for (const { store } of reachable(sites)) {
    const claim = await orNothing(() => store.ledger.claim(version));
    if (claim !== undefined) return claim;
  }
  return undefined;
}

async function versionTarget(known: Known, version: string): Promise<Target> {
  const { compared, kept, newest, isMeant } = known;
  const claim = await claimOf(compared, version);
  if (claim === undefined) {
    const message = `Cannot roll back to version "${version}": nobody claimed it in these stores`;
    throw new SlipwayError('NOT_FOUND', message, { hint: await elsewhere(known) });
  }
  const above = await lastWith(known, claim.artifacts.filter(isMeant));
  // Of generations that were pruned nobody knows what they had.
  if (above === undefined && kept.generations.includes(1)) {
    const message = `Cannot roll back to version "${version}": channel "${newest.channel}" never had it`;
    throw new SlipwayError('REFUSED', message, {
      hint: `bring it there with slipway promote --from ${version} --to ${newest.channel}`,
    });
  }
  return {
    label: `version "${version}"`,
    from: { version, run: claim.run },
    ...{ artifacts: claim.artifacts, above: above ?? 0, isWhole: false, blocked: [] },
    commits: commitsOf({ artifacts: claim.artifacts }),
  };
}

/** What a name showed before slipway, as far as its record left it open. Its bytes have to be there. */
async function completed({ sites }: Compared, entry: Entry): Promise<Entry> {
  for (const { store } of reachable(sites)) {
    const goods = await orNothing(() => store.shelf.get(entry));
    if (goods === undefined) continue;
    const { commit: _, commitTime: __, orphan: ___, ...rest } = entry;
    return { ...rest, resources: 0, views: { ...entry.views, tarball: viewOfBytes(goods.content) } };
  }
  throw nobodyHas(entry);
}

async function adoptedTarget(known: Known, digest: Digest): Promise<Target | undefined> {
  const { compared, kept, newest } = known;
  const record = await adoptedRecord(compared, digest);
  if (record === undefined) return undefined;
  const artifacts = await Promise.all(record.artifacts.map((entry) => completed(compared, entry)));
  let above = 0;
  // The run that kept it made the generation that took its place.
  for (const generation of kept.generations) {
    if ((await kept.read(generation))?.run === record.run) above = generation - 1;
  }
  const from: Taken = { channel: newest.channel, run: record.run };
  return { label: `"${digest}"`, from, artifacts, above, isWhole: false, commits: [], blocked: [] };
}

/** The artifacts that had it when last one did that has something else now; what has it now where there are no others. */
async function formerTarget({ kept, newest, isMeant }: Known, digest: Digest): Promise<Target | undefined> {
  const having = (record: ReleaseRecord | undefined): readonly Entry[] =>
    (record?.artifacts ?? []).filter((e) => isMeant(e) && (e.content === digest || e.manifest === digest));
  const as = (record: ReleaseRecord, artifacts: readonly Entry[]): Target => {
    return { ...targetOf({ ...record, artifacts }), label: `"${digest}"`, isWhole: false };
  };
  const present = having(newest);
  for (const generation of kept.generations.slice(1)) {
    const record = await kept.read(generation);
    const former = having(record).filter(({ name }) => !present.some((entry) => entry.name === name));
    if (record !== undefined && former.length > 0) return as(record, former);
  }
  return present.length === 0 ? undefined : as(newest, present);
}

async function digestTarget(known: Known, digest: Digest): Promise<Target> {
  const { newest } = known;
  const found = (await formerTarget(known, digest)) ?? (await adoptedTarget(known, digest));
  if (found !== undefined) return found;
  const message = `Cannot roll back to "${digest}": no generation of channel "${newest.channel}" that is kept has it`;
  throw new SlipwayError('NOT_FOUND', message, { hint: await elsewhere(known) });
}

/** Finds what was asked for. Throws `NOT_FOUND`, and `REFUSED` for a version that the channel never had. */
export async function findTarget(known: Known, to: RollbackTarget): Promise<Target> {
  switch (to.kind) {
    case 'generation':
      return generationTarget(known, to.generation);
    case 'version':
      return versionTarget(known, to.version);
    case 'digest':
      return digestTarget(known, to.digest);
  }
}
