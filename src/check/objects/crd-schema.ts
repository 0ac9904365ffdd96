/** What the schema of a CustomResourceDefinition says about lists and maps, beside being structural. */
import type { FieldPath } from '../../model.ts';
import { type Fields, fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import { listed } from './demands.ts';
import { quote, type Site } from './site.ts';

/** Deeper than any schema that the API server takes. */
const MAX_DEPTH = 200;

const LIST_TYPES = ['atomic', 'set', 'map'];
const MAP_TYPES = ['atomic', 'granular'];

interface Place {
  readonly at: FieldPath;
  readonly site: Site;
}

function refuse({ at, site }: Place, part: FieldPath, message: string): void {
  const field = [...at, ...part];
  site.breach('object/crd', `${site.name(...field)} ${message}`, { at: field });
}

/** One of the words that a keyword may have, on a schema of the type that the keyword is about. */
function keyword(
  schema: Fields,
  [name, words, type]: readonly [string, readonly string[], string],
  place: Place,
): void {
  const value = schema[name];
  if (value === undefined || value === null) return;
  if (typeof value !== 'string' || !words.includes(value))
    refuse(place, [name], `is ${quote(value)}, but it must be ${listed(words, 'or')}`);
  else if (schema.type !== type) refuse(place, ['type'], `must be "${type}" beside ${name}`);
}

/** The keys that tell items of a list apart: scalar fields of the items that are always there. */
function mapKeys(schema: Fields, place: Place): void {
  const name = 'x-kubernetes-list-map-keys';
  const keys = listOf(schema[name]);
  const isMap = schema['x-kubernetes-list-type'] === 'map';
  const items = fieldsOf(schema.items);
  if (!isMap) {
    if (keys.length > 0) refuse(place, [name], 'needs x-kubernetes-list-type "map"');
  } else if (keys.length === 0) {
    refuse(place, [name], 'is missing, which is needed for a list of type "map"');
  } else if (items.type !== 'object') {
    refuse(place, ['items', 'type'], 'must be "object" in a list of type "map"');
  } else {
    if (new Set(keys).size < keys.length) refuse(place, [name], 'has a key twice');
    for (const [index, key] of keys.entries())
      mapKey(textOf(key) ?? '', items, { ...place, at: [...place.at, name, index] });
  }
}

function mapKey(key: string, items: Fields, place: Place): void {
  const property = fieldsOf(items.properties)[key];
  const described = isMapping(property) ? property : undefined;
  const problems = [
    { broken: described === undefined, message: 'which is not a property of the items' },
    { broken: described?.type === 'array' || described?.type === 'object', message: 'but keys are scalar' },
    { broken: described?.nullable === true, message: 'which must not be nullable' },
    {
      broken: !listOf(items.required).includes(key) && described?.default === undefined,
      message: 'which must be required or have a default',
    },
  ];
  const problem = problems.find(({ broken }) => broken);
  if (problem !== undefined) refuse(place, [], `is ${quote(key)}, ${problem.message}`);
}

/** Items of a set are compared as a whole. */
function setItems(schema: Fields, place: Place): void {
  if (schema['x-kubernetes-list-type'] !== 'set') return;
  const items = fieldsOf(schema.items);
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') {
    refuse(place, ['items', 'x-kubernetes-map-type'], 'must be "atomic" in a list of type "set"');
  }
  if (items.type === 'array' && (textOf(items['x-kubernetes-list-type']) ?? 'atomic') !== 'atomic') {
    refuse(place, ['items', 'x-kubernetes-list-type'], 'must be "atomic" in a list of type "set"');
  }
}

function flags(schema: Fields, place: Place): void {
  const open = 'x-kubernetes-preserve-unknown-fields';
  const listType = schema['x-kubernetes-list-type'];
  if (schema[open] === false) refuse(place, [open], 'must be true or absent');
  if (schema[open] === true && schema['x-kubernetes-int-or-string'] === true) {
    refuse(place, [open], 'must not stand beside x-kubernetes-int-or-string');
  }
  if ((listType === 'set' || listType === 'map') && fieldsOf(schema.items).nullable === true) {
    refuse(place, ['items', 'nullable'], `must not be true in a list of type "${listType}"`);
  }
  if (schema['x-kubernetes-embedded-resource'] === true && schema.type !== 'object') {
    refuse(place, ['type'], 'must be "object" beside x-kubernetes-embedded-resource');
  }
}

/** Looks at a schema and all schemas in it. */
export function checkSchemaKeywords(schema: unknown, place: Place): void {
  if (!isMapping(schema) || place.at.length > MAX_DEPTH) return;
  keyword(schema, ['x-kubernetes-list-type', LIST_TYPES, 'array'], place);
  keyword(schema, ['x-kubernetes-map-type', MAP_TYPES, 'object'], place);
  mapKeys(schema, place);
  setItems(schema, place);
  flags(schema, place);
  for (const [name, child] of Object.entries(fieldsOf(schema.properties))) {
    checkSchemaKeywords(child, { ...place, at: [...place.at, 'properties', name] });
  }
  for (const name of ['items', 'additionalProperties']) {
    checkSchemaKeywords(schema[name], { ...place, at: [...place.at, name] });
  }
}
