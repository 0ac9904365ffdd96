/** What is measured of slipway: a life of one fleet in fresh stores. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Receipt } from '../src/model.ts';
import { type Measuring, runNode, type Usage } from './child.ts';
import type { Fleet } from './fleet.ts';

/** The situations of a run, in the order in which one life has them. */
export const SITUATIONS = ['cold', 'unchanged', 'unchanged, new commit', '1 changed'] as const;

export type Situation = (typeof SITUATIONS)[number];

/** One measured `slipway publish`. */
export interface Sample extends Usage {
  /** From the start of the process to its end. */
  readonly seconds: number;
  readonly receipt: Receipt;
}

/** What `publish` needs. */
export interface Publisher {
  readonly cli: string;
  readonly fleet: Fleet;
  readonly measuring: Measuring;
  readonly env: Readonly<Record<string, string>>;
}

const EXPECTED: Readonly<Record<Situation, { readonly outcome: Receipt['outcome']; readonly changed: number }>> = {
  cold: { outcome: 'published', changed: 500 },
  unchanged: { outcome: 'unchanged', changed: 0 },
  'unchanged, new commit': { outcome: 'unchanged', changed: 0 },
  '1 changed': { outcome: 'published', changed: 1 },
};

/** A number of a run that did something else than it was measured for would be worse than none. */
function check(situation: Situation, { outcome, artifacts }: Receipt): void {
  const changed = artifacts.filter((artifact) => artifact.changed).length;
  const expected = EXPECTED[situation];
  if (outcome === expected.outcome && changed === expected.changed) return;
  throw new Error(`A run that should be "${situation}" ended ${outcome} with ${changed} artifacts changed`);
}

async function publish({ cli, fleet, measuring, env }: Publisher, situation: Situation): Promise<Sample> {
  const args = [cli, 'publish', '--output', 'json', '--quiet'];
  const { stdout, seconds, peakBytes, cpuSeconds } = await runNode(args, measuring, { cwd: fleet.folder, env });
  const receipt = JSON.parse(stdout) as Receipt;
  check(situation, receipt);
  return { seconds, peakBytes, cpuSeconds, receipt };
}

/** Publishes a fleet into fresh stores, and again in every situation. `stores` are URLs by name. */
export async function live(
  publisher: Publisher,
  stores: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<Situation, readonly Sample[]>> {
  const { fleet } = publisher;
  const config = { version: 1, artifacts: [{ path: 'clusters/*', render: 'plain' }], stores, channel: 'prod' };
  // JSON is YAML.
  await writeFile(join(fleet.folder, 'slipway.yaml'), JSON.stringify(config));
  const samples = new Map<Situation, Sample[]>(SITUATIONS.map((situation) => [situation, []]));
  const measure = async (situation: Situation): Promise<void> => {
    samples.get(situation)?.push(await publish(publisher, situation));
  };
  await measure('cold');
  for (let i = 0; i < 2; i += 1) await measure('unchanged');
  for (let i = 0; i < 2; i += 1) {
    await fleet.commitElsewhere();
    await measure('unchanged, new commit');
  }
  await fleet.changeOne();
  await measure('1 changed');
  return samples;
}
