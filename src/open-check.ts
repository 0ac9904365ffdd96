/** Settings of checks become what the checks work with: files read, programs and registries lent. */
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import type { CheckOptions, CrdFile } from './check/check.ts';
import { NEWEST } from './check/schema/catalog.ts';
import { SlipwayError } from './errors.ts';
import type { CheckSettings, CrdSource } from './model.ts';
import { dockerCredentials } from './wire/docker-config.ts';
import { exec, minimalEnv } from './wire/exec.ts';
import type { ImageExists } from './wire/image.ts';
import { startThread, type Thread } from './wire/thread.ts';

/** What checks take from the run. */
export interface CheckContext {
  /** Absolute folder that policy programs run in. */
  readonly root: string;
  /** How many there are to check. */
  readonly artifacts?: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** The most that a policy program may print, in bytes. */
const MAX_ANSWER = 20_000_000;

/** Does something to a file or folder of `check.crds`. */
async function reading<Result>(shown: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw new SlipwayError('CONFIG', `Cannot read "${shown}" of check.crds`, { hint: 'name a file or folder', cause });
  }
}

/** A file; undefined for a folder. Pipes and devices are refused: reading them may never end. */
async function crdFile({ path, shown }: CrdSource): Promise<CrdFile | undefined> {
  const found = await reading(shown, () => stat(path));
  if (found.isDirectory()) return undefined;
  if (found.isFile()) return { file: shown, text: await reading(shown, () => readFile(path, 'utf8')) };
  throw new SlipwayError('CONFIG', `Cannot read "${shown}" of check.crds: it is no regular file`, {
    hint: 'name a file or folder',
  });
}

/** The YAML and JSON files of a folder and its folders, in order. */
async function crdsBelow({ path, shown }: CrdSource): Promise<readonly CrdFile[]> {
  const names = await reading(shown, () => readdir(path, { recursive: true }));
  const files = await Promise.all(
    names
      .filter((name) => /\.(?:ya?ml|json)$/.test(name))
      .sort()
      .map((name) => crdFile({ path: join(path, name), shown: join(shown, name) })),
  );
  return files.filter((file) => file !== undefined);
}

/** The files of an entry. One without any CRD is a mistake: nothing would be checked against it. */
async function crdFiles(source: CrdSource): Promise<readonly CrdFile[]> {
  const file = await crdFile(source);
  const files = file === undefined ? await crdsBelow(source) : [file];
  if (files.some(({ text }) => text.includes('CustomResourceDefinition'))) return files;
  throw new SlipwayError('CONFIG', `"${source.shown}" of check.crds holds no CustomResourceDefinition`, {
    hint: 'name a file with one, or a folder with such files: .yaml, .yml or .json',
  });
}

/** The question whether images exist. Its client is loaded only where it is asked. */
async function imageQuestion({ env, signal }: Pick<CheckContext, 'env' | 'signal'>): Promise<ImageExists> {
  const { openImages } = await import('./wire/image.ts');
  const credentials = dockerCredentials({ env, homeDir: env.HOME ?? homedir() });
  return openImages({ credentials, env, meter: { reads: 0, writes: 0 }, signal });
}

/** More threads than this only wait for the one that asks them. */
const MAX_HELPERS = 3;
/** So many artifacts may well have documents enough for helpers, which take as long to start as these to render. */
const MANY_ARTIFACTS = 50;

/** The threads' program lies beside the bundle, or above its chunks. There is none where the sources run unbundled. */
const workerFile = (): URL | undefined =>
  ['check-worker.js', '../check-worker.js']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url));

/** Starts a thread for each core that this one leaves idle. */
function startThreads(): readonly Thread[] {
  const file = workerFile();
  if (file === undefined) return [];
  return Array.from({ length: Math.min(MAX_HELPERS, availableParallelism() - 1) }, () => startThread(file));
}

/** Opens the checks of a run. Throws `CONFIG` for CRDs that cannot be read. */
export async function openCheck(
  settings: CheckSettings,
  { root, artifacts = 1, env, signal }: CheckContext,
): Promise<CheckOptions> {
  const { kubernetes = NEWEST.kubernetes, flux = NEWEST.flux, crds, rules, tenants, commands } = settings;
  const threads = artifacts >= MANY_ARTIFACTS ? startThreads() : undefined;
  return {
    targets: { kubernetes, flux },
    crds: (await Promise.all(crds.map(crdFiles))).flat(),
    rules,
    tenants,
    commands,
    openThreads: () => threads ?? startThreads(),
    ...(settings.images === 'exist' && { imageExists: await imageQuestion({ env, signal }) }),
    async runPolicy({ name, run, timeoutSeconds }, stdin) {
      const { exitCode, stdout, stderr } = await exec(run, {
        cwd: root,
        env: minimalEnv(env),
        stdin,
        timeoutSeconds,
        maxOutputBytes: MAX_ANSWER,
        signal,
        code: 'CONFIG',
        missingHint: `install it and put it on PATH, or correct \`run\` of "${name}" in check.commands`,
      });
      return { exitCode, stdout: Buffer.from(stdout).toString(), stderr: Buffer.from(stderr).toString() };
    },
    signal,
  };
}
