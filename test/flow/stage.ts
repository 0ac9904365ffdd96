/** Two stores in this process, the registry `eu` and the bucket `us`, whose state can be copied and compared. */
import { createHash } from 'node:crypto';
import { type FakeBucket, type FakeBucketOptions, startFakeBucket } from '../fakes/bucket.ts';
import type { FakeObject, FakeObjects } from '../fakes/bucket-operations.ts';
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from '../fakes/registry.ts';
import type { FakeRepository } from '../fakes/registry-routes.ts';

export type StoreName = 'eu' | 'us';

/** What both stores hold. */
export interface Contents {
  readonly repositories: Map<string, FakeRepository>;
  readonly objects: FakeObjects;
}

/** A request before it takes effect, or after that and before the answer. */
export interface Boundary {
  readonly store: StoreName;
  readonly when: 'before' | 'after';
  /** Counts the store's requests from 0. */
  readonly index: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly write: boolean;
}

/** `reset` cuts the connection: before the effect there is none, after it only the answer is lost. */
export type Watch = (boundary: Boundary) => 'serve' | 'reset' | Promise<'serve' | 'reset'>;

export interface StageOptions {
  readonly from?: Contents;
  readonly registry?: FakeRegistryOptions;
  readonly bucket?: FakeBucketOptions;
  /** The bucket was never published to: the first publish tries what it can do, in 300 requests. */
  readonly fresh?: true;
}

export interface Stage {
  readonly registry: FakeRegistry;
  readonly bucket: FakeBucket;
  /** URLs of the stores as `EU` and `US`, and what a client of the bucket needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Sees every request until the next one is set. */
  watch(watch: Watch): void;
  /** What the stores hold, at every moment. */
  readonly live: Contents;
  /** A copy of what the stores hold. */
  contents(): Contents;
  /** Every write request so far: store, method and path. */
  writes(): readonly string[];
  stop(): Promise<void>;
}

const marker = Buffer.from(
  '{"format":1,"owner":"slipway","probe":{"at":"2026-01-02T03:04:05Z","class":"atomic","etag":"md5","listing":"ordered","match":"atomic","reads":"fresh"}}\n',
);

/** What the first publish to a bucket, or `slipway doctor`, leaves there. */
const MARKER: FakeObject = {
  bytes: marker,
  etag: createHash('md5').update(marker).digest('hex'),
  metadata: {},
  contentType: 'application/json',
  cacheControl: undefined,
  modified: 0,
};

/** Stores that nobody has published to, with a bucket that was tried: a probe is some two hundred writes of its own. */
export const TRIED: Contents = { repositories: new Map(), objects: new Map([['gitops/slipway.json', MARKER]]) };

function copy({ repositories, objects }: Contents): Contents {
  const copied = [...repositories].map(([name, { blobs, manifests, tags }]): [string, FakeRepository] => [
    name,
    { blobs: new Map(blobs), manifests: new Map(manifests), tags: new Map(tags) },
  ]);
  return { repositories: new Map(copied), objects: new Map(objects) };
}

/** Starts both stores. The caller stops them. */
export async function startStage({ from, fresh, ...options }: StageOptions = {}): Promise<Stage> {
  let watch: Watch = () => 'serve';
  type Info = Omit<Boundary, 'store' | 'when'>;
  const see = (store: StoreName, when: Boundary['when'], { index, method, path, write }: Info) =>
    watch({ store, when, index, method, path: path.replace(/\?.*$/s, ''), write });
  const registry = await startFakeRegistry({
    onRequest: (info) => see('eu', 'before', info),
    afterRequest: (info) => see('eu', 'after', info),
    ...options.registry,
  });
  const bucket = await startFakeBucket({
    onRequest: (info) => see('us', 'before', info),
    afterRequest: (info) => see('us', 'after', info),
    ...options.bucket,
  });
  const copied = copy(from ?? (fresh ? { repositories: new Map(), objects: new Map() } : TRIED));
  for (const [name, repository] of copied.repositories) registry.repositories.set(name, repository);
  for (const [key, object] of copied.objects) bucket.objects.set(key, object);
  const live: Contents = { repositories: registry.repositories, objects: bucket.objects };
  return {
    registry,
    bucket,
    env: {
      EU: `oci://${registry.host}/fleet/{artifact}`,
      US: `s3://fleet/gitops?region=us-east-1&endpoint=${bucket.endpoint}`,
      ...bucket.env,
    },
    watch(next) {
      watch = next;
    },
    live,
    contents: () => copy(live),
    writes: () =>
      [...registry.requests.map((r) => ({ store: 'eu', ...r })), ...bucket.requests.map((r) => ({ store: 'us', ...r }))]
        .filter(({ write }) => write)
        .map(({ store, method, path }) => `${store} ${method} ${path.replace(/\?.*$/s, '')}`),
    stop: async () => void (await Promise.all([registry.stop(), bucket.stop()])),
  };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Every blob, manifest, tag and object with its digest, one line each: equal listings hold equal things. */
export function listing({ repositories, objects }: Contents): readonly string[] {
  const inRegistry = [...repositories].flatMap(([name, { blobs, manifests, tags }]) => [
    ...[...blobs].map(([digest, bytes]) => `eu ${name} blob ${digest} ${sha256(bytes)}`),
    ...[...manifests].map(([digest, { bytes }]) => `eu ${name} manifest ${digest} ${sha256(bytes)}`),
    ...[...tags].map(([tag, digest]) => `eu ${name} tag ${tag} ${digest}`),
  ]);
  const inBucket = [...objects].map(([key, { bytes, etag }]) => `us ${key} ${sha256(bytes)} ${etag}`);
  return [...inRegistry, ...inBucket].sort();
}

/** Paths of the names that consumers read: the lines of a listing that a reader would notice. */
export function namesIn(lines: readonly string[], channel: string): readonly string[] {
  return lines.filter((line) => line.startsWith(`us gitops/channels/${channel}/`) || line.includes(` tag ${channel} `));
}
