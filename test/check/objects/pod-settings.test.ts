import { describe, expect, test } from 'vitest';
import { pod } from './bases.ts';
import { breachesOf, changed, type Row } from './breaches.ts';

const ROWS: readonly Row[] = [
  [
    'a privileged process that gains nothing',
    pod,
    { 'spec.containers.0.securityContext': { privileged: true, allowPrivilegeEscalation: false } },
    [
      'object/conflict spec.containers[0].securityContext.allowPrivilegeEscalation: securityContext.allowPrivilegeEscalation is false, but privileged is true',
    ],
  ],
  [
    'a process that gains nothing but all',
    pod,
    {
      'spec.containers.0.securityContext': {
        allowPrivilegeEscalation: false,
        capabilities: { add: ['CAP_SYS_ADMIN'] },
      },
    },
    [
      'object/conflict spec.containers[0].securityContext.allowPrivilegeEscalation: securityContext.allowPrivilegeEscalation is false, but capabilities.add has "CAP_SYS_ADMIN"',
    ],
  ],
  [
    'a local profile without path',
    pod,
    { 'spec.securityContext': { seccompProfile: { type: 'Localhost' } } },
    [
      'object/required spec.securityContext.seccompProfile.localhostProfile: seccompProfile.localhostProfile is missing, which is needed because type is "Localhost"',
    ],
  ],
  [
    'a path without local profile',
    pod,
    { 'spec.securityContext': { seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'a' } } },
    [
      'object/conflict spec.securityContext.seccompProfile.localhostProfile: seccompProfile.localhostProfile must not be set because type is "RuntimeDefault"',
    ],
  ],
  [
    'no DNS configuration where none is given',
    pod,
    { 'spec.dnsPolicy': 'None' },
    ['object/required spec.dnsConfig: spec.dnsConfig is missing, which is needed because dnsPolicy is "None"'],
  ],
  [
    'no name servers where none are given',
    pod,
    { 'spec.dnsPolicy': 'None', 'spec.dnsConfig': { searches: ['example.com'] } },
    [
      'object/required spec.dnsConfig.nameservers: dnsConfig.nameservers is missing, which is needed because dnsPolicy is "None"',
    ],
  ],
  [
    'a toleration of nothing',
    pod,
    { 'spec.tolerations': [{ effect: 'NoSchedule' }] },
    [
      'object/required spec.tolerations[0].key: tolerations[0].key is missing, which is needed because operator is not "Exists"',
    ],
  ],
  [
    'a toleration with a value that cannot be',
    pod,
    { 'spec.tolerations': [{ key: 'a', operator: 'Exists', value: 'b' }] },
    ['object/conflict spec.tolerations[0].value: tolerations[0].value must not be set because operator is "Exists"'],
  ],
  [
    'a time for a toleration of no eviction',
    pod,
    { 'spec.tolerations': [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 }] },
    [
      'object/conflict spec.tolerations[0].effect: tolerations[0].tolerationSeconds is set, but effect is not "NoExecute"',
    ],
  ],
  [
    'a least number of domains that may be ignored',
    pod,
    {
      'spec.topologySpreadConstraints': [
        { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2, labelSelector: {} },
      ],
    },
    [
      'object/conflict spec.topologySpreadConstraints[0].minDomains: topologySpreadConstraints[0].minDomains must not be set because whenUnsatisfiable is "ScheduleAnyway"',
    ],
  ],
  [
    'label keys without selector',
    pod,
    {
      'spec.topologySpreadConstraints': [
        { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', matchLabelKeys: ['app'] },
      ],
    },
    [
      'object/conflict spec.topologySpreadConstraints[0].matchLabelKeys: topologySpreadConstraints[0].matchLabelKeys must not be set because labelSelector is missing',
    ],
  ],
  [
    'an expression without values',
    pod,
    {
      'spec.affinity': {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'zone', labelSelector: { matchExpressions: [{ key: 'app', operator: 'In' }] } },
          ],
        },
      },
    },
    [
      'object/selector spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].values: matchExpressions[0].values has 0 values, but operator "In" needs at least one',
    ],
  ],
  [
    'an expression with an operator of nodes',
    pod,
    {
      'spec.affinity': {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              topologyKey: 'zone',
              labelSelector: { matchExpressions: [{ key: 'app', operator: 'Gt', values: ['1'] }] },
            },
          ],
        },
      },
    },
    [
      'object/selector spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].operator: matchExpressions[0].operator is "Gt", but it must be one of "In", "NotIn", "Exists", "DoesNotExist"',
    ],
  ],
  [
    'a node chosen by two names',
    pod,
    {
      'spec.affinity': {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a', 'b'] }] }],
          },
        },
      },
    },
    [
      'object/selector spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values: matchFields[0].values has 2 names, but exactly one is needed',
    ],
  ],
  [
    'a comparison with two numbers',
    pod,
    {
      'spec.affinity': {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['1', '2'] }] }],
          },
        },
      },
    },
    [
      'object/selector spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: matchExpressions[0].values has 2 values, but operator "Gt" needs exactly one',
    ],
  ],
  [
    'a claim of a device that the pod does not have',
    pod,
    { 'spec.containers.0.resources.claims': [{ name: 'gpu' }] },
    [
      'object/reference spec.containers[0].resources.claims[0].name: claims[0].name is "gpu", but the pod has no entry in resourceClaims of this name',
    ],
  ],
  [
    'a claim of two kinds',
    pod,
    { 'spec.resourceClaims': [{ name: 'gpu', resourceClaimName: 'a', resourceClaimTemplateName: 'b' }] },
    [
      'object/one-of spec.resourceClaims[0]: spec.resourceClaims[0] has "resourceClaimName" and "resourceClaimTemplateName", but only one of them may be set',
    ],
  ],
  [
    'a shared process namespace of the host',
    pod,
    { 'spec.hostPID': true, 'spec.shareProcessNamespace': true },
    ['object/conflict spec.shareProcessNamespace: spec.shareProcessNamespace and hostPID are both true'],
  ],
  [
    'a kernel parameter of the host',
    pod,
    {
      'spec.hostNetwork': true,
      'spec.containers.0.ports': undefined,
      'spec.securityContext': { sysctls: [{ name: 'net/core/somaxconn', value: '1' }] },
    },
    [
      'object/conflict spec.securityContext.sysctls[0].name: sysctls[0].name is "net/core/somaxconn", which must not be set because hostNetwork is true',
    ],
  ],
  [
    'a setting of Linux in a pod of Windows',
    pod,
    { 'spec.os': { name: 'windows' }, 'spec.containers.0.securityContext': { privileged: true } },
    [
      'object/conflict spec.containers[0].securityContext.privileged: securityContext.privileged must not be set because os.name is "windows"',
    ],
  ],
  [
    'a setting of Windows in a pod of Linux',
    pod,
    { 'spec.os': { name: 'linux' }, 'spec.securityContext': { windowsOptions: {} } },
    [
      'object/conflict spec.securityContext.windowsOptions: securityContext.windowsOptions must not be set because os.name is "linux"',
    ],
  ],
  [
    'a node for a pod that waits',
    pod,
    { 'spec.nodeName': 'node-1', 'spec.schedulingGates': [{ name: 'example.com/ready' }] },
    ['object/conflict spec.nodeName: spec.nodeName must not be set because schedulingGates is set'],
  ],
  [
    'two files at one path',
    pod,
    {
      'spec.volumes.0': {
        name: 'data',
        projected: {
          sources: [
            { configMap: { name: 'a', items: [{ key: 'a', path: 'x' }] } },
            { secret: { name: 'b', items: [{ key: 'b', path: 'x' }] } },
          ],
        },
      },
    },
    [
      'object/duplicate spec.volumes[0].projected.sources[1].secret.items[0].path: items[0].path is "x", as is that of another file',
    ],
  ],
];

describe('settings of a pod', () => {
  test.each(ROWS)('%s', (_, base, changes, said) => {
    expect(breachesOf(changed(base, changes))).toEqual(said);
  });
});
