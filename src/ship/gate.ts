/** What is too far-reaching stops here, unless somebody allowed it to the letter. */
import { SlipwayError } from '../errors.ts';
import type { Refusal } from '../model.ts';
import { isAllowed } from './phrases.ts';
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

/**
 * Ends the round where something is refused that nobody allowed; a phrase counts when it is the same to the letter. Without
 * `stops` it is only told, as in a dry run.
 */
export function gate(decided: Decided, weighed: Weighed, { stops }: { readonly stops: boolean }): Decided {
  const refusals = weighed.refusals.map((one): Refusal => {
    return isAllowed(decided.plan, one.allow) ? { ...one, allowed: true } : one;
  });
  const refused = refusals.filter(({ allowed }) => allowed !== true);
  const told: Decided = { ...decided, weighed: { ...weighed, refusals } };
  if (refused.length === 0 || !stops) return told;
  return { ...told, end: { outcome: 'refused', error: refusal(refused) } };
}
