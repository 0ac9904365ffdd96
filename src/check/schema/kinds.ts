/** The kinds that can be looked up, by API version and kind. */
import { kubernetesBundle } from './bundle.ts';
import type { CrdSpec, VersionBits } from './openapi.ts';
import { ANYTHING, customSchema, definitionReader } from './prepare.ts';
import type { Schema } from './schema.ts';

/** A kind in one API version. */
export interface KindName {
  readonly apiVersion: string;
  readonly kind: string;
}

/** A kind that the target serves. */
export interface Known extends KindName {
  readonly namespaced: boolean;
  readonly schema: () => Schema;
  readonly deprecated?: boolean;
}

/** Kinds by {@link nameOf}. */
export type Kinds = Map<string, Known>;

/** The key of a kind. */
export function nameOf(apiVersion: string, kind: string): string {
  return `${apiVersion} ${kind}`;
}

/** Whether a set of versions has the n-th. */
export function hasVersion(bits: VersionBits, index: number): boolean {
  return ((bits >> index) & 1) === 1;
}

function once(make: () => Schema): () => Schema {
  let made: Schema | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** The kinds of one version of Kubernetes, and its ObjectMeta, which every other kind has too. */
export function kubernetesKinds(version: number): { readonly kinds: Kinds; readonly objectMeta: () => Schema } {
  const { definitions, kinds } = kubernetesBundle();
  const read = definitionReader((name) => definitions[name]?.find(([bits]) => hasVersion(bits, version))?.[1]);
  const own: Kinds = new Map();
  for (const [apiVersion, kind, definition, namespaced, bits] of kinds) {
    if (!hasVersion(bits, version)) continue;
    const schema = once(() => ({ ...read(definition), dropsStatus: true }));
    own.set(nameOf(apiVersion, kind), { apiVersion, kind, namespaced, schema });
  }
  return { kinds: own, objectMeta: () => read(OBJECT_META) };
}

/** Adds what a CRD serves. Where its schema is wrong every object is accepted: the CRD is the problem, not they. */
export function addCrd(kinds: Kinds, spec: CrdSpec, objectMeta: () => Schema): void {
  const { group, kind, namespaced, versions } = spec;
  for (const { name, served, deprecated, status, schema } of versions) {
    if (!served) continue;
    const apiVersion = `${group}/${name}`;
    kinds.set(nameOf(apiVersion, kind), {
      apiVersion,
      kind,
      namespaced,
      schema: once(() => (schema === undefined ? ANYTHING : customSchema(schema, objectMeta(), status === true))),
      ...(deprecated === true && { deprecated }),
    });
  }
}
