/** Trees that are pruned under a cluster that still reads them. */
import { expect, test } from 'vitest';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import { prune } from '../../../src/ship/prune/prune.ts';
import type { Store } from '../../../src/ship/store.ts';
import { CHANNEL, planOf, publishOnce } from '../../flow/world.ts';
import { packedFiles, readTree, treeStore } from './tree-store.ts';

const OUTER = `gitops/channels/${CHANNEL}/east/`;
const DAY = 24 * 3_600_000;
const clock = { now: 1_000_000 };

async function release(store: Store, commit: number, stages = {}): Promise<void> {
  const publisher = { run: commit, commit, letters: {}, stores: [store], primary: 'eu', quorum: 1 };
  const files = ['a', 'b', 'c', 'd'].map((name): [string, string] => [`${name}.yaml`, `kind: ConfigMap # ${commit}\n`]);
  const packed = [packedFiles('east', Object.fromEntries(files))];
  const ended = await publishOnce(publisher, { ...planOf(publisher), listed: ['east'] }, packed, stages);
  if (ended.end?.error !== undefined) throw ended.end.error;
}

/** Marks what nothing needs, and two days later deletes it. */
async function pruned(store: Store): Promise<void> {
  const amounts = { keep: 1, minAge: DAY, exclusive: false, write: true, now: () => clock.now };
  for (const run of ['1', '2']) {
    clock.now += 2 * DAY;
    await prune({ stores: [store], primaries: ['eu'], run: run.repeat(16), ...amounts });
  }
}

const pathsOf = async (bucket: Objects): Promise<string> => Object.keys((await readTree(bucket, OUTER)) ?? {}).join();

test('a cluster that was left behind builds the whole tree until it is pruned, and nothing then', async () => {
  const bucket = memoryObjects({ now: () => clock.now });
  await release(treeStore(bucket), 1);
  const first = await bucket.get(`${OUTER}root.yaml`);
  for (const commit of [2, 3]) {
    clock.now += 1000;
    await release(treeStore(bucket), commit);
  }
  // What a suspended cluster has in place of the name: the root of the first release.
  const behind: Objects = {
    ...bucket,
    get: async (key) => (key === `${OUTER}root.yaml` ? first : bucket.get(key)),
  };
  const seen: string[] = [];
  const look = async (): Promise<void> => {
    const now = await pathsOf(behind).catch((thrown: Error) => thrown.message.replace(/[0-9a-f]{64}/, 'HEX'));
    if (seen.at(-1) !== now) seen.push(now);
  };
  await look();
  const watched: Objects = {
    ...bucket,
    async delete(key) {
      await bucket.delete(key);
      await look();
    },
  };
  await pruned(treeStore(watched));
  expect(seen).toEqual([
    'a.yaml,b.yaml,c.yaml,d.yaml',
    'cannot build: "this-tree-was-deleted-by-slipway-prune.yaml"',
    'path not found: "gitops/content/sha256/HEX/"',
  ]);
  expect(await pathsOf(bucket)).toBe('a.yaml,b.yaml,c.yaml,d.yaml');
});

test('an object that a lifecycle rule took fails the build', async () => {
  const bucket = memoryObjects();
  await release(treeStore(bucket), 1);
  const key = (await bucket.list('gitops/content/')).objects.find((object) => object.key.endsWith('/b.yaml'))?.key;
  await bucket.delete(key ?? '');
  await expect(readTree(bucket, OUTER)).rejects.toThrow('cannot build: "b.yaml"');
});

test('a prune with changed consumers keeps what a name shows that was never moved on', async () => {
  const bucket = memoryObjects({ now: () => clock.now });
  await release(treeStore(bucket), 1);
  const killed = {
    show: async () => {
      throw new Error('killed');
    },
  };
  await expect(release(treeStore(bucket), 2, killed)).rejects.toThrow('killed');
  await pruned(treeStore(bucket, { endpoint: 's3.example.com' }));
  expect(await pathsOf(bucket)).toBe('a.yaml,b.yaml,c.yaml,d.yaml');
});

test('a tree that a killed prune left spoilt is whole after the next release that needs it', async () => {
  const bucket = memoryObjects();
  await release(treeStore(bucket), 1);
  const [listing] = (await bucket.list('gitops/content/')).objects.filter(({ key }) =>
    key.endsWith('kustomization.yaml'),
  );
  await bucket.put(listing?.key ?? '', Buffer.from('resources: [gone.yaml]\n'), { contentType: 'x' });
  await expect(readTree(bucket, OUTER)).rejects.toThrow('cannot build: "gone.yaml"');
  const packed = packedFiles(
    'east',
    Object.fromEntries(['a', 'b', 'c', 'd'].map((n) => [`${n}.yaml`, 'kind: ConfigMap # 1\n'])),
  );
  const publisher = { run: 2, commit: 2, letters: {}, stores: [treeStore(bucket)], primary: 'eu', quorum: 1 };
  await publishOnce(publisher, { ...planOf(publisher), listed: ['east'], allowed: ['put-again'] }, [packed]);
  expect(await pathsOf(bucket)).toBe('a.yaml,b.yaml,c.yaml,d.yaml');
});
