/** What the action tells the runner: outputs, annotations, a summary. Made from a command's JSON answer. */
import type { Failure, Finding, Receipt } from '../model.ts';
import { errorAnnotation, shownAnnotations } from '../report/annotations.ts';
import { type BuildReport, buildText } from '../report/build.ts';
import type { InRepository } from '../report/findings.ts';
import { findingsText } from '../report/findings-text.ts';
import type { FindingsDocument } from '../report/formats.ts';
import { receiptText } from '../report/receipt.ts';
import { buildSummary, errorSummary, findingsSummary, receiptSummary } from '../report/summary.ts';

/** A command's answer with its text for the log. */
export type Answer =
  | { readonly kind: 'receipt'; readonly receipt: Receipt; readonly text: string }
  | { readonly kind: 'build'; readonly report: BuildReport; readonly text: string }
  | { readonly kind: 'check'; readonly report: FindingsDocument; readonly text: string }
  | {
      readonly kind: 'error';
      readonly error: Failure;
      readonly findings: readonly Finding[];
      readonly text: string;
    };

/** The document of an error. */
interface ErrorDocument {
  readonly error: Failure;
  readonly findings?: readonly Finding[];
}

/** Reads the JSON that a command printed. */
export function answerOf(json: string): Answer {
  const document = JSON.parse(json) as Receipt | BuildReport | FindingsDocument | ErrorDocument;
  if ('outcome' in document) return { kind: 'receipt', receipt: document, text: receiptText(document) };
  if ('counts' in document) return { kind: 'check', report: document, text: findingsText(document) };
  if ('artifacts' in document) return { kind: 'build', report: document, text: buildText(document) };
  const { error, findings = [] } = document;
  return { kind: 'error', error, findings, text: '' };
}

const onlyDigest = (artifacts: readonly { readonly digest: string }[]): string =>
  artifacts.length === 1 ? (artifacts[0]?.digest ?? '') : '';

function findingsOf(answer: Answer): readonly Finding[] {
  if (answer.kind === 'receipt') return answer.receipt.findings;
  return answer.kind === 'error' ? answer.findings : answer.report.findings;
}

/** What only a receipt has, for the answers that are none. */
const NONE = { generation: '', digest: '', revision: '', changed: '[]' };

/** The outputs but the receipt's path, by name (see `ACTION_OUTPUTS`). `failed`: the command did not end with 0. */
export function outputsOf(answer: Answer, failed: boolean): Readonly<Record<string, string>> {
  const findings = String(findingsOf(answer).length);
  if (answer.kind === 'error') return { outcome: 'failed', ...NONE, findings };
  if (answer.kind === 'check') return { outcome: failed ? 'failed' : 'passed', ...NONE, findings };
  if (answer.kind === 'build') {
    return { outcome: 'built', ...NONE, digest: onlyDigest(answer.report.artifacts), findings };
  }
  const { outcome, generation, artifacts, revision = '' } = answer.receipt;
  const changed = artifacts.filter((artifact) => artifact.changed).map(({ name }) => name);
  return {
    outcome,
    generation: String(generation),
    digest: onlyDigest(artifacts),
    revision,
    changed: JSON.stringify(changed),
    findings,
  };
}

/** The errors of a run and of its stores. */
function errorsOf(answer: Answer): readonly Failure[] {
  if (answer.kind === 'error') return [answer.error];
  if (answer.kind !== 'receipt') return [];
  const { error, stores } = answer.receipt;
  const ofStores = Object.entries(stores).flatMap(([name, store]) =>
    store.error === undefined ? [] : [{ ...store.error, message: `${name}: ${store.error.message}` }],
  );
  return [...(error === undefined ? [] : [error]), ...ofStores];
}

/** Annotations for errors and findings. */
export function annotationsOf(answer: Answer, place: InRepository): readonly string[] {
  return [...errorsOf(answer).map(errorAnnotation), ...shownAnnotations(findingsOf(answer), place)];
}

/** The job summary, in Markdown. */
export function summaryOf(answer: Answer): string {
  if (answer.kind === 'receipt') return receiptSummary(answer.receipt);
  if (answer.kind === 'error') return errorSummary(answer.error, answer.findings);
  return answer.kind === 'check' ? findingsSummary(answer.report) : buildSummary(answer.report);
}
