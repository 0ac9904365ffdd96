/** Validates objects as the API server decodes them with `fieldValidation=Strict`, offline. */
import { closest, quoted } from '../../config/suggest.ts';
import { checkConstraints } from './constraints.ts';
import { formatProblem, isQuantity } from './formats.ts';
import type { ListIdentity, Schema, SchemaType } from './schema.ts';
import { kindOfValue, shown, typePhrase, type Violation } from './violation.ts';

/** How the object will be sent. */
export interface ValidateOptions {
  /**
   * `apply` (default) is server-side apply, what Flux does. With `create` the server forgives lists that repeat a key in
   * its own kinds (two environment variables of one name), and null in fields of CRDs that are not `nullable`.
   */
  readonly as?: 'apply' | 'create';
}

type Fields = Readonly<Record<string, unknown>>;

interface Walk {
  /** Where we are; changed on the way. */
  readonly path: (string | number)[];
  readonly violations: Violation[];
  readonly forgiving: boolean;
}

/** Everything that the API server would refuse about an object, in the order of its fields. Integers may be bigints. */
export function validate(value: unknown, schema: Schema, options: ValidateOptions = {}): readonly Violation[] {
  const walk: Walk = { path: [], violations: [], forgiving: options.as === 'create' };
  visit(value, schema, walk);
  if (!schema.dropsStatus || walk.violations.length === 0) return walk.violations;
  return walk.violations.filter(
    (violation) => violation.path[0] !== 'status' || seenBeforeDropped(violation, schema, walk),
  );
}

/** The status is dropped after decoding, which only server-side apply and Kubernetes' own kinds do with types. */
function seenBeforeDropped({ problem, found }: Violation, { nulls }: Schema, { forgiving }: Walk): boolean {
  if (problem === 'unknown-field') return true;
  if (problem === 'wrong-type') return (nulls === 'zero' || !forgiving) && found !== 'null';
  return nulls === 'zero' && (problem === 'format' || problem === 'range');
}

function report(walk: Walk, violation: Omit<Violation, 'path'>): void {
  walk.violations.push({ path: [...walk.path], ...violation });
}

function visit(value: unknown, schema: Schema, walk: Walk): void {
  if (value === null && schema.nulls !== 'absent') {
    if (schema.nulls === 'zero') visitZero(schema, walk);
    return;
  }
  if (!hasType(value, schema.type)) {
    report(walk, { problem: 'wrong-type', found: kindOfValue(value), expected: typePhrase(schema.type) });
    return;
  }
  if (typeof value === 'string') visitText(value, schema, walk);
  else if (typeof value === 'number' || typeof value === 'bigint') visitNumber(value, schema, walk);
  else if (Array.isArray(value)) visitList(value, schema, walk);
  else if (typeof value === 'object' && value !== null) visitObject(value as Fields, schema, walk);
  if (schema.constraints === undefined) return;
  checkConstraints(value, schema.constraints, {
    path: walk.path,
    report: (violation) => report(walk, violation),
    violations: (other, part) => {
      const apart: Walk = { ...walk, violations: [] };
      visit(other, part, apart);
      return apart.violations;
    },
  });
}

/** Null as an item of a list: Go makes the type's zero value of it. */
function visitZero(schema: Schema, walk: Walk): void {
  if (schema.type === 'object') visit({}, schema, walk);
  else if (schema.constraints?.enum !== undefined) visit('', schema, walk);
}

function isInteger(value: unknown): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}

function hasType(value: unknown, type: SchemaType): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return isInteger(value);
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'int-or-string':
      return typeof value === 'string' || isInteger(value);
    case 'quantity':
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
  }
}

function visitText(value: string, { type, format }: Schema, walk: Walk): void {
  if (type === 'quantity') {
    if (isQuantity(value)) return;
    report(walk, { problem: 'format', found: shown(value, walk.path), expected: typePhrase(type) });
  } else if (format !== undefined && type === 'string') {
    const expected = formatProblem(value, format);
    if (expected === undefined) return;
    // What should have been base64 is often a secret in the clear.
    report(walk, {
      problem: 'format',
      found: format === 'byte' ? 'text that is not base64' : shown(value, walk.path),
      expected,
    });
  }
}

function visitNumber(value: number | bigint, { type, format }: Schema, walk: Walk): void {
  if (type !== 'integer' && type !== 'int-or-string') return;
  const bits = format === 'int32' ? 31n : 63n;
  const whole = BigInt(value);
  if (whole >= -(1n << bits) && whole < 1n << bits) return;
  report(walk, { problem: 'range', found: shown(value, walk.path), expected: `an integer of ${bits + 1n} bits` });
}

