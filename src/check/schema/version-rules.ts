import type { Rule } from '../rule.ts';

const budget = (apiVersion: string): string => `apiVersion: ${apiVersion}
kind: PodDisruptionBudget
metadata:
  name: web
  namespace: payments
spec:
  maxUnavailable: 1
  selector:
    matchLabels: { app: web }
`;

const repository = (apiVersion: string): string => `apiVersion: ${apiVersion}
kind: OCIRepository
metadata:
  name: web
  namespace: payments
spec:
  interval: 5m
  url: oci://registry.example.com/web
`;

const deviceClass = (apiVersion: string): string => `apiVersion: ${apiVersion}
kind: DeviceClass
metadata:
  name: gpu
`;

const configMap = (kind: string): string => `apiVersion: v1
kind: ${kind}
metadata:
  name: web
  namespace: payments
`;

const at = (config: string, text: string): Rule['bad'] => ({ config, artifacts: { app: { 'manifests.yaml': text } } });

/** Rules about API versions: what the targets (`check.kubernetes`, `check.flux`) have, had and will have. */
export const VERSION_RULES: readonly Rule[] = [
  {
    id: 'schema/removed',
    setting: 'error',
    summary: 'No object uses an API version that the targets (check.kubernetes, check.flux) have removed.',
    why: 'The API server does not know the version any more: it refuses the object, and Flux stops at it.',
    fix: 'Move the object to the version that the finding names, and set check.kubernetes to what your clusters run.',
    bad: budget('policy/v1beta1'),
    good: budget('policy/v1'),
  },
  {
    id: 'schema/deprecated',
    setting: 'warn',
    summary: 'No object uses an API version that is deprecated in the targets (check.kubernetes, check.flux).',
    why: 'It works today. An update of the cluster or of Flux that removes the version will break the release.',
    fix: 'Move the object to the version that the finding names.',
    bad: at('check: { flux: "2.7" }', repository('source.toolkit.fluxcd.io/v1beta2')),
    good: at('check: { flux: "2.7" }', repository('source.toolkit.fluxcd.io/v1')),
  },
  {
    id: 'schema/not-yet',
    setting: 'error',
    summary: 'No object uses an API version that comes only after the targets (check.kubernetes, check.flux).',
    why: 'The clusters do not know the version yet: the API server refuses the object, and Flux stops at it.',
    fix: 'Use the version that the finding names, or update the clusters first and then check.kubernetes or check.flux.',
    bad: at('check: { kubernetes: "1.33" }', deviceClass('resource.k8s.io/v1')),
    good: at('check: { kubernetes: "1.33" }', deviceClass('resource.k8s.io/v1beta1')),
  },
  {
    id: 'schema/no-such-kind',
    setting: 'error',
    summary: 'Objects of Kubernetes itself are of a kind that their API version has.',
    why: 'Only Kubernetes can serve API versions such as v1 and apps/v1: what it has not got there, no cluster has.',
    fix: 'Correct kind or apiVersion.',
    bad: configMap('Configmap'),
    good: configMap('ConfigMap'),
  },
  {
    id: 'schema/unknown-kind',
    setting: 'warn',
    summary: 'Every kind has a schema that its objects are checked against.',
    why: 'Without the CustomResourceDefinition of a kind nobody can tell what its objects must be like. There is one finding for each kind, at its first object. Built in are the kinds of Kubernetes and those of Flux but for image automation (ImageRepository, ImagePolicy, ImageUpdateAutomation).',
    fix: 'Save the CustomResourceDefinition to a file and name it under check.crds, or have it in the release. Set the rule to error when every kind must be checked.',
    bad: `apiVersion: example.com/v1
kind: Widget
metadata:
  name: web
  namespace: payments
`,
    good: configMap('ConfigMap'),
  },
];
