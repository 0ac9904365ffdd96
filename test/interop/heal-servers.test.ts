/** `slipway heal` by the command line, on the layouts `tree` and `registry` of MinIO and on distribution. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Healing } from '../../src/model.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import { closing } from './closing.ts';
import { closureOf } from './prune-closure.ts';
import { type PruneWorld, startPruneWorld } from './prune-world.ts';

const atEnd = closing();
const STORES = 7;
let world: PruneWorld;

beforeAll(async () => {
  world = await startPruneWorld();
  atEnd(world.stop);
  await world.commit({ web: '1', db: '1' });
  await world.publish('--version', '1.0.0');
  await world.commit({ web: '2' });
  await world.publish();
}, 120_000);

async function heal(): Promise<Healing> {
  const { code, stdout, stderr } = await world.slipway(['heal', '--quiet', '--output', 'json']).ended;
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Healing;
}

const writesOf = ({ channels, versions }: Healing): number =>
  [...channels, ...versions]
    .flatMap(({ requests }) => Object.values(requests))
    .reduce((sum, { writes }) => sum + writes, 0);

/** What heal does for a store, and that verify trusts the result and a second heal writes nothing. */
async function healed(store: string): Promise<readonly (string | undefined)[]> {
  expect((await world.verify('prod')).verdict).not.toBe('trusted');
  const first = await heal();
  expect(first.outcome).toBe('healed');
  expect(await world.verify('prod')).toMatchObject({ verdict: 'trusted', counts: { trusted: 2 * STORES } });
  const references = ['web', 'db'].flatMap((artifact) => world.references(artifact, ':1.0.0'));
  expect(await world.verify(...references)).toMatchObject({ counts: { trusted: references.length } });
  const second = await heal();
  expect([second.outcome, writesOf(second)]).toEqual(['unchanged', 0]);
  return first.channels.flatMap(({ artifacts }) => artifacts.map(({ stores }) => stores[store]?.state));
}

const keysOf = async (bucket: Objects): Promise<readonly string[]> =>
  (await bucket.list('')).objects.map(({ key }) => key);

async function assertSameKeys(bucket: Objects, before: readonly string[]): Promise<void> {
  // The marker is written by the next publish, and claims of tags that are made once by whoever makes them.
  const isKept = (key: string): boolean => !/slipway\.json$|\/_claims\//.test(key);
  expect((await keysOf(bucket)).filter(isKept)).toEqual(before.filter(isKept));
}

describe.each([
  { name: 'tree', content: /\/content\/sha256\/[0-9a-f]{64}\/manifests\.yaml$/ },
  { name: 'registry', content: /^v2\/gitops\/web\/blobs\/sha256:/ },
] as const)('layout $name on MinIO', ({ name, content }) => {
  const bucket = (): Objects => world.buckets[name];
  const damage = async (change: (key: string) => Promise<unknown>): Promise<readonly string[]> => {
    const before = await keysOf(bucket());
    for (const key of before.filter((one) => content.test(one))) await change(key);
    return before;
  };

  test('gets back what was deleted', async () => {
    const before = await damage((key) => bucket().delete(key));
    expect(await healed(name)).toContain('current');
    await assertSameKeys(bucket(), before);
  });

  test('gets back what was damaged', async () => {
    const before = await damage((key) => bucket().put(key, Buffer.from('other'), { contentType: 'text/plain' }));
    expect(await healed(name)).toContain('repaired');
    await assertSameKeys(bucket(), before);
  });

  test('is filled again when it was emptied', async () => {
    const before = await keysOf(bucket());
    for (const key of before) await bucket().delete(key);
    expect(new Set(await healed(name))).toEqual(new Set(['current']));
    await assertSameKeys(bucket(), before);
  });
});

describe('distribution', () => {
  const store = (): Repositories => world.repositories.distribution;
  const artifacts = ['db', 'web'];
  const tagsThere = async (): Promise<readonly string[]> =>
    (await Promise.all([...artifacts, 'releases'].map((one) => store().tags(`fleet/${one}`)))).flat();

  test('gets back a blob that was deleted', async () => {
    const { blobs } = await closureOf(store(), 'fleet/web', (tag) => tag === 'prod');
    for (const blob of blobs) await store().deleteBlob('fleet/web', blob);
    expect(await healed('distribution')).toContain('current');
  });

  test('gets back a manifest that was deleted, with its tags and proofs', async () => {
    const before = await tagsThere();
    const { manifests } = await closureOf(store(), 'fleet/web');
    for (const manifest of manifests) await store().deleteManifest('fleet/web', manifest);
    expect(await healed('distribution')).toContain('current');
    expect(await tagsThere()).toEqual(before);
  });

  test('is filled again when it was emptied', async () => {
    const before = await tagsThere();
    for (const one of [...artifacts, 'releases']) {
      const { manifests, blobs } = await closureOf(store(), `fleet/${one}`);
      for (const manifest of manifests) await store().deleteManifest(`fleet/${one}`, manifest);
      for (const blob of blobs) await store().deleteBlob(`fleet/${one}`, blob);
    }
    expect(new Set(await healed('distribution'))).toEqual(new Set(['current']));
    expect(await tagsThere()).toEqual(before);
  });
});
