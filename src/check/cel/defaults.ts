/** Defaults of a schema, filled in as the API server does before it looks at rules. */
import type { Schema } from '../schema/schema.ts';

type Fields = Readonly<Record<string, unknown>>;

const known = new WeakMap<Schema, boolean>();

/** Whether a schema fills something in. Kubernetes' own kinds have no rules, and are left out. */
function fills(schema: Schema | undefined): boolean {
  if (schema === undefined || schema.nulls === 'zero') return false;
  const before = known.get(schema);
  if (before !== undefined) return before;
  known.set(schema, false);
  const children = [...schema.properties.values(), schema.values, schema.items];
  const found = children.some((child) => child?.default !== undefined || fills(child));
  known.set(schema, found);
  return found;
}

/** A value with the defaults of its schema; the value itself is left as it is. */
export function withDefaults(value: unknown, schema: Schema): unknown {
  if (!fills(schema)) return value;
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item: unknown) => withDefaults(item, items));
  }
  if (typeof value !== 'object' || value === null) return value;
  return fieldsWithDefaults(value as Fields, schema);
}

function fieldsWithDefaults(value: Fields, { properties, values }: Schema): Fields {
  const made: Record<string, unknown> = { ...value };
  for (const [name, child] of properties) {
    if (child.nulls === 'zero') continue;
    const given = made[name];
    const absent = given === undefined || (given === null && child.nulls !== 'value');
    const filled = absent ? child.default : given;
    if (filled !== undefined) made[name] = withDefaults(filled, child);
  }
  if (values === undefined) return made;
  for (const [name, given] of Object.entries(made)) {
    if (!properties.has(name)) made[name] = withDefaults(given, values);
  }
  return made;
}
