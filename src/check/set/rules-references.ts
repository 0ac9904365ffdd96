import type { Rule } from '../rule.ts';
import { configMap, deployment, documents, object, service } from './examples.ts';

const envFrom = (kind: string, name: string): string =>
  deployment('', `          envFrom:\n            - ${kind}:\n                name: ${name}\n`);
const level = (key: string): string =>
  deployment(
    '',
    `          env:\n            - name: LEVEL\n              valueFrom:\n                configMapKeyRef:\n                  name: settings\n                  key: ${key}\n`,
  );
const externalSecret = (name: string): string =>
  object(
    'external-secrets.io/v1',
    'ExternalSecret',
    name,
    'spec:\n  secretStoreRef:\n    kind: ClusterSecretStore\n    name: vault\n  dataFrom:\n    - extract:\n        key: payments/web\n',
  );
const account = (name: string): string => object('v1', 'ServiceAccount', name);
const accountOf = (name: string): string => deployment(`      serviceAccountName: ${name}\n`);
const claim = (name: string): string =>
  object(
    'v1',
    'PersistentVolumeClaim',
    name,
    'spec:\n  accessModes:\n    - ReadWriteOnce\n  resources:\n    requests:\n      storage: 1Gi\n',
  );
const claimOf = (name: string): string =>
  deployment(
    `      volumes:\n        - name: data\n          persistentVolumeClaim:\n            claimName: ${name}\n`,
  );
const ingress = (name: string): string =>
  object(
    'networking.k8s.io/v1',
    'Ingress',
    'web',
    `spec:\n  defaultBackend:\n    service:\n      name: ${name}\n      port:\n        name: http\n`,
  );
const scaler = (name: string): string =>
  object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    'web',
    `spec:\n  maxReplicas: 5\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: ${name}\n`,
  );
const binding = (role: string): string =>
  object(
    'rbac.authorization.k8s.io/v1',
    'RoleBinding',
    'web',
    `roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: ${role}\nsubjects:\n  - kind: ServiceAccount\n    name: default\n    namespace: payments\n`,
  );
const role = (name: string): string => object('rbac.authorization.k8s.io/v1', 'Role', name, 'rules: []\n');

const ELSEWHERE =
  'Nothing is said where the object may come from elsewhere: from another artifact of the run, or from a HelmRelease or an operator in the same namespace.';

