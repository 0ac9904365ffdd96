/** Refusals, with the phrases that allow them. */

import { groupedBy } from '../../grouped.ts';
import type { Refusal } from '../../model.ts';
import { objectText } from '../diff/objects.ts';
import type { Trip } from './trip.ts';

/** Names of artifacts in a message before the rest becomes a number. */
const NAMED = 5;

/** Trips of the same thing as one refusal. Its phrase says how many artifacts it was shown for: with more it is refused again. */
export function refusalOf(trips: readonly Trip[]): readonly Refusal[] {
  const groups = groupedBy(trips, ({ rule, what, artifact = '' }) =>
    // Who takes an artifact away says which.
    [rule, ...what, ...(rule === 'disappear' ? [artifact] : [])].map(word).join('/'),
  );
  return [...groups.values()].flatMap((members): readonly Refusal[] => {
    const [first] = members;
    if (first === undefined) return [];
    const artifacts = [...new Set(members.flatMap(({ artifact }) => artifact ?? []))].sort();
    const { rule, object } = first;
    return [
      {
        ...{ rule, artifacts },
        ...(object !== undefined && { object: objectText(object) }),
        message: artifacts.length > 1 ? `${first.many} in ${namesOf(artifacts)}` : first.one,
        allow: phraseOf(first, artifacts),
      },
    ];
  });
}

function namesOf(artifacts: readonly string[]): string {
  const named = artifacts.slice(0, NAMED).map((name) => `"${name}"`);
  const more = artifacts.length - named.length;
  return `${artifacts.length} artifacts: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `delete:Namespace/payments@web`, `shrink@count:12`, `deletions`. No name of an artifact holds a colon. */
function phraseOf({ rule, what }: Trip, artifacts: readonly string[]): string {
  const subject = what.length === 0 ? rule : `${rule}:${what.map(word).join('/')}`;
  const [only] = artifacts;
  if (only === undefined) return subject;
  return artifacts.length === 1 ? `${subject}@${only}` : `${subject}@count:${artifacts.length}`;
}

/** A part of a phrase as it can stand in every shell, and in no other place of the phrase. */
function word(text: string): string {
  return text.replace(/[^A-Za-z0-9._:-]/gu, (unusual) => `%${Buffer.from(unusual).toString('hex')}`);
}
