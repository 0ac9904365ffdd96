/** What is different between two sides of a release, as reports show it: the values of Secrets are never in it. */

/** An object, by what tells it from others. `namespace` is as written; absent where the consumer decides. */
export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  /** Of `generateName` with a `*` behind it. */
  readonly name: string;
}

/** One field that is different. */
export interface FieldChange {
  /** As kubectl writes it, items of lists by their merge key where they have one: `spec.containers[name=app].image`. */
  readonly path: string;
  /** `reordered` is a list with the same items in another order; what is in the items is told on its own. */
  readonly change: 'added' | 'removed' | 'changed' | 'reordered';
  /** Absent where there is none, and where the field is masked. Whole numbers that a number cannot hold are bigints. */
  readonly before?: unknown;
  readonly after?: unknown;
  /** Holds a secret: nothing is told but that it is different. */
  readonly masked?: true;
  /** Refers to a generated object, and follows its new name. */
  readonly follows?: true;
}

/** Where an object was before, only as far as it was elsewhere. */
export interface FormerPlace {
  readonly artifact?: string;
  readonly file?: string;
  /** Empty where none was written. */
  readonly namespace?: string;
  readonly name?: string;
}

/** What became of an object. */
export interface ObjectChange {
  /** `moved`: the same object elsewhere. `renamed`: a generated object with another hash. Both may have changed too. */
  readonly change: 'added' | 'removed' | 'changed' | 'moved' | 'renamed';
  /** As it is now; as it was where it is gone. */
  readonly object: ObjectName;
  /** Path in the artifact, as with `object`. */
  readonly file: string;
  /** Of `moved` and `renamed` objects, in the artifact where they are now. */
  readonly from?: FormerPlace;
  /** Of `moved` objects, in the artifact that lost them. */
  readonly to?: { readonly artifact: string; readonly file: string };
  readonly fields: readonly FieldChange[];
  /** Of `renamed` objects: fields of others that follow the new name. */
  readonly references?: number;
  /** Both sides with secrets masked, where they were asked for. */
  readonly values?: { readonly before?: unknown; readonly after?: unknown };
}

/** A file that is no YAML, or documents of a file that are no objects. Nothing is told of what is in them. */
export interface FileChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly path: string;
}

/** What became of an artifact. Changed without any change in it means: comments, the order or the form of its files. */
export interface ArtifactDifference {
  readonly name: string;
  readonly state: 'added' | 'removed' | 'changed' | 'unchanged';
  /** How many objects it has. */
  readonly objects: { readonly before: number; readonly after: number };
  readonly changes: readonly ObjectChange[];
  readonly files: readonly FileChange[];
}

/** Changes that artifacts share. */
export interface SharedChanges {
  /** Names, in the order of the difference. */
  readonly artifacts: readonly string[];
  readonly changes: readonly ObjectChange[];
  readonly files: readonly FileChange[];
}

/** How much is different. What moved is counted once. */
export interface DifferenceCounts {
  readonly artifacts: Readonly<Record<ArtifactDifference['state'], number>>;
  readonly objects: Readonly<Record<ObjectChange['change'], number>>;
  readonly files: number;
  /** Fields that follow the new name of a generated object. */
  readonly references: number;
}

/** The difference between two sides. */
export interface Difference {
  /** All of both sides, in the order of their names. */
  readonly artifacts: readonly ArtifactDifference[];
  /** Changed artifacts by the whole of what is different in them: those of one entry differ in the same way. */
  readonly sets: readonly SharedChanges[];
  /** Every single change once, together with others that the same artifacts have. The most common come first. */
  readonly common: readonly SharedChanges[];
  readonly counts: DifferenceCounts;
}

/** What a side of a difference is. */
export interface DifferenceSide {
  readonly kind: 'channel' | 'version' | 'digest' | 'reference' | 'sources';
  /** As it was named: the channel, the version, the digest, the reference or the path. */
  readonly name: string;
  /** Of a channel. */
  readonly generation?: number;
}

/** Both sides of a difference. */
export interface DifferenceSides {
  readonly before: DifferenceSide;
  readonly after: DifferenceSide;
}

/** A difference in answers. What is different in an artifact is in the one of `sets` that names it. */
export interface DifferenceDocument {
  readonly schema: 1;
  /** What was compared, where that is not said around it. */
  readonly sides?: DifferenceSides;
  readonly counts: DifferenceCounts;
  readonly artifacts: readonly Pick<ArtifactDifference, 'name' | 'state' | 'objects'>[];
  readonly sets: readonly SharedChanges[];
  readonly common: readonly SharedChanges[];
}

/** Why a release must not go on until somebody allows it. */
export interface Refusal {
  readonly rule: 'deletions' | 'delete' | 'shrink' | 'disappear' | 'immutable' | 'move';
  /** Where it happens; empty for the release as a whole. */
  readonly artifacts: readonly string[];
  /** `PersistentVolumeClaim payments/db`. */
  readonly object?: string;
  /** A sentence that says everything; never a secret's value. */
  readonly message: string;
  /** What `--allow` must say, exactly. It needs no quotes in a shell, and stands for these artifacts only. */
  readonly allow: string;
  /** Somebody said so. */
  readonly allowed?: true;
}
