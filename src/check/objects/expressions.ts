/** Expressions in CEL of admission: what they refer to is known to the server, their grammar is known here. */
import { grammarProblem } from '../cel/program.ts';
import type { Look } from './look.ts';

/** An expression in CEL. */
export const expression: Look = (value, site) => {
  // An empty one is missing, which is said elsewhere.
  if (typeof value !== 'string' || value.trim() === '') return;
  const problem = grammarProblem(value);
  if (problem === undefined) return;
  site.breach('object/value', `${site.name()} is not an expression in CEL: ${problem}`, {
    hint: 'correct the expression',
  });
};
