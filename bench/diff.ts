/** `slipway diff` of a fleet of 500 clusters, beside `diff -ru` of the rendered files, in one run. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DifferenceDocument } from '../src/model.ts';
import { startMinio } from '../test/interop/servers.ts';
import { type Ran, run, runNode, type Usage } from './child.ts';
import { type Fleet, makeFleet } from './fleet.ts';
import { floor } from './peers.ts';
import { median, secondsText, table } from './report.ts';

/** What `--diff` needs. */
export interface DiffBenchOptions {
  readonly root: string;
  readonly cli: string;
  readonly work: string;
  readonly rounds: number;
  readonly say: (what: string) => void;
}

/** What is different between two sides, and where they are. */
interface Situation {
  readonly name: string;
  readonly sides: readonly [string, string];
  /** Folders of rendered files for `diff -ru`. */
  readonly rendered: readonly [string, string];
  /** Artifacts that differ: the answer has to say so. */
  readonly differing: number;
}

const SITUATIONS: readonly Situation[] = [
  { name: 'two generations, one cluster', sides: ['prod@1', 'prod@2'], rendered: ['one', 'two'], differing: 1 },
  { name: 'two generations, all clusters', sides: ['prod@2', 'prod@3'], rendered: ['two', 'three'], differing: 500 },
  { name: 'channel and checkout, equal', sides: ['prod', '.'], rendered: ['three', 'three'], differing: 0 },
  { name: 'channel and checkout, all clusters', sides: ['prod@2', '.'], rendered: ['two', 'three'], differing: 500 },
];

interface Bench extends DiffBenchOptions {
  readonly fleet: Fleet;
  readonly env: Readonly<Record<string, string>>;
}

async function slipway({ root, cli, work, fleet, env }: Bench, ...args: readonly string[]): Promise<Ran & Usage> {
  const measuring = { script: join(root, 'bench', 'usage.cjs'), file: join(work, 'usage.json') };
  return runNode([cli, ...args, '--quiet'], measuring, { cwd: fleet.folder, env });
}

/** Three generations: one cluster changes, then every cluster alike. Their rendered files are written beside. */
async function publishThree(bench: Bench): Promise<void> {
  const { fleet, work, say } = bench;
  const changes = [async () => undefined, fleet.changeOne, fleet.changeEach];
  for (const [index, name] of ['one', 'two', 'three'].entries()) {
    say(`generation ${index + 1}`);
    await changes[index]?.();
    const out = join(work, name);
    await rm(out, { recursive: true, force: true });
    await mkdir(out);
    await slipway(bench, 'build', '--out', out);
    await slipway(bench, 'publish');
  }
}

/** `diff` ends with 1 where there is a difference. */
async function plainDiff({ work }: Bench, [before, after]: Situation['rendered']): Promise<number> {
  const script = 'diff -ru "$1" "$2" > out.diff || [ $? = 1 ]';
  return (await run('sh', ['-c', script, 'sh', join(work, before), join(work, after)], { cwd: work })).seconds;
}

async function measure(bench: Bench, { sides, differing }: Situation): Promise<Ran & Usage> {
  const ran = await slipway(bench, 'diff', ...sides, '--output', 'json');
  const { counts } = JSON.parse(ran.stdout) as DifferenceDocument;
  if (counts.artifacts.changed !== differing)
    throw new Error(`${counts.artifacts.changed} artifacts differ, and not ${differing}`);
  return ran;
}

/** Measures all situations, and answers the report. Needs MinIO of the tools, Git and diff. */
export async function diffBench(options: DiffBenchOptions): Promise<string> {
  const { root, work, rounds, say } = options;
  const fleet = await makeFleet(join(work, 'fleet'));
  const minio = await startMinio();
  try {
    const env = { AWS_ACCESS_KEY_ID: minio.accessKey, AWS_SECRET_ACCESS_KEY: minio.secretKey };
    await floor(root, work, [`bucket=fleet@${minio.endpoint}`], env);
    const bench: Bench = { ...options, fleet, env };
    const store = `s3://fleet/gitops?endpoint=${minio.endpoint}&region=us-east-1`;
    const config = {
      version: 1,
      channel: 'prod',
      artifacts: [{ path: 'clusters/*', render: 'plain' }],
      stores: { store },
    };
    await writeFile(join(fleet.folder, 'slipway.yaml'), JSON.stringify(config));
    await publishThree(bench);
    const found = SITUATIONS.map(() => ({ ours: [] as (Ran & Usage)[], plain: [] as number[] }));
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      for (const [index, situation] of SITUATIONS.entries()) {
        found[index]?.ours.push(await measure(bench, situation));
        found[index]?.plain.push(await plainDiff(bench, situation.rendered));
      }
    }
    const rows = SITUATIONS.map(({ name, differing }, index) => row(name, differing, found[index]));
    const head = [
      'Difference',
      'Artifacts',
      'slipway diff',
      'user and system',
      'peak',
      'diff -ru of files',
      'slipway takes',
    ];
    return table([head, ...rows]);
  } finally {
    await minio.stop();
  }
}

interface Found {
  readonly ours: readonly (Ran & Usage)[];
  readonly plain: readonly number[];
}

function row(name: string, differing: number, { ours, plain }: Found = { ours: [], plain: [] }): readonly string[] {
  const seconds = ours.map((ran) => ran.seconds);
  const peak = Math.max(...ours.map(({ peakBytes }) => peakBytes)) / 1e6;
  const cpu = median(ours.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2);
  const ratio = median(seconds) / median(plain);
  return [
    name,
    `${differing} of 500`,
    secondsText(seconds),
    `${cpu} s`,
    `${peak.toFixed(0)} MB`,
    secondsText(plain),
    `${ratio.toFixed(1)} x`,
  ];
}
