import { describe, expect, test } from 'vitest';
import { type Answer, programOf } from '../../../src/check/cel/program.ts';
import { EXPRESSIONS, type Outcome, SELF } from './expressions.ts';

const self = new Map<string, unknown>(
  Object.entries(SELF).map(([name, value]) => [name, typeof value === 'number' ? BigInt(value) : value]),
);

function outcomeOf(answer: Answer): unknown {
  return answer.kind === 'value' ? answer.value : answer.kind === 'fault' ? 'error' : answer;
}

describe.each(Object.entries(EXPRESSIONS))('%s', (_, cases) => {
  test.each(cases.map(([expression, outcome]): [string, Outcome] => [expression, outcome]))(
    '%s',
    (expression, expected) => {
      const program = programOf(expression);
      expect(program.kind === 'program' ? outcomeOf(program.run(self)) : program).toEqual(expected);
    },
  );
});
