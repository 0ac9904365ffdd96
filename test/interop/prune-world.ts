/** One signed release line in stores of every kind at once, published and pruned by the command line as it is shipped. */
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import type { Pruned, Receipt, Verification } from '../../src/model.ts';
import { staticRegistry } from '../../src/ship/bucket/static-registry.ts';
import { ociLayout } from '../../src/ship/disk/oci-layout.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import { openRegistry } from '../../src/wire/registry.ts';
import { type Bundle, bundle, type Ended, type Running, start } from '../cli/bundle.ts';
import { type Files, type SourceTree, sourceTree } from '../flow/source-tree.ts';
import { configMap } from './fixture.ts';
import { type Folder, folder } from './folder.ts';
import { type Gateway, startGateway } from './prune-gateway.ts';
import { makeBucket, objectsOf } from './s3-servers.ts';
import { type RunningMinio, type RunningRegistry, startDistribution, startGoRegistry, startMinio } from './servers.ts';

/** Buckets on MinIO, by the layout that each has. */
const BUCKETS = ['object', 'tree', 'registry'] as const;
const bucketOf = (layout: (typeof BUCKETS)[number]): string => `layout-${layout}`;

const REPOSITORIES = ['distribution', 'plain', 'registry', 'layouts'] as const;

/** The stores and the way to them. */
export interface PruneWorld {
  readonly home: string;
  /** What the bucket of this layout holds. */
  readonly buckets: Readonly<Record<(typeof BUCKETS)[number], Objects>>;
  /** Stores that are registries of some kind, by their names. */
  readonly repositories: Readonly<Record<(typeof REPOSITORIES)[number], Repositories>>;
  /** What repositories begin with there. */
  readonly homes: Readonly<Record<(typeof REPOSITORIES)[number], string>>;
  /** `HOST/PREFIX` of registries that clients can reach. */
  readonly hosts: readonly string[];
  readonly minio: RunningMinio;
  readonly env: Readonly<Record<string, string>>;
  readonly gateway: Gateway;
  /** References of one thing in every store; `end` is `:TAG` or `@DIGEST`, and leaves buckets out where it is a digest. */
  references(artifact: string, end: string): readonly string[];
  /** Commits these files of artifacts: `web` with its value; undefined removes the artifact. */
  commit(values: Readonly<Record<string, string | undefined>>, files?: Files): Promise<void>;
  slipway(args: readonly string[], env?: Readonly<Record<string, string>>): Running;
  /** Must succeed. */
  publish(...args: readonly string[]): Promise<Receipt>;
  /** Must succeed; keeps three releases. */
  prune(...args: readonly string[]): Promise<Pruned>;
  /** The same, however it ends. */
  tryPrune(...args: readonly string[]): Promise<Ended>;
  verify(...references: readonly string[]): Promise<Verification>;
  /** Half an hour passes for the claims in stores that tell the time. */
  age(): Promise<void>;
  /** Everything as young as it is. */
  rejuvenate(): void;
  stop(): Promise<void>;
}

interface Servers {
  readonly minio: RunningMinio;
  readonly gateway: Gateway;
  readonly distribution: RunningRegistry;
  readonly plain: RunningRegistry;
  readonly tree: SourceTree;
  readonly home: Folder;
  readonly built: Bundle;
}

const storesOf = ({ gateway, distribution, plain, home }: Servers): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(
    BUCKETS.map((layout) => [
      layout,
      {
        url: `s3://${bucketOf(layout)}/gitops?layout=${layout}&region=us-east-1&endpoint=${gateway.endpoint}`,
        consumer: { endpoint: gateway.endpoint },
      },
    ]),
  ),
  distribution: `oci://${distribution.host}/fleet/{artifact}`,
  plain: `oci://${plain.host}/fleet/{artifact}`,
  layouts: `file:${home.path}/layouts`,
  folder: `file:${home.path}/folder?layout=tarball`,
});

const configOf = (servers: Servers): string =>
  JSON.stringify({
    version: 1,
    channel: 'prod',
    artifacts: [{ path: 'apps/*', render: 'plain' }],
    stores: storesOf(servers),
    primary: 'object',
    sign: { key: join(servers.home.path, 'key.key'), legacy: true },
  });

/** A reference to an artifact in every store. */
function referencesIn(
  { gateway, distribution, plain, home }: Servers,
  artifact: string,
  end: string,
): readonly string[] {
  const query = `?region=us-east-1&endpoint=${gateway.endpoint}`;
  const space = end === ':prod' ? `channels/${end.slice(1)}` : `versions/${end.slice(1)}`;
  return [
    `oci://${distribution.host}/fleet/${artifact}${end}`,
    `oci://${plain.host}/fleet/${artifact}${end}`,
    `s3://${bucketOf('registry')}/gitops/${artifact}${end}${query}&layout=registry`,
    `file:${home.path}/layouts/${artifact}${end}`,
    ...(end.startsWith('@')
      ? []
      : [
          `s3://${bucketOf('object')}/gitops/${space}/${artifact}/manifests.yaml${query}`,
          `s3://${bucketOf('tree')}/gitops/${space}/${artifact}/root.yaml${query}`,
          `file:${home.path}/folder/${space}/${artifact}/manifests.tgz`,
        ]),
  ];
}

