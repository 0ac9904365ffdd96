/** What `--allow` says, and what of it anything hung on: the record names that, and nothing else. */
import type { ReleasePlan } from './release-plan.ts';

type Phrases = Pick<ReleasePlan, 'allowed' | 'used'>;

/** Whether a phrase was given. Ask only where it makes a difference: what is asked for is recorded as used. */
export function isAllowed({ allowed, used }: Phrases, phrase: string): boolean {
  if (!allowed.includes(phrase)) return false;
  used?.add(phrase);
  return true;
}

/** What the run needed of what it was given, in that order. Where nobody keeps count: all of it. */
export function usedPhrases({ allowed, used }: Phrases): readonly string[] {
  return [...new Set(allowed)].filter((phrase) => used === undefined || used.has(phrase));
}

/** What the run was given and did not need. */
export function needlessPhrases({ allowed, used }: Phrases): readonly string[] {
  return [...new Set(allowed)].filter((phrase) => used !== undefined && !used.has(phrase));
}
