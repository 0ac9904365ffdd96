/** What checks of many objects need to know about one. */
import type { FieldPath } from '../../model.ts';
import type { KubernetesObject } from '../object.ts';
import type { ObjectContext } from '../view.ts';

/** One object names another. */
export interface Reference {
  /** The API group; empty for the core. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  /** The field that names it. */
  readonly field: FieldPath;
  /** The consumer goes on without it. */
  readonly optional: boolean;
}

/** Facts for the checks of a set of objects. */
export interface SetFacts {
  readonly references: readonly Reference[];
  /** Labels of the Pods that it makes. */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Labels of the Pods that it wants to find (Service). */
  readonly selects?: Readonly<Record<string, string>>;
}

/** The facts of an object. */
export function setFacts(_object: KubernetesObject, _context: ObjectContext): SetFacts {
  return { references: [] };
}
