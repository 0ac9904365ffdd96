import type { Rule } from '../rule.ts';
import { object, pod } from './examples.ts';

const role = (rule: string): string => object('Role', 'rbac.authorization.k8s.io/v1', `rules:\n  - ${rule}\n`);

const cronJob = (schedule: string): string =>
  object(
    'CronJob',
    'batch/v1',
    `spec:
  schedule: "${schedule}"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: report
              image: example.com/report:1.2.3
`,
    'report',
  );

const crd = (storage: boolean): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Widget, plural: widgets, singular: widget, listKind: WidgetList }
  versions:
    - name: v1
      served: true
      storage: ${storage}
      schema: { openAPIV3Schema: { type: object } }
`;

const hpa = (least: number): string =>
  object(
    'HorizontalPodAutoscaler',
    'autoscaling/v2',
    `spec:
  minReplicas: ${least}
  maxReplicas: 3
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
`,
  );

/** Rules about single values, which schemas cannot tell. */
export const VALUE_RULES: readonly Rule[] = [
  {
    id: 'object/name',
    setting: 'error',
    summary: 'Names are such as the API server takes: of objects, of what is in them, and of what they refer to.',
    why: 'Most names become part of DNS names and paths, so that the API server refuses all others. What is allowed differs by kind: the finding says it.',
    fix: 'Rename it, and everything that refers to it. An object under a new name is a new object: the old one is deleted.',
    bad: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: Web_Settings\n  namespace: payments\n',
    good: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web-settings\n  namespace: payments\n',
  },
  {
    id: 'object/labels',
    setting: 'error',
    summary: 'Labels and annotations have keys and values that the API server takes, and annotations 256 KiB at most.',
    why: 'The API server refuses the object. Values of labels are short, as they are kept in indexes; long ones, blanks and most punctuation belong into annotations.',
    fix: 'Shorten or rewrite the label, or make an annotation of it.',
    bad: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: payments\n  labels:\n    team: Payments and more\n',
    good: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: payments\n  labels:\n    team: payments\n  annotations:\n    example.com/team: Payments and more\n',
  },
  {
    id: 'object/value',
    setting: 'error',
    summary: 'Values of fields that are text follow the rules of the field: words, paths, formats.',
    why: 'The schema of such a field says only that it is text. The API server looks closer, and refuses the object.',
    fix: 'Write one of the values that the finding names.',
    bad: pod('env:\n  - name: HOST\n    valueFrom: { fieldRef: { fieldPath: spec.hostName } }\n'),
    good: pod('env:\n  - name: HOST\n    valueFrom: { fieldRef: { fieldPath: spec.nodeName } }\n'),
  },
  {
    id: 'object/range',
    setting: 'error',
    summary: 'Numbers are within their bounds, and in order with the numbers beside them.',
    why: 'The API server compares numbers that belong together, such as minReplicas and maxReplicas, and refuses the object.',
    fix: 'Change one of the numbers.',
    bad: hpa(5),
    good: hpa(2),
  },
  {
    id: 'object/quantity',
    setting: 'error',
    summary: 'Requests are not above limits, amounts are not negative, and resources are called by their names.',
    why: 'The API server refuses the object. Without a limit to be below, a request would be a promise that nobody has to keep.',
    fix: 'Lower the request, raise the limit, or correct the name of the resource.',
    bad: pod('resources:\n  requests: { memory: 512Mi }\n  limits: { memory: 256Mi }\n'),
    good: pod('resources:\n  requests: { memory: 256Mi }\n  limits: { memory: 512Mi }\n'),
  },
  {
    id: 'object/odd-quantity',
    setting: 'warn',
    summary: 'Containers ask for at least 1 MiB of memory or disk, and for processors in numbers that machines have.',
    why: 'The unit m is a thousandth, so that 512m of memory is half a byte: the container is killed as soon as it starts, or never limited as meant. 500Mi of cpu is half a billion processors, which no node has.',
    fix: 'Write memory and disk with Mi or Gi, and processors as a number or with m.',
    bad: pod('resources:\n  limits: { memory: 512m }\n'),
    good: pod('resources:\n  limits: { memory: 512Mi }\n'),
  },
  {
    id: 'object/address',
    setting: 'error',
    summary: 'IP addresses, address ranges, host names and URLs are well-formed and fit to be used.',
    why: 'The API server refuses the object. Since Kubernetes 1.36 that includes leading zeros in addresses, and ranges with bits behind their mask.',
    fix: 'Write the address, range or name as the finding asks for it.',
    bad: object(
      'Ingress',
      'networking.k8s.io/v1',
      'spec:\n  rules:\n    - host: 192.0.2.10\n      http:\n        paths:\n          - { path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }\n',
    ),
    good: object(
      'Ingress',
      'networking.k8s.io/v1',
      'spec:\n  rules:\n    - host: web.example.com\n      http:\n        paths:\n          - { path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }\n',
    ),
  },
  {
    id: 'object/cron',
    setting: 'error',
    summary: 'Schedules of CronJobs can be parsed, and their time zones exist.',
    why: 'The API server refuses the CronJob. Its parser knows five fields and names such as @daily, but neither seconds nor day 7 for Sunday.',
    fix: 'Correct the field that the finding names; a time zone belongs into timeZone, as in Europe/Berlin.',
    bad: cronJob('0 3 * * 7'),
    good: cronJob('0 3 * * 0'),
  },
  {
    id: 'object/rbac',
    setting: 'error',
    summary: 'Rules of roles and subjects of bindings are complete.',
    why: 'The API server refuses a rule without resources or API groups (the core group is written ""), and a binding of an account without its namespace.',
    fix: 'Add what the finding names.',
    bad: role('{ resources: [pods], verbs: [get] }'),
    good: role('{ apiGroups: [""], resources: [pods], verbs: [get] }'),
  },
  {
    id: 'object/crd',
    setting: 'error',
    summary: 'CustomResourceDefinitions are consistent: name, versions, columns, conversion, keys of lists.',
    why: 'The API server refuses the CustomResourceDefinition, and with it all objects of its kind.',
    fix: 'Correct the field that the finding names.',
    bad: crd(false),
    good: crd(true),
  },
];