async function startServers(): Promise<Servers> {
  const minio = await startMinio();
  const gateway = await startGateway(Number(minio.host.split(':')[1]), bucketOf('registry'));
  const [distribution, plain, tree, home, built] = await Promise.all([
    startDistribution(),
    startGoRegistry(),
    sourceTree(),
    folder(),
    bundle(),
  ]);
  for (const layout of BUCKETS) await makeBucket(minio, bucketOf(layout));
  await openToReaders(minio, bucketOf('registry'));
  return { minio, gateway, distribution, plain, tree, home, built };
}

/** Claims in a folder get the age of dead ones. */
async function ageFolder(path: string): Promise<void> {
  const notes = await readdir(join(path, 'folder/prune')).catch(() => []);
  const then = new Date(Date.now() - 31 * 60_000);
  for (const note of notes) if (/^\d{9}\.json$/.test(note)) await utimes(join(path, 'folder/prune', note), then, then);
}

const opened = ({ host }: RunningRegistry): Repositories => {
  const meter = { reads: 0, writes: 0 };
  return openRegistry({ host, insecure: true, credentials: async () => undefined, meter });
};

/** Anybody reads the objects of a bucket. */
async function openToReaders({ endpoint, region, accessKey, secretKey }: RunningMinio, bucket: string): Promise<void> {
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const Statement = [
    { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${bucket}/*`] },
    { Effect: 'Allow', Principal: '*', Action: ['s3:ListBucket'], Resource: [`arn:aws:s3:::${bucket}`] },
  ];
  await client.send(
    new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
  );
  client.destroy();
}

/** Starts everything; nothing is published. */
export async function startPruneWorld(): Promise<PruneWorld> {
  const servers = await startServers();
  const { minio, gateway, distribution, plain, tree, home, built } = servers;
  const cli = join(built.root, 'dist/cli.js');
  const env = { AWS_ACCESS_KEY_ID: minio.accessKey, AWS_SECRET_ACCESS_KEY: minio.secretKey };
  const slipway: PruneWorld['slipway'] = (args, more = {}) =>
    start(cli, args, { cwd: tree.dir, env: { ...env, ...more } });
  const answer = async (args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await slipway([...args, '--output', 'json']).ended;
    if (code !== 0) throw new Error(`slipway ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return JSON.parse(stdout);
  };
  const pruning = ['prune', '--quiet', '--keep', '3'];
  const made = await slipway(['keygen', '--no-passphrase', '--out', join(home.path, 'key')]).ended;
  if (made.code !== 0) throw new Error(made.stderr);
  await tree.write({ 'slipway.yaml': configOf(servers) });
  const [object, trees, registry] = BUCKETS.map((layout) => objectsOf(minio, bucketOf(layout)));
  if (object === undefined || trees === undefined || registry === undefined) throw new Error('There are three buckets');
  return {
    home: home.path,
    buckets: { object, tree: trees, registry },
    repositories: {
      distribution: opened(distribution),
      plain: opened(plain),
      registry: staticRegistry(registry),
      layouts: ociLayout(join(home.path, 'layouts')),
    },
    homes: { distribution: 'fleet/', plain: 'fleet/', registry: 'gitops/', layouts: '' },
    hosts: [`${distribution.host}/fleet`, `${plain.host}/fleet`, `${new URL(gateway.endpoint).host}/gitops`],
    minio,
    env,
    gateway,
    references: (artifact, end) => referencesIn(servers, artifact, end),
    async commit(values, files = {}) {
      const apps = Object.entries(values).map(([name, value]) =>
        value === undefined ? [`apps/${name}`, undefined] : [`apps/${name}/app.yaml`, configMap(name, `v${value}`)],
      );
      await tree.commit({ ...Object.fromEntries(apps), ...files });
    },
    slipway,
    publish: async (...args) => (await answer(['publish', '--quiet', ...args])) as Receipt,
    prune: async (...args) => (await answer([...pruning, ...args])) as Pruned,
    tryPrune: (...args) => slipway([...pruning, ...args]).ended,
    verify: async (...references) => {
      const { stdout, stderr } = await slipway(['verify', ...references, '--output', 'json']).ended;
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout) as Verification;
    },
    async age() {
      gateway.age(true);
      await ageFolder(home.path);
    },
    rejuvenate: () => gateway.age(false),
    stop: async () => {
      await Promise.all([gateway, minio, distribution, plain].map((server) => server.stop()));
      await Promise.all([tree, home, built].map((made) => made.remove()));
    },
  };
}
