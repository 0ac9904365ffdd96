/** Findings in the forms that `--output` and `--report` name. */
import type { Rule } from '../check/rule.ts';
import { findingAnnotations } from './annotations.ts';
import { countsOf, type FindingsReport, type InRepository } from './findings.ts';
import { findingsText } from './findings-text.ts';
import { junitText } from './junit.ts';
import { type Paint, painter } from './paint.ts';
import { pageOf } from './rules.ts';
import { sarifText } from './sarif.ts';

/** The forms. */
export const FORMATS = ['text', 'json', 'sarif', 'junit', 'github'] as const;

/** One of the forms. */
export type Format = (typeof FORMATS)[number];

/** What the forms need to know besides the findings. */
export interface FormatOptions {
  readonly rules: readonly Rule[];
  readonly place: InRepository;
  readonly paint?: Paint;
}

/** The JSON document, documented by `schema/findings.json`. */
export interface FindingsDocument {
  readonly schema: 1;
  readonly counts: { readonly artifacts: number; readonly errors: number; readonly warnings: number };
  /** Those that findings name; `page` is where they are described. */
  readonly rules: readonly { readonly id: string; readonly summary: string; readonly page: string }[];
  readonly artifacts: FindingsReport['artifacts'];
  readonly findings: FindingsReport['findings'];
}

/** Findings as data. */
export function findingsDocument({ artifacts, findings }: FindingsReport, rules: readonly Rule[]): FindingsDocument {
  const named = new Set(findings.map(({ rule }) => rule));
  return {
    schema: 1,
    counts: { artifacts: artifacts.length, ...countsOf(findings) },
    rules: rules.filter(({ id }) => named.has(id)).map(({ id, summary }) => ({ id, summary, page: pageOf(id) })),
    artifacts,
    findings,
  };
}

/** Findings in one form, with a final newline unless there is nothing to say. */
export function formatted(
  format: Format,
  report: FindingsReport,
  { rules, place, paint = painter(false) }: FormatOptions,
): string {
  switch (format) {
    case 'text':
      return findingsText(report, paint);
    case 'json':
      return `${JSON.stringify(findingsDocument(report, rules), null, 2)}\n`;
    case 'sarif':
      return sarifText(report, { rules, place });
    case 'junit':
      return junitText(report, place);
    case 'github':
      return findingAnnotations(report.findings, place)
        .map((line) => `${line}\n`)
        .join('');
  }
}
