/** Objects that the API server takes. */
import type { Fields } from '../../../src/check/object.ts';

const inPayments = { name: 'web', namespace: 'payments' };
const meta = { name: 'web' };

const container = {
  name: 'web',
  image: 'example.com/web:1.2.3',
  ports: [{ name: 'http', containerPort: 8080 }],
  env: [{ name: 'MODE', value: 'fast' }],
  resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: 1, memory: '512Mi' } },
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
};
const podSpec = { containers: [container], volumes: [{ name: 'data', emptyDir: {} }] };
const labels = { app: 'web' };
const template = { metadata: { labels }, spec: podSpec };
const selector = { matchLabels: labels };
const ended = { spec: { ...podSpec, restartPolicy: 'Never' } };
const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const clientConfig = { service: { name: 'check', namespace: 'payments', path: '/validate' } };
const rule = { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] };

export const pod: Fields = { apiVersion: 'v1', kind: 'Pod', metadata: inPayments, spec: podSpec };

export const deployment: Fields = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: inPayments,
  spec: { selector, template },
};

export const statefulSet: Fields = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: inPayments,
  spec: {
    selector,
    serviceName: 'web',
    template: { metadata: { labels }, spec: { containers: [container] } },
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
  },
};

export const daemonSet: Fields = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: inPayments,
  spec: { selector, template },
};

export const job: Fields = { apiVersion: 'batch/v1', kind: 'Job', metadata: inPayments, spec: { template: ended } };

export const cronJob: Fields = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: inPayments,
  spec: { schedule: '30 4 * * mon-fri', timeZone: 'Europe/Berlin', jobTemplate: { spec: { template: ended } } },
};

export const service: Fields = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: inPayments,
  spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
};

export const ingress: Fields = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: inPayments,
  spec: {
    rules: [
      {
        host: 'web.example.com',
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }],
        },
      },
    ],
  },
};

export const networkPolicy: Fields = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: inPayments,
  spec: {
    podSelector: {},
    ingress: [
      { from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ port: 80, endPort: 90 }] },
    ],
  },
};

export const autoscaler: Fields = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: inPayments,
  spec: {
    minReplicas: 2,
    maxReplicas: 5,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
  },
};

export const budget: Fields = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: inPayments,
  spec: { maxUnavailable: 1, selector },
};

export const role: Fields = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'web:read', namespace: 'payments' },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
};

export const clusterRoleBinding: Fields = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'web:read' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'web:read' },
  subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'payments' }],
};

export const configMap: Fields = { apiVersion: 'v1', kind: 'ConfigMap', metadata: inPayments, data: { mode: 'fast' } };

export const secret: Fields = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: inPayments,
  type: 'kubernetes.io/tls',
  data: { 'tls.crt': '', 'tls.key': '' },
};

export const namespace: Fields = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'payments' } };

export const persistentVolumeClaim: Fields = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: inPayments,
  spec: claim,
};

export const persistentVolume: Fields = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: meta,
  spec: {
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
    nfs: { server: 'nfs.example.com', path: '/web' },
  },
};

export const limitRange: Fields = {
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: inPayments,
  spec: { limits: [{ type: 'Container', min: { cpu: '100m' }, max: { cpu: 2 }, default: { cpu: 1 } }] },
};

export const resourceQuota: Fields = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: inPayments,
  spec: { hard: { pods: '10', 'requests.cpu': '4', 'count/deployments.apps': '5' } },
};

export const webhooks: Fields = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: meta,
  webhooks: [
    {
      name: 'check.payments.example.com',
      clientConfig,
      rules: [rule],
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    },
  ],
};

export const admissionPolicy: Fields = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: meta,
  spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'true' }] },
};

export const crd: Fields = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer' },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

export const resourceClaim: Fields = {
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaim',
  metadata: inPayments,
  spec: {
    devices: {
      requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.example.com' } }],
      constraints: [{ requests: ['gpu'], matchAttribute: 'example.com/model' }],
    },
  },
};

export const flowSchema: Fields = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: meta,
  spec: {
    priorityLevelConfiguration: { name: 'workload-low' },
    matchingPrecedence: 1000,
    rules: [
      {
        subjects: [{ kind: 'Group', group: { name: 'system:authenticated' } }],
        resourceRules: [{ verbs: ['list'], apiGroups: [''], resources: ['pods'], namespaces: ['*'] }],
      },
    ],
  },
};
