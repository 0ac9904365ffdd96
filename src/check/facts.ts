/**
 * What is kept of an object once it was looked at: enough for the checks that see many objects at once. The object itself
 * is forgotten, so that fleets of any size fit into memory, and equal documents share their facts.
 */
import type { FluxFacts } from './flux/facts.ts';
import type { ImageUse } from './images/facts.ts';
import type { SetFacts } from './set/facts.ts';
import type { TenancyFacts } from './tenancy/facts.ts';

/** Facts about one object. */
export interface ObjectFacts {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  /** Undefined for kinds without schema. */
  readonly namespaced: boolean | undefined;
  /** Rules that its annotation says to ignore. */
  readonly ignored: readonly string[];
  readonly set: SetFacts;
  readonly flux: FluxFacts | undefined;
  readonly tenancy: TenancyFacts;
  readonly images: readonly ImageUse[];
}
