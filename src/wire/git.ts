/** What Git knows about the source: where it comes from, which commit, and how commits relate. */
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { SlipwayError } from '../errors.ts';
import type { Provenance } from '../model.ts';
import type { History, Relation } from '../ship/history.ts';
import { type Answer, type GitOptions, git } from './git-command.ts';
import { publicRemote } from './git-remote.ts';

/** Whose facts are asked for. */
export interface GitFactsOptions extends GitOptions {
  /** Absolute paths of the artifacts: new files there make the source dirty. */
  readonly paths: readonly string[];
}

/** Variables in which CI systems keep the branch or tag; checkouts there are often detached. Earlier ones win. */
const REF_VARIABLES = [
  ...['GITHUB_HEAD_REF', 'GITHUB_REF_NAME', 'CI_COMMIT_REF_NAME', 'BUILDKITE_BRANCH', 'CIRCLE_BRANCH', 'CIRCLE_TAG'],
  ...['BUILD_SOURCEBRANCHNAME', 'BITBUCKET_BRANCH', 'BITBUCKET_TAG', 'BRANCH_NAME', 'GIT_BRANCH'],
] as const;

/** slipway's own folder: the embedded store and its caches are never part of the source. */
const OWN_FOLDER = '.slipway';

function refOf(branch: string | undefined, tags: Answer, env: GitOptions['env']): string | undefined {
  if (branch !== undefined && branch !== '(detached)') return branch;
  const [tag = ''] = tags.ok ? tags.text.split('\n') : [];
  if (tag !== '') return tag;
  const variable = REF_VARIABLES.find((name) => (env[name] ?? '') !== '');
  return variable === undefined ? undefined : env[variable]?.replace(/^(?:refs\/(?:heads|tags)|origin)\//, '');
}

/** `origin`, else the only remote. The configured URL, not the one rewritten by `insteadOf`: that may hold a token. */
function sourceOf(config: Answer): string | undefined {
  const urls = new Map<string, string>();
  for (const line of config.text.split('\0')) {
    const [, name, url] = /^remote\.(.*)\.url\n(.*)$/s.exec(line) ?? [];
    if (name !== undefined && url !== undefined && !urls.has(name)) urls.set(name, url);
  }
  const [first] = urls.size === 1 ? urls.values() : [];
  const url = urls.get('origin') ?? first;
  return url === undefined ? undefined : publicRemote(url);
}

/** Facts of `git status --porcelain=v2 --branch -z`. Paths are relative to the top of the working tree. */
interface Status {
  readonly branch?: string;
  readonly changed: readonly string[];
  /** Files, and folders (with a final slash) in which nothing is tracked. */
  readonly untracked: readonly string[];
}

function statusOf(text: string): Status {
  const changed: string[] = [];
  const untracked: string[] = [];
  let branch: string | undefined;
  const lines = text.split('\0');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line.startsWith('# branch.head ')) branch = line.slice('# branch.head '.length);
    if (line.startsWith('? ')) untracked.push(line.slice(2));
    // Fields before the path, by kind of line (git-status, "Porcelain Format Version 2").
    const fields = { '1': 8, '2': 9, u: 10 }[line[0] ?? ''];
    if (fields === undefined || line[1] !== ' ') continue;
    changed.push(line.split(' ').slice(fields).join(' '));
    if (line.startsWith('2')) index++;
  }
  return { changed, untracked, ...(branch === undefined ? {} : { branch }) };
}

const isOwn = (path: string): boolean => path.split('/').includes(OWN_FOLDER);

/** New files count where they could end up in an artifact: below an artifact's path, or in a new folder around it. */
function touches(untracked: string, artifact: string): boolean {
  const folder = artifact === '' ? '' : `${artifact}/`;
  return (
    untracked === artifact || untracked.startsWith(folder) || (untracked.endsWith('/') && folder.startsWith(untracked))
  );
}

