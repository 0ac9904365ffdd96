/**
 * What the OpenAPI documents of Kubernetes do not say, or say otherwise than the API server acts. Fields that a version
 * does not have yet are left alone.
 */
import type { OpenApiSchema } from '../../src/check/schema/openapi.ts';
import { ENUMS } from './corrections/enums.ts';
import { NOT_REQUIRED, REQUIRED } from './corrections/required.ts';
import { DEFAULTS, VALUES } from './corrections/values.ts';

/** `core.v1.Pod` of `io.k8s.api.core.v1.Pod`. */
function shortName(name: string): string {
  return name.split('.').slice(-3).join('.');
}

function withEnum(schema: OpenApiSchema, text: string): OpenApiSchema {
  const [mark = '', ...rest] = text.split(text.includes(',') ? ',' : ' ');
  if (mark === '[]') return { ...schema, items: { ...schema.items, enum: rest } };
  return { ...schema, enum: mark === '!' ? rest : ['', mark, ...rest] };
}

/** What is added has a type of its own, or keeps the field's. */
function withKeywords(schema: OpenApiSchema, added: OpenApiSchema): OpenApiSchema {
  const replaces = added.type !== undefined || added['x-kubernetes-int-or-string'] === true;
  return replaces ? added : { ...schema, ...added };
}

type Properties = Record<string, OpenApiSchema>;

function change<T>(
  properties: Properties,
  changes: Readonly<Record<string, T>> | undefined,
  apply: (schema: OpenApiSchema, change: T) => OpenApiSchema,
): void {
  for (const [field, wanted] of Object.entries(changes ?? {})) {
    const property = properties[field];
    if (property !== undefined) properties[field] = apply(property, wanted);
  }
}

/** A definition as the server treats it. */
export function corrected(name: string, schema: OpenApiSchema): OpenApiSchema {
  if (schema.properties === undefined) return schema;
  const short = shortName(name);
  const properties: Properties = { ...schema.properties };
  change(properties, VALUES[short], withKeywords);
  change(properties, DEFAULTS[short], withKeywords);
  change(properties, ENUMS[short], withEnum);
  const optional = NOT_REQUIRED[short] ?? [];
  const wanted = [...(schema.required ?? []), ...(REQUIRED[short] ?? [])];
  const required = [...new Set(wanted)].filter((field) => field in properties && !optional.includes(field)).sort();
  const { required: _before, ...rest } = schema;
  return { ...rest, ...(required.length > 0 && { required }), properties };
}
