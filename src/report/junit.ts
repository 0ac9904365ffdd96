/** Findings as JUnit XML, as GitLab and Jenkins read it: a suite for each artifact, a case for each file and rule. */
import type { Finding } from '../model.ts';
import {
  type CheckedArtifact,
  detailOf,
  type FindingsReport,
  headingOf,
  type InRepository,
  sentenceOf,
  sourceOf,
} from './findings.ts';
import { many, plain } from './plain.ts';

/** XML 1.0 has no way to write most control characters, and none for halves of surrogate pairs. */
const xml = (text: string): string =>
  Buffer.from(text)
    .toString()
    .replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\r', '&#13;');

const attributes = (pairs: Readonly<Record<string, string | number>>): string =>
  Object.entries(pairs)
    .map(([name, value]) => ` ${name}="${xml(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');

function lineOf(finding: Finding): string {
  const { line, column, hint } = finding;
  const place = [line, column].filter((part) => part !== undefined).join(':');
  const parts = [
    `${place === '' ? '' : `${place} `}${sentenceOf(finding)}`,
    ...(detailOf(finding) === '' ? [] : [`  ${detailOf(finding)}`]),
    ...(hint === undefined ? [] : [`  hint: ${plain(hint)}`]),
  ];
  return parts.join('\n');
}

interface Case {
  readonly outcome: 'passed' | 'skipped' | 'failed';
  readonly xml: string;
}

/** Findings of one rule in one file. A warning is a skipped case: it is seen, and fails nothing. */
function caseOf(findings: readonly Finding[], file: string): Case | undefined {
  const [first] = findings;
  if (first === undefined) return undefined;
  const failed = first.severity === 'error';
  const summary =
    findings.length === 1 ? sentenceOf(first) : `${many(findings.length, 'finding')}: ${sentenceOf(first)}`;
  const text = xml(findings.map(lineOf).join('\n'));
  const lines = [
    `    <testcase${attributes({ classname: file, name: first.rule, file, time: 0 })}>`,
    failed
      ? `      <failure${attributes({ type: first.rule, message: summary })}>${text}</failure>`
      : `      <skipped${attributes({ message: summary })}/>\n      <system-out>${text}</system-out>`,
    '    </testcase>',
  ];
  return { outcome: failed ? 'failed' : 'skipped', xml: lines.join('\n') };
}

function casesOf(findings: readonly Finding[], fileOf: (finding: Finding) => string): readonly Case[] {
  const cases = new Map<string, { readonly file: string; readonly findings: Finding[] }>();
  for (const finding of findings) {
    const file = fileOf(finding);
    const key = `${finding.rule}\n${finding.severity}\n${file}`;
    const known = cases.get(key) ?? { file, findings: [] };
    known.findings.push(finding);
    cases.set(key, known);
  }
  return [...cases.values()].flatMap(({ file, findings: inFile }) => caseOf(inFile, file) ?? []);
}

/** How many cases there are, by how they ended. */
const totals = (cases: readonly Case[]): Readonly<Record<string, number>> => ({
  tests: cases.length,
  failures: cases.filter(({ outcome }) => outcome === 'failed').length,
  skipped: cases.filter(({ outcome }) => outcome === 'skipped').length,
});

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

function suiteOf({ name, shown }: CheckedArtifact, findings: readonly Finding[], place: InRepository): Suite {
  const cases = casesOf(findings, (finding) => {
    if (finding.file === undefined) return place(shown);
    const source = sourceOf(finding);
    return source === undefined ? headingOf(finding) : place(source);
  });
  if (cases.length > 0) return { name, cases };
  const passed = `    <testcase${attributes({ classname: place(shown), name: 'slipway check', time: 0 })}/>`;
  return { name, cases: [{ outcome: 'passed', xml: passed }] };
}

/** All findings, with a final newline. An artifact without findings has one case, which passes. */
export function junitText({ artifacts, findings }: FindingsReport, place: InRepository): string {
  const byArtifact = new Map<string, Finding[]>();
  for (const finding of findings) {
    const own = byArtifact.get(finding.artifact) ?? [];
    own.push(finding);
    byArtifact.set(finding.artifact, own);
  }
  const suites = artifacts.map((artifact) => suiteOf(artifact, byArtifact.get(artifact.name) ?? [], place));
  const all = suites.flatMap(({ cases }) => cases);
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'slipway check', ...totals(all) })}>`,
    ...suites.flatMap(({ name, cases }) => [
      `  <testsuite${attributes({ name, ...totals(cases), errors: 0 })}>`,
      ...cases.map(({ xml: text }) => text),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ].join('\n')}\n`;
}
