/** Macros: functions that get expressions instead of values. What the evaluator lends them, and what they give back. */

/** A part of an expression. */
export interface Part {
  readonly op: string;
  readonly args: unknown;
}

/** Types of expressions; only their names count here. */
export type PartType = object;

/** Where names have values. */
export interface Scope {
  forkWithVariable(name: string, type: PartType): Scope;
  /** The same scope, in another one. */
  reuse(outer: Scope): Scope;
  setIterValue(value: unknown, evaluator: Evaluator): Scope;
}

/** Finds types, and what is wrong with an expression. */
export interface Checker {
  check(part: Part, scope: Scope): PartType;
  getType(name: string): PartType;
}

/** Finds values. */
export interface Evaluator {
  run(part: Part, scope: Scope): unknown;
}

/** A use of a macro. */
export interface Use {
  readonly receiver: Part;
  readonly args: readonly Part[];
}

/** What a macro is made into when it is parsed. */
export interface Expansion {
  readonly async: false;
  readonly typeCheck: (checker: Checker, macro: unknown, scope: Scope) => PartType;
  readonly evaluate: (evaluator: Evaluator, macro: unknown, scope: Scope) => unknown;
}

/** The name in a part that is to be a variable. */
export function variableOf(part: Part | undefined): string {
  if (part?.op !== 'id' || typeof part.args !== 'string') throw new Error('a macro needs the name of a variable');
  return part.args;
}

/** An expression that is evaluated again and again, with values for its variables. */
export class Body {
  private readonly part: Part;
  private readonly names: readonly string[];
  private scopes: readonly Scope[] = [];

  constructor(part: Part, names: readonly string[]) {
    this.part = part;
    this.names = names;
  }

  check(checker: Checker, scope: Scope): PartType {
    const scopes: Scope[] = [];
    let inner = scope;
    for (const name of this.names) {
      inner = inner.forkWithVariable(name, checker.getType('dyn'));
      scopes.push(inner);
    }
    this.scopes = scopes;
    return checker.check(this.part, inner);
  }

  run(evaluator: Evaluator, scope: Scope, values: readonly unknown[]): unknown {
    let inner = scope;
    for (const [index, own] of this.scopes.entries()) {
      inner = own.reuse(inner).setIterValue(values[index], evaluator);
    }
    return evaluator.run(this.part, inner);
  }
}
