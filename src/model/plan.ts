/** What `slipway plan` tells, and what must still be so when exactly that is published. */
import type { Digest, Packed, RenderKind } from './artifact.ts';
import type { Outcome, Receipt } from './receipt.ts';
import type { Provenance, RecordKind } from './record.ts';

/** What becomes of one name in one store. */
export interface PlannedName {
  readonly artifact: string;
  readonly store: string;
  /** Whether clusters that read this name fetch and apply it anew. `unknown`: the store could not be read. */
  readonly reconciles: 'yes' | 'no' | 'unknown';
  /** There was nothing under this name: nobody reads it yet. */
  readonly isNew?: true;
}

/** A store as it was when the plan was made. */
export interface ExpectedStore {
  readonly state: 'current' | 'lagging' | 'diverged' | 'failed';
  /** Of its newest record; 0 when it has none. */
  readonly generation: number;
  /** Run id of that record. */
  readonly run?: string;
  /** Artifacts that it has to be given. */
  readonly gets: readonly string[];
  /** Artifacts whose names move. */
  readonly moves: readonly string[];
}

/** One artifact as the channel, or the version, shall hold it. */
export interface ExpectedArtifact {
  readonly name: string;
  readonly content: Digest;
  readonly manifest: Digest;
  readonly commit?: string;
  readonly changed?: true;
  readonly orphan?: true;
}

/** Everything that a decision to publish rests on, and what it came to. */
export interface Expectation {
  readonly source: Pick<Provenance, 'source' | 'commit' | 'dirty'>;
  readonly built: readonly { readonly name: string; readonly content: Digest; readonly renderer?: string }[];
  readonly stores: Readonly<Record<string, ExpectedStore>>;
  readonly outcome: Outcome;
  readonly kind?: RecordKind;
  /** Of the channel, after the run; 0 without a channel. */
  readonly generation: number;
  readonly artifacts: readonly ExpectedArtifact[];
  /** Of the version. */
  readonly claimed?: readonly ExpectedArtifact[];
}

/** What a publish would do. Without `expectation` where nothing could be decided: the receipt says why. */
export interface Foreseen {
  readonly packed: readonly Packed[];
  readonly receipt: Receipt;
  readonly expectation?: Expectation;
  readonly names?: readonly PlannedName[];
}

/** An answer about the source's history that was given when the plan was made. */
export interface HistoryAnswer {
  readonly ours: string;
  readonly other: string;
  readonly relation: 'same' | 'newer' | 'older' | 'unrelated' | 'unknown';
}

/** What was built, without its bytes. */
export type BuiltArtifact = Omit<Packed, 'bytes'>;

/** An artifact that the plan is about. `path` is as the user wrote it. */
export interface PlannedSource {
  readonly name: string;
  readonly path: string;
  readonly render: RenderKind;
}

/** What publishing the plan needs. Paths are relative to the folder of the config, or to the working directory without one. */
export interface PlanWork {
  /** Options of `slipway plan`, by their names, that publishing must have again. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[]>>;
  /** The settings that these options and the config came to. No credential is among them. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly sources: readonly PlannedSource[];
  readonly provenance: Provenance;
  readonly history: readonly HistoryAnswer[];
  readonly built: readonly BuiltArtifact[];
  readonly expected: Expectation;
}

/** What `slipway plan --output json` prints, and the plan file that `slipway publish --plan` takes. */
export interface PlanDocument {
  readonly schema: 1;
  /** Over everything else in canonical form: a plan that somebody edited is refused. */
  readonly digest: Digest;
  /** The version of slipway that made it. */
  readonly slipway?: string;
  /** When, ISO 8601 in UTC. */
  readonly at: string;
  /** Whether a publish would write anything but a record that only moves the floor. */
  readonly changes: boolean;
  /** What publishing needs behind `--allow`, besides what this plan was given. */
  readonly allow: readonly string[];
  readonly names: readonly PlannedName[];
  /** As the publish would print it, with outcome `planned`. */
  readonly receipt: Receipt;
  /** Absent where nothing could be decided: the receipt says why. */
  readonly work?: PlanWork;
}
