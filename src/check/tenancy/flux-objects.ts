/** What a tenant's objects of Flux may do. */
import type { Breach } from '../rule.ts';
import type { PlacedObject } from '../view.ts';
import type { Borders } from './borders.ts';
import type { Applier } from './facts.ts';

/** Holds one object of Flux against the borders of its tenant; nothing is wrong with other objects. */
export function checkFluxObject(object: PlacedObject, borders: Borders): readonly Breach[] {
  const { applier } = object.facts.tenancy;
  return [...(applier === undefined ? [] : applied(object, applier, borders)), ...referred(object, borders)];
}

function applied({ facts }: PlacedObject, applier: Applier, borders: Borders): readonly Breach[] {
  const { name } = borders.tenant;
  const what = `${facts.kind} "${facts.name}" of tenant "${name}"`;
  const breaches = applier.targets
    .filter(({ namespace }) => !borders.namespaces(namespace))
    .map(
      ({ namespace, field }): Breach => ({
        rule: 'tenant/target-namespace',
        field,
        message: `${what} writes to namespace "${namespace}", which is not the tenant's`,
        hint: "use one of the tenant's namespaces, or list this one under namespaces of the tenant",
      }),
    );
  const account = serviceAccount(applier, what, borders);
  if (account !== undefined) breaches.push(account);
  if (applier.remote && borders.tenant.remoteClusters !== true) {
    breaches.push({
      rule: 'tenant/remote-cluster',
      field: ['spec', 'kubeConfig'],
      message: `${what} works on another cluster, where nothing is known of the tenant's borders`,
      hint: 'remove spec.kubeConfig, or set remoteClusters: true for the tenant',
    });
  }
  return breaches;
}

function serviceAccount({ serviceAccount }: Applier, what: string, borders: Borders): Breach | undefined {
  const rule = 'tenant/service-account';
  if (serviceAccount === undefined) {
    return {
      rule,
      field: ['spec'],
      message: `${what} names no service account, so Flux applies it with its own rights`,
      hint: 'set spec.serviceAccountName to a service account of its namespace',
    };
  }
  if (borders.serviceAccounts(serviceAccount)) return undefined;
  return {
    rule,
    field: ['spec', 'serviceAccountName'],
    message: `${what} acts as service account "${serviceAccount}", which the tenant may not`,
    hint: 'use another service account, or list this one under serviceAccounts of the tenant',
  };
}

function referred({ facts }: PlacedObject, borders: Borders): readonly Breach[] {
  const own = facts.namespace ?? borders.tenant.targetNamespace;
  return facts.tenancy.references
    .filter(({ kind, namespace, name }) => namespace !== own && !borders.references(`${kind}/${namespace}/${name}`))
    .map(({ kind, namespace, name, field }) => ({
      rule: 'tenant/reference',
      field,
      message: `${facts.kind} "${facts.name}" of tenant "${borders.tenant.name}" refers to ${kind} "${name}" in namespace "${namespace}"`,
      expected: own === undefined ? 'an object of its own namespace' : `an object of namespace "${own}"`,
      hint: `refer to an object of its own namespace, or list "${kind}/${namespace}/${name}" under references of the tenant`,
    }));
}
