/**
 * Three regions, each a MinIO of its own, of which one after the other dies, hangs or is full while a channel is published:
 * readers of every region always see a whole artifact, and never an older one than before.
 *
 * SLIPWAY_RELEASES: how many releases; 200 takes four minutes.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomOf } from '../flow/scheduler.ts';
import { ARTIFACTS, CHANNEL, openStore, type Port, packed, publishOnce, recordsOf } from '../flow/world.ts';
import { type Fault, type Region, startRegion } from './region.ts';

const RELEASES = Number(process.env.SLIPWAY_RELEASES ?? 50);
const NAMES = ['eu', 'us', 'tarballs'] as const;
const FAULTS: readonly Fault[] = ['killed', 'stopped', 'full'];

/** What a reader of one name of one region has seen. */
interface Seen {
  reads: number;
  newest: number;
}

/** The release that an artifact's bytes belong to; throws for bytes that are no whole artifact of any release. */
function releaseOf(known: ReadonlyMap<string, number>, bytes: Uint8Array): number {
  const release = known.get(createHash('sha256').update(bytes).digest('hex'));
  if (release === undefined)
    throw new Error(`A reader saw what no release is: ${Buffer.from(bytes).toString('utf8', 0, 200)}`);
  return release;
}

/** Reads all names of a region again and again, as Flux does: a listing, then each object. What cannot be read is left out. */
async function readAlways(
  region: Region,
  { known, seen, isOver }: { known: ReadonlyMap<string, number>; seen: Map<string, Seen>; isOver: () => boolean },
): Promise<void> {
  while (!isOver()) {
    const objects = region.open();
    const listing = await objects.list(`channels/${CHANNEL}/`).catch(() => undefined);
    for (const { key } of listing?.objects ?? []) {
      const found = await objects.get(key).catch(() => undefined);
      if (found === undefined) continue;
      const release = releaseOf(known, found.bytes);
      const before = seen.get(key) ?? { reads: 0, newest: 0 };
      if (release < before.newest) throw new Error(`"${key}" went back from release ${before.newest} to ${release}`);
      seen.set(key, { reads: before.reads + 1, newest: release });
    }
    await sleep(5);
  }
}

describe('three regions', () => {
  let regions: readonly Region[] = [];
  const ports = (): readonly Port[] => regions.map(({ name, open }) => ({ kind: 'bucket', name, port: open() }));
  beforeAll(async () => {
    regions = await Promise.all(NAMES.map(startRegion));
  });
  afterAll(() => Promise.all(regions.map((region) => region.stop())));

  const letter = (release: number): string => `r${release}`;
  const contents = (release: number): Readonly<Record<string, string>> =>
    Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, letter(release)]));
  const publish = (release: number) =>
    publishOnce({
      run: release,
      commit: release,
      letters: contents(release),
      stores: ports().map(openStore),
      primary: 'eu',
      quorum: 2,
    });

  const namesIn = async (region: Region): Promise<readonly string[]> =>
    (await region.open().list(`channels/${CHANNEL}/`)).objects.map(({ key, etag }) => `${key} ${etag}`);

  test(`keep every reader whole and going forward through ${RELEASES} releases under faults, and are equal after`, async () => {
    const random = randomOf(RELEASES);
    const known = new Map<string, number>();
    for (let release = 1; release <= RELEASES + 1; release += 1) {
      for (const artifact of ARTIFACTS) {
        const { views } = packed(artifact, letter(release));
        for (const view of [views.object, views.tarball])
          if (view !== undefined) known.set(view.digest.slice('sha256:'.length), release);
      }
    }
    const figures = new Map<string, number>();
    const count = (what: string): void => void figures.set(what, (figures.get(what) ?? 0) + 1);
    let over = false;
    const seen = regions.map(() => new Map<string, Seen>());
    const readers = Promise.all(
      regions.map((region, at) => readAlways(region, { known, seen: seen[at] ?? new Map(), isOver: () => over })),
    );
    // Whatever a reader complains of ends the test at once.
    let complaint: unknown;
    readers.catch((thrown) => {
      complaint = thrown;
    });

    await publish(1);
    for (let release = 2; release <= RELEASES && complaint === undefined; release += 1) {
      const target = random(3) > 0 ? undefined : regions[random(regions.length)];
      const fault = FAULTS[random(FAULTS.length)] ?? 'killed';
      const before = random(2) === 0;
      const primaryDown = target?.name === 'eu' && before && fault !== 'full';
      if (target !== undefined && before) await target.hit(fault);
      const names = primaryDown ? await Promise.all(regions.slice(1).map(namesIn)) : [];
      const late = target !== undefined && !before ? sleep(random(120)).then(() => target.hit(fault)) : undefined;
      const ended = await publish(release);
      await late;
      if (primaryDown) {
        expect(ended.end?.outcome).toBe('failed');
        expect(await Promise.all(regions.slice(1).map(namesIn))).toEqual(names);
      }
      count(target === undefined ? 'undisturbed' : `${fault} ${before ? 'before' : 'during'}`);
      count(ended.end === undefined ? 'recorded' : `not recorded: ${ended.end.error?.code}`);
      await target?.mend();
    }
    const last = await publish(RELEASES + 1);
    over = true;
    await readers;
    expect(last.end).toBeUndefined();
    expect(last.sites.map(({ state }) => state)).toEqual(['current', 'current', 'current']);
    const newest = await Promise.all(ports().map(async (port) => (await recordsOf(openStore(port)))[0]));
    expect(newest).toEqual([newest[0], newest[0], newest[0]]);
    for (const [at, region] of regions.entries()) {
      const objects = region.open();
      const shown = (await objects.list(`channels/${CHANNEL}/`)).objects.map(({ key }) => key);
      expect(shown).toHaveLength(ARTIFACTS.length);
      for (const key of shown) {
        const found = await objects.get(key);
        expect(releaseOf(known, found?.bytes ?? new Uint8Array())).toBe(RELEASES + 1);
      }
      expect([...(seen[at]?.values() ?? [])].every(({ reads }) => reads > RELEASES)).toBe(true);
    }
    const reads = seen.map((names) => [...names.values()].reduce((sum, { reads: n }) => sum + n, 0));
    console.log(
      `generation ${newest[0]?.generation}; reads ${reads.join(', ')}; ${JSON.stringify(Object.fromEntries(figures))}`,
    );
  }, 600_000);
});
