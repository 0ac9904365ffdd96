/** A difference as data. */
import type { ArtifactDifference, Difference, SharedChanges } from '../../model.ts';

/** The JSON document. What is different in an artifact is in the one of `sets` that names it. */
export interface DifferenceDocument {
  readonly schema: 1;
  readonly counts: Difference['counts'];
  readonly artifacts: readonly Pick<ArtifactDifference, 'name' | 'state' | 'objects'>[];
  readonly sets: readonly SharedChanges[];
  readonly common: readonly SharedChanges[];
}

/** A difference as JSON with a final newline. Whole numbers that a number cannot hold are texts. */
export function differenceJson({ counts, artifacts, sets, common }: Difference): string {
  const document: DifferenceDocument = {
    ...{ schema: 1, counts },
    artifacts: artifacts.map(({ name, state, objects }) => ({ name, state, objects })),
    ...{ sets, common },
  };
  const exact = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
  return `${JSON.stringify(document, exact, 2)}\n`;
}
