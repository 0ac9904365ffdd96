/** The rules that make a CRD's schema "structural"; the API server refuses others. */
import { type Fields, isMapping } from '../object.ts';
import { compilePattern } from './pattern.ts';

/** Something that the API server refuses in a CRD's schema. */
export interface StructuralProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Path = readonly (string | number)[];

const TYPES = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean']);

/** Keywords that a CRD's schema cannot have. */
const FORBIDDEN = ['$ref', 'definitions', 'dependencies', 'patternProperties', 'additionalItems', 'id'];

/** Keywords that say what is stored, and rules; below `allOf`, `anyOf`, `oneOf` and `not` only demands on values may stand. */
const STORING = [
  'additionalProperties',
  'default',
  'description',
  'nullable',
  'title',
  'type',
  'x-kubernetes-validations',
];

/** Deeper than any schema that an object could follow. */
const MAX_DEPTH = 100;

interface Walk {
  readonly problems: StructuralProblem[];
  /** Below a junctor. */
  readonly demandsOnly: boolean;
  /** Keywords below a junctor that are fine here: the `type` of `x-kubernetes-int-or-string`. */
  readonly intOrString?: boolean;
}

/** Keywords whose value may be null. */
const MAY_BE_NULL = ['default', 'enum', 'example'];

/** A schema as Go reads it, for which null is an absent keyword, an empty name, and a schema that says nothing. */
export function asGoReads(schema: unknown, depth = 0): unknown {
  // What is nested deeper is refused later.
  if (depth > 2 * MAX_DEPTH) return schema;
  if (Array.isArray(schema)) return schema.map((item: unknown) => asGoReads(item ?? {}, depth + 1));
  if (!isMapping(schema)) return schema;
  const said = Object.entries(schema).filter(([keyword, value]) => value !== null || MAY_BE_NULL.includes(keyword));
  return Object.fromEntries(said.map(([keyword, value]) => [keyword, keywordAsGoReads(keyword, value, depth + 1)]));
}

function keywordAsGoReads(keyword: string, value: unknown, depth: number): unknown {
  if (MAY_BE_NULL.includes(keyword)) return value;
  if (keyword === 'required' && Array.isArray(value)) return value.map((name: unknown) => name ?? '');
  return keyword === 'properties' && isMapping(value) ? propertiesAsGoReads(value, depth) : asGoReads(value, depth);
}

const propertiesAsGoReads = (properties: Fields, depth: number): Fields =>
  Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, asGoReads(child ?? {}, depth + 1)]));

/** Everything that keeps a schema from being structural. */
export function structuralProblems(schema: unknown): readonly StructuralProblem[] {
  const problems: StructuralProblem[] = [];
  visit(schema, [], { problems, demandsOnly: false });
  // A root without type is one where `x-kubernetes-preserve-unknown-fields` lets it be.
  if (isMapping(schema) && problems.length === 0 && (schema.type ?? 'object') !== 'object') {
    problems.push({ path: ['type'], message: 'must be "object" at the root' });
  }
  return problems;
}

function visit(schema: unknown, path: Path, walk: Walk): void {
  if (!isMapping(schema)) {
    walk.problems.push({ path, message: 'must be a schema' });
    return;
  }
  if (path.length > MAX_DEPTH) {
    walk.problems.push({ path, message: 'is nested too deeply' });
    return;
  }
  checkKeywords(schema, path, walk);
  checkType(schema, path, walk);
  visitChildren(schema, path, walk);
}

function checkKeywords(schema: Fields, path: Path, { problems, demandsOnly, intOrString }: Walk): void {
  for (const keyword of FORBIDDEN) {
    if (schema[keyword] !== undefined) problems.push({ path: [...path, keyword], message: 'is forbidden in a CRD' });
  }
  if (schema.uniqueItems === true) problems.push({ path: [...path, 'uniqueItems'], message: 'must not be true' });
  const { pattern, required } = schema;
  if (typeof pattern === 'string' && compilePattern(pattern) === 'invalid') {
    problems.push({ path: [...path, 'pattern'], message: 'is not a regular expression' });
  }
  if (required !== undefined && !(Array.isArray(required) && required.every((name) => typeof name === 'string'))) {
    problems.push({ path: [...path, 'required'], message: 'must be a list of names' });
  }
  if (!demandsOnly) return;
  for (const keyword of STORING) {
    if (schema[keyword] === undefined || (keyword === 'type' && intOrString === true)) continue;
    problems.push({ path: [...path, keyword], message: 'is forbidden below allOf, anyOf, oneOf and not' });
  }
}

function checkType(schema: Fields, path: Path, { problems, demandsOnly }: Walk): void {
  const { type, properties, additionalProperties, items } = schema;
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (type !== undefined && !(typeof type === 'string' && TYPES.has(type))) {
    problems.push({ path: [...path, 'type'], message: `must be one of ${[...TYPES].join(', ')}` });
  }
  if (additionalProperties === false) {
    problems.push({ path: [...path, 'additionalProperties'], message: 'must not be false' });
  }
  if (properties !== undefined && additionalProperties !== undefined) {
    problems.push({ path: [...path, 'additionalProperties'], message: 'cannot stand beside properties' });
  }
  if (demandsOnly) return;
  if (type === undefined && !intOrString && !open) problems.push({ path: [...path, 'type'], message: 'is required' });
  if (type === 'array' && items === undefined) problems.push({ path: [...path, 'items'], message: 'is required' });
}

function visitChildren(schema: Fields, path: Path, walk: Walk): void {
  const { properties, additionalProperties, items, not } = schema;
  if (properties !== undefined && !isMapping(properties)) {
    walk.problems.push({ path: [...path, 'properties'], message: 'must be an object' });
  } else {
    for (const [name, child] of Object.entries(properties ?? {})) visit(child, [...path, 'properties', name], walk);
  }
  if (items !== undefined) visit(items, [...path, 'items'], walk);
  if (additionalProperties !== undefined && typeof additionalProperties !== 'boolean') {
    visit(additionalProperties, [...path, 'additionalProperties'], walk);
  }
  const intOrString = schema['x-kubernetes-int-or-string'] === true || walk.intOrString === true;
  const below: Walk = { problems: walk.problems, demandsOnly: true, intOrString };
  if (not !== undefined) visit(not, [...path, 'not'], below);
  for (const junctor of ['allOf', 'anyOf', 'oneOf']) {
    const list = schema[junctor];
    if (list === undefined) continue;
    if (!Array.isArray(list)) walk.problems.push({ path: [...path, junctor], message: 'must be a list' });
    else for (const [index, child] of list.entries()) visit(child, [...path, junctor, index], below);
  }
}