function visitList(values: readonly unknown[], { items, list, nulls }: Schema, walk: Walk): void {
  if (items === undefined) return;
  const merged = walk.forgiving && nulls === 'zero' ? undefined : list;
  for (const [index, item] of values.entries()) {
    walk.path.push(index);
    if (item === null && merged !== undefined) {
      report(walk, { problem: 'wrong-type', found: 'null', expected: typePhrase(items.type) });
    } else {
      visit(item, items, walk);
    }
    walk.path.pop();
  }
  if (merged !== undefined && values.length > 1) checkRepeated(values, merged, items, walk);
}

/** Lists that the server merges by their keys cannot hold a key twice. */
function checkRepeated(values: readonly unknown[], { kind, keys }: ListIdentity, items: Schema, walk: Walk): void {
  const seen = new Set<string>();
  for (const [index, item] of values.entries()) {
    const parts = kind === 'set' ? [item] : keys.map((key) => keyOf(item, key, items));
    if (kind === 'map' && parts.every((part) => part === undefined)) continue;
    const identity = JSON.stringify(parts, (_, part) => (typeof part === 'bigint' ? Number(part) : part));
    if (!seen.has(identity)) {
      seen.add(identity);
      continue;
    }
    walk.path.push(index);
    const found =
      kind === 'set'
        ? shown(item, walk.path)
        : keys.map((key, at) => `${key} ${shown(parts[at], walk.path)}`).join(', ');
    report(walk, {
      problem: 'duplicate-key',
      found: `${found} again`,
      expected: `each ${keys.join(' and ') || 'item'} once`,
    });
    walk.path.pop();
  }
}

function keyOf(item: unknown, key: string, items: Schema): unknown {
  const value = typeof item === 'object' && item !== null ? (item as Fields)[key] : undefined;
  return value ?? items.properties.get(key)?.default;
}

function visitObject(value: Fields, schema: Schema, walk: Walk): void {
  const { properties, values, open, required } = schema;
  for (const name of Object.keys(value)) {
    const child = value[name];
    if (child === undefined) continue;
    const described = properties.get(name) ?? values;
    walk.path.push(name);
    if (described === undefined) {
      if (!open) report(walk, unknownField(name, properties));
    } else if (child !== null || countsAsValue(described, walk)) {
      visit(child, described, walk);
    }
    walk.path.pop();
  }
  for (const name of required) checkRequired(value, name, schema, walk);
}

/** Whether null in a field is more than an absent field. */
function countsAsValue({ nulls, default: fallback }: Schema, { forgiving }: Walk): boolean {
  return nulls === 'value' || (nulls === 'absent' && !forgiving && fallback === undefined);
}

function unknownField(name: string, properties: ReadonlyMap<string, Schema>): Omit<Violation, 'path'> {
  const suggestion = closest(name, properties.keys());
  return {
    problem: 'unknown-field',
    found: 'an unknown field',
    expected: properties.size === 0 ? 'no fields' : `one of ${quoted([...properties.keys()].sort())}`,
    ...(suggestion !== undefined && { suggestion }),
  };
}

/** Whether Go cannot tell a value from an absent one. */
function isZero(value: unknown, described: Schema | undefined): boolean {
  if (value === '' || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  const isMap = described?.values !== undefined;
  return isMap && typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Whether something has been said about a field already: 0 is out of range as well as empty. */
function isRefused(field: Walk['path'], { violations }: Walk): boolean {
  return violations.some(({ path }) => path.length === field.length && path.every((key, at) => key === field[at]));
}

function checkRequired(value: Fields, name: string, { properties, nulls }: Schema, walk: Walk): void {
  const child = Object.hasOwn(value, name) ? value[name] : undefined;
  const described = properties.get(name);
  const filledIn = described?.default !== undefined && nulls !== 'zero';
  const given = filledIn || (child !== undefined && (child !== null || (described && countsAsValue(described, walk))));
  const zero = nulls === 'zero' && isZero(child, described);
  if (given && !zero) return;
  if (given && isRefused([...walk.path, name], walk)) return;
  walk.path.push(name);
  const found = child === undefined ? 'nothing' : JSON.stringify(child);
  report(walk, {
    problem: 'missing',
    found,
    expected: described === undefined ? 'a value' : typePhrase(described.type),
  });
  walk.path.pop();
}
