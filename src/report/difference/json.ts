/** A difference as data. */
import type { Difference, DifferenceDocument, DifferenceSides } from '../../model.ts';

/** A difference as JSON with a final newline. Whole numbers that a number cannot hold are texts. */
export function differenceJson({ counts, artifacts, sets, common }: Difference, sides?: DifferenceSides): string {
  const document: DifferenceDocument = {
    ...{ schema: 1, ...(sides && { sides }), counts },
    artifacts: artifacts.map(({ name, state, objects }) => ({ name, state, objects })),
    ...{ sets, common },
  };
  const exact = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
  return `${JSON.stringify(document, exact, 2)}\n`;
}
