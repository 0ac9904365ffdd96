/** Two sides with a registry and a bucket each, under one config: `staging` lives on the near side, `prod` on the far one. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Entry, ReleaseRecord } from '../../src/model.ts';
import { clusters, type Outcome, receiptIn, slipway } from './fleet.ts';
import { type SourceTree, sourceTree } from './source-tree.ts';
import { listing, type Stage, type StageOptions, startStage } from './stage.ts';
import { pair } from './verify-fleet.ts';

export const OWN: ReturnType<typeof pair> = pair();
export const OTHER: ReturnType<typeof pair> = pair();

const config = ({ sealing = '', prod = '', stores = '' }: WorldOptions): string => `version: 1
artifacts:
  - { path: clusters/*, render: plain }
stores:
  near: env://NEAR_EU
  near-us: env://NEAR_US
  far: env://FAR_EU
  far-us: env://FAR_US
${stores}channel: staging
channels:
  staging: { stores: [near, near-us] }
  twin: { stores: [near, near-us] }
  prod: { stores: [far, far-us]${prod} }
${sealing}`;

export interface WorldOptions {
  /** `sign` and `verify` of the config, with a newline at its end. */
  readonly sealing?: string;
  /** More of `prod`, beginning with a comma. */
  readonly prod?: string;
  /** More stores, each a line. */
  readonly stores?: string;
  readonly stage?: StageOptions;
}

export interface World {
  readonly tree: SourceTree;
  readonly near: Stage;
  readonly far: Stage;
  /** `slipway` with these arguments; standard output is a receipt. */
  run(...argv: readonly string[]): Promise<Outcome>;
  /** The same as text. */
  text(...argv: readonly string[]): Promise<Outcome>;
  /** `slipway publish` of a commit with both artifacts at a version; answers the commit. */
  release(version: string, ...argv: readonly string[]): Promise<string>;
  /** The newest record of a channel, as its bucket keeps it. */
  record(channel: string): ReleaseRecord;
  /** What a side holds, one line each. */
  held(side: 'near' | 'far'): readonly string[];
  /** Writes over the environment of the next runs. */
  readonly env: Record<string, string>;
}

const prefixed = (prefix: string, { EU, US }: Readonly<Record<string, string>>): Record<string, string> => ({
  [`${prefix}_EU`]: EU ?? '',
  [`${prefix}_US`]: US ?? '',
});

/** The newest record in a bucket. Throws where there is none. */
export function newestRecord({ bucket }: Stage, channel: string): ReleaseRecord {
  const folder = `gitops/releases/default/${channel}/`;
  const [key] = [...bucket.objects.keys()].filter((one) => one.startsWith(folder)).sort();
  const bytes = key === undefined ? undefined : bucket.objects.get(key)?.bytes;
  if (bytes === undefined) throw new Error(`no record of "${channel}"`);
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}

/** What of an entry has to be the same wherever it is. */
export const essence = ({ name, content, manifest, views, proofs, commit }: Entry): Partial<Entry> => ({
  ...{ name, content, manifest, views, proofs },
  ...(commit !== undefined && { commit }),
});

/** A world at its first commit, which is published to `staging`. */
export async function world(options: WorldOptions = {}): Promise<World> {
  const [tree, near, far] = await Promise.all([sourceTree(), startStage(options.stage), startStage(options.stage)]);
  onTestFinished(async () => void (await Promise.all([tree.remove(), near.stop(), far.stop()])));
  await tree.commit({ 'slipway.yaml': config(options), '.gitignore': '*.tar\n.slipway/\nrendered\n' });
  const env: Record<string, string> = {
    ...near.env,
    ...prefixed('NEAR', near.env),
    ...prefixed('FAR', far.env),
    ...{ KEY: OWN.key, PUB: OWN.pub, OTHER: OTHER.pub },
  };
  const text: World['text'] = async (...argv) => {
    const ended = await slipway([...argv, '--quiet'], { cwd: tree.dir, env });
    return { ...ended, receipt: receiptIn(ended.stdout) };
  };
  const run: World['run'] = (...argv) => text(...argv, '--output', 'json');
  const made: World = {
    ...{ tree, near, far, env, run, text },
    async release(version, ...argv) {
      const commit = await tree.commit(clusters(version));
      const ended = await run('publish', ...argv);
      if (ended.code !== 0) throw new Error(ended.stdout + ended.stderr);
      return commit;
    },
    record: (channel) => newestRecord(channel === 'prod' ? far : near, channel),
    held: (side) => listing((side === 'near' ? near : far).live),
  };
  await made.release('one');
  return made;
}

/** Changes one file of the world's folder. */
export async function edit(tree: SourceTree, path: string, change: (text: string) => string): Promise<void> {
  const file = join(tree.dir, path);
  await writeFile(file, change(await readFile(file, 'utf8')));
}
