/** Objects of Kubernetes' own kinds, and what is wrong with them. */
import { expect } from 'vitest';
import type { Violation } from '../../../src/check/schema/violation.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A pod with one container. */
export const pod = (spec: Fields, container: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', image: 'i', ...container }], ...spec },
});

/** An object named a. */
export const object = (apiVersion: string, kind: string, rest: Fields): Fields => ({
  apiVersion,
  kind,
  metadata: { name: 'a' },
  ...rest,
});

/** A violation at a path written with dots. */
export const at = (
  path: string,
  problem: Violation['problem'],
  found: string,
  expected: string,
  suggestion?: string,
): Violation => ({
  path: path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
  problem,
  found,
  expected,
  ...(suggestion !== undefined && { suggestion }),
});

/** What is fine about an object, and the object. */
export const GOOD: readonly (readonly [string, Fields])[] = [
  ['a port by name', pod({}, { livenessProbe: { httpGet: { port: 'http' } } })],
  ['a port by number', pod({}, { livenessProbe: { httpGet: { port: 80 } } })],
  ['quantities as text and numbers', pod({}, { resources: { limits: { cpu: 0.5, memory: '1Gi', a: '1e3', b: 2n } } })],
  ['null for an optional field', pod({ volumes: null, hostNetwork: null })],
  ['null for a map value', object('v1', 'ConfigMap', { data: { a: null } })],
  ['null in a list of text', pod({}, { args: [null] })],
  ['a creation time of null', object('v1', 'ConfigMap', { metadata: { name: 'a', creationTimestamp: null } })],
  ['empty text for an optional choice', pod({ restartPolicy: '' })],
  ['any field in an extension', object('apps/v1', 'ControllerRevision', { data: { a: { b: 1 } } })],
  ['base64 with a line break', object('v1', 'Secret', { data: { a: 'YWJj\nYWJj\n' } })],
  [
    'a status that lacks what it requires',
    object('v1', 'Service', { spec: { ports: [] }, status: { conditions: [{}] } }),
  ],
  [
    'a role binding without the group that is filled in',
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: { kind: 'Role', name: 'a' } }),
  ],
  [
    'two ports with one number and two protocols',
    object('v1', 'Service', {
      spec: {
        ports: [
          { name: 'a', port: 53 },
          { name: 'b', port: 53, protocol: 'UDP' },
        ],
      },
    }),
  ],
  [
    'any field in a mapping that describes none, where it is applied',
    object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
      spec: {
        group: 'a.b',
        scope: 'Cluster',
        names: { kind: 'A', plural: 'as' },
        versions: [{ name: 'v1', served: true, storage: true, schema: {}, subresources: { status: { a: 1 } } }],
      },
    }),
  ],
];

