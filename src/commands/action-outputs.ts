/** What the action tells the runner: outputs, annotations, a summary. Made from a command's JSON answer. */
import type { Failure, Finding, Receipt } from '../model.ts';
import { type BuildReport, buildText } from '../report/build.ts';
import { receiptText } from '../report/receipt.ts';
import { buildSummary, errorSummary, receiptSummary } from '../report/summary.ts';

/** A command's answer with its text for the log. */
export type Answer =
  | { readonly kind: 'receipt'; readonly receipt: Receipt; readonly text: string }
  | { readonly kind: 'build'; readonly report: BuildReport; readonly text: string }
  | { readonly kind: 'error'; readonly error: Failure; readonly text: string };

/** Reads the JSON that a command printed. */
export function answerOf(json: string): Answer {
  const document = JSON.parse(json) as Receipt | BuildReport | { readonly error: Failure };
  if ('outcome' in document) return { kind: 'receipt', receipt: document, text: receiptText(document) };
  if ('artifacts' in document) return { kind: 'build', report: document, text: buildText(document) };
  return { kind: 'error', error: document.error, text: '' };
}

const onlyDigest = (artifacts: readonly { readonly digest: string }[]): string =>
  artifacts.length === 1 ? (artifacts[0]?.digest ?? '') : '';

/** The outputs but the receipt's path, by name (see `ACTION_OUTPUTS`). */
export function outputsOf(answer: Answer): Readonly<Record<string, string>> {
  if (answer.kind === 'error') return { outcome: 'failed', generation: '', digest: '', revision: '', changed: '[]' };
  if (answer.kind === 'build') {
    return {
      outcome: 'built',
      generation: '',
      digest: onlyDigest(answer.report.artifacts),
      revision: '',
      changed: '[]',
    };
  }
  const { outcome, generation, artifacts, revision = '' } = answer.receipt;
  const changed = artifacts.filter((artifact) => artifact.changed).map(({ name }) => name);
  return {
    outcome,
    generation: String(generation),
    digest: onlyDigest(artifacts),
    revision,
    changed: JSON.stringify(changed),
  };
}

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
  return `::${level} ${given.join(',')}::${escaped(message)}`;
}

const errorAnnotation = ({ code, message, hint }: Failure): string =>
  annotation('error', { title: `slipway ${code}` }, hint === undefined ? message : `${message}\nhint: ${hint}`);

const findingAnnotation = ({ severity, rule, file, line, column, message, hint }: Finding): string =>
  annotation(
    severity === 'error' ? 'error' : 'warning',
    { title: `slipway ${rule}`, file, line, col: column },
    hint === undefined ? message : `${message} (${hint})`,
  );

/** Annotations for errors (of the run and of single stores) and findings. */
export function annotationsOf(answer: Answer): readonly string[] {
  if (answer.kind === 'error') return [errorAnnotation(answer.error)];
  if (answer.kind === 'build') return answer.report.findings.map(findingAnnotation);
  const { error, stores, findings } = answer.receipt;
  const ofStores = Object.entries(stores).flatMap(([name, store]) =>
    store.error === undefined ? [] : [errorAnnotation({ ...store.error, message: `${name}: ${store.error.message}` })],
  );
  return [...(error === undefined ? [] : [errorAnnotation(error)]), ...ofStores, ...findings.map(findingAnnotation)];
}

/** The job summary, in Markdown. */
export function summaryOf(answer: Answer): string {
  if (answer.kind === 'receipt') return receiptSummary(answer.receipt);
  return answer.kind === 'build' ? buildSummary(answer.report) : errorSummary(answer.error);
}
