/** Errors for people and for programs. */
import type { SlipwayError } from '../errors.ts';
import type { Failure } from '../model.ts';
import { type Paint, painter } from './paint.ts';
import { visible } from './plain.ts';

/** How to show an error. */
export interface ErrorOptions {
  /** With the stack, and those of all causes. */
  readonly verbose?: boolean;
  readonly paint?: Paint;
}

/** An error as data, without cause and stack. */
export function failureOf({ code, message, hint }: SlipwayError | Failure): Failure {
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** The stacks of an error and its causes; a loop of causes ends after ten. */
function stacks(error: Error): string {
  const lines: string[] = [];
  let current: unknown = error;
  for (let depth = 0; current instanceof Error && depth < 10; depth++) {
    lines.push(`${depth === 0 ? '' : 'caused by: '}${current.stack ?? current.message}`);
    current = current.cause;
  }
  return lines.join('\n');
}

/** `error[CODE]: message` and `hint: …`, with a final newline. */
export function errorText(
  error: SlipwayError | Failure,
  { verbose = false, paint = painter(false) }: ErrorOptions = {},
): string {
  const lines = [`${paint('red', `error[${error.code}]:`)} ${visible(error.message)}`];
  if (error.hint !== undefined) lines.push(`${paint('bold', 'hint:')} ${visible(error.hint)}`);
  if (verbose && error instanceof Error) lines.push(paint('dim', stacks(error)));
  return `${lines.join('\n')}\n`;
}

/** The document that stands on standard output when there is no other answer: `{ schema, error, findings? }`. */
export function errorJson(error: SlipwayError | Failure): string {
  const findings = 'findings' in error && error.findings.length > 0 ? { findings: error.findings } : {};
  return `${JSON.stringify({ schema: 1, error: failureOf(error), ...findings }, null, 2)}\n`;
}
