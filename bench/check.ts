/** `slipway check` beside kubeconform with local schemas, on a fleet that repeats itself and on objects that do not. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { schemaLocation, writeSchemas } from '../test/interop/check/kubeconform.ts';
import { toolPath } from '../test/interop/server-process.ts';
import { run, runNode, type Usage } from './child.ts';
import { makeDistinct, makeFleet } from './fleet.ts';
import { median, secondsText, table } from './report.ts';

/** kubeconform's goroutines: its best is taken. */
const AT_ONCE = ['2', '4'] as const;

/** What a corpus is checked by. */
interface Measured {
  readonly slipway: (Usage & { readonly seconds: number })[];
  readonly oneCore: number[];
  readonly kubeconform: ReadonlyMap<string, number[]>;
}

interface Corpus {
  readonly name: string;
  /** A folder with a folder for each artifact. */
  readonly folder: string;
  readonly aim: number;
}

/** What `--check` needs. */
export interface CheckBenchOptions {
  readonly root: string;
  readonly cli: string;
  readonly work: string;
  readonly rounds: number;
  readonly say: (what: string) => void;
}

async function measureOnce(corpus: Corpus, schemas: string, into: Measured, options: CheckBenchOptions): Promise<void> {
  const { root, cli, work } = options;
  const config = join(work, `${corpus.name}.yaml`);
  await writeFile(config, `version: 1\nartifacts: [{ path: "${corpus.folder}/*", render: plain }]\n`);
  const args = [cli, 'check', '--config', config, '--quiet'];
  const measuring = { script: join(root, 'bench', 'usage.cjs'), file: join(work, 'usage.json') };
  into.slipway.push(await runNode(args, measuring, { cwd: work }));
  into.oneCore.push((await run('taskset', ['--cpu-list', '0', process.execPath, ...args], { cwd: work })).seconds);
  for (const atOnce of AT_ONCE) {
    const theirs = ['-strict', '-n', atOnce, '-schema-location', schemaLocation(schemas), join(work, corpus.folder)];
    into.kubeconform.get(atOnce)?.push((await run(toolPath('kubeconform'), theirs, { cwd: work })).seconds);
  }
}

function row({ name, aim }: Corpus, { slipway, oneCore, kubeconform }: Measured): readonly string[] {
  const best = [...kubeconform.values()].toSorted((one, other) => median(one) - median(other))[0] ?? [];
  const seconds = slipway.map((ran) => ran.seconds);
  const ratio = median(best) / median(seconds);
  const peak = Math.max(...slipway.map(({ peakBytes }) => peakBytes)) / 1e6;
  return [
    name,
    secondsText(seconds),
    secondsText(oneCore),
    `${peak.toFixed(0)} MB`,
    secondsText(best),
    `${ratio.toFixed(2)} x (aim ${aim} x)`,
  ];
}

/** Measures both corpora, and answers the report. Needs SLIPWAY_DATA for the schemas, and `taskset` of util-linux. */
export async function checkBench(options: CheckBenchOptions): Promise<string> {
  const { work, rounds, say } = options;
  const schemas = join(work, 'schemas');
  await mkdir(schemas);
  await writeSchemas(schemas, { kubernetes: '1.36', flux: '2.9' });
  const fleet = await makeFleet(join(work, 'fleet'));
  const objects = await makeDistinct(join(work, 'distinct'));
  const corpora: readonly Corpus[] = [
    { name: `fleet of ${fleet.clusters.length} clusters`, folder: 'fleet/clusters', aim: 3 },
    { name: `${objects} different objects`, folder: 'distinct', aim: 1 },
  ];
  const measured = corpora.map((): Measured => {
    return { slipway: [], oneCore: [], kubeconform: new Map(AT_ONCE.map((atOnce) => [atOnce, []])) };
  });
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round} of ${rounds}`);
    for (const [index, corpus] of corpora.entries()) {
      const into = measured[index];
      if (into !== undefined) await measureOnce(corpus, schemas, into, options);
    }
  }
  const head = ['Corpus', 'slipway check', 'on one core', 'peak', 'kubeconform', 'slipway is faster by'];
  const rows = corpora.flatMap((corpus, index) => {
    const found = measured[index];
    return found === undefined ? [] : [row(corpus, found)];
  });
  return table([head, ...rows]);
}
