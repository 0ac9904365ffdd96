/** Too many objects would be deleted. */

import { groupedBy } from '../../grouped.ts';
import type { Compared } from '../diff/difference.ts';
import { deleted } from './deleted.ts';
import type { Limits } from './radius.ts';
import type { Trip } from './trip.ts';

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

interface Share {
  readonly gone: number;
  readonly of: number;
}

const isTooMuch = ({ gone, of }: Share, { deletions, deletionsFrom }: Limits): boolean =>
  of >= deletionsFrom && gone / of > deletions;

const said = ({ gone, of }: Share, where: string, { deletions }: Limits): string =>
  `Deletes ${gone} of ${of} objects of ${where}: ${percent(gone / of)}, and the limit is ${percent(deletions)}`;

/** A share of the objects of an artifact. */
export function artifactDeletions({ difference, edits }: Compared, limits: Limits): readonly Trip[] {
  const gone = groupedBy(deleted(edits), ({ artifact }) => artifact);
  return difference.artifacts.flatMap(({ name, objects }): readonly Trip[] => {
    const share = { gone: gone.get(name)?.length ?? 0, of: objects.before };
    if (!isTooMuch(share, limits)) return [];
    const many = `Deletes more than ${percent(limits.deletions)} of the objects`;
    return [{ rule: 'deletions', artifact: name, what: [], one: said(share, `artifact "${name}"`, limits), many }];
  });
}

/** A share of the objects of all artifacts. */
export function releaseDeletions({ difference, edits }: Compared, limits: Limits): readonly Trip[] {
  const of = difference.artifacts.reduce((sum, { objects }) => sum + objects.before, 0);
  const share = { gone: deleted(edits).length, of };
  if (!isTooMuch(share, limits)) return [];
  const one = said(share, 'the release', limits);
  return [{ rule: 'deletions', what: ['release'], one, many: one }];
}
