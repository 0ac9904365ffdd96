import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../../src/model.ts';
import { type Bucket, startBucket } from './bucket.ts';
import { closing } from './closing.ts';
import { makeFleet } from './data.ts';
import { type Folder, folder } from './folder.ts';
import { run } from './peer.ts';
import { type RunningRegistry, startGoRegistry } from './servers.ts';
import { publish } from './slipway.ts';
import { tagsOf } from './tags.ts';

const CLUSTERS = 500;
const SHAPE = ['--clusters', String(CLUSTERS), '--form', 'plain'];

/** All that the stores hold, told by themselves: digests by `repository:tag`, ETags by key. */
interface Contents {
  readonly tags: ReadonlyMap<string, string>;
  readonly keys: ReadonlyMap<string, string>;
}

async function contentsOf(registry: RunningRegistry, bucket: Bucket): Promise<Contents> {
  const keys = (await bucket.list('')).map(({ key, etag }): [string, string] => [key, etag]);
  return { tags: await tagsOf(registry), keys: new Map(keys) };
}

/** What a run added, and what it wrote anew. Nothing may be lost. */
function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): { readonly added: readonly string[]; readonly changed: readonly string[] } {
  expect([...before.keys()].filter((key) => !after.has(key))).toEqual([]);
  return {
    added: [...after.keys()].filter((key) => !before.has(key)).sort(),
    changed: [...after].filter(([key, value]) => before.has(key) && before.get(key) !== value).map(([key]) => key),
  };
}

/** Wherever the record of a generation lies. */
const recordTag = ({ record }: Receipt, generation: number): string =>
  `fleet/releases:slipway.default.live.${String(generation).padStart(9, '0')}.${record?.slice(0, 8)}`;
const recordKey = (generation: number): string =>
  `gitops/releases/default/live/${999_999_999 - generation}-${String(generation).padStart(9, '0')}.json`;

const count = (names: Iterable<string>, pattern: RegExp): number =>
  [...names].filter((name) => pattern.test(name)).length;

/** For the log: what a run of this size costs. */
function tell(what: string, { requests, seconds }: Receipt): void {
  const costs = Object.entries(requests).map(([name, { reads, writes }]) => `${name} ${reads} reads, ${writes} writes`);
  console.log(`${what}: ${costs.join('; ')}; ${seconds.total} s`);
}

