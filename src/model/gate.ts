/** What a gate is asked before a release is recorded: change control of the user's. */
import type { Digest } from './artifact.ts';
import type { DifferenceDocument, Refusal } from './difference.ts';
import type { RecordKind, Taken, WaveStep } from './record.ts';

/** An artifact on one side of a release. */
export interface GateSide {
  readonly content: Digest;
  readonly manifest: Digest;
  /** The commit that it was last published from. */
  readonly commit?: string;
}

/** An artifact that the release changes. Without `before` it is new, without `after` it leaves the channel. */
export interface GateArtifact {
  readonly name: string;
  readonly before?: GateSide;
  readonly after?: GateSide;
}

/** What a gate is asked. Its JSON schema is shipped as `schema/gate-question.json`. */
export interface GateQuestion {
  readonly schema: 1;
  readonly project: string;
  readonly channel: string;
  readonly version?: string;
  /** Of the record that is about to be made. */
  readonly kind: RecordKind;
  /** Its number, unless another run is first. */
  readonly generation: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** As Flux shows it: branch and commit. */
  readonly revision?: string;
  readonly source?: string;
  /** Who runs, and in which pipeline, as far as the CI says. */
  readonly by?: string;
  readonly pipeline?: string;
  /** Where a promotion or rollback takes its artifacts from. */
  readonly from?: Taken;
  readonly wave?: WaveStep;
  /** Those that change, in the order of their names. */
  readonly artifacts: readonly GateArtifact[];
  /** What changes in them; the values of Secrets are never in it. */
  readonly difference: DifferenceDocument;
  /** Artifacts of which nobody can tell what changes. */
  readonly unknown: readonly string[];
  /** What reaches far, and was allowed. */
  readonly refusals: readonly Refusal[];
  /** Phrases of `--allow` that this release needs. */
  readonly allowed: readonly string[];
  readonly stores: readonly { readonly name: string; readonly url: string }[];
}
