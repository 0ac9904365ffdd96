/** Finds and reads the config file. */
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { SlipwayError } from '../errors.ts';
import type { Environment } from './environment.ts';
import { type Config, readConfig } from './read.ts';

/** The name of the config file that is read without `--config`. */
export const CONFIG_FILE = 'slipway.yaml';

/** Where a run takes place. */
export interface ResolveContext {
  /** Absolute. */
  readonly cwd: string;
  readonly env: Environment;
}

async function textOf(path: string, shown: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SlipwayError('CONFIG', `Cannot read config file "${shown}": it cannot be opened`, {
      hint: 'make it a readable file',
      cause,
    });
  }
}

/**
 * Reads the config file that `--config` names, or `slipway.yaml` of the working directory; undefined when that is not
 * there. Throws `CONFIG` when a named file is missing and for everything {@link readConfig} finds.
 */
export async function findConfig(named: string | undefined, { cwd, env }: ResolveContext): Promise<Config | undefined> {
  const path = resolve(cwd, named ?? CONFIG_FILE);
  const shown = relative(cwd, path).startsWith('..') ? path : relative(cwd, path);
  const text = await textOf(path, shown);
  if (text !== undefined) return readConfig(text, shown, { dir: dirname(path), env });
  if (named === undefined) return undefined;
  throw new SlipwayError('CONFIG', `Cannot read config file "${shown}": there is no such file`, {
    hint: `looked for "${path}"`,
  });
}

/** The config as {@link findConfig} reads it. Throws `missing` where there is none. */
export async function needConfig(
  named: string | undefined,
  context: ResolveContext,
  missing: SlipwayError,
): Promise<Config> {
  const config = await findConfig(named, context);
  if (config === undefined) throw missing;
  return config;
}
