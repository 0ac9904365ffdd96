/** What earlier waves brought has to be there still when the next one is decided. */
import { SlipwayError } from '../../errors.ts';
import { isAllowed } from '../phrases.ts';
import type { Compared } from '../release.ts';
import { missingFrom, type Wave } from './wave-state.ts';

/** What `--allow` must say to go on without what a wave brought. */
export const movedPhrase = (wave: string): string => `moved:${wave}`;

/** Why nothing is promoted behind a wave of which something was changed. */
export function movedSince(wave: string, channel: string, artifacts: readonly string[]): SlipwayError {
  const [first = ''] = artifacts;
  const more = artifacts.length > 1 ? ` and ${artifacts.length - 1} more` : '';
  return new SlipwayError('REFUSED', `Channel "${channel}" moved since wave "${wave}": "${first}"${more} changed`, {
    hint: `slipway log ${channel} shows by whom; to leave that as it is and go on pass --allow ${movedPhrase(wave)}, to bring the wave again --wave ${wave} with it`,
  });
}

/**
 * Throws `REFUSED` where the newest record does not show what one of the `earlier` waves brought, unless that was allowed. Asked
 * in every round, so that no record follows one that nobody looked at.
 */
export function checkEarlier({ plan, line }: Pick<Compared, 'plan' | 'line'>, earlier: readonly Wave[]): void {
  for (const { name, entries } of earlier) {
    const missing = missingFrom(line.newest, entries);
    if (missing.length > 0 && !isAllowed(plan, movedPhrase(name))) throw movedSince(name, plan.channel ?? '', missing);
  }
}
