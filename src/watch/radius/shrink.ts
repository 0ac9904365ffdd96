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

/** Artifacts that the release no longer has, and those that nobody publishes any more: each is a refusal of its own. */
export function disappearing({ artifacts }: Difference, orphaned: readonly string[]): readonly Trip[] {
  return artifacts.flatMap(({ name, state, objects: { before } }): readonly Trip[] => {
    const title = `Artifact "${name}" with ${before === 1 ? '1 object' : `${before} objects`}`;
    const stays =
      state === 'removed'
        ? `${title} is no longer there: what it left on its cluster stays, without updates`
        : `${title} is no longer in the config: it stays as it is, without updates, until slipway retire removes it`;
    if (state !== 'removed' && !orphaned.includes(name)) return [];
    return [{ rule: 'disappear', artifact: name, what: [], one: stays, many: stays }];
  });
}
