/** What the documented schemas share. */
import * as v from 'valibot';
import type { Digest, Proof } from '../src/model.ts';

/** `true` where two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** A type without `readonly`, all the way down: what valibot infers. */
export type Mutable<T> = unknown extends T
  ? T
  : T extends string | number | boolean | undefined
    ? T
    : { -readonly [K in keyof T]: Mutable<T[K]> };

/** The schema of a type. Does not compile when they differ, in whichever direction. */
export function schemaOf<T>(): <S extends v.GenericSchema>(
  schema: Same<v.InferOutput<S>, Mutable<T>> extends true ? S : never,
) => v.GenericSchema<unknown, T> {
  return (schema) => schema as unknown as v.GenericSchema<unknown, T>;
}

/** A schema with a description. */
export function described<const S extends v.GenericSchema>(
  schema: S,
  text: string,
): v.SchemaWithPipe<readonly [S, v.DescriptionAction<v.InferOutput<S>, string>]> {
  return v.pipe(schema, v.description(text));
}

/** `sha256:` and 64 lower-case hexadecimal digits. Valibot knows no template types, so the type is told to it. */
export const digest: v.GenericSchema<unknown, Digest> = v.pipe(
  v.string(),
  v.regex(/^sha256:[0-9a-f]{64}$/),
) as unknown as v.GenericSchema<unknown, Digest>;

/** A whole number from 0 on. */
export const natural: v.GenericSchema<unknown, number> = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A time in UTC with whole seconds. */
export const time: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/));

/** A proof as records and receipts list it. */
export const proof: v.GenericSchema<unknown, Mutable<Proof>> = schemaOf<Proof>()(
  v.strictObject({
    kind: described(
      v.picklist(['bundle', 'views', 'signature', 'notation']),
      'bundle: a Sigstore bundle over manifests. views: one over what buckets show. signature: cosign .sig. notation: Notary Project',
    ),
    digest: described(digest, "Of the proof's bytes"),
    size: described(natural, 'In bytes'),
    signer: described(v.string(), 'Who made it; equal for equal signers'),
    at: described(time, 'When it was made'),
  }),
);
