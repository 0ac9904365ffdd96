/** What a kustomization is made of, with the places it is written at. */
import type { FieldPath } from '../../model.ts';
import { valueAt } from '../../yaml/value.ts';

/** A value in a file. */
export interface Written {
  /** Absolute. */
  readonly file: string;
  readonly value: unknown;
  readonly locate: (path: FieldPath) => { readonly line: number; readonly column: number };
}

/** An entry of `images:` of a kustomization. */
export interface ImageEntry {
  readonly name: string;
  readonly entry: Written;
}

/** An object that a kustomization builds from. */
export interface SourceObject {
  readonly kind: string;
  /** All names it has on the way; the last is the one it is rendered with. */
  readonly names: readonly string[];
  readonly namespace: string | undefined;
  /** Made by a generator: its name may get a hash, and only the generator's place is known. */
  readonly generated: boolean;
  readonly written: Written;
  readonly patches: readonly Patch[];
  readonly images: readonly ImageEntry[];
}

/** A patch. */
export interface Patch {
  readonly appliesTo: (object: SourceObject) => boolean;
  /** Where it writes a field of the object as rendered, with the value it gives. Undefined when it does not. */
  readonly write: (rendered: unknown, field: FieldPath) => Written | undefined;
}

/** What lies at a path of a written value. */
export function partOf({ file, value, locate }: Written, path: FieldPath): Written {
  return { file, value: valueAt(value, path), locate: (rest) => locate([...path, ...rest]) };
}
