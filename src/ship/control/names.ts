/** Names of artifacts that people give. */
import { didYouMean } from '../../config/suggest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Entry, ReleaseRecord } from '../../model.ts';

/** Throws `USAGE` for a name that neither the channel's newest record nor `besides` has. */
export function checkNames(
  task: string,
  names: readonly string[],
  { artifacts, channel }: Pick<ReleaseRecord, 'artifacts' | 'channel'>,
  besides: readonly Entry[] = [],
): void {
  const known = [...new Set([...artifacts, ...besides].map(({ name }) => name))].sort();
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new SlipwayError('USAGE', `Cannot ${task} "${name}": channel "${channel}" has no such artifact`, {
      hint: didYouMean(name, known),
    });
  }
}
