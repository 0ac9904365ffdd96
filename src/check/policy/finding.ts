import type { FieldPath } from '../../model.ts';

/** An object as a program names it. */
export interface NamedObject {
  readonly kind?: string | undefined;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** What a policy program found. */
export interface PolicyFinding {
  /** Undefined where the program leaves it to its exit code. */
  readonly level?: 'error' | 'warn' | undefined;
  /** The program's own name of the rule. */
  readonly rule?: string | undefined;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly object?: NamedObject | undefined;
  readonly field?: FieldPath | undefined;
  /** In what the program was given, from 1. */
  readonly line?: number | undefined;
}

/** Reads a value that a program printed; undefined when it is not of the form that the reader knows. */
export type Form = (value: unknown) => readonly PolicyFinding[] | undefined;
