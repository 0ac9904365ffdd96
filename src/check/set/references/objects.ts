/** What Kubernetes' own objects beside pods need: Services, scale targets, roles. */
import type { FieldPath } from '../../../model.ts';
import { fieldsOf, groupOf, isMapping, type KubernetesObject, listOf, textOf } from '../../object.ts';
import { type Aim, type References, SERVICE_ACCOUNT } from '../reference.ts';

const SERVICE: Aim = { rule: 'set/service', group: '', kind: 'Service' };
const RBAC = 'rbac.authorization.k8s.io';

type Add = (object: KubernetesObject, references: References) => void;

const BY_KIND: ReadonlyMap<string, Add> = new Map<string, Add>([
  ['Ingress.networking.k8s.io', addIngress],
  ['StatefulSet.apps', addGoverning],
  ['HorizontalPodAutoscaler.autoscaling', addScaleTarget],
  ['VerticalPodAutoscaler.autoscaling.k8s.io', addScaleTarget],
  ['ScaledObject.keda.sh', addScaleTarget],
  [`RoleBinding.${RBAC}`, addRole],
  [`ClusterRoleBinding.${RBAC}`, addRole],
  ['APIService.apiregistration.k8s.io', addApi],
  ['ValidatingWebhookConfiguration.admissionregistration.k8s.io', addWebhooks],
  ['MutatingWebhookConfiguration.admissionregistration.k8s.io', addWebhooks],
  ...['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'].map((kind): [string, Add] => [
    `${kind}.gateway.networking.k8s.io`,
    addRoute,
  ]),
]);

/** Adds what an object names. */
export function addObjectReferences(object: KubernetesObject, references: References): void {
  BY_KIND.get(`${object.kind}.${groupOf(object.apiVersion)}`)?.(object, references);
}

function addBackend(backend: unknown, at: FieldPath, references: References): void {
  const { service } = fieldsOf(backend);
  if (!isMapping(service)) return;
  const { name, number } = fieldsOf(service.port);
  // The AWS load balancer controller takes what stands in an annotation instead.
  if (name === 'use-annotation') return;
  const port = textOf(name) ?? (typeof number === 'number' ? String(number) : undefined);
  const field = [...at, 'service', 'port', textOf(name) === undefined ? 'number' : 'name'];
  references.add(SERVICE, service.name, [...at, 'service', 'name'], {
    ...(port !== undefined && { entry: { name: port, field } }),
  });
}

function addIngress({ value }: KubernetesObject, references: References): void {
  const spec = fieldsOf(value.spec);
  addBackend(spec.defaultBackend, ['spec', 'defaultBackend'], references);
  listOf(spec.rules).forEach((rule, ruleIndex) => {
    listOf(fieldsOf(fieldsOf(rule).http).paths).forEach((path, index) => {
      addBackend(fieldsOf(path).backend, ['spec', 'rules', ruleIndex, 'http', 'paths', index, 'backend'], references);
    });
  });
}

function addRoute({ value }: KubernetesObject, references: References): void {
  listOf(fieldsOf(value.spec).rules).forEach((rule, ruleIndex) => {
    listOf(fieldsOf(rule).backendRefs).forEach((backend, index) => {
      const at = ['spec', 'rules', ruleIndex, 'backendRefs', index];
      const { group = '', kind = 'Service', name, namespace, port } = fieldsOf(backend);
      if (group !== '' || kind !== 'Service') return;
      references.add(SERVICE, name, [...at, 'name'], {
        namespace: textOf(namespace) ?? references.namespace,
        ...(typeof port === 'number' && { entry: { name: String(port), field: [...at, 'port'] } }),
      });
    });
  });
}

function addGoverning({ value }: KubernetesObject, references: References): void {
  references.add(SERVICE, fieldsOf(value.spec).serviceName, ['spec', 'serviceName']);
}

function addScaleTarget({ apiVersion, value }: KubernetesObject, references: References): void {
  const key = groupOf(apiVersion) === 'autoscaling.k8s.io' ? 'targetRef' : 'scaleTargetRef';
  const { kind = 'Deployment', apiVersion: target = 'apps/v1', name } = fieldsOf(fieldsOf(value.spec)[key]);
  references.addKind('set/scale-target', { kind, apiVersion: target, name }, ['spec', key], '');
}

function addRole({ value }: KubernetesObject, references: References): void {
  const { kind, name } = fieldsOf(value.roleRef);
  if (kind === 'Role' || kind === 'ClusterRole') {
    const namespace = kind === 'Role' ? references.namespace : undefined;
    references.add({ rule: 'set/role', group: RBAC, kind }, name, ['roleRef', 'name'], { namespace });
  }
  listOf(value.subjects).forEach((subject, index) => {
    const { kind: what, name: account, namespace } = fieldsOf(subject);
    if (what !== 'ServiceAccount') return;
    references.add(SERVICE_ACCOUNT, account, ['subjects', index, 'name'], { namespace: textOf(namespace) });
  });
}

function addApi({ value }: KubernetesObject, references: References): void {
  const { name, namespace } = fieldsOf(fieldsOf(value.spec).service);
  references.add(SERVICE, name, ['spec', 'service', 'name'], { namespace: textOf(namespace) });
}

function addWebhooks({ value }: KubernetesObject, references: References): void {
  listOf(value.webhooks).forEach((webhook, index) => {
    const { name, namespace } = fieldsOf(fieldsOf(fieldsOf(webhook).clientConfig).service);
    const field = ['webhooks', index, 'clientConfig', 'service', 'name'];
    references.add(SERVICE, name, field, { namespace: textOf(namespace) });
  });
}