describe(`a fleet of ${CLUSTERS} clusters in a registry and a bucket`, () => {
  let opened:
    | { readonly registry: RunningRegistry; readonly bucket: Bucket; readonly fleet: Folder; readonly first: Receipt }
    | undefined;
  const scene = (): NonNullable<typeof opened> => {
    if (opened === undefined) throw new Error('the fleet was not published');
    return opened;
  };
  const atEnd = closing();
  beforeAll(async () => {
    const fleet = await folder();
    atEnd(fleet.remove);
    await makeFleet(fleet.path, ...SHAPE);
    const registry = await startGoRegistry();
    atEnd(registry.stop);
    const bucket = await startBucket();
    atEnd(bucket.stop);
    await writeFile(join(fleet.path, '.git/info/exclude'), 'slipway.yaml\n');
    await writeFile(
      join(fleet.path, 'slipway.yaml'),
      `version: 1\nchannel: live\nartifacts:\n  - path: clusters/*\n    render: plain\nstores:\n` +
        `  registry: oci://${registry.host}/fleet/{artifact}\n  bucket: s3://fleet/gitops?layout=object\n`,
    );
    opened = { registry, bucket, fleet, first: await publish([], { cwd: fleet.path, env: bucket.env }) };
  });
  const again = (): Promise<Receipt> => publish([], { cwd: scene().fleet.path, env: scene().bucket.env });
  const contents = (): Promise<Contents> => contentsOf(scene().registry, scene().bucket);

  test('is there whole after one run', async () => {
    const { first } = scene();
    tell('cold', first);
    expect(first).toMatchObject({ outcome: 'published', generation: 1 });
    expect(first.artifacts).toHaveLength(CLUSTERS);
    expect(first.artifacts.filter(({ changed }) => changed)).toHaveLength(CLUSTERS);
    const { tags, keys } = await contents();
    expect(tags.size).toBe(2 * CLUSTERS + 1);
    expect(keys.size).toBe(4 * CLUSTERS + 2);
    for (const { name, manifest, digest } of first.artifacts) {
      expect(tags.get(`fleet/${name}:live`)).toBe(manifest);
      expect(keys.has(`gitops/content/sha256/${digest.slice(7)}.tgz`)).toBe(true);
      expect(keys.has(`gitops/channels/live/${name}/manifests.yaml`)).toBe(true);
    }
  });

  test('uploads exactly the one artifact that changed, to each store', async () => {
    const before = await contents();
    await makeFleet(scene().fleet.path, ...SHAPE, '--change', '1');
    const receipt = await again();
    tell('one changed', receipt);
    const changed = receipt.artifacts.filter((artifact) => artifact.changed);
    expect(receipt).toMatchObject({ outcome: 'published', generation: 2 });
    expect(changed).toHaveLength(1);
    const [one] = changed;
    const current = receipt.artifacts.flatMap(({ name, stores }) =>
      Object.values(stores).flatMap(({ state }) => (state === 'unchanged' ? [] : [`${name} ${state}`])),
    );
    expect(current).toEqual([`${one?.name} current`, `${one?.name} current`]);

    const after = await contents();
    expect(differences(before.tags, after.tags)).toEqual({
      added: [`fleet/${one?.name}:content-${one?.manifest.slice(7, 23)}`, recordTag(receipt, 2)].sort(),
      changed: [`fleet/${one?.name}:live`],
    });
    const { added, changed: rewritten } = differences(before.keys, after.keys);
    expect(rewritten).toEqual([`gitops/channels/live/${one?.name}/manifests.yaml`]);
    expect(count(added, /^gitops\/content\/sha256\/[0-9a-f]{64}\.(tgz|yaml)$/)).toBe(2);
    expect(added).toContain(`gitops/content/sha256/${one?.digest.slice(7)}.tgz`);
    expect(added).toContain(`gitops/manifests/sha256/${one?.manifest.slice(7)}.json`);
    expect(added).toContain(recordKey(2));
    expect(added).toHaveLength(4);
    // Content, manifest, two tags and the record; what was there already is not sent again.
    expect(receipt.requests.registry?.writes).toBeLessThanOrEqual(9);
    expect(receipt.requests.bucket?.writes).toBe(5);
  });

  test('gets one record in each store for an unrelated commit, and nothing else', async () => {
    const { fleet } = scene();
    const before = await contents();
    await writeFile(join(fleet.path, 'README.md'), 'unrelated\n');
    const identity = ['-c', 'user.name=fleet', '-c', 'user.email=fleet@example.com'];
    await run('git', ['add', '--all'], { cwd: fleet.path });
    await run('git', [...identity, 'commit', '--quiet', '--message', 'unrelated'], { cwd: fleet.path });
    const receipt = await again();
    tell('unrelated commit', receipt);
    expect(receipt).toMatchObject({ outcome: 'unchanged', generation: 3 });
    expect(receipt.artifacts.filter(({ changed }) => changed)).toEqual([]);
    const after = await contents();
    expect(differences(before.tags, after.tags)).toEqual({ added: [recordTag(receipt, 3)], changed: [] });
    expect(differences(before.keys, after.keys)).toEqual({ added: [recordKey(3)], changed: [] });
  });

  test('gets no write at all when the commit is the same', async () => {
    const before = await contents();
    const receipt = await again();
    tell('same commit', receipt);
    expect(receipt).toMatchObject({
      outcome: 'unchanged',
      generation: 3,
      requests: { registry: { writes: 0 }, bucket: { writes: 0 } },
    });
    // One request an artifact to see what its tag shows; the bucket is listed.
    expect(receipt.requests.registry?.reads).toBeLessThanOrEqual(CLUSTERS + 20);
    expect(receipt.requests.bucket?.reads).toBeLessThanOrEqual(20);
    expect(await contents()).toEqual(before);
  });
});
