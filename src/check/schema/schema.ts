import type { Bounds, CelRule } from './openapi.ts';

/** What a value may be. `any` is everything; `quantity` is a number or text such as `500m` or `1Gi`. */
export type SchemaType =
  | 'any'
  | 'object'
  | 'array'
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'int-or-string'
  | 'quantity';

/**
 * What null is. `zero`: the type's zero value, as Go reads it into a struct (all of Kubernetes' own kinds). `absent`: the
 * server takes the field away before it looks (a CRD's field without `nullable`). `value`: a value like others (`nullable`).
 */
export type Nulls = 'zero' | 'absent' | 'value';

/** A list whose items are told apart: `set` by the item itself, `map` by some of its fields. */
export interface ListIdentity {
  readonly kind: 'set' | 'map';
  readonly keys: readonly string[];
}

/** Demands on a value beyond its type. */
export interface Constraints extends Bounds {
  readonly enum?: readonly unknown[];
  readonly pattern?: { readonly source: string; readonly regex: RegExp };
  readonly allOf: readonly Schema[];
  readonly anyOf: readonly Schema[];
  readonly oneOf: readonly Schema[];
  readonly not?: Schema;
}

/** A schema made ready for validation: references resolved, patterns compiled. It may contain itself. */
export interface Schema {
  readonly type: SchemaType;
  readonly format: string | undefined;
  readonly nulls: Nulls;
  readonly properties: ReadonlyMap<string, Schema>;
  readonly required: readonly string[];
  /** Of fields that `properties` does not name. */
  readonly values: Schema | undefined;
  /** Fields that nothing describes are kept instead of refused. */
  readonly open: boolean;
  readonly items: Schema | undefined;
  readonly list: ListIdentity | undefined;
  readonly constraints: Constraints | undefined;
  readonly default: unknown;
  /** Rules in CEL (`x-kubernetes-validations`). */
  readonly rules: readonly CelRule[];
  /** On a kind: what a manifest says in `status` is dropped by the server before it validates. */
  readonly dropsStatus: boolean;
}
