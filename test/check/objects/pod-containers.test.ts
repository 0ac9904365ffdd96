import { describe, expect, test } from 'vitest';
import { pod } from './bases.ts';
import { breachesOf, changed, type Row } from './breaches.ts';

const ROWS: readonly Row[] = [
  [
    'a request above its limit',
    pod,
    { 'spec.containers.0.resources.requests.memory': '1Gi' },
    [
      'object/quantity spec.containers[0].resources.requests.memory: requests.memory is "1Gi", but it must be at most the limit, "512Mi"',
    ],
  ],
  ['a request that equals its limit in other units', pod, { 'spec.containers.0.resources.requests.cpu': '1000m' }, []],
  [
    'a device without limit',
    pod,
    { 'spec.containers.0.resources': { requests: { 'example.com/gpu': 1 } } },
    [
      'object/quantity spec.containers[0].resources.requests["example.com/gpu"]: requests["example.com/gpu"] is 1, but without a limit, which this resource needs',
    ],
  ],
  [
    'a device with less than its limit',
    pod,
    { 'spec.containers.0.resources': { requests: { 'example.com/gpu': 1 }, limits: { 'example.com/gpu': 2 } } },
    [
      'object/quantity spec.containers[0].resources.requests["example.com/gpu"]: requests["example.com/gpu"] is 1, but it must be exactly the limit, 2',
    ],
  ],
  [
    'a mount of no volume',
    pod,
    { 'spec.containers.0.volumeMounts.0.name': 'dat' },
    [
      'object/reference spec.containers[0].volumeMounts[0].name: volumeMounts[0].name is "dat", but the pod has no volume of this name',
    ],
  ],
  [
    'a device that is a folder',
    pod,
    {
      'spec.containers.0.volumeMounts': undefined,
      'spec.containers.0.volumeDevices': [{ name: 'data', devicePath: '/dev/data' }],
    },
    [
      'object/conflict spec.containers[0].volumeDevices[0].name: volumeDevices[0].name is "data", but only claims can be devices',
    ],
  ],
  [
    'a volume as mount and device',
    pod,
    {
      'spec.volumes.0': { name: 'data', persistentVolumeClaim: { claimName: 'web' } },
      'spec.containers.0.volumeDevices': [{ name: 'data', devicePath: '/dev/data' }],
    },
    [
      'object/conflict spec.containers[0].volumeDevices[0].name: volumeDevices[0].name is "data", which volumeMounts has too',
    ],
  ],
  [
    'a volume of two kinds',
    pod,
    { 'spec.volumes.0.hostPath': { path: '/data' } },
    ['object/one-of spec.volumes[0]: spec.volumes[0] has "hostPath" and "emptyDir", but only one of them may be set'],
  ],
  [
    'two ports of one name',
    pod,
    {
      'spec.containers.0.ports': [
        { name: 'http', containerPort: 8080 },
        { name: 'http', containerPort: 8081 },
      ],
    },
    ['object/duplicate spec.containers[0].ports[1].name: ports[1].name is "http", as is ports[0].name'],
  ],
  [
    'one port of the host twice',
    pod,
    {
      'spec.containers.0.ports': [
        { containerPort: 8080, hostPort: 80 },
        { containerPort: 8081, hostPort: 80 },
      ],
    },
    ['object/duplicate spec.containers[0].ports[1].hostPort: ports[1].hostPort is 80, which another port has too'],
  ],
  [
    'one port of the host for two protocols',
    pod,
    {
      'spec.containers.0.ports': [
        { containerPort: 53, hostPort: 53 },
        { containerPort: 53, hostPort: 53, protocol: 'UDP' },
      ],
    },
    [],
  ],
  [
    'another port in the network of the host',
    pod,
    { 'spec.hostNetwork': true, 'spec.containers.0.ports.0.hostPort': 80 },
    [
      'object/conflict spec.containers[0].ports[0].hostPort: ports[0].hostPort is 80, but with hostNetwork it must be containerPort, 8080',
    ],
  ],
  [
    'an init container with the name of a container',
    pod,
    { 'spec.initContainers': [{ name: 'web', image: 'example.com/init:1' }] },
    ['object/duplicate spec.initContainers[0].name: initContainers[0].name is "web", as is that of a container'],
  ],
  [
    'a probe of an init container',
    pod,
    {
      'spec.initContainers': [
        { name: 'init', image: 'example.com/init:1', livenessProbe: { exec: { command: ['true'] } } },
      ],
    },
    [
      'object/conflict spec.initContainers[0].livenessProbe: initContainers[0].livenessProbe must not be set because an init container without restartPolicy "Always" runs to its end',
    ],
  ],
  [
    'a probe of a sidecar',
    pod,
    {
      'spec.initContainers': [
        {
          name: 'side',
          image: 'example.com/side:1',
          restartPolicy: 'Always',
          livenessProbe: { exec: { command: ['true'] } },
        },
      ],
    },
    [],
  ],
  [
    'a probe without handler',
    pod,
    { 'spec.containers.0.livenessProbe': { periodSeconds: 5 } },
    [
      'object/one-of spec.containers[0].livenessProbe: containers[0].livenessProbe has none of "exec", "httpGet", "tcpSocket" and "grpc", but exactly one is needed',
    ],
  ],
  [
    'a probe with two handlers',
    pod,
    { 'spec.containers.0.livenessProbe': { httpGet: { port: 80 }, exec: { command: ['true'] } } },
    [
      'object/one-of spec.containers[0].livenessProbe: containers[0].livenessProbe has "exec" and "httpGet", but only one of them may be set',
    ],
  ],
  [
    'successes that liveness does not count',
    pod,
    { 'spec.containers.0.livenessProbe': { httpGet: { port: 80 }, successThreshold: 2 } },
    [
      'object/range spec.containers[0].livenessProbe.successThreshold: livenessProbe.successThreshold is 2, but this probe takes 1 only',
    ],
  ],
  [
    'a grace period of readiness',
    pod,
    { 'spec.containers.0.readinessProbe': { httpGet: { port: 80 }, terminationGracePeriodSeconds: 5 } },
    [
      'object/conflict spec.containers[0].readinessProbe.terminationGracePeriodSeconds: readinessProbe.terminationGracePeriodSeconds must not be set because a readiness probe ends no container',
    ],
  ],
  [
    'a hook without handler',
    pod,
    { 'spec.containers.0.lifecycle': { preStop: {} } },
    [
      'object/one-of spec.containers[0].lifecycle.preStop: lifecycle.preStop has none of "exec", "httpGet", "tcpSocket" and "sleep", but exactly one is needed',
    ],
  ],
  [
    'a sleep longer than the grace period',
    pod,
    { 'spec.containers.0.lifecycle': { preStop: { sleep: { seconds: 60 } } } },
    [
      "object/range spec.containers[0].lifecycle.preStop.sleep.seconds: sleep.seconds is 60, but it must be from 0 to the pod's terminationGracePeriodSeconds, 30",
    ],
  ],
  [
    'a variable with two sources',
    pod,
    {
      'spec.containers.0.env.0': {
        name: 'A',
        valueFrom: { configMapKeyRef: { name: 'web', key: 'a' }, fieldRef: { fieldPath: 'metadata.name' } },
      },
    },
    [
      'object/one-of spec.containers[0].env[0].valueFrom: env[0].valueFrom has "fieldRef" and "configMapKeyRef", but only one of them may be set',
    ],
  ],
  [
    'a variable with value and source',
    pod,
    { 'spec.containers.0.env.0.valueFrom': { fieldRef: { fieldPath: 'metadata.name' } } },
    [
      'object/one-of spec.containers[0].env[0]: containers[0].env[0] has "value" and "valueFrom", but only one of them may be set',
    ],
  ],
  [
    'variables from nowhere',
    pod,
    { 'spec.containers.0.envFrom': [{ prefix: 'A_' }] },
    [
      'object/one-of spec.containers[0].envFrom[0]: containers[0].envFrom[0] has none of "configMapRef" and "secretRef", but exactly one is needed',
    ],
  ],
  [
    'both sub-paths',
    pod,
    { 'spec.containers.0.volumeMounts.0.subPath': 'a', 'spec.containers.0.volumeMounts.0.subPathExpr': 'b' },
    [
      'object/one-of spec.containers[0].volumeMounts[0]: containers[0].volumeMounts[0] has "subPath" and "subPathExpr", but only one of them may be set',
    ],
  ],
  [
    'a mount both ways without privilege',
    pod,
    { 'spec.containers.0.volumeMounts.0.mountPropagation': 'Bidirectional' },
    [
      'object/conflict spec.containers[0].volumeMounts[0].mountPropagation: volumeMounts[0].mountPropagation must not be "Bidirectional" because the container is not privileged',
    ],
  ],
  [
    'a recursive read-only mount that is not read-only',
    pod,
    { 'spec.containers.0.volumeMounts.0.recursiveReadOnly': 'Enabled' },
    [
      'object/conflict spec.containers[0].volumeMounts[0].recursiveReadOnly: volumeMounts[0].recursiveReadOnly must not be "Enabled" because readOnly is not true',
    ],
  ],
];

describe('containers and volumes of a pod', () => {
  test.each(ROWS)('%s', (_, base, changes, said) => {
    expect(breachesOf(changed(base, changes))).toEqual(said);
  });
});
