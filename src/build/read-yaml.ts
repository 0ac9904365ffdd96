import type { FieldPath } from '../model.ts';

/** A document of a YAML text. */
export interface YamlDocument {
  /** Its first line in the text, from 1. */
  readonly line: number;
  readonly value: unknown;
  /** Where in the text a field is, or the nearest that it would be in. Both count from 1. */
  locate(path: FieldPath): { readonly line: number; readonly column: number };
}

/** Reads a text as Kubernetes does. Documents that cannot be read, or that say nothing, are left out. */
export type ReadYaml = (text: string) => readonly YamlDocument[];
