import type { SourceFile } from '../model.ts';
import { compileGlob, type Glob } from './glob.ts';

/** The file that holds ignore rules, in any folder of an artifact. */
export const IGNORE_FILE = '.sourceignore';

/**
 * The default rules of Flux (fluxcd/pkg `sourceignore`), by the names it gives them. At the consumer `vcs` always applies;
 * `ext`, `ci` and `extra` apply only to an artifact without a single rule of its own.
 */
export const DEFAULT_RULES: Readonly<Record<'vcs' | 'ext' | 'ci' | 'extra', readonly string[]>> = {
  vcs: ['.git/', '.gitignore', '.gitmodules', '.gitattributes'],
  ext: ['*.jpg', '*.jpeg', '*.gif', '*.png', '*.wmv', '*.flv', '*.tar.gz', '*.zip'],
  ci: [
    '.github/',
    '.circleci/',
    '.travis.yml',
    '.gitlab-ci.yml',
    'appveyor.yml',
    '.drone.yml',
    'cloudbuild.yaml',
    'codeship-services.yml',
    'codeship-steps.yml',
  ],
  extra: ['**/.goreleaser.yml', '**/.sops.yaml', '**/.flux.yaml'],
};

/** One line of an ignore file, compiled. A segment is a glob, `**` or empty; a malformed glob never matches. */
export interface IgnoreRule {
  /** Segments of the folder that the rule applies below. */
  readonly domain: readonly string[];
  readonly segments: readonly Segment[];
  readonly includes: boolean;
  readonly folderOnly: boolean;
}

type Segment = Glob | 'many' | 'empty';

const NEVER: Glob = () => false;

/** The rules for version control, which apply to every artifact. */
export const VCS_RULES: readonly IgnoreRule[] = DEFAULT_RULES.vcs.map((line) => parseRule(line, []));

const DEFAULTS: readonly IgnoreRule[] = Object.values(DEFAULT_RULES).flatMap((lines) =>
  lines.map((line) => parseRule(line, [])),
);

/**
 * The rules of an ignore file. `folder` is the path of the folder it lies in (empty for the artifact's root). Lines that
 * are blank or begin with `#` are none. A byte order mark counts as part of the first line, as it does for Flux.
 */
export function parseIgnoreFile(text: string, folder: string): IgnoreRule[] {
  const domain = folder === '' ? [] : folder.split('/');
  return text
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => !line.startsWith('#') && !/^\p{White_Space}*$/u.test(line))
    .map((line) => parseRule(line, domain));
}

function parseRule(line: string, domain: readonly string[]): IgnoreRule {
  const includes = line.startsWith('!');
  let pattern = includes ? line.slice(1) : line;
  if (!pattern.endsWith('\\ ')) pattern = pattern.replace(/ +$/, '');
  const folderOnly = pattern.endsWith('/');
  if (folderOnly) pattern = pattern.slice(0, -1);
  const parts = pattern.split('/');
  return { domain, includes, folderOnly, segments: parts.map((part) => segmentOf(part, parts.length > 1)) };
}

function segmentOf(part: string, anchored: boolean): Segment {
  if (!anchored) return compileGlob(part) ?? NEVER;
  if (part === '') return 'empty';
  if (part === '**') return 'many';
  return part.includes('**') ? NEVER : (compileGlob(part) ?? NEVER);
}

/**
 * Whether rules leave a path out, exactly as Flux decides it (fluxcd/pkg `sourceignore/gitignore`, from go-git 5.16.4): the
 * last rule that matches the full path wins, and a file below an ignored folder can be included again.
 */
export function isIgnored(rules: readonly IgnoreRule[], path: string, isFolder: boolean): boolean {
  const names = path.split('/');
  for (let i = rules.length - 1; i >= 0; i--) {
    const rule = rules[i];
    if (rule !== undefined && matchesRule(rule, names, isFolder)) return !rule.includes;
  }
  return false;
}

/** Whether a rule is about a path, given as its segments: leaving it out, or including it. */
export function matchesRule(rule: IgnoreRule, names: readonly string[], isFolder: boolean): boolean {
  const { domain, segments } = rule;
  if (names.length <= domain.length || domain.some((name, i) => names[i] !== name)) return false;
  const below = domain.length === 0 ? names : names.slice(domain.length);
  return segments.length === 1 ? matchesAnySegment(rule, below, isFolder) : matchesAnchored(rule, below, isFolder);
}

/** A pattern without slash: any segment, and so everything below a folder of that name. */
function matchesAnySegment(rule: IgnoreRule, names: readonly string[], isFolder: boolean): boolean {
  const [segment] = rule.segments;
  if (typeof segment !== 'function') return false;
  const at = names.findIndex(segment);
  return at !== -1 && !(rule.folderOnly && !isFolder && at === names.length - 1);
}

/** A pattern with a slash: from its folder down; what lies deeper than the pattern matches too. */
function matchesAnchored(rule: IgnoreRule, names: readonly string[], isFolder: boolean): boolean {
  let at = 0;
  let matched = false;
  let jumps = false;
  for (const [i, segment] of rule.segments.entries()) {
    if (segment === 'empty') {
      jumps = false;
      continue;
    }
    if (segment === 'many') {
      if (i === rule.segments.length - 1) break;
      jumps = true;
      continue;
    }
    if (at === names.length) return false;
    const found = jumps ? names.findIndex((name, k) => k >= at && segment(name)) : segment(names[at] ?? '') ? at : -1;
    if (found === -1 && !jumps) return false;
    matched = found !== -1;
    at = found === -1 ? names.length : found + 1;
    jumps = false;
  }
  return matched && !(rule.folderOnly && !isFolder && at === names.length);
}

/** The paths of `files` that Flux would drop after extracting an artifact with exactly these files. */
export function droppedByConsumer(files: readonly SourceFile[]): string[] {
  const own = files
    .filter((file) => file.path === IGNORE_FILE || file.path.endsWith(`/${IGNORE_FILE}`))
    .sort((a, b) => a.path.split('/').length - b.path.split('/').length)
    .flatMap((file) => parseIgnoreFile(decodeIgnoreFile(file.bytes), folderOf(file.path)));
  const rules = own.length > 0 ? [...VCS_RULES, ...own] : DEFAULTS;
  return files.map((file) => file.path).filter((path) => isIgnored(rules, path, false));
}

/** The text of an ignore file, its byte order mark kept. */
export function decodeIgnoreFile(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
