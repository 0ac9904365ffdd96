/** A region: MinIO on a small disk of its own, which can be killed, stopped and filled, and comes back at the same place. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { Objects } from '../../src/ship/ports.ts';
import { openBucket } from '../../src/wire/s3.ts';
import { freePort, type RunningMinio, startMinio } from './servers.ts';

/** What can happen to a region: its server dies, answers nothing, or has no space left. */
export type Fault = 'killed' | 'stopped' | 'full';

/** One region with the bucket `fleet`. */
export interface Region {
  readonly name: string;
  /** The bucket as a run sees it that waits neither long nor often: a store that did not answer is not asked again in it. */
  open(): Objects;
  /** The environment of a client, for the command line. */
  readonly env: Readonly<Record<string, string>>;
  readonly endpoint: string;
  hit(fault: Fault): Promise<void>;
  /** Ends the fault; resolves when the region answers again. */
  mend(): Promise<void>;
  stop(): Promise<void>;
}

const BUCKET = 'fleet';
/** Bytes: far above what the tests write, and small enough to be filled at once. */
const DISK = 192 * 1024 ** 2;

/** A folder on a disk of its own, in a mount namespace that a sleeping process keeps. */
interface Disk {
  readonly folder: string;
  /** What a program is started by to see it. */
  readonly by: readonly string[];
  fill(): Promise<void>;
  empty(): Promise<void>;
  remove(): Promise<void>;
}

async function startDisk(): Promise<Disk> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-disk-'));
  // The pipe closes with this process, however it ends, and the namespace with its disk goes.
  const script = `mount -t tmpfs -o size=${DISK} tmpfs "$0" && echo ready && read -r _`;
  const keeper = spawn('unshare', ['-rm', 'sh', '-c', script, folder], { stdio: ['pipe', 'pipe', 'pipe'] });
  await isReady(keeper);
  const filler = join(`/proc/${keeper.pid}/root`, folder, 'filler');
  return {
    folder,
    by: ['nsenter', '--user', '--preserve-credentials', '--mount', '-t', `${keeper.pid}`],
    // Ends with "no space left", which is what is wanted.
    fill: () => writeFile(filler, Buffer.alloc(DISK)).catch(() => undefined),
    empty: () => rm(filler, { force: true }),
    async remove() {
      keeper.stdin?.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function isReady(keeper: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    keeper.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    keeper.stdout?.once('data', () => resolve());
    keeper.once('error', reject);
    keeper.once('close', () => reject(new Error(`Cannot mount a disk in a namespace of its own: ${said}`)));
  });
}

/** Starts a region with an empty bucket. */
export async function startRegion(name: string): Promise<Region> {
  const [disk, port] = await Promise.all([startDisk(), freePort()]);
  const start = (): Promise<RunningMinio> => startMinio({ dir: join(disk.folder, 'data'), port, by: disk.by });
  let minio = await start();
  let fault: Fault | undefined;
  const env = {
    AWS_ACCESS_KEY_ID: minio.accessKey,
    AWS_SECRET_ACCESS_KEY: minio.secretKey,
    AWS_REGION: minio.region,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const { endpoint } = minio;
  await makeBucket(minio);
  const options = { bucket: BUCKET, prefix: '', endpoint, env, attempts: 2, idleTimeout: 700 };
  const mend = async (): Promise<void> => {
    if (fault === 'killed') {
      await minio.stop();
      minio = await start();
    }
    if (fault === 'stopped') minio.signal('SIGCONT');
    if (fault === 'full') await disk.empty();
    fault = undefined;
  };
  return {
    name,
    open: () => openBucket({ ...options, meter: { reads: 0, writes: 0 } }),
    env,
    endpoint,
    async hit(what) {
      fault = what;
      if (what === 'killed') minio.signal('SIGKILL');
      if (what === 'stopped') minio.signal('SIGSTOP');
      if (what === 'full') await disk.fill();
    },
    mend,
    async stop() {
      if (fault === 'stopped') minio.signal('SIGCONT');
      await minio.stop();
      await disk.remove();
    },
  };
}

async function makeBucket({ endpoint, region, accessKey, secretKey }: RunningMinio): Promise<void> {
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  client.destroy();
}
