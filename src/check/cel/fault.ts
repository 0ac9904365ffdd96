import { EvaluationError } from '@marcbachmann/cel-js';

/** What the API server too would answer with an error, which counts as a broken rule. */
export function fault(message: string): EvaluationError {
  return new EvaluationError({ code: 'fault', message });
}

/** What is valid CEL but cannot be evaluated here. */
export function unsupported(message: string): EvaluationError {
  return new EvaluationError({ code: 'unsupported', message });
}

/** Errors of the evaluator that the API server has as well. Its others may be its own. */
const FAULTS: ReadonlySet<unknown> = new Set([
  'fault',
  'no_such_key',
  'index_out_of_bounds',
  'index_out_of_range',
  'division_by_zero',
  'modulo_by_zero',
  'numeric_overflow',
  'int_conversion_error',
  'uint_conversion_error',
  'double_conversion_error',
  'bool_conversion_error',
  'optional_value_missing',
]);

/** The reason, where the API server has this error as well. */
export function faultOf(error: unknown): string | undefined {
  return error instanceof EvaluationError && FAULTS.has(error.code) ? error.summary : undefined;
}
