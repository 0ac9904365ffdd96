/** What a verification found. */
import type { Evidence } from '../../model.ts';

/** One thing that was checked. */
export interface Check {
  readonly what:
    | 'format'
    | 'signature'
    | 'certificate'
    | 'certificate log'
    | 'identity'
    | 'log'
    | 'timestamp'
    | 'digest'
    | 'name'
    | 'provenance';
  /** What was found, as a sentence without a full stop. */
  readonly detail: string;
}

/** Where what was signed comes from, as its signer says (SLSA provenance v1). What is not said is missing. */
export type Provenance = NonNullable<Evidence['provenance']>;

/** A proof that is good. */
export interface Verified extends Omit<Evidence, 'checked' | 'warnings'> {
  /** The chain from the bytes to the signer, in the order in which one reads it. */
  readonly checked: readonly Check[];
  /** Of a statement. */
  readonly predicateType?: string;
}
