import { RULES } from './check/engine/registry.ts';
import type { Rule } from './check/rule.ts';
import { closest } from './config/suggest.ts';
import { SlipwayError } from './errors.ts';

/** A rule of the checks by its id, for example `object/not-an-object`. Throws `USAGE` for one that does not exist. */
export function ruleOf(id: string): Rule {
  const rule = RULES.find((candidate) => candidate.id === id);
  if (rule !== undefined) return rule;
  const near = closest(
    id,
    RULES.map((candidate) => candidate.id),
  );
  throw new SlipwayError('USAGE', `Cannot explain rule "${id}": there is no such rule`, {
    hint: near === undefined ? 'slipway check --list-rules shows all' : `did you mean "${near}"`,
  });
}
