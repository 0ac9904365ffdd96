/** The summary of a GitHub job, in Markdown. */
import type { Failure, Finding, Receipt } from '../model.ts';
import type { BuildReport } from './build.ts';
import { alike, countsOf, sentenceOf, whereOf } from './findings.ts';
import type { FindingsDocument } from './formats.ts';
import { many } from './plain.ts';
import { counted, sizeText } from './table.ts';

/** Rows before the rest becomes a count: a summary is cut off at 1 MiB. */
const ROWS = 50;

/** Text in a cell of a table: no Markdown or HTML of others takes effect. */
function cell(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_[\]|~]/g, (mark) => `\\${mark}`);
}

/** Code in a cell: Markdown works inside of HTML too. */
const code = (text: string): string => `<code>${cell(text)}</code>`;

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const more = rows.length > ROWS ? ['', `… and ${rows.length - ROWS} more`] : [];
  return ['', rowOf(head), rowOf(head.map(() => '---')), ...rows.slice(0, ROWS).map(rowOf), ...more];
}

const failureLines = ({ code: name, message, hint }: Failure): string[] => [
  '',
  `**${cell(name)}** ${cell(message)}`,
  ...(hint === undefined ? [] : ['', `Hint: ${cell(hint)}`]),
];

/** Errors first: the table is cut. */
function findingsTable(findings: readonly Finding[]): string[] {
  const groups = alike(findings);
  const ordered = [
    ...groups.filter(({ first }) => first.severity === 'error'),
    ...groups.filter(({ first }) => first.severity === 'warn'),
  ];
  return tableOf(
    ['Finding', 'Where', 'Message'],
    ordered.map(({ first, artifacts }) => [
      `${first.severity} ${cell(first.rule)}`,
      cell(whereOf(first)),
      `${cell(sentenceOf(first))}${artifacts.length > 1 ? ` (in ${many(artifacts.length, 'artifact')})` : ''}`,
    ]),
  );
}

/** A receipt as a job summary. */
export function receiptSummary(receipt: Receipt): string {
  const { outcome, channel, version, generation, revision, stores, artifacts, findings, error } = receipt;
  const names = [
    ...(channel === undefined ? [] : [`channel **${cell(channel)}** generation ${generation}`]),
    ...(version === undefined ? [] : [`version **${cell(version)}**`]),
    ...(revision === undefined ? [] : [code(revision)]),
  ];
  const changed = artifacts.filter((artifact) => artifact.changed);
  const lines = [
    `### slipway: ${outcome}`,
    '',
    names.join(' · '),
    ...(error === undefined ? [] : failureLines(error)),
    ...tableOf(
      ['Store', 'State', 'Generation', 'Lock', 'Error'],
      Object.entries(stores).map(([name, store]) => [
        cell(name),
        store.state,
        String(store.generation),
        store.lock,
        cell(store.error?.message ?? ''),
      ]),
    ),
    '',
    `${counted(artifacts.length, 'artifact')}, ${changed.length} changed`,
    ...tableOf(
      ['Changed artifact', 'Content', 'Size'],
      changed.map(({ name, digest, size }) => [cell(name), code(digest), sizeText(size)]),
    ),
    ...findingsTable(findings),
  ];
  return `${lines.join('\n')}\n`;
}

/** A build as a job summary. */
export function buildSummary({ artifacts, findings }: BuildReport): string {
  const rows = artifacts.map(({ name, render, digest, size }) => [cell(name), render, code(digest), sizeText(size)]);
  const built = tableOf(['Artifact', 'Render', 'Content', 'Size'], rows);
  return `${['### slipway: built', ...built, ...findingsTable(findings)].join('\n')}\n`;
}

/** The result of checks as a job summary. */
export function findingsSummary({ counts, findings }: FindingsDocument): string {
  const { errors, warnings } = countsOf(findings);
  const found = findings.length === 0 ? 'no findings' : `${many(errors, 'error')}, ${many(warnings, 'warning')}`;
  const line = `${found} in ${many(counts.artifacts, 'artifact')}`;
  return `${['### slipway: checked', '', line, ...findingsTable(findings)].join('\n')}\n`;
}

/** An error as a job summary, with the findings that are why. */
export function errorSummary(error: Failure, findings: readonly Finding[] = []): string {
  return `${['### slipway: error', ...failureLines(error), ...findingsTable(findings)].join('\n')}\n`;
}