async function isDirty({ changed, untracked }: Status, top: string, paths: readonly string[]): Promise<boolean> {
  if (changed.some((path) => !isOwn(path))) return true;
  const candidates = untracked.filter((path) => !isOwn(path));
  if (candidates.length === 0) return false;
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => path)));
  const inside = real
    .map((path) => relative(top, path).split(sep).join('/'))
    .filter((path) => !/^\.\.(?:\/|$)/.test(path));
  return inside.some((artifact) => candidates.some((path) => touches(path, artifact)));
}

/** The top of the working tree around a folder: where `.git` (a folder, or a file in worktrees and submodules) is. */
async function topOf(root: string): Promise<string | undefined> {
  let folder = await realpath(root);
  while (!existsSync(join(folder, '.git'))) {
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return folder;
}

const withoutGit = (thrown: unknown): undefined => {
  if (thrown instanceof SlipwayError && thrown.code === 'TOOL_MISSING') return undefined;
  throw thrown;
};

/**
 * Where the source at `root` comes from. Without a repository, without Git, or before the first commit there is no commit.
 * The source is dirty when a tracked file anywhere differs from the commit, or an artifact's path has new files that are
 * not ignored; `.slipway/` never counts. Throws `SOURCE` for a repository that belongs to another user.
 */
export async function gitFacts(options: GitFactsOptions): Promise<Provenance> {
  const { root, paths, env } = options;
  const top = await topOf(root);
  if (top === undefined) return { dirty: false };
  const answers = await Promise.all([
    git(['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=normal'], options),
    git(['log', '-1', '--no-show-signature', '--format=%H %ct', 'HEAD'], options),
    git(['config', '-z', '--get-regexp', '^remote\\..*\\.url$'], options),
    git(
      ['for-each-ref', '--points-at=HEAD', '--sort=-version:refname', '--format=%(refname:strip=2)', 'refs/tags'],
      options,
    ),
  ]).catch(withoutGit);
  if (answers === undefined) return { dirty: false };
  const [statusAnswer, head, remotes, tags] = answers;
  const source = sourceOf(remotes);
  const [, commit, seconds] = /^([0-9a-f]+) (\d+)/.exec(head.text) ?? [];
  if (!head.ok || commit === undefined) return { ...(source === undefined ? {} : { source }), dirty: false };
  if (!statusAnswer.ok) {
    throw new SlipwayError('SOURCE', `Cannot tell whether "${root}" has uncommitted changes: git status failed`, {
      hint: 'run git status there',
    });
  }
  const status = statusOf(statusAnswer.text);
  const ref = refOf(status.branch, tags, env);
  return {
    ...(source === undefined ? {} : { source }),
    commit,
    commitTime: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z'),
    ...(ref === undefined ? {} : { ref }),
    dirty: await isDirty(status, top, paths),
  };
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Exit code 0 is yes, 1 is no; anything else means that a commit is not there. */
async function isAncestor(older: string, newer: string, options: GitOptions): Promise<boolean | undefined> {
  const { exitCode } = await git(['merge-base', '--is-ancestor', older, newer], options);
  return exitCode === 0 || exitCode === 1 ? exitCode === 0 : undefined;
}

async function relate(ours: string, other: string, options: GitOptions): Promise<Relation> {
  if (await isAncestor(other, ours, options)) return 'newer';
  if (await isAncestor(ours, other, options)) return 'older';
  const shallow = await git(['rev-parse', '--is-shallow-repository'], options);
  return shallow.ok && shallow.text.trim() === 'false' ? 'unrelated' : 'unknown';
}

/**
 * How commits relate in the repository around `root`. Answers are kept: each pair is looked up once. Without Git, or with
 * something that is not a full commit id, the answer is `unknown`.
 */
export function gitHistory(options: GitOptions): History {
  const known = new Map<string, Promise<Relation>>();
  return {
    relation(ours, other) {
      // Ids come out of records, which others can write: nothing but hex ever reaches a command line.
      if (!COMMIT.test(ours) || !COMMIT.test(other)) return Promise.resolve('unknown');
      if (ours === other) return Promise.resolve('same');
      const pair = `${ours} ${other}`;
      const answer = known.get(pair) ?? relate(ours, other, options).catch((thrown) => withoutGit(thrown) ?? 'unknown');
      known.set(pair, answer);
      return answer;
    },
  };
}
