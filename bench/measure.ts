/** Rounds of slipway and its peers in turns, so that a noisy machine is noisy for all of them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGoRegistry, startMinio } from '../test/interop/servers.ts';
import { run } from './child.ts';
import { makeFleet } from './fleet.ts';
import { type Archives, type Crane, crane, type Floor, floor, type StartUp, startUp, tarFleet } from './peers.ts';
import { live, type Publisher, type Sample, SITUATIONS, type Situation } from './publish.ts';

/** Where slipway publishes to. */
export const TARGETS = ['registry', 'S3', 'both'] as const;

export type Target = (typeof TARGETS)[number];

/** The bare clients: requests an artifact for a registry, the same PUTs as slipway's for S3, registry and S3 at once. */
export const FLOORS = ['registry, 8', 'registry, 3', 'S3, 4', 'registry, 8 and S3, 4'] as const;

export type FloorName = (typeof FLOORS)[number];

/** Everything that was measured. */
export interface Measured {
  readonly artifacts: number;
  readonly contentBytes: number;
  readonly lives: ReadonlyMap<Target, ReadonlyMap<Situation, readonly Sample[]>>;
  readonly floors: ReadonlyMap<FloorName, readonly Floor[]>;
  readonly archives: Readonly<Record<keyof Archives, readonly number[]>>;
  readonly crane: Crane;
  readonly startUp: StartUp;
}

export interface MeasureOptions {
  /** The repository's folder. */
  readonly root: string;
  /** The command line, packed as it is shipped. */
  readonly cli: string;
  /** An empty folder. */
  readonly work: string;
  readonly rounds: number;
  readonly say: (what: string) => void;
}

interface Bench extends MeasureOptions {
  readonly publisher: Publisher;
  /** What `slipway build --out` wrote: the bytes that the other tools push. */
  readonly built: string;
  readonly lives: Map<Target, Map<Situation, Sample[]>>;
  readonly floors: Map<FloorName, Floor[]>;
  readonly archives: Record<keyof Archives, number[]>;
}

/** What the AWS SDK, and the bare client, sign with. */
const keys = (minio: { readonly accessKey: string; readonly secretKey: string }): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: minio.accessKey,
  AWS_SECRET_ACCESS_KEY: minio.secretKey,
});

/** Servers for the time of one measurement, empty at its start. */
async function withServers<T>(
  work: (servers: {
    readonly host: string;
    readonly endpoint: string;
    readonly env: Record<string, string>;
  }) => Promise<T>,
): Promise<T> {
  const registry = await startGoRegistry();
  try {
    const minio = await startMinio();
    try {
      return await work({ host: registry.host, endpoint: minio.endpoint, env: keys(minio) });
    } finally {
      await minio.stop();
    }
  } finally {
    await registry.stop();
  }
}

async function measureFloors(bench: Bench): Promise<void> {
  for (const name of FLOORS) {
    bench.say(`floor: ${name}`);
    await withServers(async ({ host, endpoint, env }) => {
      const targets: Readonly<Record<FloorName, readonly string[]>> = {
        'registry, 8': [`registry=8@http://${host}`],
        'registry, 3': [`registry=3@http://${host}`],
        'S3, 4': [`s3=floor@${endpoint}`],
        'registry, 8 and S3, 4': [`registry=8@http://${host}`, `s3=floor@${endpoint}`],
      };
      bench.floors.get(name)?.push(await floor(bench.root, bench.built, targets[name], env));
    });
  }
}

async function measureLives(bench: Bench): Promise<void> {
  for (const target of TARGETS) {
    bench.say(`slipway: ${target}`);
    await withServers(async ({ host, endpoint, env }) => {
      await floor(bench.root, bench.built, [`bucket=fleet@${endpoint}`], env);
      const registry = { registry: `oci://${host}/fleet/{artifact}` };
      const bucket = { bucket: `s3://fleet/gitops?endpoint=${endpoint}&region=us-east-1` };
      const stores = { registry, S3: bucket, both: { ...registry, ...bucket } }[target];
      const samples = await live({ ...bench.publisher, env }, stores);
      for (const [situation, found] of samples)
        bench.lives
          .get(target)
          ?.get(situation)
          ?.push(...found);
    });
  }
}

async function prepare(options: MeasureOptions): Promise<{ readonly publisher: Publisher; readonly built: string }> {
  const { cli, root, work } = options;
  options.say('fleet');
  const fleet = await makeFleet(join(work, 'fleet'));
  const measuring = { script: join(root, 'bench', 'usage.cjs'), file: join(work, 'usage.json') };
  const built = join(work, 'built');
  await mkdir(built);
  const config = join(work, 'build.yaml');
  await writeFile(config, 'version: 1\nartifacts: [{ path: fleet/clusters/*, render: plain }]\n');
  await run(process.execPath, [cli, 'build', '--config', config, '--out', built, '--quiet'], { cwd: work });
  return { publisher: { cli, fleet, measuring, env: {} }, built };
}

/** Measures everything. */
export async function measure(options: MeasureOptions): Promise<Measured> {
  const { publisher, built } = await prepare(options);
  const bench: Bench = {
    ...options,
    publisher,
    built,
    lives: new Map(TARGETS.map((target) => [target, new Map(SITUATIONS.map((situation) => [situation, []]))])),
    floors: new Map(FLOORS.map((name) => [name, []])),
    archives: { each: [], whole: [] },
  };
  for (let round = 1; round <= options.rounds; round += 1) {
    options.say(`round ${round} of ${options.rounds}`);
    const { each, whole } = await tarFleet(publisher.fleet.folder, options.work);
    bench.archives.each.push(each);
    bench.archives.whole.push(whole);
    await measureFloors(bench);
    await measureLives(bench);
  }
  options.say('crane append');
  const pushed = await crane(publisher.fleet.clusters, built);
  options.say('start-up');
  const started = await startUp(options.cli, 15);
  const sizes =
    bench.lives
      .get('registry')
      ?.get('cold')?.[0]
      ?.receipt.artifacts.map(({ size }) => size) ?? [];
  return {
    artifacts: publisher.fleet.clusters.length,
    contentBytes: sizes.reduce((sum, size) => sum + size, 0),
    lives: bench.lives,
    floors: bench.floors,
    archives: bench.archives,
    crane: pushed,
    startUp: started,
  };
}