/** Rules about what Kubernetes' own objects name. */
export const OBJECT_REFERENCE_RULES: readonly Rule[] = [
  {
    id: 'set/configmap',
    setting: 'warn',
    summary: 'ConfigMaps that Pods and Flux need are in the artifact.',
    why: `Without it the containers do not start (CreateContainerConfigError), and Flux does not reconcile what takes values from it. The artifact is expected to hold it when it holds the namespace or another ConfigMap in it. ${ELSEWHERE}`,
    fix: 'Add the ConfigMap, correct the name, or set optional: true on the reference.',
    bad: documents(configMap('settings'), envFrom('configMapRef', 'setings')),
    good: documents(configMap('settings'), envFrom('configMapRef', 'settings')),
  },
  {
    id: 'set/secret',
    setting: 'warn',
    summary: 'Secrets that Pods and Flux need are made by the artifact, where it makes Secrets.',
    why: `Without it the containers do not start (CreateContainerConfigError), and Flux does not reconcile what needs it. A SealedSecret, ExternalSecret, Certificate or SecretProviderClass counts as the Secret that it makes. The artifact is expected to make it when it makes another Secret in the namespace. ${ELSEWHERE}`,
    fix: 'Add the Secret (encrypted) or what makes it, correct the name, or set optional: true on the reference.',
    bad: documents(externalSecret('web-token'), envFrom('secretRef', 'web-tokens')),
    good: documents(externalSecret('web-token'), envFrom('secretRef', 'web-token')),
  },
  {
    id: 'set/key',
    setting: 'warn',
    summary: 'Keys that are wanted of a ConfigMap or Secret are in it.',
    why: 'A container does not start when a variable or a file wants a key that is not there, and Flux does not reconcile what takes values from it. Only ConfigMaps and Secrets of the same artifact are looked at; their values are not.',
    fix: 'Add the key, correct it, or set optional: true on the reference.',
    bad: documents(configMap('settings'), level('LOGLEVEL')),
    good: documents(configMap('settings'), level('LOG_LEVEL')),
  },
  {
    id: 'set/service-account',
    setting: 'warn',
    summary: 'ServiceAccounts that Pods, bindings and Flux name are in the artifact.',
    why: `No Pod is created for a ServiceAccount that does not exist, a binding to it grants nothing, and Flux cannot act in its name. The artifact is expected to hold it when it holds the namespace or another ServiceAccount in it. ${ELSEWHERE}`,
    fix: 'Add the ServiceAccount or correct the name.',
    bad: documents(account('web'), accountOf('wep')),
    good: documents(account('web'), accountOf('web')),
  },
  {
    id: 'set/volume-claim',
    setting: 'warn',
    summary: 'PersistentVolumeClaims that Pods name are in the artifact.',
    why: `A Pod stays pending while its claim does not exist. The artifact is expected to hold it when it holds the namespace or another claim in it. ${ELSEWHERE}`,
    fix: 'Add the PersistentVolumeClaim or correct the name.',
    bad: documents(claim('data'), claimOf('date')),
    good: documents(claim('data'), claimOf('data')),
  },
  {
    id: 'set/service',
    setting: 'warn',
    summary: 'Services that an Ingress, a route, a StatefulSet, a webhook or an APIService names are in the artifact.',
    why: `Requests to it are answered with an error, and a webhook without its Service can block every write to the cluster. The artifact is expected to hold it when it holds the namespace, or a Service or Pods in it. ${ELSEWHERE}`,
    fix: 'Add the Service or correct the name.',
    bad: documents(deployment(), service('web'), ingress('webb')),
    good: documents(deployment(), service('web'), ingress('web')),
  },
  {
    id: 'set/port',
    setting: 'warn',
    summary: 'Ports that are called by name exist: those of Services, and of the Pods that a Service selects.',
    why: 'A Service has no endpoints for a target port that no container names, and an Ingress answers with an error for a port that its Service does not have.',
    fix: 'Name the port of the container or of the Service, or correct the reference.',
    bad: documents(deployment(), service('web', 'web')),
    good: documents(deployment(), service('web', 'http')),
  },
  {
    id: 'set/selects-nothing',
    setting: 'warn',
    summary: 'A Service or PodDisruptionBudget selects Pods of the artifact, where it has Pods in the namespace.',
    why: 'Labels that do not match are no error to Kubernetes: the Service has no endpoints, and the PodDisruptionBudget protects nothing. A label that no Pod has may be set at run time (by the operator of a database, say) when other labels of the selector match. Nothing is said about namespaces where a HelmRelease or an operator makes Pods.',
    fix: 'Give the selector and the labels of the Pods the same values.',
    bad: documents(deployment(), service('website')),
    good: documents(deployment(), service('web')),
  },
  {
    id: 'set/scale-target',
    setting: 'warn',
    summary: 'What an autoscaler scales is in the artifact.',
    why: `An autoscaler without target does nothing, and nobody is told. The artifact is expected to hold it when it holds the namespace or Pods in it. ${ELSEWHERE}`,
    fix: 'Correct the target, or remove the autoscaler.',
    bad: documents(deployment(), scaler('web-v2')),
    good: documents(deployment(), scaler('web')),
  },
  {
    id: 'set/role',
    setting: 'warn',
    summary: 'Roles that bindings grant are in the artifact.',
    why: `A binding to a role that does not exist is accepted and grants nothing. ClusterRoles that every cluster has (cluster-admin, admin, edit, view, system:…) count as there; others are expected where the artifact holds ClusterRoles and no HelmRelease or operator. ${ELSEWHERE}`,
    fix: 'Add the role or correct the name.',
    bad: documents(role('reader'), binding('read')),
    good: documents(role('reader'), binding('reader')),
  },
];
