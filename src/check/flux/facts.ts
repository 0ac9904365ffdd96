/** What Flux's own objects say to each other. */
import type { KubernetesObject } from '../object.ts';
import type { ObjectContext } from '../view.ts';

/** Facts about an object of Flux. */
export interface FluxFacts {
  readonly kind: string;
}

/** The facts of an object of Flux, undefined for others. */
export function fluxFacts(_object: KubernetesObject, _context: ObjectContext): FluxFacts | undefined {
  return undefined;
}
