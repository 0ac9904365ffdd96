/** Comprehensions with two variables (`map.all(key, value, …)`), and `sortBy`. */
import type { Environment } from '@marcbachmann/cel-js';
import { compare, elements, entries, equal } from './compare.ts';
import { fault, unsupported } from './fault.ts';
import { Body, type Evaluator, type Expansion, type Part, type Scope, type Use, variableOf } from './macro.ts';

type Entry = readonly [unknown, unknown];

/** Positions and elements of a list, keys and values of a map. */
function entriesOf(range: unknown): readonly Entry[] {
  if (Array.isArray(range) || range instanceof Set) {
    return elements(range).map((item, index) => [BigInt(index), item]);
  }
  if (typeof range !== 'object' || range === null)
    throw unsupported('a comprehension over what is neither list nor map');
  return entries(range);
}

/** Evaluates a body for an entry. */
type Each = (body: Part, entry: Entry) => unknown;

function isTrue(value: unknown): boolean {
  if (typeof value !== 'boolean') throw unsupported('a predicate that is neither true nor false');
  return value;
}

/** Whether one entry decides, `wanted` being what decides; errors of others do not count then. */
function decided(range: readonly Entry[], wanted: boolean, test: (entry: Entry) => boolean): boolean {
  let failure: { readonly error: unknown } | undefined;
  for (const entry of range) {
    try {
      if (test(entry) === wanted) return true;
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure !== undefined) throw failure.error;
  return false;
}

type Collect = (range: readonly Entry[], parts: readonly Part[], each: Each) => unknown;

/** The entries that pass the filter, which stands before the transformation and may be missing. */
function kept(range: readonly Entry[], parts: readonly Part[], each: Each): readonly Entry[] {
  const [filter, transform] = parts;
  if (filter === undefined || transform === undefined) return range;
  return range.filter((entry) => isTrue(each(filter, entry)));
}

function transformed(range: readonly Entry[], parts: readonly Part[], each: Each): readonly Entry[] {
  const transform = parts.at(-1);
  if (transform === undefined) return [];
  return kept(range, parts, each).map((entry) => [entry[0], each(transform, entry)]);
}

function toMap(pairs: readonly Entry[]): Map<unknown, unknown> {
  const made = new Map<unknown, unknown>();
  for (const [key, value] of pairs) {
    if ([...made.keys()].some((other) => equal(other, key))) throw fault('insert failed: key already exists');
    made.set(key, value);
  }
  return made;
}

const only = ([part]: readonly Part[], each: Each): ((entry: Entry) => boolean) => {
  return (entry) => part !== undefined && isTrue(each(part, entry));
};

const MACROS: Readonly<Record<string, Collect>> = {
  all: (range, parts, each) => !decided(range, false, only(parts, each)),
  exists: (range, parts, each) => decided(range, true, only(parts, each)),
  exists_one: (range, parts, each) => range.filter(only(parts, each)).length === 1,
  transformList: (range, parts, each) => transformed(range, parts, each).map(([, value]) => value),
  transformMap: (range, parts, each) => toMap(transformed(range, parts, each)),
  transformMapEntry: (range, parts, each) => toMap(transformed(range, parts, each).flatMap(([, map]) => entries(map))),
};

const RETURNS: Readonly<Record<string, string>> = {
  transformList: 'list<dyn>',
  transformMap: 'map',
  transformMapEntry: 'map',
};

function expand({ receiver, args }: Use, collect: Collect, type: string): Expansion {
  const [first, second, ...parts] = args;
  const names = [variableOf(first), variableOf(second)];
  const bodies = new Map(parts.map((part) => [part, new Body(part, names)]));
  return {
    async: false,
    typeCheck(checker, _, scope) {
      checker.check(receiver, scope);
      for (const body of bodies.values()) body.check(checker, scope);
      return checker.getType(type);
    },
    evaluate: (evaluator: Evaluator, _, scope: Scope) =>
      collect(entriesOf(evaluator.run(receiver, scope)), parts, (part, entry) =>
        bodies.get(part)?.run(evaluator, scope, entry),
      ),
  };
}

function expandSortBy({ receiver, args: [variable, key] }: Use): Expansion {
  const body = new Body(key ?? receiver, [variableOf(variable)]);
  return {
    async: false,
    typeCheck(checker, _, scope) {
      checker.check(receiver, scope);
      body.check(checker, scope);
      return checker.getType('list<dyn>');
    },
    evaluate: (evaluator, _, scope) =>
      elements(evaluator.run(receiver, scope))
        .map((item) => [body.run(evaluator, scope, [item]), item] as const)
        .sort(([a], [b]) => compare(a, b))
        .map(([, item]) => item),
  };
}

/** Adds the comprehensions. */
export function addComprehensions(environment: Environment): void {
  for (const [name, collect] of Object.entries(MACROS)) {
    const type = RETURNS[name] ?? 'bool';
    const handler = (use: Use): Expansion => expand(use, collect, type);
    environment.registerFunction(`list.${name}(ast, ast, ast): ${type}`, handler);
    if (type !== 'bool') environment.registerFunction(`list.${name}(ast, ast, ast, ast): ${type}`, handler);
  }
  environment.registerFunction('list.sortBy(ast, ast): list<dyn>', expandSortBy);
}
