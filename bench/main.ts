import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir, type } from 'node:os';
import { join } from 'node:path';
import { bucketBench } from './buckets.ts';
import { checkBench } from './check.ts';
import { diffBench } from './diff.ts';
import { measure } from './measure.ts';
import { planBench } from './plan.ts';
import { signBench } from './sign.ts';
import { summary } from './summary.ts';

/** What the launcher gives. */
export interface BenchOptions {
  /** The repository's folder. */
  readonly root: string;
  /** The command line, packed as it is shipped. */
  readonly cli: string;
  /** One round of everything. */
  readonly quick: boolean;
  /** The checks instead of publishing. */
  readonly check: boolean;
  /** Signing instead of publishing. */
  readonly sign: boolean;
  /** The layouts of buckets instead of publishing. */
  readonly buckets: boolean;
  /** Differences instead of publishing. */
  readonly diff: boolean;
  /** Plans instead of publishing. */
  readonly plan: boolean;
}

const load = (): string => loadavg()[0]?.toFixed(1) ?? '';

/** Measures, and prints the report to standard output; what is under way goes to standard error. */
export async function main({ root, cli, quick, check, sign, buckets, diff, plan }: BenchOptions): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const before = load();
  try {
    const say = (what: string): void => void process.stderr.write(`${what}\n`);
    const options = { root, cli, work, rounds: quick ? 1 : 3, say };
    const report = check
      ? await checkBench(options)
      : sign
        ? await signBench(options)
        : buckets
          ? await bucketBench(options)
          : diff
            ? await diffBench(options)
            : plan
              ? await planBench(options)
              : summary(await measure(options));
    const machine = `Node.js ${process.versions.node} on ${type()}, ${availableParallelism()} cores`;
    process.stdout.write(`${machine}, load ${before} before and ${load()} after.\n${report}\n`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
