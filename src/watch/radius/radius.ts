/** How far a release reaches: what it would delete, break or take over, and what has to be said to let it. */
import type { Difference, FieldPath, Refusal } from '../../model.ts';
import type { Fields } from '../../yaml/value.ts';
import type { Compared } from '../diff/difference.ts';
import { artifactDeletions, releaseDeletions } from './deletions.ts';
import { immutable } from './immutable.ts';
import { moves } from './moves.ts';
import { precious } from './precious.ts';
import { refusalOf } from './refusal.ts';
import { disappearing, shrinking } from './shrink.ts';
import type { Trip } from './trip.ts';

/** Where a release becomes too far-reaching. */
export interface Limits {
  /** The share of objects that may be deleted, from 0 to 1: of an artifact, and of the release. */
  readonly deletions: number;
  /** Of fewer objects the share says nothing. */
  readonly deletionsFrom: number;
  /** The share of its objects that an artifact must keep. */
  readonly shrink: number;
  /** Fewer objects less are no shrinking. */
  readonly shrinkFrom: number;
}

/** What is refused unless told otherwise. */
export const LIMITS: Limits = { deletions: 0.3, deletionsFrom: 10, shrink: 0.2, shrinkFrom: 5 };

/** The fields of an object that the API server does not let change, and that are changed. */
export type RefusedChanges = (before: Fields, after: Fields) => readonly FieldPath[];

/** What the rules go by. */
export interface RadiusOptions {
  readonly limits?: Partial<Limits>;
  readonly refusedChanges: RefusedChanges;
  /** Names of artifacts that the config lists no longer, and did before. */
  readonly orphaned?: readonly string[];
}

/**
 * Everything in a difference that nobody should do by accident. What happens alike in several artifacts is one refusal. An
 * artifact that disappears is one too, and none for each of its objects: nothing is deleted on its cluster.
 */
export function radiusOf(
  compared: Compared,
  { limits, refusedChanges, orphaned = [] }: RadiusOptions,
): readonly Refusal[] {
  const set = { ...LIMITS, ...limits };
  const present = remaining(compared);
  const trips: readonly Trip[] = [
    ...releaseDeletions(present, set),
    ...artifactDeletions(present, set),
    ...shrinking(present.difference, set),
    ...disappearing(compared.difference, orphaned),
    ...precious(present.edits),
    ...immutable(present.edits, refusedChanges),
    ...moves(compared.edits),
  ];
  return refusalOf(trips);
}

/** Without the artifacts that disappear. */
function remaining({ difference, edits }: Compared): Compared {
  const gone = new Set(difference.artifacts.filter(({ state }) => state === 'removed').map(({ name }) => name));
  const artifacts = difference.artifacts.filter(({ name }) => !gone.has(name));
  const left: Difference = { ...difference, artifacts };
  return {
    difference: left,
    edits: edits.filter((edit) => edit.change !== 'removed' || !gone.has(edit.from.artifact)),
  };
}
