/** Workflow commands of GitHub Actions (and what is compatible with it): annotations on the lines of a pull request. */
import type { Failure, Finding } from '../model.ts';
import { type Alike, atOnePlace, detailOf, type InRepository, sentenceOf, sourceOf, whereOf } from './findings.ts';
import { many, plain, visible } from './plain.ts';

/** Text of a workflow command (actions/toolkit, `escapeData`); in a property also `:` and `,`. */
const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function annotation(
  level: 'error' | 'warning',
  properties: Readonly<Record<string, string | number | undefined>>,
  message: string,
): string {
  const given = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${property(String(value))}`],
  );
  return `::${level} ${given.join(',')}::${escaped(visible(message))}`;
}

/** An error as an annotation. */
export const errorAnnotation = ({ code, message, hint }: Failure): string =>
  annotation('error', { title: `slipway ${code}` }, hint === undefined ? message : `${message}\nhint: ${hint}`);

function findingAnnotation({ first, artifacts }: Alike, place: InRepository): string {
  const { severity, rule, line, column, hint } = first;
  const file = sourceOf(first);
  const detail = detailOf(first);
  const lines = [
    `${file === undefined ? `${whereOf(first)}: ` : ''}${sentenceOf(first)}`,
    ...(detail === '' ? [] : [detail]),
    ...(hint === undefined ? [] : [`hint: ${plain(hint)}`]),
    ...(artifacts.length > 1 ? [`in ${many(artifacts.length, 'artifact')}`] : []),
  ];
  return annotation(
    severity === 'error' ? 'error' : 'warning',
    { title: `slipway ${rule}`, ...(file !== undefined && { file: place(file), line, col: column }) },
    lines.join('\n'),
  );
}

/** Findings as annotations, one for each place; errors first, because GitHub shows few of a step. */
export function findingAnnotations(findings: readonly Finding[], place: InRepository): readonly string[] {
  const groups = atOnePlace(findings);
  const errors = groups.filter(({ first }) => first.severity === 'error');
  const warnings = groups.filter(({ first }) => first.severity === 'warn');
  return [...errors, ...warnings].map((group) => findingAnnotation(group, place));
}

/** What GitHub shows of one step: ten errors and ten warnings. */
export function shownAnnotations(findings: readonly Finding[], place: InRepository): readonly string[] {
  const all = findingAnnotations(findings, place);
  const errors = all.filter((line) => line.startsWith('::error ')).slice(0, 10);
  return [...errors, ...all.filter((line) => line.startsWith('::warning ')).slice(0, 10)];
}
