import { describe, expect, test } from 'vitest';
import { autoscaler, budget, clusterRoleBinding, flowSchema, limitRange, resourceQuota, role } from './bases.ts';
import { breachesOf, changed, type Row } from './breaches.ts';

const ROWS: readonly Row[] = [
  [
    'a least number above the most',
    autoscaler,
    { 'spec.minReplicas': 9 },
    ['object/range spec.minReplicas: spec.minReplicas is 9, which is more than maxReplicas, 5'],
  ],
  [
    'none without a metric from outside',
    autoscaler,
    { 'spec.minReplicas': 0 },
    [
      'object/range spec.minReplicas: spec.minReplicas is 0, but without an Object or External metric nothing would start pods again',
    ],
  ],
  [
    'a target without group',
    autoscaler,
    { 'spec.scaleTargetRef.apiVersion': 'v1' },
    [
      'object/required spec.scaleTargetRef.apiVersion: scaleTargetRef.apiVersion is "v1", but it must name the group of the Deployment',
    ],
  ],
  [
    'a metric of another type',
    autoscaler,
    { 'spec.metrics.0.type': 'Pods' },
    [
      'object/required spec.metrics[0].pods: metrics[0].pods is missing, which is needed because type is "Pods"',
      'object/conflict spec.metrics[0].resource: metrics[0].resource must not be set because type is "Pods"',
    ],
  ],
  [
    'a metric without target',
    autoscaler,
    { 'spec.metrics.0.resource.target': { type: 'Utilization' } },
    [
      'object/one-of spec.metrics[0].resource.target: resource.target has none of "averageUtilization" and "averageValue", but at least one is needed',
    ],
  ],
  [
    'a metric with two targets',
    autoscaler,
    { 'spec.metrics.0.resource.target.averageValue': '1' },
    [
      'object/one-of spec.metrics[0].resource.target: resource.target has "averageUtilization" and "averageValue", but only one of them may be set',
    ],
  ],
  [
    'a target of nothing',
    autoscaler,
    { 'spec.metrics.0.resource.target': { type: 'AverageValue', averageValue: 0 } },
    [
      'object/quantity spec.metrics[0].resource.target.averageValue: target.averageValue is 0, but it must be more than 0',
    ],
  ],
  [
    'no policy in a list of them',
    autoscaler,
    { 'spec.behavior': { scaleUp: { policies: [] } } },
    ['object/required spec.behavior.scaleUp.policies: scaleUp.policies is empty, but at least one policy is needed'],
  ],
  [
    'both budgets',
    budget,
    { 'spec.minAvailable': 1 },
    ['object/one-of spec: spec has "minAvailable" and "maxUnavailable", but only one of them may be set'],
  ],
  [
    'a budget of more than all',
    budget,
    { 'spec.maxUnavailable': '110%' },
    ['object/range spec.maxUnavailable: spec.maxUnavailable is "110%", but 100% is the most'],
  ],
  [
    'a budget that lets no pod go',
    budget,
    { 'spec.maxUnavailable': undefined, 'spec.minAvailable': '100%' },
    [
      'object/disruption spec.minAvailable: spec.minAvailable is "100%", so that no pod may ever be evicted and no node with one can be drained',
    ],
  ],
  [
    'a least amount above the most',
    limitRange,
    { 'spec.limits.0.min.cpu': 3 },
    ['object/range spec.limits[0].min.cpu: min.cpu is 3, but it must be at most max, 2'],
  ],
  [
    'a default above the most',
    limitRange,
    { 'spec.limits.0.default.cpu': '2500m' },
    ['object/range spec.limits[0].default.cpu: default.cpu is "2500m", but it must be at most max, 2'],
  ],
  [
    'a ratio that cannot be',
    limitRange,
    { 'spec.limits.0.maxLimitRequestRatio': { cpu: 30 } },
    [
      'object/range spec.limits[0].maxLimitRequestRatio.cpu: maxLimitRequestRatio.cpu is 30, but it must be at most max / min, 20',
    ],
  ],
  [
    'a default of whole pods',
    limitRange,
    { 'spec.limits.0.type': 'Pod' },
    ['object/conflict spec.limits[0].default: limits[0].default must not be set because type is "Pod"'],
  ],
  [
    'a type of limits',
    limitRange,
    { 'spec.limits.0.type': 'Containers' },
    [
      'object/value spec.limits[0].type: limits[0].type is "Containers", but it must be "Pod", "Container" or "PersistentVolumeClaim"',
    ],
  ],
  [
    'one type twice',
    limitRange,
    {
      'spec.limits': [
        { type: 'Container', max: { cpu: 1 } },
        { type: 'Container', max: { memory: '1Gi' } },
      ],
    },
    ['object/duplicate spec.limits[1].type: limits[1].type is "Container", as is limits[0].type'],
  ],
  [
    'limits of claims without storage',
    limitRange,
    { 'spec.limits': [{ type: 'PersistentVolumeClaim' }] },
    ['object/required spec.limits[0]: spec.limits[0] is for claims, but neither min nor max has "storage"'],
  ],
  [
    'a half pod',
    resourceQuota,
    { 'spec.hard.pods': '500m' },
    ['object/quantity spec.hard.pods: hard.pods is "500m", but it must be a whole number'],
  ],
  [
    'a resource that cannot be limited',
    resourceQuota,
    { 'spec.hard': { cpus: '1' } },
    ['object/quantity spec.hard.cpus: hard.cpus is not a resource that a quota can have'],
  ],
  [
    'scopes that exclude each other',
    resourceQuota,
    { 'spec.hard': { pods: '1' }, 'spec.scopes': ['Terminating', 'NotTerminating'] },
    ['object/conflict spec.scopes: The scopes "Terminating" and "NotTerminating" exclude each other'],
  ],
  [
    'a resource outside of its scope',
    resourceQuota,
    { 'spec.hard': { secrets: '1' }, 'spec.scopes': ['BestEffort'] },
    ['object/conflict spec.hard.secrets: hard.secrets cannot be limited in the scope "BestEffort"'],
  ],
  [
    'a scope with values that needs none',
    resourceQuota,
    {
      'spec.hard': { pods: '1' },
      'spec.scopeSelector': { matchExpressions: [{ scopeName: 'BestEffort', operator: 'In', values: ['a'] }] },
    },
    [
      'object/selector spec.scopeSelector.matchExpressions[0].operator: matchExpressions[0].operator is "In", but the scope "BestEffort" takes "Exists" only',
    ],
  ],
  [
    'a rule without groups',
    role,
    { 'rules.0.apiGroups': undefined },
    ['object/rbac rules[0].apiGroups: rules[0].apiGroups is missing, which is needed because nonResourceURLs is empty'],
  ],
  [
    'a rule about URLs in a namespace',
    role,
    { rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }] },
    [
      'object/rbac rules[0].nonResourceURLs: rules[0].nonResourceURLs is set, but only a ClusterRole can have rules about URLs',
    ],
  ],
  [
    'an account without namespace',
    clusterRoleBinding,
    { 'subjects.0.namespace': undefined },
    [
      'object/rbac subjects[0].namespace: subjects[0].namespace is missing, which is needed because kind is "ServiceAccount"',
    ],
  ],
  [
    'a group of an account',
    clusterRoleBinding,
    { 'subjects.0.apiGroup': 'rbac.authorization.k8s.io' },
    [
      'object/rbac subjects[0].apiGroup: subjects[0].apiGroup is "rbac.authorization.k8s.io", but it must be empty for a ServiceAccount',
    ],
  ],
  [
    'a Role for the whole cluster',
    clusterRoleBinding,
    { 'roleRef.kind': 'Role' },
    ['object/rbac roleRef.kind: roleRef.kind is "Role", but it must be "ClusterRole"'],
  ],
  [
    'a verb that there is not',
    flowSchema,
    { 'spec.rules.0.resourceRules.0.verbs': ['lists'] },
    [
      'object/value spec.rules[0].resourceRules[0].verbs[0]: resourceRules[0].verbs[0] is "lists", which is not a verb of requests',
    ],
  ],
  [
    'a star among others',
    flowSchema,
    { 'spec.rules.0.resourceRules.0.namespaces': ['*', 'payments'] },
    [
      'object/conflict spec.rules[0].resourceRules[0].namespaces: resourceRules[0].namespaces has "*" and others, but "*" stands for all',
    ],
  ],
  [
    'a subject of another kind',
    flowSchema,
    { 'spec.rules.0.subjects.0.kind': 'User' },
    [
      'object/required spec.rules[0].subjects[0].user: subjects[0].user is missing, which is needed because kind is "User"',
      'object/conflict spec.rules[0].subjects[0].group: subjects[0].group must not be set because kind is "User"',
    ],
  ],
  [
    'a path with a star inside',
    flowSchema,
    { 'spec.rules.0.nonResourceRules': [{ verbs: ['get'], nonResourceURLs: ['/a*b'] }] },
    [
      'object/value spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: nonResourceRules[0].nonResourceURLs[0] is "/a*b", which is not a path',
    ],
  ],
];

describe('autoscaling, budgets, quotas, roles', () => {
  test.each(ROWS)('%s', (_, base, changes, said) => {
    expect(breachesOf(changed(base, changes))).toEqual(said);
  });
});
