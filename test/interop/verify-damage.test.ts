/** Whatever is damaged in a store of any kind and layout, `slipway verify` trusts nothing that it belongs to. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Verification } from '../../src/model.ts';
import { slipway, yaml } from '../flow/fleet.ts';
import { type SourceTree, sourceTree } from '../flow/source-tree.ts';
import { type Stage, startStage } from '../flow/stage.ts';
import { pair } from '../flow/verify-fleet.ts';

const OWN = pair();
const BUCKETS = ['object', 'tarball', 'tree', 'registry'] as const;
const FOLDERS = ['object', 'tarball', 'tree'] as const;

let stage: Stage;
let tree: SourceTree;

beforeAll(async () => {
  [stage, tree] = await Promise.all([startStage(), sourceTree()]);
  const { endpoint } = stage.bucket;
  const marker = stage.live.objects.get('gitops/slipway.json');
  if (marker === undefined) throw new Error('no marker');
  for (const layout of BUCKETS) stage.live.objects.set(`${layout}/slipway.json`, marker);
  const buckets = BUCKETS.map((layout): [string, string] => [
    `s3-${layout}`,
    `s3://fleet/${layout}?layout=${layout}&region=us-east-1&endpoint=${endpoint}`,
  ]);
  const folders = FOLDERS.map((layout): [string, string] => [`file-${layout}`, `file:out/${layout}?layout=${layout}`]);
  const config = {
    version: 1,
    channel: 'prod',
    artifacts: [{ path: 'clusters/*', render: 'plain' }],
    stores: { ...Object.fromEntries([...buckets, ...folders]), hub: 'env://EU', disk: 'file:out/disk' },
    primary: 's3-object',
    sign: { key: 'env://KEY' },
    verify: { key: 'env://PUB' },
    ...{ consumer: { bucket: 'fleet', endpoint: '127.0.0.1' } },
  };
  await tree.commit({
    'slipway.yaml': JSON.stringify(config),
    '.gitignore': 'out\n',
    'clusters/north/cm.yaml': yaml('north', 'one'),
  });
  const { code, stderr } = await run('publish', '--quiet');
  expect([code, stderr]).toEqual([0, '']);
});
afterAll(() => Promise.all([stage.stop(), tree.remove()]));

const run = (...argv: readonly string[]) =>
  slipway(argv, { cwd: tree.dir, env: { ...stage.env, KEY: OWN.key, PUB: OWN.pub } });

/** Verdicts by store. */
async function verdicts(): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await run('verify', 'prod', '--output', 'json');
  const { references } = JSON.parse(stdout) as Verification;
  return Object.fromEntries(references.flatMap(({ artifacts }) => artifacts.map((a) => [a.store, a.verdict])));
}

/** Something that a store holds. `damage` answers how to undo it. */
interface Thing {
  readonly store: string;
  readonly what: string;
  damage(): Promise<() => Promise<unknown>>;
}

const spoilt = (bytes: Uint8Array): Buffer => {
  const changed = Buffer.from(bytes);
  const middle = changed.length >> 1;
  changed[middle] = (changed[middle] ?? 0) ^ 1;
  return changed;
};

/** Without digests. */
const plain = (path: string): string => path.replace(/[0-9a-f]{64}/g, '…');

function objectsThere(): readonly Thing[] {
  const { objects } = stage.live;
  return [...objects.keys()].flatMap((key): readonly Thing[] => {
    const [layout, ...rest] = key.replace(/^v2\/registry\//, 'registry/').split('/');
    const object = objects.get(key);
    if (!BUCKETS.some((one) => one === layout) || object === undefined || object.bytes.length === 0) return [];
    const what = rest.join('/');
    return [
      {
        ...{ store: `s3-${layout}`, what },
        async damage() {
          const bytes = spoilt(object.bytes);
          objects.set(key, { ...object, bytes, etag: createHash('md5').update(bytes).digest('hex') });
          return async () => objects.set(key, object);
        },
      },
    ];
  });
}

function blobsThere(): readonly Thing[] {
  return [...stage.live.repositories].flatMap(([name, { blobs, manifests }]) => {
    const end = name.slice('fleet/'.length);
    const ofBlobs = [...blobs].map(
      ([digest, bytes]): Thing => ({
        ...{ store: 'hub', what: `${end} blob ${digest}` },
        async damage() {
          blobs.set(digest, spoilt(bytes));
          return async () => blobs.set(digest, bytes);
        },
      }),
    );
    const ofManifests = [...manifests].map(
      ([digest, manifest]): Thing => ({
        ...{ store: 'hub', what: `${end} manifest ${digest}` },
        async damage() {
          manifests.set(digest, { ...manifest, bytes: spoilt(manifest.bytes) });
          return async () => manifests.set(digest, manifest);
        },
      }),
    );
    return [...ofBlobs, ...ofManifests];
  });
}

async function filesThere(): Promise<readonly Thing[]> {
  const out = join(tree.dir, 'out');
  const entries = await readdir(out, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry): Thing => {
      const path = join(entry.parentPath, entry.name);
      const [store = '', ...rest] = path.slice(out.length + 1).split('/');
      return {
        store: store === 'disk' ? store : `file-${store}`,
        what: rest.join('/'),
        async damage() {
          const bytes = await readFile(path);
          await writeFile(path, spoilt(bytes));
          return () => writeFile(path, bytes);
        },
      };
    });
}

/** What says where things are and is not signed: records, lists, tags that keep, markers. Verify judges what these lead to. */
const SIGNPOST =
  /(?:^|\/)(?:slipway\.json|oci-layout|index\.json|tags\/list)$|(?:^|\/)releases[/ ]|_?referrers\/|manifests\/(?:content|sha256)-/;

/** What nobody reads who reads the channel; `slipway heal` reads it all. */
const UNREAD: readonly string[] = [
  // Copies of what lies under the name.
  's3-object content/sha256/….yaml',
  'file-object content/sha256/….yaml',
  's3-tarball content/sha256/….tgz',
  'file-tarball content/sha256/….tgz',
];
/** The constant configs of artifacts and of proofs. */
const CONFIGS = ['5b943e2b943f6c81', '44136fa355b3678a'];

test('every byte that readers of a channel get is found, in every kind of store and layout', async () => {
  const all = [...objectsThere(), ...blobsThere(), ...(await filesThere())];
  const things = all.filter(({ what }) => !SIGNPOST.test(what) && !CONFIGS.some((config) => what.includes(config)));
  const byStore = new Map<string, readonly Thing[]>();
  for (const thing of things) byStore.set(thing.store, [...(byStore.get(thing.store) ?? []), thing]);
  expect(byStore.size).toBe(BUCKETS.length + FOLDERS.length + 2);
  const rounds = Math.max(...[...byStore.values()].map(({ length }) => length));
  const unseen: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const now = [...byStore.values()].flatMap((ofStore) => ofStore.slice(round, round + 1));
    const undo = await Promise.all(now.map((thing) => thing.damage()));
    const said = await verdicts();
    unseen.push(...now.filter(({ store }) => said[store] === 'trusted').map(({ store, what }) => `${store} ${what}`));
    await Promise.all(undo.map((back) => back()));
  }
  expect(unseen.map(plain).sort()).toEqual([...UNREAD].sort());
  expect(things.length).toBeGreaterThan(45);
  expect(new Set(Object.values(await verdicts()))).toEqual(new Set(['trusted']));
});
