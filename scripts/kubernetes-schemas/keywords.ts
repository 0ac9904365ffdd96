import { BOUNDS, type OpenApiSchema } from '../../src/check/schema/openapi.ts';

/** What is kept of a schema, in this order. */
const KEPT = [
  'type',
  'format',
  'nullable',
  'enum',
  'default',
  'pattern',
  ...BOUNDS,
  'uniqueItems',
  'required',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-validations',
] as const;

const REFERENCE = '#/definitions/';

/** A schema without its prose; keys in a fixed order. */
export function compact(schema: OpenApiSchema): OpenApiSchema {
  const { $ref, properties, items, additionalProperties, allOf, anyOf, oneOf, not } = schema;
  if ($ref !== undefined) return { $ref: $ref.slice(REFERENCE.length) };
  const kept = Object.fromEntries(
    KEPT.filter(
      (key) => schema[key] !== undefined && !(key === 'x-kubernetes-list-type' && schema[key] === 'atomic'),
    ).map((key) => [key, schema[key]]),
  );
  return {
    ...kept,
    ...(properties && { properties: mapValues(properties, compact) }),
    ...(items && { items: compact(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'boolean' ? additionalProperties : compact(additionalProperties),
    }),
    ...(allOf && { allOf: allOf.map(compact) }),
    ...(anyOf && { anyOf: anyOf.map(compact) }),
    ...(oneOf && { oneOf: oneOf.map(compact) }),
    ...(not && { not: compact(not) }),
  };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, convert: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, convert(value)]));
}
