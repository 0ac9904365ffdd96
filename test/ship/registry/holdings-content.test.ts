import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { SlipwayError } from '../../../src/errors.ts';
import type { Digest } from '../../../src/model.ts';
import { staticRegistry } from '../../../src/ship/bucket/static-registry.ts';
import { ociLayout } from '../../../src/ship/disk/oci-layout.ts';
import { INDEX_TYPE, MANIFEST_TYPE } from '../../../src/ship/manifest.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Repositories } from '../../../src/ship/ports.ts';
import { prune } from '../../../src/ship/prune/prune.ts';
import type { Store } from '../../../src/ship/store.ts';
import { MIN_AGE, pruneOptions, type Time } from '../../flow/prune-world.ts';
import { ARTIFACTS, openStore, publishOnce, recordsOf } from '../../flow/world.ts';

const HOME = 'fleet/east';

interface World {
  readonly time: Time;
  store(port?: Repositories): Store;
  publish(commit: number, letter: string, port?: Repositories): Promise<void>;
  prune(port?: Repositories): ReturnType<typeof prune>;
}

function world(repositories: Repositories): World {
  const time: Time = { now: Date.UTC(2026, 0, 1) };
  let prunes = 0;
  const store = (port = repositories): Store => openStore({ kind: 'registry', name: 'layouts', port });
  return {
    time,
    store,
    async publish(commit, letter, port) {
      const letters = Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, `${letter}${artifact}`]));
      const about = { run: commit, commit, letters, primary: 'layouts', quorum: 1, signer: 'key:a' };
      const { end } = await publishOnce({ ...about, stores: [store(port)] });
      if (end !== undefined) throw end.error ?? new Error(end.outcome);
    },
    async prune(port) {
      prunes += 1;
      const pruned = await prune(pruneOptions([store(port)], { keep: 2, run: `${prunes}`, time }));
      time.now += MIN_AGE;
      return pruned;
    },
  };
}

const blobsIn = async (repositories: Repositories): Promise<readonly Digest[]> =>
  ((await repositories.inventory?.(HOME))?.blobs ?? []).map(({ digest }) => digest);

/** What the records list of the one artifact. */
async function contentOf(store: Store): Promise<readonly Digest[]> {
  const entries = (await recordsOf(store)).flatMap(({ artifacts }) => artifacts.filter(({ name }) => name === 'east'));
  return [...new Set(entries.map(({ content }) => content))];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-holdings-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const places: readonly [string, () => Repositories][] = [
  ['image layouts', () => ociLayout(join(folder, randomUUID()))],
  ['a bucket that is a registry', () => staticRegistry(memoryObjects())],
];

describe.each(places)('in %s', (_, open) => {
  test('old content under a new commit stays whole beside a prune that claims it', async () => {
    const repositories = open();
    const { publish, prune: pruneNow, store } = world(repositories);
    for (const commit of [1, 2, 3, 4]) await publish(commit, `v${commit}`);
    await pruneNow();
    let beside: Promise<unknown> | undefined;
    await pruneNow({
      ...repositories,
      async deleteManifest(repository, ...rest) {
        // Records are gone by now, the claim is open.
        if (repository === HOME) beside ??= publish(5, 'v1').catch((thrown: unknown) => thrown);
        await beside;
        await repositories.deleteManifest(repository, ...rest);
      },
    });
    const thrown = await beside;
    expect(thrown).toMatchObject({
      message: 'A prune of store "layouts" claims what this release needs and does not finish',
    });
    // It goes on when the prune is through.
    await publish(6, 'v1');
    await pruneNow();
    await pruneNow();
    const [newest] = await recordsOf(store());
    for (const entry of newest?.artifacts ?? []) await store().shelf.check(entry);
    expect(newest?.generation).toBe(newest?.artifacts[0]?.since);
  });

  test('nothing but what records list is left after prunes, one of which was killed before the blobs', async () => {
    const repositories = open();
    const { publish, prune: pruneNow, store } = world(repositories);
    for (const commit of [1, 2, 3, 4]) await publish(commit, `v${commit}`);
    await pruneNow();
    const killed = new SlipwayError('INTERRUPTED', 'killed');
    const deleteBlob = async (): Promise<never> => {
      throw killed;
    };
    await expect(pruneNow({ ...repositories, deleteBlob })).rejects.toThrow();
    for (let count = 0; count < 3; count += 1) await pruneNow();
    const listed = await contentOf(store());
    expect(listed).toHaveLength(2);
    const left = await blobsIn(repositories);
    const content = await gzipped(repositories, left);
    expect([...content].sort()).toEqual([...listed].sort());
  });

  test('what a publisher left that was killed before its tag goes', async () => {
    const repositories = open();
    const { publish, prune: pruneNow, store } = world(repositories);
    await publish(1, 'v1');
    const killed = new SlipwayError('STORE', 'killed');
    const putManifest: Repositories['putManifest'] = async () => {
      throw killed;
    };
    await expect(publish(2, 'lost', { ...repositories, putManifest })).rejects.toThrow('killed');
    expect(await gzipped(repositories, await blobsIn(repositories))).toHaveLength(2);
    await pruneNow();
    const { totals } = await pruneNow();
    expect(totals.deleted.items).toBe(ARTIFACTS.length);
    expect(await gzipped(repositories, await blobsIn(repositories))).toEqual(await contentOf(store()));
  });

  test('what others put there stays, also below a list of manifests', async () => {
    const repositories = open();
    const { publish, prune: pruneNow } = world(repositories);
    await publish(1, 'v1');
    const layer = gzipSync('by somebody else');
    const config = Buffer.from('{"os":"linux"}');
    for (const bytes of [layer, config]) await repositories.putBlob(HOME, digestOf(bytes), bytes);
    const part = (bytes: Uint8Array, mediaType: string): object => ({
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
    });
    const image = {
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: part(config, 'a/b'),
      layers: [part(layer, 'a/c')],
    };
    const child = Buffer.from(JSON.stringify(image));
    await repositories.putManifest(HOME, digestOf(child), child, { mediaType: MANIFEST_TYPE });
    const list = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [part(child, MANIFEST_TYPE)] }),
    );
    await repositories.putManifest(HOME, 'kept-by-hand', list, { mediaType: INDEX_TYPE });
    for (let count = 0; count < 3; count += 1) await pruneNow();
    for (const bytes of [layer, config]) expect(await repositories.hasBlob(HOME, digestOf(bytes))).toBe(true);
    expect((await repositories.getManifest(HOME, digestOf(child)))?.digest).toBe(digestOf(child));
  });
});

async function gzipped(repositories: Repositories, digests: readonly Digest[]): Promise<readonly Digest[]> {
  const found = await Promise.all(digests.map((digest) => repositories.getBlob(HOME, digest)));
  return digests.filter((__, index) => found[index]?.[0] === 0x1f);
}
