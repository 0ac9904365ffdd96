/** What signing costs a publish of 500 tiny artifacts, and what verifying them takes, beside cosign for each artifact. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Receipt, Verification } from '../src/model.ts';
import { toolPath } from '../test/interop/server-process.ts';
import { startGoRegistry } from '../test/interop/servers.ts';
import { type Ran, run, runNode, type Usage } from './child.ts';
import { makeTiny } from './fleet.ts';
import type { Sample } from './publish.ts';
import { signSummary } from './sign-summary.ts';

/** Artifacts that cosign signs and verifies in each measurement; the time of all is scaled up from these. */
export const COSIGN_SAMPLE = 20;
/** Processes of cosign at once: one is the loop that people write, two are as many as the cores of small runners. */
const AT_ONCE = [1, 2] as const;
/** Pairs of a publish without and with a signature in each round. */
const PAIRS = 2;

type Pair<T> = Readonly<Record<(typeof AT_ONCE)[number], T>>;

/** Everything that was measured, in seconds of all artifacts. */
export interface SignMeasured {
  readonly artifacts: number;
  readonly unsigned: readonly Sample[];
  readonly signed: readonly Sample[];
  /** The signed release once more: nothing is to be proved. */
  readonly unchanged: readonly Sample[];
  readonly verify: readonly (Ran & Usage)[];
  readonly cosignSign: Pair<readonly number[]>;
  readonly cosignVerify: Pair<readonly number[]>;
}

/** What `--sign` needs. */
export interface SignBenchOptions {
  readonly root: string;
  readonly cli: string;
  readonly work: string;
  readonly rounds: number;
  readonly say: (what: string) => void;
}

interface Bench extends SignBenchOptions {
  readonly folder: string;
  readonly names: readonly string[];
  readonly unsigned: Sample[];
  readonly signed: Sample[];
  readonly unchanged: Sample[];
  readonly verify: (Ran & Usage)[];
  readonly cosignSign: Pair<number[]>;
  readonly cosignVerify: Pair<number[]>;
}

const PASSPHRASE = { SLIPWAY_KEY_PASSWORD: 'bench', COSIGN_PASSWORD: 'bench' };

const keyIn = ({ work }: Bench, ending: 'key' | 'pub'): string => join(work, `bench.${ending}`);

/** A config for an empty registry, with or without a signature. */
async function configure(bench: Bench, host: string, signs: boolean): Promise<void> {
  const config = {
    ...{ version: 1, channel: 'staging', artifacts: [{ path: 'apps/*', render: 'plain' }] },
    stores: { registry: `oci://${host}/fleet/{artifact}` },
    ...(signs && { sign: { key: keyIn(bench, 'key') } }),
  };
  // JSON is YAML.
  await writeFile(join(bench.folder, 'slipway.yaml'), JSON.stringify(config));
}

async function slipway({ root, cli, work, folder }: Bench, ...args: readonly string[]): Promise<Ran & Usage> {
  const measuring = { script: join(root, 'bench', 'usage.cjs'), file: join(work, 'usage.json') };
  return runNode([cli, ...args, '--output', 'json'], measuring, { cwd: folder, env: PASSPHRASE });
}

/** A number of a run that did something else than it was measured for would be worse than none. */
function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`A run did something else than it is measured for: ${what}`);
}

async function publish(bench: Bench, outcome: Receipt['outcome'], proofs: number): Promise<Sample> {
  const { stdout, seconds, peakBytes, cpuSeconds } = await slipway(bench, 'publish', '--quiet');
  const receipt = JSON.parse(stdout) as Receipt;
  const { artifacts } = receipt;
  expect(receipt.outcome === outcome && artifacts.length === bench.names.length, `it ended ${receipt.outcome}`);
  expect(
    artifacts.every((artifact) => artifact.proofs.length === proofs),
    `not every artifact has ${proofs} proofs`,
  );
  return { seconds, peakBytes, cpuSeconds, receipt };
}

async function verify(bench: Bench): Promise<Ran & Usage> {
  const ran = await slipway(bench, 'verify', 'staging');
  const { verdict, counts } = JSON.parse(ran.stdout) as Verification;
  expect(verdict === 'trusted' && counts.trusted === bench.names.length, `${counts.trusted} are trusted`);
  return ran;
}

/** Seconds that all artifacts would take, by some of them. */
async function cosign(bench: Bench, atOnce: number, args: readonly string[], references: readonly string[]) {
  const pending = references.values();
  const worker = async (): Promise<void> => {
    for (const reference of pending) {
      await run(toolPath('cosign'), [...args, reference], { cwd: bench.work, env: PASSPHRASE });
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (((performance.now() - start) / 1000) * bench.names.length) / references.length;
}

/** cosign on artifacts of an unsigned release: each is signed once, then verified. */
async function measureCosign(bench: Bench, { artifacts }: Receipt): Promise<void> {
  const references = artifacts.map(({ stores, manifest }) => {
    const reference = stores.registry?.reference ?? '';
    return `${reference.slice('oci://'.length, reference.indexOf(':staging'))}@${manifest}`;
  });
  const offline = ['--yes', '--tlog-upload=false', '--use-signing-config=false'];
  const sign = ['sign', '--key', keyIn(bench, 'key'), ...offline];
  const check = ['verify', '--key', keyIn(bench, 'pub'), '--insecure-ignore-tlog=true'];
  for (const [index, atOnce] of AT_ONCE.entries()) {
    bench.say(`cosign, ${atOnce} at once`);
    const some = references.slice(index * COSIGN_SAMPLE, (index + 1) * COSIGN_SAMPLE);
    bench.cosignSign[atOnce].push(await cosign(bench, atOnce, sign, some));
    bench.cosignVerify[atOnce].push(await cosign(bench, atOnce, check, some));
  }
}

async function withRegistry<T>(work: (host: string) => Promise<T>): Promise<T> {
  const { host, stop } = await startGoRegistry();
  try {
    return await work(host);
  } finally {
    await stop();
  }
}

async function measureRound(bench: Bench): Promise<void> {
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    await withRegistry(async (host) => {
      bench.say('slipway without a signature');
      await configure(bench, host, false);
      const sample = await publish(bench, 'published', 0);
      bench.unsigned.push(sample);
      if (pair === PAIRS) await measureCosign(bench, sample.receipt);
    });
    await withRegistry(async (host) => {
      bench.say('slipway with a signature');
      await configure(bench, host, true);
      bench.signed.push(await publish(bench, 'published', 1));
      bench.unchanged.push(await publish(bench, 'unchanged', 1));
      bench.verify.push(await verify(bench));
    });
  }
}

/** Measures signing and verifying, and answers the report. */
export async function signBench(options: SignBenchOptions): Promise<string> {
  const { cli, work, rounds, say } = options;
  const folder = join(work, 'tiny');
  await mkdir(folder);
  const names = await makeTiny(folder);
  await run(process.execPath, [cli, 'keygen', '--out', 'bench'], { cwd: work, env: PASSPHRASE });
  const bench: Bench = {
    ...{ ...options, folder, names, unsigned: [], signed: [], unchanged: [], verify: [] },
    ...{ cosignSign: { 1: [], 2: [] }, cosignVerify: { 1: [], 2: [] } },
  };
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round} of ${rounds}`);
    await measureRound(bench);
  }
  return signSummary({ ...bench, artifacts: names.length });
}
