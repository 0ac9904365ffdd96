/** What `slipway diff` compares: for each side a release in the stores of the config, something published, or sources. */
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { SlipwayError } from '../errors.ts';
import { CONFIG_FILE, needConfig, type ResolveContext } from './find.ts';
import { artifactNameProblem } from './names.ts';
import { type PullSource, parseReference } from './reference.ts';
import { parseReleaseName, type ReleaseName } from './release-name.ts';
import { type BuildSettings, resolveBuild } from './resolve.ts';
import { type LiveSettings, resolveLive } from './resolve-live.ts';
import { usage } from './usage.ts';

/** What `slipway diff` can be told. */
export interface DiffOptions {
  readonly config?: string | undefined;
  /** Up to two. Default: the channel of the config, and this checkout. */
  readonly sides?: readonly string[] | undefined;
  readonly artifact?: readonly string[] | undefined;
  readonly store?: readonly string[] | undefined;
  /** How a folder without a config becomes what the consumer reads. */
  readonly render?: string | undefined;
  /** Keep both sides of every object that is different, with secrets masked. */
  readonly unified?: boolean | undefined;
}

/** One side. `text` is how the user named it. */
export type SideSettings =
  | {
      readonly kind: 'release';
      readonly text: string;
      readonly name: ReleaseName;
      /** There is a file or folder of that name, too. */
      readonly isPath: boolean;
    }
  | { readonly kind: 'published'; readonly text: string; readonly from: PullSource }
  | {
      readonly kind: 'sources';
      readonly text: string;
      /** Its artifacts are all that there are. */
      readonly build: BuildSettings;
      /** There is a config; otherwise the folder is one artifact, of whatever name. */
      readonly listed: boolean;
    };

/** What `slipway diff` works on. */
export interface DiffSettings {
  readonly before: SideSettings;
  readonly after: SideSettings;
  /** Where releases are; absent where no side is one. */
  readonly live?: LiveSettings;
  /** Names of the artifacts to compare; all when empty. */
  readonly artifacts: readonly string[];
  readonly values: boolean;
}

const isReference = (text: string): boolean => /^(?:oci|s3|file):/.test(text);
/** No name of a release begins with a dot or holds a slash. */
const isPath = (text: string): boolean => !isReference(text) && /^\.|[\\/]/.test(text);

/** The sides by their texts: what is not named is the channel of the config before, and this checkout after. */
async function sidesOf(options: DiffOptions, context: ResolveContext): Promise<readonly [string, string]> {
  const [one, other, ...more] = options.sides ?? [];
  if (more.length > 0) {
    throw usage(`Cannot compare ${more.length + 2} releases: there are two sides`, 'name one or two');
  }
  if (one !== undefined && other !== undefined) return [one, other];
  if (one !== undefined && !isPath(one)) return [one, '.'];
  const missing = usage(
    `Cannot compare: there is no "${CONFIG_FILE}" here that says where anything is`,
    'name one with --config, or write both sides in full: oci://HOST/REPOSITORY:TAG ./FOLDER',
  );
  const { channel } = await needConfig(options.config, context, missing);
  if (channel === undefined)
    throw usage('Cannot compare: no channel is named', 'name one, or set channel in the config');
  return [channel, one ?? '.'];
}

const pathKind = async (path: string): Promise<'file' | 'folder' | undefined> => {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? undefined : found.isDirectory() ? 'folder' : 'file';
};

/** The config of a folder, else the folder or file as one artifact. Throws as {@link resolveBuild} does. */
async function sourcesOf(text: string, options: DiffOptions, context: ResolveContext): Promise<SideSettings> {
  const path = resolve(context.cwd, text);
  const own = path === context.cwd && options.config !== undefined ? options.config : join(text, CONFIG_FILE);
  if ((await pathKind(resolve(context.cwd, own))) !== undefined) {
    if (options.render !== undefined) {
      throw usage(`Cannot use --render: "${own}" says how its artifacts are rendered`, 'leave --render out');
    }
    return { kind: 'sources', text, build: await resolveBuild({ config: own }, context), listed: true };
  }
  const name = basename(path);
  const artifact = artifactNameProblem(name) === undefined ? name : 'folder';
  const render = options.render ?? ((await pathKind(path)) === 'file' ? 'plain' : undefined);
  const build = await resolveBuild({ path: text, artifact: [artifact], render }, context);
  return { kind: 'sources', text, build, listed: false };
}

async function sideOf(text: string, options: DiffOptions, context: ResolveContext): Promise<SideSettings> {
  if (isReference(text)) return { kind: 'published', text, from: parseReference(text, context.cwd) };
  if (isPath(text)) return sourcesOf(text, options, context);
  const isAlsoPath = (await pathKind(resolve(context.cwd, text))) !== undefined;
  try {
    return { kind: 'release', text, name: parseReleaseName(text, 'side'), isPath: isAlsoPath };
  } catch (thrown) {
    if (!isAlsoPath || !(thrown instanceof SlipwayError)) throw thrown;
    throw usage(thrown.message, `write ./${text} for the folder or file`);
  }
}

/**
 * Merges the options of `slipway diff` over the config. Throws `USAGE` for what cannot be compared, and `CONFIG`, and `SOURCE`
 * for a path that is not there.
 */
export async function resolveDiff(options: DiffOptions, context: ResolveContext): Promise<DiffSettings> {
  const [one, other] = await sidesOf(options, context);
  const before = await sideOf(one, options, context);
  const after = await sideOf(other, options, context);
  const { config, store = [], artifact = [], render, unified = false } = options;
  const kinds = [before.kind, after.kind];
  if (store.length > 0 && !kinds.includes('release')) {
    throw usage('Cannot use --store: no side is in the stores of the config', 'leave --store out');
  }
  if (render !== undefined && !kinds.includes('sources')) {
    throw usage('Cannot use --render: no side is a folder', 'leave --render out');
  }
  const live = kinds.includes('release') ? await resolveLive('compare', { config, store }, context) : undefined;
  return { before, after, ...(live && { live }), artifacts: artifact, values: unified };
}