/** What is wrong with an object, the object, and what is said. */
export const BAD: readonly (readonly [string, Fields, Violation])[] = [
  [
    'an unknown field',
    pod({}, { imagePullPolciy: 'Always' }),
    at(
      'spec.containers.0.imagePullPolciy',
      'unknown-field',
      'an unknown field',
      'one of "args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "name", "ports" and 15 more',
      'imagePullPolicy',
    ),
  ],
  [
    'an unknown field that is null',
    pod({ x: null }),
    expect.objectContaining({ path: ['spec', 'x'], problem: 'unknown-field' }),
  ],
  [
    'an unknown field in metadata',
    object('v1', 'ConfigMap', { metadata: { nam: 'a' } }),
    expect.objectContaining({ path: ['metadata', 'nam'], suggestion: 'name' }),
  ],
  [
    'a field in other capitals',
    pod({ hostnetwork: true }),
    expect.objectContaining({ path: ['spec', 'hostnetwork'], suggestion: 'hostNetwork' }),
  ],
  [
    'no required field',
    pod({ containers: [{ image: 'i' }] }),
    at('spec.containers.0.name', 'missing', 'nothing', 'a string'),
  ],
  ['null for a required field', pod({ containers: null }), at('spec.containers', 'missing', 'null', 'a list')],
  [
    'empty text for a required field',
    pod({ containers: [{ name: '', image: 'i' }] }),
    at('spec.containers.0.name', 'missing', '""', 'a string'),
  ],
  ['an empty list for a required field', pod({ containers: [] }), at('spec.containers', 'missing', '[]', 'a list')],
  [
    'a number for text',
    pod({}, { env: [{ name: 'A', value: 1 }] }),
    at('spec.containers.0.env.0.value', 'wrong-type', 'an integer', 'a string'),
  ],
  [
    'text for a number',
    object('apps/v1', 'Deployment', {
      spec: { replicas: '3', selector: {}, template: { spec: { containers: [{ name: 'c', image: 'i' }] } } },
    }),
    at('spec.replicas', 'wrong-type', 'a string', 'an integer'),
  ],
  [
    'text for a boolean',
    pod({ hostNetwork: 'true' }),
    at('spec.hostNetwork', 'wrong-type', 'a string', 'true or false'),
  ],
  [
    'a list for an object',
    pod({ securityContext: [] }),
    at('spec.securityContext', 'wrong-type', 'a list', 'an object'),
  ],
  [
    'an object for a list',
    pod({}, { command: {} }),
    at('spec.containers.0.command', 'wrong-type', 'an object', 'a list'),
  ],
  [
    'a boolean for a port',
    pod({}, { livenessProbe: { httpGet: { port: true } } }),
    at('spec.containers.0.livenessProbe.httpGet.port', 'wrong-type', 'true', 'an integer or a string'),
  ],
  [
    'a boolean for text in data',
    object('v1', 'ConfigMap', { data: { on: true } }),
    at('data.on', 'wrong-type', 'true', 'a string'),
  ],
  [
    'a number with a fraction',
    pod({ terminationGracePeriodSeconds: 1.5 }),
    at('spec.terminationGracePeriodSeconds', 'wrong-type', 'a number with a fraction', 'an integer'),
  ],
  [
    'an integer beyond 32 bits',
    object('scheduling.k8s.io/v1', 'PriorityClass', { value: 2_147_483_648 }),
    at('value', 'range', '2147483648', 'an integer of 32 bits'),
  ],
  [
    'an integer beyond 64 bits',
    pod({ terminationGracePeriodSeconds: 2n ** 63n }),
    at('spec.terminationGracePeriodSeconds', 'range', '9223372036854775808', 'an integer of 64 bits'),
  ],
  [
    'a port beyond the last',
    pod({}, { ports: [{ containerPort: 70_000 }] }),
    at('spec.containers.0.ports.0.containerPort', 'range', '70000', 'at most 65535'),
  ],
  [
    'a word that is no quantity',
    pod({}, { resources: { limits: { cpu: 'half' } } }),
    at('spec.containers.0.resources.limits.cpu', 'format', '"half"', 'a quantity such as 500m or 1Gi'),
  ],
  [
    'a choice that is not there',
    pod({ restartPolicy: 'always' }),
    at('spec.restartPolicy', 'enum', '"always"', 'one of "Always", "Never", "OnFailure"', 'Always'),
  ],
  [
    'what is not base64',
    object('v1', 'Secret', { data: { password: 'hunter2!' } }),
    at('data.password', 'format', 'text that is not base64', 'base64'),
  ],
  [
    'a number in a secret',
    object('v1', 'Secret', { stringData: { pin: 1234 } }),
    at('stringData.pin', 'wrong-type', 'an integer', 'a string'),
  ],
  [
    'a time in small letters',
    object('v1', 'ConfigMap', { metadata: { creationTimestamp: '2024-01-01t00:00:00z' } }),
    at('metadata.creationTimestamp', 'format', '"2024-01-01t00:00:00z"', 'a time such as 2024-01-31T12:00:00Z'),
  ],
  [
    'a time of whole seconds where microseconds are',
    object('coordination.k8s.io/v1', 'Lease', { spec: { renewTime: '2024-01-01T00:00:00Z' } }),
    at('spec.renewTime', 'format', '"2024-01-01T00:00:00Z"', 'a time such as 2024-01-31T12:00:00.000000Z'),
  ],
  [
    'null in a list that is merged by name',
    pod({ containers: [{ name: 'c', image: 'i' }, null] }),
    at('spec.containers.1', 'wrong-type', 'null', 'an object'),
  ],
];
