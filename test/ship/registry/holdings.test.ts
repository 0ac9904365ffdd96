import { expect, test } from 'vitest';
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

function registry(referrers: boolean): World {
  const time: Time = { now: Date.UTC(2026, 0, 1) };
  const repositories = memoryRepositories({ lock: 'none', referrers });
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
    expect(await repositories.hasBlob(HOME, old.layer)).toBe(false);
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
