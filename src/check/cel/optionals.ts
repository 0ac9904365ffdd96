/** What optional values can do besides what the evaluator knows. */
import { type Environment, Optional } from '@marcbachmann/cel-js';
import { elements, entries } from './compare.ts';
import { unsupported } from './fault.ts';
import { functionsOf } from './functions.ts';
import { Body, type Expansion, type Use, variableOf } from './macro.ts';

function isZero(value: unknown): boolean {
  if (Array.isArray(value) || value instanceof Set) return elements(value).length === 0;
  if (value instanceof Map) return entries(value).length === 0;
  return value === null || value === '' || value === 0n || value === 0 || value === false;
}

/** `optMap` wraps what comes out, `optFlatMap` expects it wrapped. */
function expand({ receiver, args: [variable, part] }: Use, wrap: (value: unknown) => unknown): Expansion {
  const body = new Body(part ?? receiver, [variableOf(variable)]);
  return {
    async: false,
    typeCheck(checker, _, scope) {
      checker.check(receiver, scope);
      body.check(checker, scope);
      return checker.getType('optional');
    },
    evaluate(evaluator, _, scope) {
      const value = evaluator.run(receiver, scope);
      if (!(value instanceof Optional)) throw unsupported('what is mapped is not optional');
      return value.hasValue() ? wrap(body.run(evaluator, scope, [value.value()])) : Optional.none();
    },
  };
}

/** Adds `optMap`, `optFlatMap` and `optional.ofNonZeroValue`. */
export function addOptionals(environment: Environment): void {
  environment.registerFunction('optional.optMap(ast, ast): optional<dyn>', (use: Use) => expand(use, Optional.of));
  environment.registerFunction('optional.optFlatMap(ast, ast): optional<dyn>', (use: Use) =>
    expand(use, (value) => value),
  );
  functionsOf(environment)('OptionalNamespace.ofNonZeroValue(dyn): optional<dyn>', (_: unknown, value: unknown) =>
    isZero(value) ? Optional.none() : Optional.of(value),
  );
}
