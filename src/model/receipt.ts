/** What a run tells: progress while it goes, the receipt when it is through. */
import type { Digest, Finding } from './artifact.ts';
import type { DifferenceDocument, Refusal } from './difference.ts';
import type { Proof, Requirement } from './proof.ts';
import type { RecordKind, Taken } from './record.ts';

export type Outcome = 'published' | 'unchanged' | 'healed' | 'superseded' | 'planned' | 'refused' | 'failed';

/** A failure as the receipt shows it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export interface StoreReceipt {
  readonly state: 'current' | 'lagging' | 'diverged' | 'failed';
  /** `cas`: the store orders releases by create-only writes. `none`: it cannot, the window is stated. */
  readonly lock: 'cas' | 'none';
  readonly url: string;
  readonly generation: number;
  readonly error?: Failure;
}

export interface ArtifactStoreReceipt {
  readonly state: 'current' | 'unchanged' | 'lagging' | 'repaired' | 'failed';
  /** What to hand to `slipway pull`. */
  readonly reference: string;
  /** What Flux reports as `status.artifact.revision` for the consumer of this name. */
  readonly fluxRevision: string;
  readonly error?: Failure;
}

export interface ArtifactReceipt {
  readonly name: string;
  readonly changed: boolean;
  /** The content's digest. */
  readonly digest: Digest;
  readonly manifest: Digest;
  /** Size of the content in bytes. */
  readonly size: number;
  readonly resources: number;
  readonly orphan?: true;
  readonly proofs: readonly Proof[];
  readonly stores: Readonly<Record<string, ArtifactStoreReceipt>>;
}

/** Requests sent to one store, counted by kind; in a dry run those that would be. */
export interface RequestCount {
  readonly reads: number;
  readonly writes: number;
  /** What a dry run would upload. */
  readonly bytes?: number;
}

/** Proofs of one kind by one signer that the run made, or would make. */
export interface ProvedReceipt extends Requirement {
  /** How many artifacts it is about. Kinds `bundle` and `views` share one proof; the others have one for each. */
  readonly artifacts: number;
}

/** What a run prints. Its JSON schema is shipped as `schema/receipt.json`. */
export interface Receipt {
  readonly schema: 1;
  readonly outcome: Outcome;
  readonly project: string;
  readonly channel?: string;
  readonly version?: string;
  /** Kind of the record that was made, or would be. */
  readonly kind?: RecordKind;
  /** Where a promotion or rollback took its artifacts from. */
  readonly from?: Taken;
  /** Why the channel was frozen by this run. */
  readonly frozen?: { readonly reason: string };
  /** Artifacts that left the channel. */
  readonly retired?: readonly string[];
  /** The channel's generation after the run; 0 when the channel has none. */
  readonly generation: number;
  readonly revision?: string;
  /** Run id of the newest record. */
  readonly record?: string;
  readonly stores: Readonly<Record<string, StoreReceipt>>;
  readonly artifacts: readonly ArtifactReceipt[];
  readonly findings: readonly Finding[];
  /** What was proved anew; empty when nothing signs, or nothing had to. */
  readonly proved: readonly ProvedReceipt[];
  /** What works, but not for every reader. */
  readonly warnings: readonly string[];
  /** What the clusters of the channel will see change; in a dry run, and where no build says it. */
  readonly difference?: DifferenceDocument;
  /** What is too far-reaching for nobody to say so: refused, or allowed by its phrase. */
  readonly refusals: readonly Refusal[];
  readonly requests: Readonly<Record<string, RequestCount>>;
  /** Seconds by stage, and `total`. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly error?: Failure;
}

/** Something worth telling while a run is under way. */
export type Progress = (event: ProgressEvent) => void;

export interface ProgressEvent {
  readonly stage:
    | 'load'
    | 'render'
    | 'check'
    | 'pack'
    | 'compare'
    | 'put'
    | 'prove'
    | 'verify'
    | 'record'
    | 'name'
    | 'prune'
    | 'wait'
    | 'gate';
  /** Store name, for stages that talk to stores. */
  readonly store?: string;
  readonly done: number;
  readonly total: number;
}
