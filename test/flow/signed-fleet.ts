/** Three artifacts at several commits, each in a folder of its own, and stores that hold them signed. */
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { chainOf } from '../seal/notation/certificates.ts';
import { type Outcome, receiptIn, slipway, yaml } from './fleet.ts';
import { type Files, type SourceTree, sourceTree } from './source-tree.ts';
import { type Contents, listing, type Stage, type StageOptions, startStage } from './stage.ts';
import { pair } from './verify-fleet.ts';

export const ARTIFACTS = ['north', 'south', 'west'] as const;

const BOTH = '{ eu: "env://EU", us: "env://US" }';
const KEY = 'sign: { key: env://KEY }\n';

/** A config of these stores with this sealing; prod unless told. */
const config = (sealing: string, stores = BOTH, primary = 'us'): string =>
  `version: 1
artifacts:
  - { path: clusters/*, render: plain }
stores: ${stores}
primary: ${primary}
channel: prod
${sealing}`;

/** The configs of a fleet, for `--config`. */
export type ConfigName =
  | 'slipway.yaml'
  | 'legacy.yaml'
  | 'notation.yaml'
  | 'notation-only.yaml'
  | 'unsigned.yaml'
  | 'verifying.yaml'
  | 'ordered-by-registry.yaml'
  | 'registry.yaml'
  | 'mirrored.yaml'
  | 'everywhere.yaml';

const CONFIGS: Readonly<Record<ConfigName, string>> = {
  'slipway.yaml': config(`${KEY}verify: { key: env://PUB }\n`),
  'legacy.yaml': config('sign: { key: env://KEY, legacy: true }\n'),
  'notation.yaml': config(
    'sign: { key: env://KEY, notation: { key: env://NOTATION_KEY, certificates: env://NOTATION_PEM } }\n',
  ),
  'notation-only.yaml': config('sign: { notation: { key: env://NOTATION_KEY, certificates: env://NOTATION_PEM } }\n'),
  'unsigned.yaml': config(''),
  'verifying.yaml': config('verify: { key: env://PUB }\n'),
  'ordered-by-registry.yaml': config(`${KEY}verify: { key: env://PUB }\n`, BOTH, 'eu'),
  'registry.yaml': config(KEY, '{ eu: "env://EU" }', 'eu'),
  'mirrored.yaml': config(KEY, '{ eu: "env://EU", us: "env://US", mirror: "env://MIRROR" }'),
  'everywhere.yaml': config(
    'sign: { key: slipway.key }\n',
    '{ eu: "env://EU", us: "env://US", disk: "file:.slipway/layouts", lab: "file:.slipway/lab?layout=object" }',
  ),
};

/** The commits, each a child of the one in front; `copy` has an artifact more, with the content of `north`. */
export type CommitName = 'one' | 'unrelated' | 'south' | 'copy';

const COMMITS: Readonly<Record<CommitName, Files>> = {
  one: Object.fromEntries(ARTIFACTS.map((name) => [`clusters/${name}/cm.yaml`, yaml(name, 'one')])),
  unrelated: { 'README.md': 'other things\n' },
  south: { 'clusters/south/cm.yaml': yaml('south', 'two') },
  copy: { 'clusters/copy/cm.yaml': yaml('north', 'one') },
};

export const OWN: ReturnType<typeof pair> = pair();
export const NEW: ReturnType<typeof pair> = pair();
const notation = chainOf();

const SECRETS = {
  ...{ KEY: OWN.key, PUB: OWN.pub },
  ...{ NOTATION_KEY: notation.key, NOTATION_PEM: notation.pem },
};

interface Prepared {
  readonly tree: SourceTree;
  readonly folders: Readonly<Record<CommitName, string>>;
}

async function prepare(): Promise<Prepared> {
  const tree = await sourceTree();
  const first = { '.gitignore': '.slipway/\nslipway.key\nslipway.pub\n', ...CONFIGS };
  const folders: Record<string, string> = {};
  for (const [name, files] of Object.entries(COMMITS)) {
    const commit = await tree.commit({ ...(name === 'one' ? first : {}), ...files });
    folders[name] = join(tree.dir, '.slipway', name);
    await tree.git('worktree', 'add', '--quiet', '--detach', folders[name], commit);
  }
  return { tree, folders: folders as Record<CommitName, string> };
}

let prepared: Promise<Prepared> | undefined;
let published: Promise<Contents> | undefined;

/** Ends what the tests of a file share; to be called once in each. */
export function shareTrees(): void {
  afterAll(async () => {
    await (await prepared)?.tree.remove();
    [prepared, published] = [undefined, undefined];
  });
}

export interface Publishing {
  /** Which commit is checked out; by default the first. */
  readonly at?: CommitName;
  readonly config?: ConfigName;
  /** More of `slipway publish`. */
  readonly args?: readonly string[];
  /** Over the secrets; empty values are none. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface SignedFleet {
  readonly stage: Stage;
  readonly folders: Prepared['folders'];
  publish(options?: Publishing): Promise<Outcome>;
  /** A publish and the requests it made, as `STORE METHOD PATH`: those that write, and all. */
  counted(options?: Publishing): Promise<{
    readonly ended: Outcome;
    readonly writes: readonly string[];
    readonly requests: readonly string[];
  }>;
  held(): readonly string[];
}

const lineOf = (store: string, { method, path }: { method: string; path: string }): string =>
  `${store} ${method} ${path.replace(/\?.*$/s, '')}`;

function asFleet(stage: Stage, { folders }: Prepared): SignedFleet {
  const { registry, bucket } = stage;
  const publish: SignedFleet['publish'] = async ({ at = 'one', config: name, args = [], env = {}, signal } = {}) => {
    const given = { ...SECRETS, ...stage.env, MIRROR: `oci://${registry.host}/mirror/{artifact}`, ...env };
    const chosen = name === undefined ? [] : ['--config', name];
    const argv = ['publish', ...chosen, ...args, '--output', 'json', '--quiet'];
    const ended = await slipway(argv, { cwd: folders[at], env: given, ...(signal && { signal }) });
    return { ...ended, receipt: receiptIn(ended.stdout) };
  };
  return {
    stage,
    folders,
    publish,
    async counted(options) {
      const [seen, served] = [registry.requests.length, bucket.requests.length];
      const ended = await publish(options);
      const all = [
        ...registry.requests.slice(seen).map((one) => ({ ...one, line: lineOf('eu', one) })),
        ...bucket.requests.slice(served).map((one) => ({ ...one, line: lineOf('us', one) })),
      ];
      const writes = all.filter(({ write }) => write).map(({ line }) => line);
      return { ended, writes, requests: all.map(({ line }) => line) };
    },
    held: () => listing(stage.live),
  };
}

/** Stores with nothing in them, or with what is given, gone after the test. */
export async function emptyFleet(options: StageOptions = {}): Promise<SignedFleet> {
  prepared ??= prepare();
  const [trees, stage] = await Promise.all([prepared, startStage(options)]);
  onTestFinished(() => stage.stop());
  return asFleet(stage, trees);
}

async function publishOnce(trees: Prepared): Promise<Contents> {
  const stage = await startStage();
  try {
    const ended = await asFleet(stage, trees).publish();
    if (ended.code !== 0) throw new Error(ended.stdout + ended.stderr);
    return stage.contents();
  } finally {
    await stage.stop();
  }
}

/** Stores that hold the first commit, signed by {@link OWN} and published to `prod`. */
export async function signedFleet(options: StageOptions = {}): Promise<SignedFleet> {
  prepared ??= prepare();
  published ??= prepared.then(publishOnce);
  return emptyFleet({ from: await published, ...options });
}
