/** Two sides with a real registry and a real bucket each: `staging` lives on the near one, `prod` on the far one. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { sourceTree } from '../flow/source-tree.ts';
import { type Bucket, startBucket } from './bucket.ts';
import { configMap } from './fixture.ts';
import { type Folder, folder, sha256 } from './folder.ts';
import { type Ended, run } from './peer.ts';
import { type RunningRegistry, startDistribution, startGoRegistry } from './servers.ts';
import { slipway, slipwayPath } from './slipway.ts';

export const NAMES = ['app-1', 'app-2', 'app-3'] as const;

/** A registry and a bucket. */
export interface Side {
  readonly registry: RunningRegistry;
  readonly bucket: Bucket;
  /** Of the config. */
  readonly stores: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

async function startSide(name: string, start: () => Promise<RunningRegistry>): Promise<Side> {
  const [registry, bucket] = await Promise.all([start(), startBucket()]);
  return {
    registry,
    bucket,
    stores: {
      [name]: `oci://${registry.host}/${name}/{artifact}`,
      [`${name}-bucket`]: `s3://${bucket.name}/${name}?region=us-east-1&endpoint=${bucket.minio.endpoint}`,
    },
    stop: async () => void (await Promise.all([registry.stop(), bucket.stop()])),
  };
}

/** Both sides, and the source of a signed release that is live in `staging`. */
export interface Sides {
  readonly near: Side;
  readonly far: Side;
  /** Keys: `release.key`, `release.pub`. */
  readonly home: Folder;
  /** In the folder of the source. */
  source(...args: readonly string[]): Promise<Ended>;
  /** A folder with nothing in it but this config and the public key. */
  job(name: string, config: object): Promise<Job>;
  stop(): Promise<void>;
}

/** Where somebody works who has no source, no renderer, no Git and no key. */
export interface Job {
  readonly path: string;
  slipway(...args: readonly string[]): Promise<Ended>;
  /** Of `node`, for others to run. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A config of both sides. */
export const configOf = (stores: Side['stores'], more: object): object => ({
  version: 1,
  artifacts: [{ path: 'apps/*', render: 'plain' }],
  stores,
  ...more,
});

/** Starts both sides and publishes a release, signed, to `staging`. */
export async function startSides(): Promise<Sides> {
  const [tree, home, near, far] = await Promise.all([
    sourceTree(),
    folder(),
    startSide('near', startGoRegistry),
    startSide('far', () => startDistribution({ inMemory: true })),
  ]);
  const { AWS_ENDPOINT_URL: _, ...account } = near.bucket.env;
  const secrets = { HOME: home.path, SLIPWAY_KEY_PASSWORD: 'pass', ...account };
  await run(process.execPath, [slipwayPath(), 'keygen', '--out', 'release'], { cwd: home.path, env: secrets });
  const key = join(home.path, 'release.key');
  const config = configOf(near.stores, { channel: 'staging', sign: { key, legacy: true } });
  await tree.commit({
    'slipway.yaml': JSON.stringify(config),
    ...Object.fromEntries(NAMES.map((name) => [`apps/${name}/app.yaml`, configMap(name)])),
  });
  const source: Sides['source'] = (...args) => slipway(args, { cwd: tree.dir, env: secrets });
  expect(await source('publish', '--version', '1.4.0')).toMatchObject({ code: 0 });
  return {
    ...{ near, far, home, source },
    async job(name, config) {
      const path = join(home.path, name);
      await mkdir(path);
      await writeFile(join(path, 'slipway.yaml'), JSON.stringify(config));
      // No program is found, and what is not on loopback goes to where nobody listens.
      const env = {
        ...account,
        ...{ PATH: '/nonexistent', HOME: path },
        ...{ HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' },
      };
      return {
        path,
        env,
        command: [process.execPath, slipwayPath()],
        slipway: (...args) => slipway(args, { cwd: path, env }),
      };
    },
    stop: async () => void (await Promise.all([near.stop(), far.stop(), tree.remove(), home.remove()])),
  };
}

/** A tag's manifest, by its digest. */
export async function manifestAt({ registry }: Side, repository: string, tag: string): Promise<string> {
  const headers = { accept: 'application/vnd.oci.image.manifest.v1+json' };
  const response = await fetch(`${registry.url}/v2/${repository}/manifests/${tag}`, { headers });
  expect([repository, response.status]).toEqual([repository, 200]);
  return sha256(Buffer.from(await response.arrayBuffer()));
}

/** What lies under digests in a bucket: key below the side's prefix, ETag and size. */
export async function immutableIn({ bucket }: Side, prefix: string): Promise<readonly string[]> {
  const all = await Promise.all(['content', 'manifests', 'proofs'].map((kind) => bucket.list(`${prefix}/${kind}/`)));
  return all.flat().map(({ key, etag, size }) => `${key.slice(prefix.length)} ${etag} ${size}`);
}
