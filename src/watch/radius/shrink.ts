/** Artifacts that become almost nothing, or nothing. */
import type { Difference } from '../../model.ts';
import type { Limits } from './radius.ts';
import type { Trip } from './trip.ts';

/** Artifacts with few of their objects left, wherever the others went. */
export function shrinking({ artifacts }: Difference, { shrink, shrinkFrom }: Limits): readonly Trip[] {
  return artifacts.flatMap(({ name, objects: { before, after } }): readonly Trip[] => {
    if (before - after < shrinkFrom || after >= before * shrink) return [];
    const one = `Artifact "${name}" shrinks from ${before} objects to ${after}`;
    return [{ rule: 'shrink', artifact: name, what: [], one, many: 'Almost all objects are gone' }];
  });
}

/** Artifacts that the release no longer has. */
export function disappearing({ artifacts }: Difference): readonly Trip[] {
  return artifacts
    .filter(({ state }) => state === 'removed')
    .map(({ name, objects: { before } }) => ({
      ...{ rule: 'disappear', artifact: name, what: [] },
      one: `Artifact "${name}" with ${before} objects is no longer there: what it left on its cluster stays, without updates`,
      many: 'Nothing is left',
    }));
}
