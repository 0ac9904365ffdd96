/** What a verification found. */
import type { ProvedBy } from '../../model.ts';

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
export interface Provenance {
  readonly builder?: string;
  readonly buildType?: string;
  /** The source: URI of the first dependency that was resolved, and its commit. */
  readonly source?: string;
  readonly commit?: string;
  /** The CI run. */
  readonly run?: string;
}

/** A proof that is good. */
export interface Verified {
  /** The chain from the bytes to the signer, in the order in which one reads it. */
  readonly checked: readonly Check[];
  /** What was there and not checked, or passed without saying what one might think it says. */
  readonly notes: readonly string[];
  readonly signer: ProvedBy;
  /** The earliest proven time of the signature, ISO 8601 in UTC; missing where nothing proves one. */
  readonly time?: string;
  /** The transparency log's first verified entry. */
  readonly log?: { readonly url: string; readonly index: string };
  /** Of a statement. */
  readonly predicateType?: string;
  readonly provenance?: Provenance;
}
