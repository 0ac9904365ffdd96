/** What the checks of many objects see, and how they say where something is wrong. */
import type { ArtifactPlan, FieldPath, Rendered, SourceFile, Tenant } from '../model.ts';
import type { ObjectFacts } from './facts.ts';
import type { KubernetesObject } from './object.ts';
import type { Breach, Report } from './rule.ts';
import type { Catalog, Targets } from './schema/catalog.ts';

/** A document's place. `text` is the document itself. */
export interface DocumentPlace {
  /** Path in the artifact. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** An object in an artifact. */
export interface PlacedObject {
  readonly facts: ObjectFacts;
  readonly document: DocumentPlace;
  /** Where it is in the document: `[]`, or `['items', 2]` in a list. */
  readonly at: FieldPath;
}

/** An artifact, seen as a whole. */
export interface ArtifactView {
  readonly artifact: ArtifactPlan;
  /** As published. */
  readonly files: readonly SourceFile[];
  /** In the order they are written in. */
  readonly objects: readonly PlacedObject[];
  readonly rendered: Rendered;
}

/** What all checks know. */
export interface CheckContext {
  readonly targets: Targets;
  readonly tenants: readonly Tenant[];
}

/** What checks of single objects know besides. */
export interface ObjectContext extends CheckContext {
  readonly catalog: Catalog;
}

/** Looks at one object. What it says may only depend on the object and the context: equal objects are looked at once. */
export type ObjectCheck = (object: KubernetesObject, context: ObjectContext, report: Report) => void;

/** A place in a file of an artifact; without a line the file as a whole. Both count from 1. */
export interface FilePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Takes breaches of one artifact: in an object, at a place of a file, or (without either) of the artifact as a whole. */
export type ArtifactReport = (breach: Breach, where?: PlacedObject | FilePlace) => void;

/** Looks at one artifact. */
export type ArtifactCheck = (view: ArtifactView, context: CheckContext, report: ArtifactReport) => void;

/** Takes breaches of several artifacts. */
export type ReleaseReport = (view: ArtifactView, breach: Breach, where?: PlacedObject | FilePlace) => void;

/** Looks at all artifacts of a run. */
export type ReleaseCheck = (views: readonly ArtifactView[], context: CheckContext, report: ReleaseReport) => void;
