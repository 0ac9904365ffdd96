/** A small fleet under Git, two stores and the command line as it is shipped, gone after the test. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runProgram } from '../../src/commands/program.ts';
import type { Receipt } from '../../src/model.ts';
import { type Bundle, type Ended, start } from '../cli/bundle.ts';
import { type Files, type SourceTree, sourceTree } from './source-tree.ts';
import { type Contents, listing, type Stage, type StageOptions, startStage } from './stage.ts';

/** Two rendered artifacts, `north` and `south`, to both stores; the bucket `us` orders the releases. */
export const CONFIG = `version: 1
artifacts:
  - { path: clusters/*, render: plain }
stores: { eu: "env://EU", us: "env://US" }
channel: prod
`;

/** A Kubernetes object that names the artifact and the version. */
export const yaml = (artifact: string, version: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${artifact}\ndata:\n  version: ${version}\n`;

/** The artifacts' files at a version. */
export const clusters = (version: string): Record<string, string> =>
  Object.fromEntries(['north', 'south'].map((name) => [`clusters/${name}/cm.yaml`, yaml(name, version)]));

/** `slipway` with these arguments in a folder, with nothing but this environment. */
export type Program = (
  argv: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    /** Ends a run in this process. */
    readonly signal?: AbortSignal;
  },
) => Promise<Ended>;

/** The program as it is shipped, in a process of its own. */
export const shipped =
  ({ root }: Bundle): Program =>
  (argv, options) =>
    start(join(root, 'dist/cli.js'), argv, options).ended;

/** The same program from its sources, in this process: a tenth of the time. */
export const slipway: Program = async (argv, { cwd, env, signal = new AbortController().signal }) => {
  const texts = { stdout: '', stderr: '' };
  const output = (name: keyof typeof texts) => ({
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const context = {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdout: output('stdout'),
    stderr: output('stderr'),
    isTTY: false,
    columns: 80,
    signal,
    now: () => new Date(),
  };
  const code = await runProgram(argv, context, '0.0.0');
  return { code, ...texts };
};

/** How a run ended. `receipt` is there when standard output holds one. */
export interface Outcome extends Ended {
  readonly receipt: Receipt | undefined;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of the fleet's folder. */
  readonly cwd?: string;
}

export interface Fleet {
  readonly stage: Stage;
  readonly tree: SourceTree;
  /** `slipway` with these arguments and the stores in the environment. */
  run(argv: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** `slipway publish --output json --quiet` with these arguments. */
  publish(args?: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** What both stores hold, one line each. */
  held(): readonly string[];
}

export interface FleetOptions {
  readonly files?: Files;
  readonly stage?: StageOptions;
}

const isReceipt = (document: unknown): document is Receipt =>
  typeof document === 'object' && document !== null && 'outcome' in document;

/** The receipt that standard output is. */
export function receiptIn(stdout: string): Receipt | undefined {
  const document: unknown = stdout.startsWith('{') ? JSON.parse(stdout) : undefined;
  return isReceipt(document) ? document : undefined;
}

/** A fleet at its first commit, with nothing published. */
export async function fleet(program: Program, { files = {}, stage: options }: FleetOptions = {}): Promise<Fleet> {
  const [tree, stage] = await Promise.all([sourceTree(), startStage(options)]);
  onTestFinished(async () => void (await Promise.all([tree.remove(), stage.stop()])));
  await tree.commit({ 'slipway.yaml': CONFIG, ...clusters('one'), ...files });
  const run: Fleet['run'] = async (argv, { env = {}, cwd = tree.dir } = {}) => {
    const ended = await program(argv, { cwd, env: { ...stage.env, ...env } });
    return { ...ended, receipt: receiptIn(ended.stdout) };
  };
  return {
    stage,
    tree,
    run,
    publish: (args = [], options) => run(['publish', ...args, '--output', 'json', '--quiet'], options),
    held: () => listing(stage.live),
  };
}

/**
 * Fleets whose first commit is published already. It is published once: commits of equal trees have equal ids here,
 * because their dates are fixed, so what the stores hold afterwards fits every such fleet.
 */
export function publishedFleets(program: () => Program): (options?: StageOptions) => Promise<Fleet> {
  let once: Promise<Contents> | undefined;
  const publishOnce = async (): Promise<Contents> => {
    const first = await fleet(program());
    const ended = await first.publish();
    if (ended.code !== 0) throw new Error(ended.stderr);
    return first.stage.contents();
  };
  return async (options = {}) => {
    once ??= publishOnce();
    return fleet(program(), { stage: { from: await once, ...options } });
  };
}

/** Lines of `after` that are not in `before`; throws when a line is gone, because nothing is ever deleted. */
export function added(before: readonly string[], after: readonly string[]): readonly string[] {
  const gone = before.filter((line) => !after.includes(line));
  if (gone.length > 0) throw new Error(`gone or changed: ${gone.join('\n')}`);
  return after.filter((line) => !before.includes(line));
}

/** What a run said in short. */
export interface Said {
  readonly code: number | null;
  readonly outcome: string | undefined;
  readonly generation: number | undefined;
  /** Of the stores `eu` and `us`. */
  readonly states: readonly string[];
}

export const said = ({ code, receipt }: Outcome): Said => ({
  code,
  outcome: receipt?.outcome,
  generation: receipt?.generation,
  states: Object.values(receipt?.stores ?? {}).map(({ state }) => state),
});

/** A run that went well in both stores. */
export const fine = (outcome: string, generation: number): Said => ({
  code: 0,
  outcome,
  generation,
  states: ['current', 'current'],
});

/** The digests that a run tells, by artifact. */
export const digestsOf = ({ receipt }: Outcome): readonly string[] =>
  (receipt?.artifacts ?? []).map(({ name, digest, manifest }) => `${name} ${digest} ${manifest}`);

/** What to pass on after a refusal, as the end of its hint says it. */
export const phraseOf = ({ receipt }: Outcome): string => /--allow (\S+)$/.exec(receipt?.error?.hint ?? '')?.[1] ?? '';

/** A run and the write requests it made, those of `eu` first. */
export async function counted(
  by: Fleet,
  ...args: readonly string[]
): Promise<{ readonly ended: Outcome; readonly writes: readonly string[] }> {
  const before = by.stage.writes();
  const ended = await by.publish(args);
  const all = by.stage.writes();
  const writes = ['eu', 'us'].flatMap((store) => {
    const of = (lines: readonly string[]): readonly string[] => lines.filter((line) => line.startsWith(store));
    return of(all).slice(of(before).length);
  });
  return { ended, writes };
}
