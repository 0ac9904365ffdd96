/** Reads CustomResourceDefinitions (`apiextensions.k8s.io/v1`). */
import { fieldsOf, textOf } from '../object.ts';
import type { CrdSpec, CrdVersion, OpenApiSchema } from './openapi.ts';
import { asGoReads, structuralProblems } from './structural.ts';

/** Why the API server would refuse a CRD. */
export interface CrdProblem {
  /** The CRD's `metadata.name`; empty where it has none. */
  readonly crd: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a CRD defines; `spec` is undefined where it cannot be made out. */
export interface ReadCrd {
  readonly spec: CrdSpec | undefined;
  readonly problems: readonly CrdProblem[];
}

const text = (value: unknown): string => textOf(value) ?? '';

/** Whether a document is a CRD, of whatever version. */
export function isCrd(document: unknown): boolean {
  const { apiVersion, kind } = fieldsOf(document);
  return kind === 'CustomResourceDefinition' && text(apiVersion).startsWith('apiextensions.k8s.io/');
}

/** A CRD's kind with all its versions, and what is wrong with its schemas. */
export function readCrd(document: unknown): ReadCrd {
  const { apiVersion, metadata, spec: found } = fieldsOf(document);
  const crd = text(fieldsOf(metadata).name);
  const problems: CrdProblem[] = [];
  const refuse = (path: readonly (string | number)[], message: string): void => {
    problems.push({ crd, path, message });
  };
  if (apiVersion !== 'apiextensions.k8s.io/v1') {
    refuse(['apiVersion'], 'only apiextensions.k8s.io/v1 is served since Kubernetes 1.22');
    return { spec: undefined, problems };
  }
  const { group, names, scope, versions } = fieldsOf(found);
  const { kind, plural } = fieldsOf(names);
  const unnamed = Object.entries({ group, kind, plural }).filter(([, value]) => text(value) === '');
  for (const [name] of unnamed) refuse(name === 'group' ? ['spec', name] : ['spec', 'names', name], 'is required');
  if (!Array.isArray(versions) || versions.length === 0) refuse(['spec', 'versions'], 'must list at least one version');
  if (problems.length > 0) return { spec: undefined, problems };
  const read = (versions as unknown[]).map((version, index) => readVersion(version, index, refuse));
  return {
    spec: {
      group: text(group),
      kind: text(kind),
      plural: text(plural),
      namespaced: scope !== 'Cluster',
      versions: read,
    },
    problems,
  };
}

type Refuse = (path: readonly (string | number)[], message: string) => void;

function readVersion(version: unknown, index: number, refuse: Refuse): CrdVersion {
  const { name, served, storage, deprecated, deprecationWarning, subresources, schema: holder } = fieldsOf(version);
  const schema = asGoReads(fieldsOf(holder).openAPIV3Schema ?? undefined);
  const path = ['spec', 'versions', index, 'schema', 'openAPIV3Schema'];
  if (text(name) === '') refuse(['spec', 'versions', index, 'name'], 'is required');
  const problems = schema === undefined ? [{ path: [], message: 'is required' }] : structuralProblems(schema);
  for (const problem of problems) refuse([...path, ...problem.path], problem.message);
  const { status } = fieldsOf(subresources);
  return {
    name: text(name),
    served: served === true,
    storage: storage === true,
    ...(deprecated === true && { deprecated }),
    ...(typeof deprecationWarning === 'string' && { deprecationWarning }),
    ...(status !== undefined && status !== null && { status: true }),
    // A schema that is wrong somewhere would accuse objects that are right.
    ...(problems.length === 0 && { schema: schema as OpenApiSchema }),
  };
}
