/** A validation rule in CEL, as a CRD states it. */
export interface CelRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/** Limits of numbers, and of how much a text, a list or a mapping holds. */
export interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

/** The keywords of {@link Bounds}. */
export const BOUNDS: readonly (keyof Bounds)[] = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
];

/** A schema as OpenAPI documents and CRDs write it: the keywords that validation reads. */
export interface OpenApiSchema extends Bounds {
  /** In the bundle the bare name of a definition. */
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly required?: readonly string[];
  readonly items?: OpenApiSchema;
  readonly additionalProperties?: OpenApiSchema | boolean;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly uniqueItems?: boolean;
  readonly allOf?: readonly OpenApiSchema[];
  readonly anyOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly not?: OpenApiSchema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
}

/** One version of a kind that a CRD defines. */
export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  /** The status is written through a door of its own; what a manifest says there is dropped. */
  readonly status?: boolean;
  readonly schema?: OpenApiSchema;
}

/** What a CRD says about its kind. */
export interface CrdSpec {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly versions: readonly CrdVersion[];
}

/** A set of versions: bit n is the n-th of the bundle's `versions`. */
export type VersionBits = number;

/** A kind of Kubernetes: apiVersion, kind, the definition's name, whether it is namespaced, the versions that serve it. */
export type BundledKind = readonly [string, string, string, boolean, VersionBits];

/** All bundled versions of Kubernetes; definitions that versions have in common are there once. */
export interface KubernetesBundle {
  readonly versions: readonly string[];
  readonly definitions: Readonly<Record<string, readonly (readonly [VersionBits, OpenApiSchema])[]>>;
  readonly kinds: readonly BundledKind[];
}

/** All bundled versions of Flux's CRDs. */
export interface FluxBundle {
  readonly versions: readonly string[];
  readonly crds: readonly (readonly [VersionBits, CrdSpec])[];
}
