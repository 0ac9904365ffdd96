import { objectName } from './object-name.ts';
import type { YamlProblem } from './problem.ts';
import type { Reading } from './reading.ts';

/** What is kept of a document: its value is not, so that fleets of any size fit into memory. */
export interface Known {
  readonly problems: readonly YamlProblem[];
  /** What people call its object, where there are problems. */
  readonly object: string | undefined;
  readonly empty: boolean;
}

/** Nothing is wrong with it. */
export const CLEAN: Known = { problems: [], object: undefined, empty: false };
const EMPTY: Known = { problems: [], object: undefined, empty: true };

/** What to keep of a reading. */
export function knownOf({ value, problems }: Reading): Known {
  const empty = value === undefined;
  if (problems.length > 0) return { problems, object: objectName(value), empty };
  return empty ? EMPTY : CLEAN;
}
