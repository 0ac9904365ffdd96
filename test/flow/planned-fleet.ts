/** A fleet in folders, published once and planned once, of which every test gets a copy of its own. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PlanDocument } from '../../src/model.ts';
import type { Ended } from '../cli/bundle.ts';
import { clusters, slipway } from './fleet.ts';
import { sourceTree } from './source-tree.ts';

/** Two folders of different kinds; `us` orders the releases. */
export const CONFIG = `version: 1
artifacts:
  - { path: clusters/*, render: plain }
stores: { eu: "file:.slipway/eu", us: "file:.slipway/us?layout=object" }
primary: us
channel: prod
`;

/** A folder outside everything else, gone after the test. */
export async function elsewhere(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-plan-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** Every file of the stores with its digest, one line each. */
export async function held(dir: string): Promise<readonly string[]> {
  const files = await readdir(join(dir, '.slipway'), { recursive: true, withFileTypes: true });
  const lines = files
    .filter((file) => file.isFile())
    .map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      const digest = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      return `${path.slice(dir.length)} ${digest}`;
    });
  return (await Promise.all(lines)).sort();
}

/** A copy of the fleet. */
export interface PlannedFleet {
  readonly dir: string;
  run(
    argv: readonly string[],
    options?: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string },
  ): Promise<Ended>;
  /** `plan.json` as it lies there. */
  plan(): Promise<PlanDocument>;
}

/** A fleet in this folder. */
export function fleetAt(dir: string): PlannedFleet {
  return {
    dir,
    run: (argv, { env = {}, cwd = dir } = {}) => slipway([...argv, '--quiet'], { cwd, env }),
    plan: async () => JSON.parse(await readFile(join(dir, 'plan.json'), 'utf8')) as PlanDocument,
  };
}

/**
 * Makes the fleet: its first commit is published, its second is planned, in `plan.json` and the folder `built`. Answers what
 * makes copies of it; the caller removes the original.
 */
export async function plannedFleet(): Promise<{
  readonly copy: () => Promise<PlannedFleet>;
  readonly remove: () => Promise<void>;
}> {
  const tree = await sourceTree();
  const { dir, remove } = tree;
  const run = async (...argv: readonly string[]): Promise<void> => {
    const ended = await slipway([...argv, '--quiet'], { cwd: dir, env: {} });
    if (ended.code !== 0) throw new Error(ended.stdout + ended.stderr);
  };
  await tree.commit({ 'slipway.yaml': CONFIG, '.gitignore': '.slipway/\n/built/\nplan.json\n', ...clusters('one') });
  await run('publish');
  await tree.commit(clusters('two'));
  await run('plan', '--out', 'plan.json', '--built', 'built');
  return {
    remove,
    async copy() {
      const own = await elsewhere();
      await cp(dir, own, { recursive: true });
      return fleetAt(own);
    },
  };
}
