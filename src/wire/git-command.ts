/** Runs Git, and tells what its failures mean. */
import { SlipwayError } from '../errors.ts';
import { exec, minimalEnv } from './exec.ts';

/** Where Git is asked, and with which environment. */
export interface GitOptions {
  /** Absolute folder inside the working tree. */
  readonly root: string;
  /** The environment of the run; only what Git needs is passed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a Git command answered. */
export interface Answer {
  readonly ok: boolean;
  readonly exitCode: number;
  readonly text: string;
}

/**
 * Git's own configuration passes (trusted folders may be set there), the repository's location does not: a hook's GIT_DIR
 * would describe another repository than the one that is published.
 */
function gitEnv(env: GitOptions['env']): Record<string, string> {
  const passed = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      /^GIT_CONFIG_|^GIT_CEILING_DIRECTORIES$/.test(entry[0]) && entry[1] !== undefined,
  );
  return {
    ...minimalEnv(env),
    ...Object.fromEntries(passed),
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    LC_ALL: 'C',
  };
}

/**
 * Runs one Git command; a failing one is an answer, except where every command would fail: throws `SOURCE` for a repository
 * of another user. `TOOL_MISSING` without Git.
 */
export async function git(args: readonly string[], { root, env }: GitOptions): Promise<Answer> {
  const result = await exec(['git', '-C', root, ...args], {
    cwd: root,
    env: gitEnv(env),
    timeoutSeconds: 120,
    maxOutputBytes: 64 * 1024 * 1024,
    code: 'SOURCE',
    missingHint: 'install git',
  });
  const complaint = Buffer.from(result.stderr).toString('utf8');
  if (result.exitCode !== 0 && complaint.includes('detected dubious ownership')) {
    const [, folder = root] = /dubious ownership in repository at '([^']*)'/.exec(complaint) ?? [];
    throw new SlipwayError('SOURCE', `Cannot read the Git repository "${folder}": it belongs to another user`, {
      hint: `run: git config --global --add safe.directory "${folder}"`,
    });
  }
  return { ok: result.exitCode === 0, exitCode: result.exitCode, text: Buffer.from(result.stdout).toString('utf8') };
}
