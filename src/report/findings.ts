/** What the checks found, as all reports see it. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Finding } from '../model.ts';
import { plain } from './plain.ts';

/** Characters of a phrase that are worth a line. The JSON has all of them. */
const LONGEST = 120;

/** An artifact that was checked. */
export interface CheckedArtifact {
  readonly name: string;
  /** Its folder or file, as the user wrote it. */
  readonly shown: string;
}

/** The result of checks. */
export interface FindingsReport {
  readonly artifacts: readonly CheckedArtifact[];
  readonly findings: readonly Finding[];
}

/** Artifacts of which only the name is known. */
export function checkedArtifacts(artifacts: Iterable<{ readonly name: string }>): readonly CheckedArtifact[] {
  return [...artifacts].map(({ name }) => ({ name, shown: name }));
}

/** The result as far as the findings tell it. */
export function reportOf(findings: readonly Finding[]): FindingsReport {
  const names = new Set(findings.map(({ artifact }) => artifact));
  return { artifacts: [...names].map((name) => ({ name, shown: name })), findings };
}

/** Leads from the file of a finding to the same file as others call it: from the repository's root on. */
export type InRepository = (file: string) => string;

/**
 * Files are named from `folder` on, and shall be from `root` on; both absolute. What lies elsewhere, or is a reference to
 * something published, stays as it is.
 */
export function inRepository(folder: string, root: string): InRepository {
  return (file) => {
    if (/^(?:oci|s3|file):/.test(file)) return file;
    const path = relative(root, resolve(folder, file));
    const outside = path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
    return outside ? file : path.split(sep).join('/');
  };
}

/** The file that somebody wrote, where a finding is in one. */
export function sourceOf({ file, rendered }: Finding): string | undefined {
  return rendered ? undefined : file;
}

/** The file of a finding for people, or its artifact. */
export function headingOf({ file, rendered, artifact }: Finding): string {
  if (file === undefined) return `artifact ${artifact}`;
  return plain(rendered ? `${file} (rendered)` : file);
}

/** The place of a finding for people, with its line where it has one: `web.yaml:12:7 (rendered)`. */
export function whereOf({ file, line, column, rendered, artifact }: Finding): string {
  if (file === undefined) return `artifact ${artifact}`;
  const place = [plain(file), line, column].filter((part) => part !== undefined).join(':');
  return rendered ? `${place} (rendered)` : place;
}

/** How many findings there are of each severity. */
export interface Counts {
  readonly errors: number;
  readonly warnings: number;
}

/** Counts findings by severity. */
export function countsOf(findings: readonly Finding[]): Counts {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: findings.length - errors };
}

/** Findings that say the same. */
export interface Alike {
  readonly first: Finding;
  readonly all: readonly Finding[];
  /** Names of the artifacts that have it. */
  readonly artifacts: readonly string[];
}

function gathered(findings: readonly Finding[], keyOf: (finding: Finding) => string): readonly Alike[] {
  const groups = new Map<string, { first: Finding; all: Finding[]; artifacts: Set<string> }>();
  for (const finding of findings) {
    const key = keyOf(finding);
    const group = groups.get(key) ?? { first: finding, all: [], artifacts: new Set() };
    group.all.push(finding);
    group.artifacts.add(finding.artifact);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ first, all, artifacts }) => ({ first, all, artifacts: [...artifacts] }));
}

/** What many artifacts have in common becomes one: the n-th such finding of one artifact belongs to the n-th of others. */
export function alike(findings: readonly Finding[]): readonly Alike[] {
  const seen = new Map<string, number>();
  return gathered(findings, ({ artifact, file, line, column, ...said }) => {
    const same = JSON.stringify(Object.entries(said).sort());
    const here = `${artifact}\n${same}`;
    const count = (seen.get(here) ?? 0) + 1;
    seen.set(here, count);
    return `${count}\n${same}`;
  });
}

/** What is at one place becomes one: artifacts share files. */
export function atOnePlace(findings: readonly Finding[]): readonly Alike[] {
  return gathered(findings, ({ artifact, file, ...said }) =>
    JSON.stringify([file ?? artifact, Object.entries(said).sort()]),
  );
}

/** What was found and expected, and the field, as far as the message does not say it already and it is no long list. */
export function detailOf({ message, path, found, expected }: Finding): string {
  const missing = (text: string | undefined): text is string =>
    text !== undefined && text.length <= LONGEST && !message.includes(text);
  const facts = [
    ...(missing(path) ? [`at ${path}`] : []),
    ...(missing(found) ? [`found ${found}`] : []),
    ...(missing(expected) ? [`expected ${expected}`] : []),
  ];
  return plain(facts.join(', '));
}

/** What is wrong with what: `Deployment payments/web: Unknown field "replica"`. */
export function sentenceOf({ object, message }: Finding): string {
  return plain(object === undefined ? message : `${object}: ${message}`);
}
