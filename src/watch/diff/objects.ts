/** Kubernetes objects as a difference sees them. */
import type { ObjectName } from '../../model.ts';
import { type Fields, fieldsOf, isMapping, textOf } from '../../yaml/value.ts';

/** An object and where it is. Its value is shared: it must not be changed. */
export interface Placed {
  readonly artifact: string;
  /** Path in the artifact. */
  readonly file: string;
  readonly name: ObjectName;
  readonly value: Fields;
}

/** What one document holds. */
export interface Content {
  /** The items of lists are objects of their own. */
  readonly objects: readonly Omit<Placed, 'artifact' | 'file'>[];
  /** Something in it is no object. */
  readonly other: boolean;
}

const isWord = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The objects of a document's value. */
export function contentOf(value: unknown): Content {
  if (!isMapping(value) || !isWord(value.apiVersion) || !isWord(value.kind)) return { objects: [], other: true };
  const { apiVersion, kind, items } = value;
  if (kind.endsWith('List') && Array.isArray(items)) {
    const all = items.map(contentOf);
    return { objects: all.flatMap(({ objects }) => objects), other: all.some(({ other }) => other) };
  }
  const { name, generateName, namespace } = fieldsOf(value.metadata);
  // A star is in no name: what is generated is never taken for what is named.
  const called = isWord(name) ? name : isWord(generateName) ? `${generateName}*` : undefined;
  if (called === undefined) return { objects: [], other: true };
  const inside = textOf(namespace) ?? '';
  const named = { apiVersion, kind, ...(inside !== '' && { namespace: inside }), name: called };
  return { objects: [{ name: named, value }], other: false };
}

/** An API group: `apps` of `apps/v1`, empty for `v1`. */
export function groupOf({ apiVersion }: Pick<ObjectName, 'apiVersion'>): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

/** What tells an object from the others of its artifact: a new version of its API does not make it another one. */
export function identityOf(name: ObjectName): string {
  return JSON.stringify([groupOf(name), name.kind, name.namespace ?? '', name.name]);
}

/** An object for people: `Deployment payments/web`. */
export function objectText({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
