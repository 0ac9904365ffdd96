/** What the API server refuses in schemas of CRDs beside their form: defaults that do not fit, rules about fields that are not there. */
import { escaped } from '../cel/names.ts';
import { readSource } from '../cel/source.ts';
import { type Fields, fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import { breachOf } from './breach.ts';
import type { OpenApiSchema } from './openapi.ts';
import { ANYTHING, customSchema } from './prepare.ts';
import type { StructuralProblem } from './structural.ts';
import { validate } from './validate.ts';
import { isSecretName, type Problem } from './violation.ts';

type Path = StructuralProblem['path'];

/** Deeper than any schema that the API server takes. */
const MAX_DEPTH = 200;

/** What is wrong in a structural schema and below. */
export function contentProblems(schema: unknown): readonly StructuralProblem[] {
  const problems: StructuralProblem[] = [];
  visit(schema, [], problems);
  return problems;
}

function visit(schema: unknown, path: Path, problems: StructuralProblem[]): void {
  if (!isMapping(schema) || path.length > MAX_DEPTH) return;
  checkDefault(schema, path, problems);
  for (const [index, rule] of listOf(schema['x-kubernetes-validations']).entries()) {
    checkRule(fieldsOf(rule), schema, { problems, path: [...path, 'x-kubernetes-validations', index] });
  }
  for (const [name, child] of Object.entries(fieldsOf(schema.properties))) {
    visit(child, [...path, 'properties', name], problems);
  }
  for (const name of ['items', 'additionalProperties']) visit(schema[name], [...path, name], problems);
}

/** Problems that the API server sees in defaults as it sees them in objects. */
const SURE: ReadonlySet<Problem> = new Set([
  'unknown-field',
  'missing',
  'wrong-type',
  'enum',
  'pattern',
  'format',
  'range',
  'length',
]);

function checkDefault(schema: Fields, path: Path, problems: StructuralProblem[]): void {
  const { default: value } = schema;
  // Numbers and texts alike are let pass, as are parts of objects in objects.
  const open = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-embedded-resource'] === true;
  if (value === undefined || value === null || open) return;
  // Under the name of a secret no message shows the value.
  const name = path.some((key) => isSecretName(String(key))) ? 'secret' : 'default';
  const holder: OpenApiSchema = { type: 'object', properties: { [name]: schema as OpenApiSchema } };
  const violations = validate({ [name]: value }, customSchema(holder, ANYTHING, false), { as: 'create' });
  const first = violations.find(
    ({ path: [root], problem, found }) => root === name && SURE.has(problem) && found !== 'null',
  );
  if (first === undefined) return;
  const { message } = breachOf({ ...first, path: ['default', ...first.path.slice(1)] });
  problems.push({ path: [...path, 'default'], message: `does not fit the schema: ${message}` });
}

function checkRule(
  { rule, optionalOldSelf }: Fields,
  schema: Fields,
  { problems, path }: { readonly problems: StructuralProblem[]; readonly path: Path },
): void {
  const expression = textOf(rule);
  if (expression === undefined) return;
  const { bare, usesOldSelf } = readSource(expression);
  if (optionalOldSelf !== undefined && optionalOldSelf !== null && !usesOldSelf) {
    problems.push({ path: [...path, 'optionalOldSelf'], message: 'must not be set, as the rule does not use oldSelf' });
  }
  const undeclared = undeclaredField(bare, schema, path.length === 2);
  if (undeclared !== undefined) {
    problems.push({ path: [...path, 'rule'], message: `uses ${undeclared}, which is not in the schema` });
  }
}

/** Fields of `self` by their names, one below the other; what is called is no field. */
const CHAIN = /(?<![\w.)\]}`])(self|oldSelf)((?:\.[A-Za-z_]\w*(?!\w|\s*\())+)/g;

/** The first use of a field that the schema surely does not have. */
function undeclaredField(bare: string, schema: Fields, isRoot: boolean): string | undefined {
  // A macro may call its variable so.
  if (/\b(?:self|oldSelf)\s*,/.test(bare)) return undefined;
  for (const [, root = '', chain = ''] of bare.matchAll(CHAIN)) {
    const names = chain.slice(1).split('.');
    if (isRoot && ['apiVersion', 'kind', 'metadata'].includes(names[0] ?? '')) continue;
    const count = declared(names, schema);
    if (count < names.length) return [root, ...names.slice(0, count + 1)].join('.');
  }
  return undefined;
}

/** How many of the names are fields, each of the one before; all of them where a schema leaves it open. */
function declared(names: readonly string[], schema: Fields): number {
  let at = schema;
  for (const [index, name] of names.entries()) {
    const properties = Object.entries(fieldsOf(at.properties));
    const isClosed = at.type === 'object' && at['x-kubernetes-embedded-resource'] !== true && properties.length > 0;
    if (!isClosed) return names.length;
    const child = properties.find(([property]) => escaped(property) === name)?.[1];
    if (child === undefined) return index;
    at = fieldsOf(child);
  }
  return names.length;
}
