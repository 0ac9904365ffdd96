import { asSlipwayError, type SlipwayError } from '../errors.ts';
import type { HealthCheck, HealthLine } from '../model.ts';

/** What is as it should be. */
export const fine = (check: HealthCheck, text: string): HealthLine => ({ check, level: 'ok', text });

/** What works, and is worth knowing. */
export const caution = (check: HealthCheck, text: string, hint?: string): HealthLine => ({
  check,
  level: 'warning',
  text,
  ...(hint !== undefined && { hint }),
});

/** What keeps a store from being used. */
export function problem(check: HealthCheck, { message, hint }: Pick<SlipwayError, 'message' | 'hint'>): HealthLine {
  return { check, level: 'problem', text: message, ...(hint !== undefined && { hint }) };
}

/** The lines, or a single one that tells why there are none. Throws what ends the whole run. */
export async function orProblem(
  check: HealthCheck,
  look: () => Promise<readonly HealthLine[]>,
): Promise<readonly HealthLine[]> {
  try {
    return await look();
  } catch (thrown) {
    return [problem(check, told(thrown))];
  }
}

/** What was thrown, where it is about the store. Throws `INTERRUPTED` and `INTERNAL` again. */
export function told(thrown: unknown): SlipwayError {
  const error = asSlipwayError(thrown);
  if (error.code === 'INTERRUPTED' || error.code === 'INTERNAL') throw error;
  return error;
}

/** Whether any line tells of a problem. */
export const hasProblem = (lines: readonly HealthLine[]): boolean => lines.some(({ level }) => level === 'problem');
