/** A folder whose `prod` has waves, with a clock that only waiting moves. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runProgram } from '../../src/commands/program.ts';
import type { Promotion } from '../../src/model.ts';
import { sourceTree } from './source-tree.ts';

export const CLUSTERS = ['canary-1', 'canary-2', 'east', 'west'] as const;

export const WAVES = '[{ name: canary, artifacts: [canary-*], soak: 30m }, { name: rest }]';

const config = (waves: string): string => `version: 1
artifacts:
  - { path: clusters/*, render: plain }
stores: { lab: "file:out?layout=object" }
channels:
  prod:
    waves: ${waves}
`;

const manifest = (cluster: string, version: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app, namespace: web }\ndata: { cluster: ${cluster}, version: "${version}" }\n`;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output where it is JSON. */
  readonly promotion: Promotion;
}

export interface WavesWorld {
  /** Absolute. */
  readonly dir: string;
  /** Milliseconds; what is waited for is added. */
  clock: number;
  /** Spans that were waited for, in milliseconds. */
  readonly pauses: number[];
  /** Called in every pause. */
  during: () => Promise<unknown> | unknown;
  readonly env: Record<string, string>;
  text(...argv: readonly string[]): Promise<Ended>;
  /** As JSON. */
  run(...argv: readonly string[]): Promise<Ended>;
  /** Publishes all clusters at a version, to `staging` by default. */
  release(version: string, channel?: string): Promise<void>;
  /** The version that every cluster of a channel shows. */
  versions(channel?: string): Promise<Readonly<Record<string, string>>>;
  readonly abort: () => void;
}

const at = (text: string): string => /version: "(.*)"/.exec(text)?.[1] ?? text;

/** Everything of a world but its folder. */
function worldIn(dir: string): WavesWorld {
  let stop = new AbortController();
  const text: WavesWorld['text'] = async (...argv) => {
    const texts = { stdout: '', stderr: '' };
    const output = (name: keyof typeof texts) => ({
      write: (part: string) => {
        texts[name] += part;
      },
    });
    stop = new AbortController();
    const context = {
      cwd: dir,
      env: { PATH: process.env.PATH, HOME: dir, ...world.env },
      stdout: output('stdout'),
      stderr: output('stderr'),
      ...{ isTTY: false, columns: 80, signal: stop.signal },
      now: () => new Date(world.clock),
      async pause(milliseconds: number) {
        world.pauses.push(milliseconds);
        world.clock += milliseconds;
        await world.during();
      },
    };
    const code = await runProgram(argv, context, '0.0.0');
    const promotion = texts.stdout.startsWith('{') ? JSON.parse(texts.stdout) : undefined;
    return { code, ...texts, promotion };
  };
  const world: WavesWorld = {
    ...{ dir, clock: Date.UTC(2026, 4, 1, 12), pauses: [], env: {}, during: () => undefined, text },
    run: (...argv) => text(...argv, '--output', 'json'),
    async release(version, channel = 'staging') {
      for (const cluster of CLUSTERS) {
        await mkdir(join(dir, 'clusters', cluster), { recursive: true });
        await writeFile(join(dir, 'clusters', cluster, 'app.yaml'), manifest(cluster, version));
      }
      const ended = await text('publish', '--channel', channel, '--quiet');
      if (ended.code !== 0) throw new Error(ended.stdout + ended.stderr);
    },
    async versions(channel = 'prod') {
      const shown = CLUSTERS.map(async (name) => {
        const path = join(dir, 'out/channels', channel, name, 'manifests.yaml');
        return [name, at(await readFile(path, 'utf8').catch(() => 'nothing'))];
      });
      return Object.fromEntries(await Promise.all(shown));
    },
    abort: () => stop.abort(),
  };
  return world;
}

let first: Promise<string> | undefined;

/** Made once: others are copies of it. */
async function firstWorld(): Promise<string> {
  const { dir, commit } = await sourceTree();
  await commit({ 'slipway.yaml': config(WAVES), '.gitignore': 'out\n*.log\n*.mjs\nclusters\n' });
  const world = worldIn(dir);
  await world.release('1');
  await world.release('1', 'prod');
  await commit({ 'next.txt': '2' });
  await world.release('2');
  return dir;
}

/** Call it once behind all tests of a file. The next file may share this module, and begins anew. */
export async function removeWorlds(): Promise<void> {
  const made = first;
  first = undefined;
  if (made !== undefined) await rm(await made, { recursive: true, force: true });
}

/** A world whose `prod` shows version 1, and whose `staging` went on to version 2 with its second generation. */
export async function wavesWorld(waves: string = WAVES): Promise<WavesWorld> {
  first ??= firstWorld();
  const dir = await mkdtemp(join(tmpdir(), 'slipway-waves-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await cp(await first, dir, { recursive: true });
  if (waves !== WAVES) await writeFile(join(dir, 'slipway.yaml'), config(waves));
  return worldIn(dir);
}

/** `slipway promote --from staging --to prod`. */
export const PROMOTE = ['promote', '--from', 'staging', '--to', 'prod'] as const;

/** What the clusters show: the canaries one version, the rest another. */
export const shown = (canary: string, rest: string): Record<string, string> => ({
  ...{ 'canary-1': canary, 'canary-2': canary },
  ...{ east: rest, west: rest },
});

/** Waves that the run worked on. */
export const outcomes = ({ waves }: Promotion): readonly string[] =>
  waves.flatMap(({ name, receipt }) =>
    receipt === undefined ? [] : [`${name} ${receipt.outcome} ${receipt.generation}`],
  );
