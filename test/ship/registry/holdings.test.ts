import { describe, expect, test } from 'vitest';
import type { Digest } from '../../../src/model.ts';
import { FLUX_CONFIG, MANIFEST_TYPE } from '../../../src/ship/manifest.ts';
import { memoryRepositories } from '../../../src/ship/memory.ts';
import type { Repositories } from '../../../src/ship/ports.ts';
import { prune } from '../../../src/ship/prune/prune.ts';
import type { Store } from '../../../src/ship/store.ts';
import { MIN_AGE, pruneOptions, type Time } from '../../flow/prune-world.ts';
import { ARTIFACTS, openStore, publishOnce } from '../../flow/world.ts';

const HOME = 'fleet/east';

interface World {
  readonly time: Time;
  readonly repositories: Repositories;
  store(): Store;
  publish(commit: number, letter: string, version?: string): Promise<void>;
  pruneTwice(): Promise<void>;
}

function registry(referrers: boolean, made = memoryRepositories({ lock: 'none', referrers })): World {
  const time: Time = { now: Date.UTC(2026, 0, 1) };
  const repositories = made;
  const store = (): Store => openStore({ kind: 'registry', name: 'registry', port: repositories });
  const pruneOnce = async (run: string): Promise<unknown> =>
    prune({ ...pruneOptions([store()], { keep: 1, run, time }), exclusive: true });
  return {
    time,
    repositories,
    store,
    async publish(commit, letter, version) {
      const letters = Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, letter]));
      const named = version === undefined ? {} : { version };
      const made = { run: commit, commit, letters, stores: [store()], primary: 'registry', quorum: 1, signer: 'key:a' };
      const { end } = await publishOnce({ ...made, ...named });
      if (end !== undefined) throw new Error(end.error?.message);
    },
    async pruneTwice() {
      await pruneOnce('first');
      time.now += MIN_AGE;
      await pruneOnce('second');
    },
  };
}

/** The manifest under a tag, with its one layer. */
async function shown(repositories: Repositories, tag: string): Promise<{ manifest: Digest; layer: Digest }> {
  const found = await repositories.getManifest(HOME, tag);
  if (found === undefined) throw new Error(`There is no "${tag}"`);
  const { layers } = JSON.parse(Buffer.from(found.bytes).toString('utf8')) as { layers: { digest: Digest }[] };
  const [layer] = layers;
  if (layer === undefined) throw new Error(`"${tag}" has no layer`);
  return { manifest: found.digest, layer: layer.digest };
}

test.each([true, false])(
  'proofs go with their subject, and the shared config stays (referrers API: %s)',
  async (referrers) => {
    const { repositories, publish, pruneTwice } = registry(referrers);
    await publish(1, 'a');
    const old = await shown(repositories, 'prod');
    const before = await repositories.tags(HOME);
    await publish(2, 'b');
    await pruneTwice();
    expect(await repositories.getManifest(HOME, old.manifest)).toBeUndefined();
    expect(await repositories.hasBlob(HOME, FLUX_CONFIG.descriptor.digest)).toBe(true);
    const tags = await repositories.tags(HOME);
    const ofOld = before.filter((tag) => tag.startsWith(`sha256-${old.manifest.slice(7)}`));
    expect(ofOld).toHaveLength(referrers ? 0 : 1);
    expect(tags.filter((tag) => before.includes(tag))).toEqual(['prod']);
    expect((await repositories.referrers(HOME, old.manifest)) ?? []).toEqual([]);
  },
);

test('what a version or a tag of somebody else shows stays whole', async () => {
  const { repositories, publish, pruneTwice } = registry(false);
  await publish(1, 'a', '1.0.0');
  await publish(2, 'b');
  const own = await shown(repositories, 'prod');
  const bytes = (await repositories.getManifest(HOME, 'prod'))?.bytes ?? Buffer.of();
  await repositories.putManifest(HOME, 'kept-by-hand', bytes, { mediaType: MANIFEST_TYPE });
  await publish(3, 'c');
  await pruneTwice();
  const version = await shown(repositories, '1.0.0');
  for (const { layer } of [version, own]) expect(await repositories.hasBlob(HOME, layer)).toBe(true);
  expect((await shown(repositories, 'kept-by-hand')).manifest).toBe(own.manifest);
});

