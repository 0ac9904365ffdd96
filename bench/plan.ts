/** `slipway plan` of 500 clusters of which one changes, beside `rclone sync --dry-run --checksum` of the rendered files. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlanDocument } from '../src/model.ts';
import { toolPath } from '../test/interop/server-process.ts';
import { startMinio } from '../test/interop/servers.ts';
import { type Ran, run, runNode, type Usage } from './child.ts';
import { type Fleet, makeFleet } from './fleet.ts';
import { floor } from './peers.ts';
import { median, secondsText, table } from './report.ts';

/** What `--plan` needs. */
export interface PlanBenchOptions {
  readonly root: string;
  readonly cli: string;
  readonly work: string;
  readonly rounds: number;
  readonly say: (what: string) => void;
}

interface Bench extends PlanBenchOptions {
  readonly fleet: Fleet;
  readonly env: Readonly<Record<string, string>>;
  readonly endpoint: string;
}

interface Round {
  readonly plan: Ran & Usage;
  readonly build: number;
  readonly sync: number;
}

/** Aim: seconds of a plan of one change, besides building. */
const AIM = 3;

function slipway({ root, cli, work, fleet, env }: Bench, ...args: readonly string[]): Promise<Ran & Usage> {
  const measuring = { script: join(root, 'bench', 'usage.cjs'), file: join(work, 'usage.json') };
  return runNode([cli, ...args, '--quiet'], measuring, { cwd: fleet.folder, env });
}

/** The rendered files in the bucket, as a plain sync has them. */
async function rclone({ work, endpoint, env }: Bench, ...args: readonly string[]): Promise<number> {
  const remote = `:s3,provider=Minio,env_auth=true,endpoint="${endpoint}",region=us-east-1:fleet/plain`;
  const all = ['sync', '--checksum', '--config', '', ...args, join(work, 'rendered'), remote];
  return (await run(toolPath('rclone'), all, { env })).seconds;
}

async function measure(bench: Bench): Promise<Round> {
  const { fleet, work } = bench;
  await fleet.changeOne();
  const rendered = join(work, 'rendered');
  await rm(rendered, { recursive: true, force: true });
  await mkdir(rendered);
  await slipway(bench, 'build', '--out', rendered);
  const build = await slipway(bench, 'build', '--output', 'json');
  const plan = await slipway(bench, 'plan', '--output', 'json');
  const { names } = JSON.parse(plan.stdout) as PlanDocument;
  const moving = names.filter(({ reconciles }) => reconciles === 'yes').length;
  if (moving !== 1) throw new Error(`${moving} names move, and not one`);
  const sync = await rclone(bench, '--dry-run');
  return { plan, build: build.seconds, sync };
}

/** Measures, and answers the report. Needs MinIO and rclone of the tools, and Git. */
export async function planBench(options: PlanBenchOptions): Promise<string> {
  const { root, work, rounds, say } = options;
  const fleet = await makeFleet(join(work, 'fleet'));
  const minio = await startMinio();
  try {
    const env = { AWS_ACCESS_KEY_ID: minio.accessKey, AWS_SECRET_ACCESS_KEY: minio.secretKey };
    await floor(root, work, [`bucket=fleet@${minio.endpoint}`], env);
    const bench: Bench = { ...options, fleet, env, endpoint: minio.endpoint };
    const store = `s3://fleet/gitops?endpoint=${minio.endpoint}&region=us-east-1`;
    const artifacts = [{ path: 'clusters/*', render: 'plain' }];
    await writeFile(
      join(fleet.folder, 'slipway.yaml'),
      JSON.stringify({ version: 1, channel: 'prod', artifacts, stores: { store } }),
    );
    say('the first release');
    await mkdir(join(work, 'rendered'));
    await slipway(bench, 'build', '--out', join(work, 'rendered'));
    await slipway(bench, 'publish');
    await rclone(bench);
    const found: Round[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      found.push(await measure(bench));
    }
    return report(found);
  } finally {
    await minio.stop();
  }
}

function report(rounds: readonly Round[]): string {
  const plan = rounds.map((round) => round.plan.seconds);
  const besides = rounds.map((round) => round.plan.seconds - round.build);
  const sync = rounds.map((round) => round.sync);
  const peak = Math.max(...rounds.map((round) => round.plan.peakBytes)) / 1e6;
  const rows = [
    ['slipway plan, one of 500 artifacts changes', secondsText(plan), `${(median(plan) / median(sync)).toFixed(1)} x`],
    ['of that besides building', secondsText(besides), `aim ${AIM} s`],
    ['rclone sync --dry-run --checksum of 500 files', secondsText(sync), '1 x'],
  ];
  return `${table([['Plan', 'seconds', 'beside rclone'], ...rows])}\n\nslipway took ${peak.toFixed(0)} MB at most.`;
}
