/** What is too far-reaching stops here, unless somebody allowed it to the letter. */
import { SlipwayError } from '../errors.ts';
import type { Refusal } from '../model.ts';
import type { Decided, Weighed } from './release.ts';

/** Refusals in a message before the rest becomes a number. */
const SAID = 10;

function refusal(refused: readonly Refusal[]): SlipwayError {
  const lines = refused.slice(0, SAID).map(({ message, allow }) => `- ${message} (--allow ${allow})`);
  const more = refused.length > SAID ? [`- and ${refused.length - SAID} more`] : [];
  const what = refused.length === 1 ? 'a change that reaches far' : `${refused.length} changes that reach far`;
  const message = `Refused ${what}:\n${[...lines, ...more].join('\n')}`;
  const hint = 'look at them with slipway plan; to go on all the same pass what stands in brackets';
  return new SlipwayError('REFUSED', message, { hint });
}

/** Ends the round where something is refused that nobody allowed. What was allowed is in the record by its phrase. */
export function gate(decided: Decided, weighed: Weighed): Decided {
  const { allowed } = decided.plan;
  const refused = weighed.refusals.filter(({ allow }) => !allowed.includes(allow));
  if (refused.length === 0) return { ...decided, weighed };
  return { ...decided, weighed, end: { outcome: 'refused', error: refusal(refused) } };
}
