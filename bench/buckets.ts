/** Each layout of a bucket through the life of one fleet on MinIO, beside `rclone sync --checksum` of the same files. */
import { join } from 'node:path';
import { toolPath } from '../test/interop/server-process.ts';
import { type RunningMinio, startMinio } from '../test/interop/servers.ts';
import { run } from './child.ts';
import { makeFleet } from './fleet.ts';
import { floor } from './peers.ts';
import { live, type Publisher, type Sample, SITUATIONS, type Situation } from './publish.ts';
import { median, megabytes, requestsOf, secondsText, table } from './report.ts';

const LAYOUTS = ['object', 'tarball', 'tree', 'registry'] as const;

type Layout = (typeof LAYOUTS)[number];

/** What `--buckets` needs. */
export interface BucketBenchOptions {
  /** The repository's folder. */
  readonly root: string;
  /** The command line, packed as it is shipped. */
  readonly cli: string;
  /** An empty folder. */
  readonly work: string;
  readonly rounds: number;
  readonly say: (what: string) => void;
}

interface Sync {
  readonly cold: number[];
  readonly unchanged: number[];
}

/** A server with an empty bucket `fleet`, for the time of one measurement. */
async function withBucket<T>(
  root: string,
  work: (minio: RunningMinio, env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const minio = await startMinio();
  const env = { AWS_ACCESS_KEY_ID: minio.accessKey, AWS_SECRET_ACCESS_KEY: minio.secretKey };
  try {
    await floor(root, root, [`bucket=fleet@${minio.endpoint}`], env);
    return await work(minio, env);
  } finally {
    await minio.stop();
  }
}

/** 6,000 files under their own names: what is usual, and what readers see torn. */
async function syncFiles({ root }: BucketBenchOptions, clusters: string, sync: Sync): Promise<void> {
  await withBucket(root, async ({ endpoint, region }, env) => {
    const remote = `:s3,provider=Minio,env_auth=true,endpoint="${endpoint}",region=${region}:fleet/clusters`;
    const args = ['sync', '--checksum', '--config', '', clusters, remote];
    for (const samples of [sync.cold, sync.unchanged, sync.unchanged])
      samples.push((await run(toolPath('rclone'), args, { env })).seconds);
  });
}

async function liveIn(
  options: BucketBenchOptions,
  publisher: Publisher,
  layout: Layout,
): Promise<ReadonlyMap<Situation, readonly Sample[]>> {
  return withBucket(options.root, async ({ endpoint, region }, env) => {
    const url = `s3://fleet/gitops?endpoint=${endpoint}&region=${region}&layout=${layout}`;
    return live({ ...publisher, env }, { bucket: url });
  });
}

/** Measures, and answers the report as Markdown. */
export async function bucketBench(options: BucketBenchOptions): Promise<string> {
  const { root, cli, work, rounds, say } = options;
  say('fleet');
  const measuring = { script: join(root, 'bench', 'usage.cjs'), file: join(work, 'usage.json') };
  const sync: Sync = { cold: [], unchanged: [] };
  const found = new Map<Layout, Map<Situation, Sample[]>>(
    LAYOUTS.map((layout) => [layout, new Map(SITUATIONS.map((situation) => [situation, []]))]),
  );
  for (let round = 1; round <= rounds; round += 1) {
    const fleet = await makeFleet(join(work, `fleet-${round}`));
    const publisher: Publisher = { cli, fleet, measuring, env: {} };
    say(`round ${round} of ${rounds}: rclone`);
    await syncFiles(options, join(fleet.folder, 'clusters'), sync);
    for (const layout of LAYOUTS) {
      say(`round ${round} of ${rounds}: ${layout}`);
      for (const [situation, samples] of await liveIn(options, publisher, layout))
        found
          .get(layout)
          ?.get(situation)
          ?.push(...samples);
    }
  }
  return report(found, sync);
}

function report(found: ReadonlyMap<Layout, ReadonlyMap<Situation, readonly Sample[]>>, sync: Sync): string {
  const rows = LAYOUTS.flatMap((layout) =>
    SITUATIONS.map((situation) => {
      const samples = found.get(layout)?.get(situation) ?? [];
      const seconds = samples.map((sample) => sample.seconds);
      const peer = median(situation === 'cold' ? sync.cold : sync.unchanged);
      return [
        layout,
        situation,
        `${(median(seconds) / peer).toFixed(2)} x`,
        secondsText(seconds),
        String(requestsOf(samples)),
        megabytes(samples).toFixed(0),
      ];
    }),
  );
  return [
    'The whole of slipway (reading, checking and packing 6,000 files too) beside `rclone sync --checksum`, which only copies them.',
    table([['Layout', 'Run', 'Beside rclone', 'Seconds', 'Requests', 'MB'], ...rows]),
    table([
      ['Beside it', 'Seconds'],
      ['rclone sync --checksum, cold', secondsText(sync.cold)],
      ['rclone sync --checksum, unchanged', secondsText(sync.unchanged)],
    ]),
  ].join('\n\n');
}
