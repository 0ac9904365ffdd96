/** What keeps a rollback from being done, told with what else can be done. */
import { SlipwayError } from '../../errors.ts';
import type { Decided } from '../release.ts';
import type { Change } from './change.ts';

const HINTS: Readonly<Record<string, string>> = {
  UNTRUSTED:
    'a rollback brings the proofs of that time: let "verify" accept who signed then too, or publish the old source again as a new commit',
  NOT_FOUND: 'roll back to another release, or publish the old source again as a new commit',
};

/** The round with its error as people who roll back need it: nothing is built and nothing signed again. */
export function explained(settled: Decided, { kind }: Change): Decided {
  const { end, fresh } = settled;
  // Without a new record it was not found what to go back to.
  if (kind !== 'rollback' || end?.error === undefined || !fresh) return settled;
  const { code, message } = end.error;
  const hint = HINTS[code];
  if (hint === undefined) return settled;
  return { ...settled, end: { ...end, error: new SlipwayError(code, message, { hint, cause: end.error }) } };
}
