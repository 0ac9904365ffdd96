import type { SchemaType } from './schema.ts';

/** What can be wrong with a value. */
export type Problem =
  | 'unknown-field'
  | 'missing'
  | 'wrong-type'
  | 'enum'
  | 'pattern'
  | 'format'
  | 'range'
  | 'length'
  | 'duplicate-key'
  | 'alternatives'
  | 'forbidden';

/** One thing that the API server would refuse. `found` and `expected` are phrases: `a string`, `one of "A", "B"`. */
export interface Violation {
  /** Field names and list positions (from 0) from the object's root. */
  readonly path: readonly (string | number)[];
  readonly problem: Problem;
  readonly found: string;
  readonly expected: string;
  /** The known word nearest to what was found. */
  readonly suggestion?: string;
}

const TYPE_PHRASES: Readonly<Record<SchemaType, string>> = {
  any: 'any value',
  object: 'an object',
  array: 'a list',
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  'int-or-string': 'an integer or a string',
  quantity: 'a quantity such as 500m or 1Gi',
};

/** A type as a phrase. */
export function typePhrase(type: SchemaType): string {
  return TYPE_PHRASES[type];
}

/** The type of a value as a phrase. */
export function kindOfValue(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a number with a fraction';
  if (typeof value === 'bigint') return 'an integer';
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? 'a string' : 'an object';
}

const LONGEST = 60;

/** Fields whose values a message must not repeat. */
const SECRET = /pass(?:word|phrase)|secret|token|credential|api_?key|private|auth/i;

/** Whether a field of this name may hold a secret. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

/** A value as a message may show it: short, and never where it could be a secret. */
export function shown(value: unknown, path: readonly (string | number)[]): string {
  const [root] = path;
  const hidden = root === 'data' || root === 'stringData' || path.some((name) => isSecretName(String(name)));
  if (hidden || (typeof value === 'object' && value !== null)) return kindOfValue(value);
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
