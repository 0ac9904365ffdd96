import type { Rule } from '../rule.ts';
import { object, pod } from './examples.ts';

const deployment = (app: string): string =>
  object(
    'Deployment',
    'apps/v1',
    `spec:
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: ${app} }
    spec:
      containers:
        - name: web
          image: example.com/web:1.2.3
`,
  );

const service = (spec: string): string => object('Service', 'v1', `spec:\n  externalName: web.example.com\n${spec}`);

const budget = (most: string): string =>
  object(
    'PodDisruptionBudget',
    'policy/v1',
    `spec:\n  maxUnavailable: ${most}\n  selector:\n    matchLabels: { app: web }\n`,
  );

const ports = (second: string): string =>
  pod(`ports:\n  - { name: http, containerPort: 8080 }\n  - { name: ${second}, containerPort: 9090 }\n`);

const mount = (name: string): string =>
  pod(`volumeMounts:\n  - { name: ${name}, mountPath: /data }\n`, 'volumes:\n  - { name: data, emptyDir: {} }\n');

/** Rules about fields that belong together. */
export const RELATION_RULES: readonly Rule[] = [
  {
    id: 'object/selector',
    setting: 'error',
    summary: 'Selectors are complete, and those of workloads match the labels of their pods.',
    why: 'A Deployment that does not select its own pods would make new ones for ever, so that the API server refuses it. The same holds for other workloads.',
    fix: 'Give the pod template the labels of the selector. The selector of a workload that runs already cannot be changed.',
    bad: deployment('website'),
    good: deployment('web'),
  },
  {
    id: 'object/duplicate',
    setting: 'error',
    summary: 'What must differ in an object differs: names of ports, paths of files, port numbers.',
    why: 'The API server refuses the object, as nobody could tell which of the two is meant.',
    fix: 'Change or remove one of the two.',
    bad: ports('http'),
    good: ports('metrics'),
  },
  {
    id: 'object/reference',
    setting: 'error',
    summary: 'Names that refer to something in the same object exist: mounted volumes, containers, resource claims.',
    why: 'The API server refuses the object.',
    fix: 'Correct the name, or add what it refers to.',
    bad: mount('dat'),
    good: mount('data'),
  },
  {
    id: 'object/port-name',
    setting: 'warn',
    summary: 'Probes and hooks call ports by names that their container gives them.',
    why: 'The API server takes any name. The kubelet looks for it among the ports of the same container, and where it is not there every probe fails: the container is restarted for ever, or never gets traffic.',
    fix: 'Correct the name, give it to a port of the container, or write the number of the port.',
    bad: pod('ports:\n  - { name: http, containerPort: 8080 }\nlivenessProbe:\n  httpGet: { port: web }\n'),
    good: pod('ports:\n  - { name: http, containerPort: 8080 }\nlivenessProbe:\n  httpGet: { port: http }\n'),
  },
  {
    id: 'object/one-of',
    setting: 'error',
    summary: 'Of fields that exclude each other one is set.',
    why: 'A probe has one way of asking, a variable one source, a volume one kind: the API server refuses none and several.',
    fix: 'Keep one of the fields that the finding names.',
    bad: pod('livenessProbe:\n  httpGet: { port: 8080 }\n  tcpSocket: { port: 8080 }\n'),
    good: pod('livenessProbe:\n  httpGet: { port: 8080 }\n'),
  },
  {
    id: 'object/required',
    setting: 'error',
    summary: 'Fields that other fields make necessary are set.',
    why: 'The schema calls such a field optional, as it is needed for some values of other fields only. The API server refuses the object.',
    fix: 'Set the field, or change the value that makes it necessary.',
    bad: object('Service', 'v1', 'spec:\n  type: ExternalName\n'),
    good: service('  type: ExternalName\n'),
  },
  {
    id: 'object/conflict',
    setting: 'error',
    summary: 'No field is set that other fields rule out.',
    why: 'The API server refuses the object rather than ignoring what was written.',
    fix: 'Remove the field, or change the value that rules it out.',
    bad: service('  type: ExternalName\n  clusterIP: None\n'),
    good: service('  type: ExternalName\n'),
  },
  {
    id: 'object/disruption',
    setting: 'warn',
    summary: 'A PodDisruptionBudget lets at least one pod go.',
    why: 'With maxUnavailable 0 or minAvailable 100% no pod may be evicted: draining a node never ends, and with it no upgrade of the cluster.',
    fix: 'Set maxUnavailable to 1. To protect a pod that must not move, tell who operates the cluster, and ignore the rule at the object.',
    bad: budget('0'),
    good: budget('1'),
  },
];
