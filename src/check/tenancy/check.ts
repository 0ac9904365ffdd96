/** What a tenant's artifacts may hold. */
import { groupOf } from '../object.ts';
import type { Breach } from '../rule.ts';
import type { ArtifactCheck, PlacedObject } from '../view.ts';
import { type Borders, bordersOf } from './borders.ts';
import { checkFluxObject } from './flux-objects.ts';
import { namespacesSet } from './kustomizations.ts';

/** Holds an artifact against the borders of its tenant. */
export const checkTenancy: ArtifactCheck = (view, { tenants }, report) => {
  const borders = bordersOf(view.artifact.name, tenants);
  if (borders === undefined) return;
  const set = namespacesSet(view);
  for (const { namespace, place } of set) {
    if (borders.namespaces(namespace)) continue;
    const message = `A kustomization of tenant "${borders.tenant.name}" moves objects to namespace "${namespace}"`;
    report({ ...foreignNamespace(namespace, borders, ''), field: ['namespace'], message }, place);
  }
  const lands = set.length > 0 || borders.tenant.targetNamespace !== undefined;
  for (const object of view.objects) {
    const breach = misplaced(object, borders, lands);
    if (breach !== undefined) report(breach, object);
    for (const found of checkFluxObject(object, borders)) report(found, object);
  }
};

/** Where an object may not be, or undefined. `lands`: something gives a namespace to what has none. */
function misplaced(object: PlacedObject, borders: Borders, lands: boolean): Breach | undefined {
  const { kind, namespace } = object.facts;
  const kindName = kindNameOf(object);
  const { name } = borders.tenant;
  if (borders.denied(kindName)) return forbiddenKind(object, borders);
  const namespaced = scopeOf(object, borders);
  if (namespaced === undefined) return unknownKind(object, borders);
  if (!namespaced) return clusterWide(object, borders);
  if (!borders.kinds(kindName)) return forbiddenKind(object, borders);
  if (namespace !== undefined) {
    return borders.namespaces(namespace) ? undefined : foreignNamespace(namespace, borders, kind);
  }
  if (lands) return undefined;
  return {
    rule: 'tenant/no-namespace',
    field: ['metadata'],
    message: `${kind} "${object.facts.name}" of tenant "${name}" has no namespace, so nothing keeps it in the tenant's`,
    expected: `namespace ${oneOf(borders.tenant.namespaces)}`,
    hint: 'set metadata.namespace; where a Kustomization sets spec.targetNamespace, name it as targetNamespace of the tenant',
  };
}

/** `apps/Deployment`, and `core/Secret`. */
function kindNameOf({ facts: { apiVersion, kind } }: PlacedObject): string {
  return `${groupOf(apiVersion) || 'core'}/${kind}`;
}

function scopeOf(object: PlacedObject, borders: Borders): boolean | undefined {
  const { namespaced } = object.facts.tenancy;
  if (namespaced !== undefined) return namespaced;
  if (borders.saidNamespaced(kindNameOf(object))) return true;
  return borders.saidClusterScoped(kindNameOf(object)) ? false : undefined;
}

function clusterWide(object: PlacedObject, borders: Borders): Breach | undefined {
  const { kind, name } = object.facts;
  const tenant = borders.tenant.name;
  const kindName = kindNameOf(object);
  if (!borders.clusterScoped(kindName)) {
    return {
      rule: 'tenant/cluster-scoped',
      message: `Tenant "${tenant}" may not have ${kind} "${name}": it belongs to the whole cluster`,
      hint: `take it out, or list "${kindName}" under clusterScoped of the tenant`,
    };
  }
  if (kindName !== 'core/Namespace' || borders.namespaces(name)) return undefined;
  return { ...foreignNamespace(name, borders, kind), field: ['metadata', 'name'] };
}

function foreignNamespace(namespace: string, { tenant }: Borders, kind: string): Breach {
  return {
    rule: 'tenant/namespace',
    field: ['metadata', 'namespace'],
    message:
      kind === 'Namespace'
        ? `Tenant "${tenant.name}" may not have Namespace "${namespace}"`
        : `Tenant "${tenant.name}" may not have a ${kind} in namespace "${namespace}"`,
    found: `namespace "${namespace}"`,
    expected: oneOf(tenant.namespaces),
    hint: "use one of the tenant's namespaces, or list this one under namespaces of the tenant",
  };
}

function forbiddenKind(object: PlacedObject, { tenant, denied }: Borders): Breach {
  const kindName = kindNameOf(object);
  return {
    rule: 'tenant/kind',
    field: ['kind'],
    message: `Tenant "${tenant.name}" may not have objects of kind "${kindName}"`,
    hint: denied(kindName)
      ? 'take it out, or change kinds.deny of the tenant'
      : `take it out, or list "${kindName}" under kinds.allow of the tenant`,
  };
}

function unknownKind(object: PlacedObject, { tenant }: Borders): Breach {
  const kindName = kindNameOf(object);
  return {
    rule: 'tenant/unknown-kind',
    field: ['kind'],
    message: `Kind "${kindName}" has no schema, so nothing says that objects of tenant "${tenant.name}" stay in a namespace`,
    hint: `give its CRD in check.crds, or list "${kindName}" under kinds.allow (it has a namespace) or clusterScoped`,
  };
}

const oneOf = (patterns: readonly string[]): string =>
  patterns.length === 1 ? `"${patterns[0]}"` : `one of ${patterns.map((pattern) => `"${pattern}"`).join(', ')}`;
