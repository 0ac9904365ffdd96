/** What the API server would refuse becomes a breach that a reader can act on. */
import type { FieldPath } from '../../model.ts';
import { fieldText } from '../object.ts';
import type { Breach } from '../rule.ts';
import { textHint } from './patterns.ts';
import type { Problem, Violation } from './violation.ts';

/** The rule that a violation breaks. */
export const RULE_OF: Readonly<Record<Problem, string>> = {
  'unknown-field': 'schema/unknown-field',
  missing: 'schema/missing',
  'wrong-type': 'schema/type',
  enum: 'schema/value',
  pattern: 'schema/value',
  format: 'schema/value',
  range: 'schema/value',
  length: 'schema/value',
  alternatives: 'schema/value',
  forbidden: 'schema/value',
  'duplicate-key': 'schema/duplicate',
};

const BASE64 = 'base64';

/** The last name of a path with the positions after it: `args[0]`. */
export function shortName(path: FieldPath): string {
  const last = path.findLastIndex((key) => typeof key === 'string');
  if (last === -1) return path.length === 0 ? 'The object' : `"${fieldText(path)}"`;
  return `"${String(path[last])}${fieldText(path.slice(last + 1))}"`;
}

const didYouMean = (suggestion: string | undefined): string =>
  suggestion === undefined ? '' : `: did you mean "${suggestion}"`;

function messageOf({ path, problem, found, expected, suggestion }: Violation): string {
  const name = shortName(path);
  switch (problem) {
    case 'unknown-field':
      return `Unknown field ${name}${didYouMean(suggestion)}`;
    case 'missing':
      return found === 'nothing' ? `Required field ${name} is missing` : `Required field ${name} is empty`;
    case 'wrong-type':
      return `${name} must be ${expected}, but is ${found}`;
    case 'enum':
      return `${name} is ${found}, expected ${expected}${didYouMean(suggestion)}`;
    case 'length':
    case 'duplicate-key':
      return `${name} has ${found}, expected ${expected}`;
    case 'alternatives':
      return `${name} fits ${found}, expected ${expected}`;
    default:
      if (expected === BASE64) return `${name} is not base64`;
      return `${name} is ${found}, expected ${expected}`;
  }
}

function typeHint(found: string, expected: string): string {
  if (found === 'null') return 'give it a value, or remove the line';
  if (expected === 'a string' && /^(?:true|false|an? (?:integer|number)\b)/.test(found))
    return 'put the value in quotes';
  if (found === 'a string' && /^(?:an integer|a number|true or false)$/.test(expected)) {
    return 'write the value without quotes';
  }
  if (expected === 'a list') return 'begin each item with "- "';
  return 'correct the value, or its indentation';
}

/** Secrets may be written in the clear in another field. */
function base64Hint([root]: FieldPath): string {
  return root === 'data' ? 'encode the value in base64, or move it to stringData' : 'encode the value in base64';
}

function hintOf({ path, problem, found, expected, suggestion }: Violation): string | undefined {
  switch (problem) {
    case 'unknown-field':
      return suggestion === undefined
        ? 'remove it, or correct its name or its indentation'
        : `rename it to "${suggestion}", or remove it`;
    case 'missing':
      return found === 'nothing' ? 'add the field' : 'give the field a value';
    case 'wrong-type':
      return typeHint(found, expected);
    case 'enum':
      return suggestion === undefined ? undefined : `set it to "${suggestion}"`;
    case 'duplicate-key':
      return 'remove one of the two';
    case 'pattern':
    case 'format':
      return expected === BASE64 ? base64Hint(path) : textHint(found, expected);
    default:
      return undefined;
  }
}

/** The breach that a violation is. */
export function breachOf(violation: Violation): Breach {
  const { path, problem, found, expected } = violation;
  const hint = hintOf(violation);
  return {
    rule: RULE_OF[problem],
    ...(path.length > 0 && { field: path }),
    message: messageOf(violation),
    found,
    expected,
    ...(hint !== undefined && { hint }),
  };
}
