/** Findings for people. Ten thousand of them stay readable: what is alike is told once, and of each rule a few. */
import type { Finding } from '../model.ts';
import { type Alike, alike, countsOf, detailOf, type FindingsReport, headingOf, sentenceOf } from './findings.ts';
import { type Paint, painter } from './paint.ts';
import { grouped, many, plain } from './plain.ts';

/** Findings of one rule before the rest becomes a count. */
const LISTED = 10;

/** One finding without its file, as lines: what, then what to do. */
export function findingLines(finding: Finding, paint: Paint = painter(false)): readonly string[] {
  const { severity, line, column, hint, rule } = finding;
  const place = line === undefined ? '' : `${line}${column === undefined ? '' : `:${column}`} `;
  const detail = detailOf(finding);
  return [
    `${place}${paint(severity === 'error' ? 'red' : 'yellow', severity)} ${sentenceOf(finding)} ${paint('dim', `[${rule}]`)}`,
    ...(detail === '' ? [] : [`  ${detail}`]),
    ...(hint === undefined ? [] : [`  hint: ${plain(hint)}`]),
  ];
}

/** `500 artifacts`, `412 of 500 artifacts`. */
function share(count: number, total: number): string {
  return count < total ? `${grouped(count)} of ${many(total, 'artifact')}` : many(count, 'artifact');
}

/** The first few of each rule. */
function listed(groups: readonly Alike[]): readonly Alike[] {
  const count = new Map<string, number>();
  return groups.filter(({ first: { rule } }) => {
    const before = count.get(rule) ?? 0;
    count.set(rule, before + 1);
    return before < LISTED;
  });
}

/** Of each rule that has more findings than are shown, how many more. */
function rest(groups: readonly Alike[], shown: readonly Alike[]): readonly string[] {
  const hidden = new Map<string, Finding[]>();
  const told = new Set(shown);
  for (const group of groups) {
    if (told.has(group)) continue;
    const { rule } = group.first;
    const findings = hidden.get(rule) ?? [];
    findings.push(...group.all);
    hidden.set(rule, findings);
  }
  return [...hidden].map(([rule, findings]) => {
    const files = new Set(findings.map(headingOf)).size;
    return `… and ${grouped(findings.length)} more of ${rule} in ${many(files, 'file')}`;
  });
}

/** By file, and in a file by line. */
function byFile(groups: readonly Alike[]): ReadonlyMap<string, readonly Alike[]> {
  const files = new Map<string, Alike[]>();
  for (const group of groups) {
    const heading = headingOf(group.first);
    const file = files.get(heading) ?? [];
    file.push(group);
    files.set(heading, file);
  }
  for (const file of files.values()) {
    file.sort((a, b) => (a.first.line ?? 0) - (b.first.line ?? 0) || (a.first.column ?? 0) - (b.first.column ?? 0));
  }
  return files;
}

/** Findings by file, then what is not shown, then how many there are; nothing for no findings. */
export function findingsLines({ findings, artifacts }: FindingsReport, paint: Paint = painter(false)): string[] {
  if (findings.length === 0) return [];
  const groups = alike(findings);
  const shown = listed(groups);
  const lines = [...byFile(shown)].flatMap(([heading, inFile]) => [
    paint('bold', heading),
    ...inFile.flatMap((group) =>
      [
        ...findingLines(group.first, paint),
        ...(group.artifacts.length > 1 ? [`  in ${share(group.artifacts.length, artifacts.length)}, first here`] : []),
      ].map((line) => `  ${line}`),
    ),
    '',
  ]);
  const more = rest(groups, shown);
  const { errors, warnings } = countsOf(findings);
  const worst = errors > 0 ? 'red' : 'yellow';
  const touched = new Set(findings.map(({ artifact }) => artifact)).size;
  return [
    ...lines,
    ...more,
    ...(more.length === 0 ? [] : ['']),
    `${paint(worst, `${many(errors, 'error')}, ${many(warnings, 'warning')}`)} in ${share(touched, artifacts.length)}`,
    paint('dim', 'slipway explain RULE says why a rule is there, and how to keep it or to switch it off'),
  ];
}

/** The answer of `slipway check` as text with a final newline. */
export function findingsText(report: FindingsReport, paint: Paint = painter(false)): string {
  if (report.findings.length > 0) return `${findingsLines(report, paint).join('\n')}\n`;
  return `${paint('green', 'no findings')} in ${many(report.artifacts.length, 'artifact')}\n`;
}
