/** The rules in schemas (`x-kubernetes-validations`), evaluated for an object that is new to the cluster. */
import type { FieldPath } from '../../model.ts';
import type { CelRule } from '../schema/openapi.ts';
import type { Schema } from '../schema/schema.ts';
import { isSecretName } from '../schema/violation.ts';
import { withDefaults } from './defaults.ts';
import { type Answer, programOf } from './program.ts';
import { celValue, textsBelow } from './values.ts';

/** A rule that an object breaks. */
export interface BrokenRule {
  readonly path: FieldPath;
  readonly rule: string;
  /** What its CRD says about it; undefined where it says nothing. */
  readonly message: string | undefined;
  /** Why it could not be evaluated: the API server refuses the object then, too. */
  readonly fault: string | undefined;
}

const known = new WeakMap<Schema, boolean>();

/** Whether there are rules in a schema or below. Kubernetes' own kinds have none. */
function hasRules(schema: Schema | undefined): boolean {
  if (schema === undefined || (schema.nulls === 'zero' && schema.rules.length === 0)) return false;
  const before = known.get(schema);
  if (before !== undefined) return before;
  known.set(schema, false);
  const { rules, properties, values, items } = schema;
  const children = [...properties.values(), values, items];
  const found = rules.length > 0 || children.some(hasRules);
  known.set(schema, found);
  return found;
}

/** The rules that an object breaks. It must be valid by its schema. */
export function brokenRules(value: unknown, schema: Schema): readonly BrokenRule[] {
  if (!hasRules(schema)) return [];
  const broken: BrokenRule[] = [];
  visit(withDefaults(sent(value, schema), schema), schema, { path: [], broken });
  return broken;
}

/** The server drops the status of kinds that have a door of its own for it. */
function sent(value: unknown, { dropsStatus }: Schema): unknown {
  if (!dropsStatus || typeof value !== 'object' || value === null || !('status' in value)) return value;
  const { status: _status, ...rest } = value;
  return rest;
}

interface Walk {
  readonly path: FieldPath;
  readonly broken: BrokenRule[];
}

function visit(value: unknown, schema: Schema, { path, broken }: Walk): void {
  if (value === null || value === undefined || !hasRules(schema)) return;
  if (schema.rules.length > 0) broken.push(...atNode(value, schema, path));
  const below = (child: unknown, key: string | number, described: Schema | undefined): void => {
    if (described !== undefined) visit(child, described, { path: [...path, key], broken });
  };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) below(item, index, schema.items);
  } else if (typeof value === 'object') {
    for (const [name, child] of Object.entries(value)) below(child, name, schema.properties.get(name) ?? schema.values);
  }
}

function atNode(value: unknown, schema: Schema, path: FieldPath): readonly BrokenRule[] {
  const self = seen(value, schema);
  if (self === undefined) return [];
  return schema.rules.flatMap((rule) => {
    const program = programOf(rule.rule);
    if (program.kind !== 'program' || (program.usesOldSelf && rule.optionalOldSelf !== true)) return [];
    const answer = program.run(self);
    return holds(answer) ? [] : [brokenRule(rule, answer, self, path)];
  });
}

/** The API server looks for the rule's own field and message only where the rule came to an end. */
function brokenRule(rule: CelRule, answer: Answer, self: unknown, path: FieldPath): BrokenRule {
  const own = rule.message?.trim() || undefined;
  const secrets = textsBelow(
    self,
    isSecretName,
    path.some((name) => isSecretName(String(name))),
  );
  const tells = (text: string): boolean => secrets.some((secret) => secret !== '' && text.includes(secret));
  if (answer.kind === 'fault') {
    const { reason } = answer;
    const fault = tells(reason) || reason.length > LONGEST_FAULT ? 'a value that the rule cannot read' : reason;
    return { path, rule: rule.rule, message: own, fault };
  }
  const made = madeMessage(rule, self);
  const message = made === undefined || tells(made) ? own : made;
  return { path: [...path, ...pathIn(rule)], rule: rule.rule, message, fault: undefined };
}

/** What cannot be told counts as held: no object is accused for what cannot be evaluated here. */
function holds(answer: Answer): boolean {
  return answer.kind === 'unknown' || (answer.kind === 'value' && answer.value !== false);
}

/** Undefined for what rules cannot see, and for what cannot be told. */
function seen(value: unknown, schema: Schema): unknown {
  try {
    return celValue(value, schema);
  } catch {
    return undefined;
  }
}

/** `.spec.name` or `.labels['a.b']`, from the rule's own field on. */
function pathIn({ fieldPath = '' }: CelRule): FieldPath {
  return Array.from(fieldPath.matchAll(/\.([^.[\]]+)|\['((?:\\.|[^'\\])*)'\]/g), ([, name, key = '']) =>
    name === undefined ? key.replace(/\\(.)/g, '$1') : name,
  );
}

const LONGEST_FAULT = 200;
const LONGEST_MESSAGE = 5000;

/** What a `messageExpression` comes to, where that is a line that the API server would show. */
function madeMessage({ messageExpression }: CelRule, self: unknown): string | undefined {
  const program = messageExpression === undefined ? undefined : programOf(messageExpression);
  const answer = program?.kind === 'program' ? program.run(self) : undefined;
  if (answer?.kind !== 'value' || typeof answer.value !== 'string') return undefined;
  const text = answer.value.trim();
  return text === '' || text.includes('\n') || text.length > LONGEST_MESSAGE ? undefined : text;
}
