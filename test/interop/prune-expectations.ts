/** What stores have to hold after a prune: exactly what some releases need, whole, as slipway, cosign and crane see it. */
import { expect } from 'vitest';
import type { Digest, ReleaseRecord, VersionClaim } from '../../src/model.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import { run, start } from './peer.ts';
import { closureOf, keysFor, layoutBlobs, type Needs, needsOf, registryKeys } from './prune-closure.ts';
import type { PruneWorld } from './prune-world.ts';
import { toolPath } from './servers.ts';

const STORES = 7;

const readAll = async <T>(bucket: Objects, prefix: string): Promise<readonly T[]> => {
  const { objects } = await bucket.list(prefix);
  const found = await Promise.all(objects.map(({ key }) => bucket.get(key)));
  return found.map((one) => JSON.parse(Buffer.from(one?.bytes ?? []).toString('utf8')) as T);
};

/** What has to be there when only these generations, which are there, and the versions are kept. */
export async function neededBy({ buckets }: PruneWorld, generations: readonly number[]): Promise<Needs> {
  const records = await readAll<ReleaseRecord>(buckets.object, 'gitops/releases/default/prod/');
  const claims = await readAll<VersionClaim>(buckets.object, 'gitops/releases/default/versions/');
  const kept = records.filter(({ generation }) => generations.includes(generation));
  expect(kept.map(({ generation }) => generation).sort((a, b) => a - b)).toEqual(generations);
  return needsOf([...kept, ...claims]);
}

