import { describe, expect, test } from 'vitest';
import { daemonSet, deployment, statefulSet } from './bases.ts';
import { breachesOf, changed, type Row } from './breaches.ts';

const ROWS: readonly Row[] = [
  [
    'a selector that does not match',
    deployment,
    { 'spec.template.metadata.labels.app': 'website' },
    [
      'object/selector spec.template.metadata.labels: The labels of the pod template do not match the selector, which asks for "app=web"',
    ],
  ],
  [
    'an expression that does not match',
    deployment,
    {
      'spec.selector.matchExpressions': [
        { key: 'tier', operator: 'Exists' },
        { key: 'app', operator: 'NotIn', values: ['web'] },
      ],
    },
    [
      'object/selector spec.template.metadata.labels: The labels of the pod template do not match the selector, which asks for "tier"',
    ],
  ],
  [
    'no labels to match',
    daemonSet,
    { 'spec.template.metadata': undefined },
    [
      'object/selector spec.template.metadata.labels: The labels of the pod template do not match the selector, which asks for "app=web"',
    ],
  ],
  [
    'a selector of nothing',
    statefulSet,
    { 'spec.selector': {} },
    ['object/selector spec.selector: spec.selector is empty, but a StatefulSet needs one that selects its pods'],
  ],
  [
    'pods that end',
    deployment,
    { 'spec.template.spec.restartPolicy': 'Never' },
    [
      'object/conflict spec.template.spec.restartPolicy: spec.restartPolicy is "Never", but a Deployment takes "Always" only',
    ],
  ],
  [
    'a deadline',
    deployment,
    { 'spec.template.spec.activeDeadlineSeconds': 60 },
    [
      'object/conflict spec.template.spec.activeDeadlineSeconds: spec.activeDeadlineSeconds must not be set in a Deployment: it runs for ever',
    ],
  ],
  [
    'a rolling update without room',
    deployment,
    { 'spec.strategy': { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } },
    [
      'object/range spec.strategy.rollingUpdate.maxUnavailable: rollingUpdate.maxUnavailable and maxSurge are both 0, so that no pod of the Deployment could ever be replaced',
    ],
  ],
  [
    'a rolling update of more than all',
    deployment,
    { 'spec.strategy': { rollingUpdate: { maxUnavailable: '150%' } } },
    [
      'object/range spec.strategy.rollingUpdate.maxUnavailable: rollingUpdate.maxUnavailable is "150%", but 100% is the most',
    ],
  ],
  [
    'a rolling update of what is recreated',
    deployment,
    { 'spec.strategy': { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
    ['object/conflict spec.strategy.rollingUpdate: strategy.rollingUpdate must not be set because type is "Recreate"'],
  ],
  [
    'progress before pods are ready',
    deployment,
    { 'spec.minReadySeconds': 60, 'spec.progressDeadlineSeconds': 60 },
    [
      'object/range spec.progressDeadlineSeconds: progressDeadlineSeconds is 60, but it must be more than minReadySeconds, 60',
    ],
  ],
  [
    'old and new pods of a node',
    daemonSet,
    { 'spec.updateStrategy': { rollingUpdate: { maxSurge: 1 } } },
    [
      'object/conflict spec.updateStrategy.rollingUpdate.maxSurge: rollingUpdate.maxSurge must be 0 unless maxUnavailable is 0',
    ],
  ],
  [
    'a claim without name',
    statefulSet,
    { 'spec.volumeClaimTemplates.0.metadata': {} },
    [
      'object/reference spec.template.spec.containers[0].volumeMounts[0].name: volumeMounts[0].name is "data", but the pod has no volume of this name',
      'object/required spec.volumeClaimTemplates[0].metadata.name: metadata.name is missing',
    ],
  ],
  [
    'a claim without size',
    statefulSet,
    { 'spec.volumeClaimTemplates.0.spec.resources': {} },
    [
      'object/required spec.volumeClaimTemplates[0].spec.resources.requests.storage: requests.storage is missing: a claim says how much storage it wants',
    ],
  ],
  [
    'the name of the service',
    statefulSet,
    { 'spec.serviceName': 'web.eu' },
    [
      'object/name spec.serviceName: spec.serviceName is "web.eu", which is not a DNS label (at most 63 of a-z, 0-9 and "-", with a letter or digit first and last)',
    ],
  ],
  [
    'a selector of a ReplicationController',
    deployment,
    { apiVersion: 'v1', kind: 'ReplicationController', 'spec.selector': { app: 'website' } },
    [
      'object/selector spec.template.metadata.labels: The labels of the pod template do not match the selector, which asks for "app=website"',
    ],
  ],
];

describe('workloads', () => {
  test.each(ROWS)('%s', (_, base, changes, said) => {
    expect(breachesOf(changed(base, changes))).toEqual(said);
  });
});
