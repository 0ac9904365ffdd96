/** What an object means for the borders between tenants. */
import type { FieldPath } from '../../model.ts';
import { fieldsOf, groupOf, type KubernetesObject, textOf } from '../object.ts';
import type { ObjectContext } from '../view.ts';
import { type ForeignReference, referencesOf } from './references.ts';

/** A namespace that an object of Flux writes to. */
export interface Target {
  readonly namespace: string;
  readonly field: FieldPath;
}

/** What an object applies other objects with. */
export interface Applier {
  readonly serviceAccount: string | undefined;
  /** It works on the cluster of a kubeconfig. */
  readonly remote: boolean;
  readonly targets: readonly Target[];
}

/** Facts for the checks of tenancy. */
export interface TenancyFacts {
  /** Whether objects of the kind live in namespaces, also of versions that the target does not serve. */
  readonly namespaced: boolean | undefined;
  /** There for what applies other objects. */
  readonly applier?: Applier;
  readonly references: readonly ForeignReference[];
}

const NONE: TenancyFacts = { namespaced: undefined, references: [] };

/** Their controllers apply objects, with their own rights unless a service account is named. */
const APPLIERS: readonly string[] = [
  'Kustomization.kustomize.toolkit.fluxcd.io',
  'HelmRelease.helm.toolkit.fluxcd.io',
  'ResourceSet.fluxcd.controlplane.io',
];

const TARGETS: readonly string[] = ['targetNamespace', 'storageNamespace'];

/** The facts of an object. Without tenants nobody asks for them. */
export function tenancyFacts(object: KubernetesObject, context: ObjectContext): TenancyFacts {
  if (context.tenants.length === 0) return NONE;
  const { apiVersion, kind } = object;
  const applier = APPLIERS.includes(`${kind}.${groupOf(apiVersion)}`) && applierOf(object);
  return {
    namespaced: namespaced(object, context),
    ...(applier && { applier }),
    references: referencesOf(object),
  };
}

function applierOf({ value }: KubernetesObject): Applier {
  const spec = fieldsOf(value.spec);
  const targets = TARGETS.flatMap((key): readonly Target[] => {
    const namespace = textOf(spec[key]);
    return namespace === undefined || namespace === '' ? [] : [{ namespace, field: ['spec', key] }];
  });
  const serviceAccount = textOf(spec.serviceAccountName);
  return {
    serviceAccount: serviceAccount === '' ? undefined : serviceAccount,
    remote: spec.kubeConfig !== undefined && spec.kubeConfig !== null,
    targets,
  };
}

function namespaced({ apiVersion, kind }: KubernetesObject, { catalog }: ObjectContext): boolean | undefined {
  const known = catalog.namespaced(apiVersion, kind);
  if (known !== undefined) return known;
  const group = groupOf(apiVersion);
  // No kind of Flux and its operator is cluster-scoped, also of those without bundled schema.
  if (group.endsWith('.toolkit.fluxcd.io') || group === 'fluxcd.controlplane.io') return true;
  const [other] = catalog.versionsOf(kind, group);
  return other === undefined ? undefined : catalog.namespaced(other, kind);
}
