/** A folder with a Git history of its own, for runs of the command line. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Text by path; undefined deletes the file or folder. */
export type Files = Readonly<Record<string, string | undefined>>;

export interface SourceTree {
  readonly dir: string;
  /** Runs Git there and answers what it prints, trimmed. */
  git(...args: readonly string[]): Promise<string>;
  write(files: Files): Promise<void>;
  /** Writes the files and commits everything, a minute after the last commit. Answers the commit. */
  commit(files: Files): Promise<string>;
  /** Files by their text again, at that commit, with nothing else changed. */
  checkout(commit: string): Promise<void>;
  remove(): Promise<void>;
}

const FIRST = Date.UTC(2026, 0, 1) / 1000;

async function writeAll(dir: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(dir, path);
    await mkdir(dirname(file), { recursive: true });
    if (text === undefined) await rm(file, { recursive: true });
    else await writeFile(file, text);
  }
}

/** A new repository without commits. The caller removes it. */
export async function sourceTree(): Promise<SourceTree> {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-flow-'));
  let commits = 0;
  const git: SourceTree['git'] = async (...args) => {
    const date = `${FIRST + commits * 60} +0000`;
    const env = {
      PATH: process.env.PATH,
      HOME: dir,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    };
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    return (await promisify(execFile)('git', [...identity, ...args], { cwd: dir, env })).stdout.trim();
  };
  await git('init', '--quiet', '--initial-branch=main');
  return {
    dir,
    git,
    write: (files) => writeAll(dir, files),
    async commit(files) {
      commits += 1;
      await writeAll(dir, files);
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '--message=change');
      return git('rev-parse', 'HEAD');
    },
    checkout: async (commit) => void (await git('checkout', '--quiet', '--detach', commit)),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