test('artifacts whose records are gone are still found', async () => {
  const { repositories, store, publish, time } = registry(true);
  await publish(1, 'a');
  await publish(2, 'b');
  const names = await store().holdings.list(['east']);
  const known = names.map(({ id }) => id);
  // The channel's tag shows one of the two.
  expect(known).toHaveLength(1);
  const { records } = await store().holdings.papers();
  for (const { holding } of records.filter(({ record }) => record.generation === 1))
    await holding.remove(async () => undefined);
  const run = (id: string): ReturnType<typeof prune> =>
    prune({ ...pruneOptions([store()], { keep: 1, run: id, time }), exclusive: true });
  await run('first');
  time.now += MIN_AGE;
  await run('second');
  expect(await store().holdings.list(['east'])).toEqual([]);
  expect(await repositories.tags('fleet/releases')).not.toEqual([]);
});

test('blobs are left to the registry', async () => {
  const asked: string[] = [];
  const { repositories, publish, pruneTwice } = registry(true, {
    ...memoryRepositories({ lock: 'none' }),
    deleteBlob: async (repository, digest) => void asked.push(`${repository}@${digest}`),
  });
  await publish(1, 'a');
  const old = await shown(repositories, 'prod');
  await publish(2, 'b');
  await pruneTwice();
  expect(await repositories.getManifest(HOME, old.manifest)).toBeUndefined();
  expect(asked).toEqual([]);
});

test('a version that looks like the tag of a record is a version', async () => {
  const { store, publish, pruneTwice } = registry(true);
  await publish(1, 'a', '1.0.0-main.202611210.0a1b2c3d');
  await publish(2, 'b');
  await pruneTwice();
  const { records, claims } = await store().holdings.papers();
  expect(claims.map(({ version }) => version)).toEqual(['1.0.0-main.202611210.0a1b2c3d']);
  expect(records.map(({ record }) => record.channel)).toEqual(['prod']);
  expect(await store().ledger.channels()).toEqual(['prod']);
});

describe('a record that is listed and missing', () => {
  const lost = 'slipway.default.prod.000000001.3c6ef362';
  const message = `Cannot read tag "${lost}" of "fleet/releases": it is listed, and missing`;
  /** The record is missing; its tag is listed so many times more. */
  const lagging = async (listings: number): Promise<Store> => {
    const { repositories, publish } = registry(true);
    await publish(1, 'a');
    await publish(2, 'b');
    let left = listings;
    const { tags: all } = repositories;
    const tag = (await all('fleet/releases')).find((one) => /\.000000001\./.test(one));
    expect(tag).toBe(lost);
    const port: Repositories = {
      ...repositories,
      getManifest: async (home, reference) =>
        reference === lost ? undefined : repositories.getManifest(home, reference),
      async tags(home, options) {
        left -= 1;
        return (await all(home, options)).filter((one) => one !== lost || left >= 0);
      },
    };
    return openStore({ kind: 'registry', name: 'registry', port });
  };

  test('ends the prune while it stays listed', async () => {
    await expect((await lagging(2)).holdings.papers()).rejects.toMatchObject({ code: 'STORE', message });
  });

  test('was removed by another prune when it is listed no longer', async () => {
    const { records } = await (await lagging(1)).holdings.papers();
    expect(records.map(({ record }) => record.generation)).toEqual([2]);
  });

  test('ends the prune that holds the claim', async () => {
    const { holdings } = await lagging(1);
    await expect(holdings.papers({ claimed: true })).rejects.toMatchObject({ code: 'STORE', message });
  });
});