/** Everything that any store holds, but for the notes of prunes. */
export async function everything({ buckets, repositories, homes, home }: PruneWorld): Promise<readonly string[]> {
  const keys = Object.entries(buckets).map(async ([name, bucket]) =>
    (await bucket.list('')).objects.map(({ key, etag }) => `${name} ${key} ${etag}`),
  );
  const tags = (['distribution', 'plain', 'layouts'] as const).flatMap((store) =>
    [...ARTIFACTS, 'releases'].map(async (artifact) => {
      const { manifests, blobs } = await closureOf(repositories[store], homes[store] + artifact);
      return [...manifests, ...blobs].map((digest) => `${store} ${artifact} ${digest}`);
    }),
  );
  const files = run('find', ['folder', '-type', 'f'], { cwd: home }).then(({ stdout }) => stdout.trim().split('\n'));
  const found = (await Promise.all([...keys, ...tags, files])).flat();
  return found.filter((line) => !/[/ ]prune\//.test(line)).sort();
}

const ARTIFACTS = ['api', 'db', 'web'];

/** A bucket or a folder that shows objects holds what is needed, under the names that are shown, and nothing else. */
function objectKeys(needs: Needs, view: (hex: string) => readonly string[], shown: string): readonly string[] {
  const names = [...needs.byArtifact.keys()].map((artifact) => `channels/prod/${artifact}/${shown}`);
  const versions = ['db', 'web'].map((artifact) => `versions/1.0.0/${artifact}/${shown}`);
  return [
    ...[...needs.contents].flatMap((hex) => [`content/sha256/${hex}.tgz`, ...view(hex)]),
    ...[...needs.manifests].map((hex) => `manifests/sha256/${hex}.json`),
    ...[...needs.proofs].map((hex) => `proofs/sha256/${hex}`),
    ...[...names, ...versions],
    'slipway.json',
  ].sort();
}

const isNote = (key: string): boolean => key.startsWith('prune/') || key.startsWith('releases/');

/** Each bucket that shows objects holds exactly what is needed, and the records of these generations. */
export async function assertBucketsHold(
  world: PruneWorld,
  needs: Needs,
  generations: readonly number[],
): Promise<void> {
  const layouts = [
    { name: 'object', shown: 'manifests.yaml', view: (hex: string) => [`content/sha256/${hex}.yaml`] },
    {
      name: 'tree',
      shown: 'root.yaml',
      view: (hex: string) => ['kustomization', 'manifests'].map((name) => `content/sha256/${hex}/${name}.yaml`),
    },
  ] as const;
  const plain = (keys: readonly string[]): readonly string[] =>
    keys.map((key) => key.replace(/(proofs\/sha256\/[0-9a-f]{64})\..*/, '$1')).sort();
  const numbers = (keys: readonly string[]): readonly number[] =>
    keys
      .flatMap((key) => /prod\/\d{9}-(\d{9})\.json$/.exec(key)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  for (const { name, shown, view } of layouts) {
    const { objects } = await world.buckets[name].list('');
    const keys = objects.map(({ key }) => key.slice('gitops/'.length));
    expect(plain(keys.filter((key) => !isNote(key))), name).toEqual(objectKeys(needs, view, shown));
    expect(numbers(keys), name).toEqual(generations);
  }
  const { stdout } = await run('find', ['folder', '-type', 'f', '-printf', '%P\\n'], { cwd: world.home });
  const files = stdout.trim().split('\n');
  expect(plain(files.filter((key) => !isNote(key)))).toEqual(objectKeys(needs, () => [], 'manifests.tgz'));
  expect(numbers(files)).toEqual(generations);
}

const contentTag = (digest: Digest): string => `content-${digest.slice(7, 23)}`;
const signatureTag = (digest: Digest): string => `${digest.replace(':', '-')}.sig`;
const isFallback = (tag: string): boolean => /^sha256-[0-9a-f]{64}$/.test(tag);

/** Compares what is there with what is expected. With `strays`, killed runs may have left more, but no content of artifacts. */
async function assertOnly(
  there: readonly string[],
  expected: Iterable<string>,
  { read, strays = false }: { read(one: string): Promise<Uint8Array | undefined>; readonly strays?: boolean },
): Promise<void> {
  const wanted = new Set(expected);
  const more = strays ? there.filter((one) => !wanted.has(one)) : [];
  const bytes = await Promise.all(more.map(read));
  expect(more.filter((_, index) => bytes[index]?.[0] === 0x1f && bytes[index]?.[1] === 0x8b)).toEqual([]);
  expect(there.filter((one) => !more.includes(one)).sort()).toEqual([...wanted].sort());
}

/**
 * Every repository has the tags of what is needed and no others, all that they lead to, and, where its owner can list it, nothing
 * else, but for small `strays` of runs that were killed.
 */
export async function assertRepositoriesHold(
  { repositories, homes, buckets, home }: PruneWorld,
  needs: Needs,
  generations: readonly number[],
  { strays = false }: { readonly strays?: boolean } = {},
): Promise<void> {
  const keys: string[] = [];
  for (const [store, reader] of Object.entries(repositories)) {
    const prefix = homes[store as keyof typeof homes];
    for (const [artifact, digests] of needs.byArtifact) {
      const closure = await closureOf(reader, prefix + artifact);
      const lists = [...digests].map((digest) => digest.replace(':', '-'));
      expect(
        closure.tags.filter(isFallback).filter((tag) => !lists.includes(tag)),
        `${store} ${artifact}`,
      ).toEqual([]);
      const names = ['prod', ...(artifact === 'api' ? [] : ['1.0.0'])];
      expect(
        closure.tags.filter((tag) => !isFallback(tag)),
        `${store} ${artifact}`,
      ).toEqual([...names, ...[...digests].flatMap((digest) => [contentTag(digest), signatureTag(digest)])].sort());
      if (store === 'layouts')
        await assertOnly(await layoutBlobs(`${home}/layouts`, artifact), [...closure.manifests, ...closure.blobs], {
          read: (digest) => reader.getBlob(artifact, digest as Digest),
          strays,
        });
      if (store === 'registry') keys.push(...keysFor(prefix + artifact, closure));
    }
    const releases = await closureOf(reader, `${prefix}releases`);
    const numbers = releases.tags.flatMap((tag) => /^slipway\.default\.prod\.(\d{9})\./.exec(tag)?.[1] ?? []);
    expect(numbers.map(Number), store).toEqual(generations);
    if (store === 'registry') keys.push(...keysFor(`${prefix}releases`, releases));
  }
  const read = async (key: string): Promise<Uint8Array | undefined> => (await buckets.registry.get(key))?.bytes;
  await assertOnly(await registryKeys(buckets.registry), [...keys, 'v2/'], { read, strays });
}

/** Names, the version and every kept release verify in every store. */
export async function assertVerifies(world: PruneWorld, needs: Needs): Promise<void> {
  const digests = [...needs.byArtifact].flatMap(([artifact, all]) => [...all].map((d) => [artifact, `@${d}`] as const));
  const ends = [...digests, ['web', ':1.0.0'], ['db', ':1.0.0']] as const;
  const references = ends.flatMap(([artifact, end]) => world.references(artifact, end));
  const shown = await world.verify('prod', ...references);
  const bad = shown.references.filter(({ verdict }) => verdict !== 'trusted');
  expect(bad.map(({ reference, error, artifacts }) => [reference, error, artifacts])).toEqual([]);
  expect(shown.counts.trusted).toBe(3 * STORES + references.length);
}

/** The same by cosign and crane, in every store that they can reach. */
export async function assertPeersAccept(world: PruneWorld, needs: Needs): Promise<void> {
  const cosign = ['verify', '--key', 'key.pub', '--insecure-ignore-tlog=true', '--allow-http-registry'];
  for (const host of world.hosts) {
    for (const end of [':prod', ':1.0.0', ...[...(needs.byArtifact.get('web') ?? [])].map((digest) => `@${digest}`)]) {
      const reference = `${host}/web${end}`;
      const { code, stderr } = await start(toolPath('cosign'), [...cosign, reference], { cwd: world.home });
      expect([reference, code, stderr]).toEqual([reference, 0, expect.any(String)]);
      const valid = await start(toolPath('crane'), ['validate', '--insecure', '--remote', reference], {
        cwd: world.home,
      });
      expect(valid.stdout, valid.stderr).toContain('PASS');
    }
  }
}

/** A registry lost every manifest that only `before` has, by repository; blobs are left to its garbage collection. Answers how many. */
export async function assertGone(store: Repositories, before: Manifests, after: Manifests): Promise<number> {
  let gone = 0;
  for (const [repository, digests] of before) {
    for (const digest of [...digests].filter((one) => after.get(repository)?.has(one) !== true)) {
      expect([repository, digest, await store.getManifest(repository, digest)]).toEqual([
        repository,
        digest,
        undefined,
      ]);
      gone += 1;
    }
  }
  return gone;
}

type Manifests = ReadonlyMap<string, ReadonlySet<Digest>>;

/** Digests of manifests that tags lead to, by repository. */
export async function manifestsIn(
  { repositories, homes }: PruneWorld,
  store: 'distribution' | 'plain',
): Promise<Manifests> {
  const found = [...ARTIFACTS, 'releases'].map(async (artifact) => {
    const repository = homes[store] + artifact;
    return [repository, (await closureOf(repositories[store], repository)).manifests] as const;
  });
  return new Map(await Promise.all(found));
}

/** Whatever any record speaks of is there, in each store: also beside a prune that was killed. */
export async function assertNothingDangles(world: PruneWorld): Promise<void> {
  const { buckets, repositories, homes } = world;
  for (const bucket of [buckets.object, buckets.tree]) {
    const needs = needsOf(await readAll<ReleaseRecord>(bucket, 'gitops/releases/default/'));
    const { objects } = await bucket.list('gitops/');
    const keys = new Set(objects.map(({ key }) => key.replace(/^gitops\/(\w+)\/sha256\/([0-9a-f]{64}).*$/s, '$1 $2')));
    const wanted = [
      ...[...needs.contents].map((hex) => `content ${hex}`),
      ...[...needs.manifests].map((hex) => `manifests ${hex}`),
      ...[...needs.proofs].map((hex) => `proofs ${hex}`),
    ];
    expect(wanted.filter((one) => !keys.has(one))).toEqual([]);
  }
  for (const [store, reader] of Object.entries(repositories)) {
    const prefix = homes[store as keyof typeof homes];
    const releases = await closureOf(reader, `${prefix}releases`);
    const documents = await Promise.all(
      [...releases.blobs].map(async (blob) => {
        const bytes = await reader.getBlob(`${prefix}releases`, blob);
        return JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as Partial<ReleaseRecord>;
      }),
    );
    const papers = documents.filter((document): document is ReleaseRecord => document.artifacts !== undefined);
    for (const [artifact, digests] of needsOf(papers).byArtifact) {
      // A list may name what went before it, as long as nobody needs what the list is about.
      const subjects = [...digests].map((digest) => digest.slice('sha256:'.length));
      const { manifests } = await closureOf(reader, prefix + artifact, (tag) => {
        const [, hex] = /^(?:content|sha256)-([0-9a-f]{16,64})/.exec(tag) ?? [];
        return hex === undefined || subjects.some((subject) => subject.startsWith(hex));
      });
      expect(
        [...digests].filter((digest) => !manifests.has(digest)),
        `${store} ${artifact}`,
      ).toEqual([]);
    }
  }
}
