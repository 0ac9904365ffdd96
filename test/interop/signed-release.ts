/** Releases of tiny artifacts, signed by the command line as it is shipped, and what others' verifiers say about them. */
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, ProofKind, Receipt } from '../../src/model.ts';
import { sourceTree } from '../flow/source-tree.ts';
import { configMap } from './fixture.ts';
import { type Folder, folder } from './folder.ts';
import { type Ended, run, start } from './peer.ts';
import { type RunningRegistry, startDistribution, startGoRegistry, toolPath } from './servers.ts';
import { publish, slipway, slipwayPath } from './slipway.ts';

/** Any UTF-8 will do. */
const PASSPHRASE = 'pass ü phrase';

/** Both ways in which registries tell what is attached to a manifest. */
export const REGISTRIES: readonly (readonly [string, () => Promise<RunningRegistry>])[] = [
  ['with the referrers API', startGoRegistry],
  ['without the referrers API', () => startDistribution({ inMemory: true })],
];

type Environment = Readonly<Record<string, string>>;

/** A repository of tiny artifacts, and beside it a folder with keys and what else verifiers need. */
export interface Fleet {
  readonly home: Folder;
  /** Names of the artifacts, in byte order. */
  readonly names: readonly string[];
  /** Makes `<name>.key` and `<name>.pub` in `home`; answers the path of the first. */
  keygen(name: string): Promise<string>;
  /** Publishes all artifacts to channel `live`. Must succeed. */
  publish(config: Config, env?: Environment): Promise<Receipt>;
  /** Leaves the config behind that {@link publish} would use. */
  configure(config: Config): Promise<void>;
  /** Runs `slipway` by the config that was used last. */
  slipway(args: readonly string[], env?: Environment): Promise<Ended>;
  remove(): Promise<void>;
}

/** What differs between configs. Files have absolute paths. */
export interface Config {
  readonly stores: Readonly<Record<string, string>>;
  /** By default `source`. */
  readonly render?: 'source' | 'plain';
  readonly sign?: object;
  readonly verify?: object;
}

/** Makes and commits so many artifacts. */
export async function makeFleet(count: number): Promise<Fleet> {
  const [tree, home] = await Promise.all([sourceTree(), folder()]);
  await appendFile(join(tree.dir, '.git/info/exclude'), 'slipway.yaml\n');
  const names = Array.from({ length: count }, (_, index) => `app-${String(index).padStart(4, '0')}`);
  await tree.commit(Object.fromEntries(names.map((name) => [`apps/${name}/app.yaml`, configMap(name)])));
  const cwd = tree.dir;
  const secrets = { HOME: home.path, SLIPWAY_KEY_PASSWORD: PASSPHRASE };
  const configure: Fleet['configure'] = async ({ render = 'source', ...config }) => {
    const artifacts = [{ path: 'apps/*', render }];
    await writeFile(join(cwd, 'slipway.yaml'), JSON.stringify({ version: 1, channel: 'live', artifacts, ...config }));
  };
  return {
    home,
    names,
    async keygen(name) {
      await run(process.execPath, [slipwayPath(), 'keygen', '--out', name], { cwd: home.path, env: secrets });
      return join(home.path, `${name}.key`);
    },
    configure,
    async publish(config, env = {}) {
      await configure(config);
      return publish([], { cwd, env: { ...secrets, ...env } });
    },
    slipway: (args, env = {}) => slipway(args, { cwd, env: { ...secrets, ...env } }),
    remove: async () => void (await Promise.all([tree.remove(), home.remove()])),
  };
}

/** All artifacts of a release by digest, where the store called `registry` has them: `HOST/REPOSITORY@sha256:…`. */
export const referencesOf = ({ artifacts }: Receipt): readonly string[] =>
  artifacts.map(({ stores }) => (stores.registry?.reference ?? '').replace(/^oci:\/\/(.*):live@/, '$1@'));

/** Digests of the proofs of a kind, each once. */
export function proofsOf({ artifacts }: Receipt, kind: ProofKind): readonly Digest[] {
  const all = artifacts.flatMap(({ proofs }) => proofs);
  return [...new Set(all.filter((proof) => proof.kind === kind).map(({ digest }) => digest))];
}

/** What cosign's library says when it is used as Flux does. */
export interface Verdict {
  readonly reference: string;
  /** What it looked at. */
  readonly format: 'bundle' | 'legacy';
  readonly ok: boolean;
  readonly error?: string;
}

/** As the newest Flux, or as one that knows no bundles, with a key or an identity: the options of `go/cosign-verify`. */
export async function byFlux(
  options: readonly string[],
  references: readonly string[],
  { path: cwd }: Folder,
): Promise<readonly Verdict[]> {
  const { stdout } = await run(toolPath('cosign-verify'), options, { cwd, input: references.join('\n') });
  const lines = stdout.trimEnd().split('\n');
  const verdicts = lines.map((line) => JSON.parse(line) as Verdict);
  const isAboutAll = references.every((reference, index) => verdicts[index]?.reference === reference);
  if (!isAboutAll || lines.length !== references.length) throw new Error(`${lines.length} verdicts: ${stdout}`);
  return verdicts;
}

/** The verdicts that are not this. */
export function otherThan(expected: Pick<Verdict, 'format' | 'ok'>, verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.filter(({ format, ok }) => format !== expected.format || ok !== expected.ok);
}

/** The cosign of the command line, with a key and no log. */
export function byCosign(
  command: 'verify' | 'verify-attestation' | 'verify-blob-attestation',
  args: readonly string[],
  { path: cwd }: Folder,
): Promise<Ended> {
  return start(toolPath('cosign'), [command, '--insecure-ignore-tlog=true', ...args], { cwd });
}
