/** Demands on a value beyond its type. */
import { closest, quoted } from '../../config/suggest.ts';
import { patternPhrase } from './patterns.ts';
import type { Constraints, Schema } from './schema.ts';
import { shown, typePhrase, type Violation } from './violation.ts';

/** How constraints look back at the walk they are part of. */
export interface Site {
  readonly path: readonly (string | number)[];
  readonly report: (violation: Omit<Violation, 'path'>) => void;
  /** What is wrong with a value by another schema, at this place. */
  readonly violations: (value: unknown, schema: Schema) => readonly Violation[];
}

/** Checks a value that has the right type. */
export function checkConstraints(value: unknown, demands: Constraints, site: Site): void {
  if (demands.enum !== undefined) checkEnum(value, demands.enum, site);
  if (typeof value === 'string') checkText(value, demands, site);
  else if (typeof value === 'number' || typeof value === 'bigint') checkNumber(Number(value), demands, site);
  else if (Array.isArray(value)) checkSize(value.length, 'items', demands.minItems, demands.maxItems, site);
  else if (typeof value === 'object' && value !== null) {
    const { length } = Object.keys(value);
    checkSize(length, 'fields', demands.minProperties, demands.maxProperties, site);
  }
  checkJunctors(value, demands, site);
}

function equal(a: unknown, b: unknown): boolean {
  if (typeof a === 'bigint') return typeof b === 'number' && Number(a) === b;
  if (typeof a !== 'object' || a === null) return a === b;
  if (typeof b !== 'object' || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.has(key) && equal(value, right.get(key)));
}

function checkEnum(value: unknown, values: readonly unknown[], { path, report }: Site): void {
  if (values.some((allowed) => equal(value, allowed))) return;
  const named = values.filter((allowed) => allowed !== '');
  const words = named.filter((allowed) => typeof allowed === 'string');
  const suggestion = typeof value === 'string' ? closest(value, words) : undefined;
  const expected = words.length === named.length ? `one of ${quoted(words)}` : `one of ${named.map(String).join(', ')}`;
  report({ problem: 'enum', found: shown(value, path), expected, ...(suggestion !== undefined && { suggestion }) });
}

function checkText(value: string, { pattern, minLength, maxLength }: Constraints, { path, report }: Site): void {
  if (pattern !== undefined && !pattern.regex.test(value)) {
    report({ problem: 'pattern', found: shown(value, path), expected: patternPhrase(pattern.source) });
  }
  if (maxLength === undefined && minLength === undefined) return;
  let length = 0;
  for (const _ of value) length += 1;
  if (maxLength !== undefined && length > maxLength) {
    report({ problem: 'length', found: `${length} characters`, expected: `at most ${maxLength}` });
  }
  if (minLength !== undefined && length < minLength) {
    report({ problem: 'length', found: `${length} characters`, expected: `at least ${minLength}` });
  }
}

function checkNumber(value: number, demands: Constraints, { path, report }: Site): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = demands;
  const refuse = (expected: string): void => report({ problem: 'range', found: shown(value, path), expected });
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    refuse(exclusiveMinimum === true ? `more than ${minimum}` : `at least ${minimum}`);
  }
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    refuse(exclusiveMaximum === true ? `less than ${maximum}` : `at most ${maximum}`);
  }
  if (multipleOf !== undefined && Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9) {
    refuse(`a multiple of ${multipleOf}`);
  }
}

function checkSize(
  count: number,
  what: string,
  least: number | undefined,
  most: number | undefined,
  { report }: Site,
): void {
  if (least !== undefined && count < least) {
    report({ problem: 'length', found: `${count} ${what}`, expected: `at least ${least}` });
  }
  if (most !== undefined && count > most) {
    report({ problem: 'length', found: `${count} ${what}`, expected: `at most ${most}` });
  }
}

function checkJunctors(value: unknown, { allOf, anyOf, oneOf, not }: Constraints, site: Site): void {
  const accepts = (schema: Schema): boolean => site.violations(value, schema).length === 0;
  const refuse = (found: string, expected: string): void => site.report({ problem: 'alternatives', found, expected });
  for (const part of allOf) {
    for (const { path: _path, ...violation } of site.violations(value, part)) site.report(violation);
  }
  if (anyOf.length > 0 && !anyOf.some(accepts)) refuse('none of them', `at least one of: ${listed(anyOf)}`);
  const fitting = oneOf.filter(accepts);
  if (oneOf.length > 0 && fitting.length !== 1) {
    refuse(fitting.length === 0 ? 'none of them' : listed(fitting), `exactly one of: ${listed(oneOf)}`);
  }
  if (not !== undefined && accepts(not)) {
    site.report({ problem: 'forbidden', found: shown(value, site.path), expected: `anything but: ${demandOf(not)}` });
  }
}

function listed(schemas: readonly Schema[]): string {
  return schemas.map(demandOf).join('; ');
}

/** What a part of an `anyOf` asks for, as a phrase. */
function demandOf({ type, required, properties, constraints }: Schema): string {
  if (required.length > 0) return `fields ${quoted(required)}`;
  if (type !== 'any') return typePhrase(type);
  if (constraints?.enum !== undefined) return `one of ${constraints.enum.map(String).join(', ')}`;
  if (constraints?.pattern !== undefined) return patternPhrase(constraints.pattern.source);
  if (constraints?.not !== undefined) return `anything but: ${demandOf(constraints.not)}`;
  if (constraints !== undefined && constraints.anyOf.length > 0)
    return `(${constraints.anyOf.map(demandOf).join(' or ')})`;
  return properties.size > 0 ? `other values in ${quoted([...properties.keys()])}` : 'another form';
}
