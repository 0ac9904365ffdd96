/** What is written down about a release: provenance, entries, records and claims. */
import type { Digest, Views } from './artifact.ts';
import type { Proof } from './proof.ts';

/** Where the content came from. Absent `commit` means: no Git. Times are ISO 8601 in UTC with whole seconds. */
export interface Provenance {
  /** Remote URL without userinfo. */
  readonly source?: string;
  /** Full hexadecimal commit id. */
  readonly commit?: string;
  readonly commitTime?: string;
  /** Branch or tag, when one is known. */
  readonly ref?: string;
  readonly dirty: boolean;
}

/** Who runs: CI facts, all optional. */
export interface Runner {
  readonly ci: boolean;
  readonly by?: string;
  readonly pipeline?: string;
  readonly runNumber?: number;
}

/** The CI run that made a record, which need not be the one of its floor. */
export interface Job {
  readonly pipeline?: string;
  readonly runNumber?: number;
  /** Where the CI shows this run, without credentials. */
  readonly url?: string;
}

/** One artifact in a release record. `since` is the generation that brought the present content. */
export interface Entry {
  readonly name: string;
  readonly commit?: string;
  readonly commitTime?: string;
  readonly content: Digest;
  readonly manifest: Digest;
  /** MD5 of the manifest in hexadecimal, by which the LIST of a bucket tells it. */
  readonly manifestMd5?: string;
  /** Size of the content in bytes. */
  readonly size: number;
  readonly resources: number;
  readonly views: Views;
  readonly proofs: readonly Proof[];
  readonly since: number;
  readonly orphan?: true;
}

/** A commit with its time, as kept in a record's floor. */
export interface Floor {
  readonly commit: string;
  readonly time: string;
}

/** Where a promotion or rollback took its artifacts from: a record of a channel, or the claim of a version. */
export interface Taken {
  readonly channel?: string;
  readonly generation?: number;
  readonly version?: string;
  /** Of the record or claim: 32 hexadecimal digits. */
  readonly run: string;
}

/** One step of a promotion that goes in several. `of` is how many there are, `step` counts from 1. */
export interface WaveStep {
  readonly name: string;
  readonly step: number;
  readonly of: number;
}

/** The answer of a gate that let a release go on. */
export interface GateAnswer {
  readonly name: string;
  readonly reason?: string;
  /** What it stands in for elsewhere, such as the number of a change. */
  readonly reference?: string;
}

export type RecordKind = 'publish' | 'promote' | 'rollback' | 'freeze' | 'unfreeze' | 'retire' | 'sign' | 'adopt';

/**
 * The release record: the same JSON document in every store. The newest record of a channel is the truth, names follow.
 * `generation` is 0 for kind `adopt`, which is never the newest.
 */
export interface ReleaseRecord {
  readonly schema: 1;
  readonly project: string;
  readonly channel: string;
  readonly generation: number;
  /** The record before it; `digest` is that of its bytes, absent where earlier versions, or stores with differing copies, left it open. */
  readonly previous?: { readonly generation: number; readonly run: string; readonly digest?: Digest };
  /** Random id of the run that made it: 32 hexadecimal digits. */
  readonly run: string;
  readonly kind: RecordKind;
  readonly at: string;
  readonly by?: string;
  readonly source?: string;
  /** Of the floor's run: shallow clones are ordered by it. */
  readonly pipeline?: string;
  readonly runNumber?: number;
  readonly job?: Job;
  /** Version of the slipway that made it. */
  readonly tool?: string;
  readonly floor?: Floor;
  readonly blocked: readonly string[];
  readonly frozen?: { readonly reason: string };
  /** Of kind `promote` and `rollback`. */
  readonly from?: Taken;
  readonly wave?: WaveStep;
  /** Digest of the plan that it was published by. */
  readonly plan?: Digest;
  readonly primary: string;
  readonly artifacts: readonly Entry[];
  readonly allowed: readonly string[];
  readonly gates: readonly GateAnswer[];
}

/** Claims a version: the first one made in the primary stands for ever. */
export interface VersionClaim {
  readonly schema: 1;
  readonly project: string;
  readonly version: string;
  readonly run: string;
  readonly at: string;
  readonly by?: string;
  readonly source?: string;
  readonly artifacts: readonly Entry[];
}
