/** What an object means for the borders between tenants. */
import type { KubernetesObject } from '../object.ts';
import type { ObjectContext } from '../view.ts';

/** Facts for the checks of tenancy. */
export interface TenancyFacts {
  readonly serviceAccount?: string;
}

/** The facts of an object. */
export function tenancyFacts(_object: KubernetesObject, _context: ObjectContext): TenancyFacts {
  return {};
}
