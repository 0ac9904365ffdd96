/** Kubernetes objects as the checks see them. */
import type { FieldPath } from '../model.ts';
import { type Fields, fieldsOf, isMapping, textOf } from '../yaml/value.ts';

export { type Fields, fieldsOf, isMapping, listOf, textOf, valueAt } from '../yaml/value.ts';

/** One object of a document. Its value is shared: it must not be changed. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty where it has `generateName` only. */
  readonly name: string;
  /** As written; undefined for cluster-scoped objects and where the consumer decides. */
  readonly namespace: string | undefined;
  readonly labels: Fields;
  readonly annotations: Fields;
  readonly value: Fields;
}

/** An API group: `apps` of `apps/v1`, empty for `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

/** A field's path as kubectl writes it: `spec.containers[0].image`, `metadata.annotations["a.b/c"]`. */
export function fieldText(path: FieldPath): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}

/** An object in a document, or one item of a `…List`. */
export interface ObjectInDocument {
  readonly object: KubernetesObject;
  /** Where it is in the document: `[]`, or `['items', 2]`. */
  readonly at: FieldPath;
}

/** What a document lacks to be an object, with the place. */
export interface NotAnObject {
  readonly field: FieldPath;
  readonly message: string;
}

/** The objects of a document's value, and what is none. */
export function objectsOf(
  value: unknown,
  at: FieldPath = [],
): { readonly objects: readonly ObjectInDocument[]; readonly problems: readonly NotAnObject[] } {
  if (!isMapping(value)) return only({ field: at, message: `Not a Kubernetes object: it is ${nameOf(value)}` });
  const { apiVersion, kind, metadata, items } = value;
  const problem = textProblem('apiVersion', apiVersion) ?? textProblem('kind', kind);
  if (problem !== undefined) return only({ field: at, message: problem });
  if (String(kind).endsWith('List') && Array.isArray(items)) {
    const found = items.map((item: unknown, index) => objectsOf(item, [...at, 'items', index]));
    return { objects: found.flatMap(({ objects }) => objects), problems: found.flatMap(({ problems }) => problems) };
  }
  if (!isMapping(metadata)) return only({ field: at, message: metadataProblem(metadata) });
  const generated = typeof metadata.generateName === 'string' && metadata.generateName !== '';
  const unnamed = generated ? undefined : textProblem('metadata.name', metadata.name);
  if (unnamed !== undefined) return only({ field: [...at, 'metadata'], message: unnamed });
  return { objects: [{ object: objectOf(value, String(apiVersion), String(kind)), at }], problems: [] };
}

function only(problem: NotAnObject): { readonly objects: readonly []; readonly problems: readonly NotAnObject[] } {
  return { objects: [], problems: [problem] };
}

function objectOf(value: Fields, apiVersion: string, kind: string): KubernetesObject {
  const { name, namespace, labels, annotations } = fieldsOf(value.metadata);
  return {
    apiVersion,
    kind,
    name: textOf(name) ?? '',
    namespace: textOf(namespace) === '' ? undefined : textOf(namespace),
    labels: fieldsOf(labels),
    annotations: fieldsOf(annotations),
    value,
  };
}

function metadataProblem(metadata: unknown): string {
  if (metadata === undefined || metadata === null) return 'Not a Kubernetes object: "metadata" is missing';
  const glued = typeof metadata === 'string' ? /^[A-Za-z]+:\S+/.exec(metadata)?.[0] : undefined;
  const advice = glued === undefined ? '' : `: put a space behind the ":" of "${glued}"`;
  return `Not a Kubernetes object: "metadata" is ${nameOf(metadata)}, not a mapping${advice}`;
}

function textProblem(key: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return `Not a Kubernetes object: "${key}" is missing`;
  return typeof value === 'string'
    ? undefined
    : `Not a Kubernetes object: "${key}" is ${nameOf(value)}: put it in quotes`;
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}
