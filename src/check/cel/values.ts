/** Values of an object become values of CEL, typed by their schema. What rules cannot see becomes undefined. */
import type { Schema } from '../schema/schema.ts';
import { elements } from './compare.ts';
import { unsupported } from './fault.ts';
import { escaped } from './names.ts';
import { durationIn } from './time.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Whether rules can see values of a schema: not what nothing describes. */
function isVisible(schema: Schema | undefined): boolean {
  if (schema === undefined || schema.type === 'any') return false;
  if (schema.type === 'array') return isVisible(schema.items);
  return schema.values === undefined || isVisible(schema.values);
}

/** A value as an expression sees it. */
export function celValue(value: unknown, schema: Schema): unknown {
  if (value === undefined || !isVisible(schema)) return undefined;
  if (value === null) return schema.nulls === 'value' ? null : undefined;
  if (Array.isArray(value)) return listValue(value, schema);
  if (typeof value === 'object') return mapValue(value as Fields, schema);
  if (typeof value === 'string') return textValue(value, schema);
  if (typeof value === 'number' || typeof value === 'bigint') {
    return schema.type === 'number' ? Number(value) : BigInt(value);
  }
  return value;
}

/** The order of a set does not count, which is so of a JavaScript Set to the evaluator as well. */
function listValue(values: readonly unknown[], { items, list }: Schema): unknown {
  const made = items === undefined ? [] : values.map((value) => celValue(value, items));
  const scalar = made.every((value) => typeof value !== 'object');
  return list?.kind === 'set' && scalar && new Set(made).size === made.length ? new Set(made) : made;
}

/** Of an object's metadata rules see the name. */
const METADATA: ReadonlySet<string> = new Set(['name', 'generateName']);

function mapValue(value: Fields, { properties, values, nulls }: Schema): Map<string, unknown> {
  const made = new Map<string, unknown>();
  for (const [name, child] of Object.entries(value)) {
    const described = properties.get(name);
    const key = described === undefined ? name : escaped(name);
    const schema = described ?? values;
    if (key === undefined || schema === undefined || (nulls === 'zero' && !METADATA.has(name))) continue;
    const seen = celValue(child, schema);
    if (seen !== undefined) made.set(key, seen);
  }
  return made;
}

function textValue(text: string, { type, format }: Schema): unknown {
  if (type !== 'string') return text;
  switch (format) {
    case 'byte':
      return new Uint8Array(Buffer.from(text, 'base64'));
    case 'date':
      return timeOf(`${text}T00:00:00Z`);
    case 'date-time':
      return timeOf(text);
    case 'duration':
      return required(durationIn(text.trim()));
    default:
      return text;
  }
}

function timeOf(text: string): Date {
  const time = new Date(text);
  return required(Number.isNaN(time.getTime()) ? undefined : time);
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw unsupported('a time or duration that is written in an unusual way');
  return value;
}

/** Text in a value that a message must not repeat: below fields whose names say so, or all of it. */
export function textsBelow(value: unknown, isSecret: (name: string) => boolean, within: boolean): readonly string[] {
  if (typeof value === 'string') return within ? [value] : [];
  if (!(value instanceof Map)) return elements(value).flatMap((item) => textsBelow(item, isSecret, within));
  return [...value].flatMap(([name, child]) => textsBelow(child, isSecret, within || isSecret(String(name))));
}
