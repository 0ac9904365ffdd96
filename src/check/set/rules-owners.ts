import type { Rule } from '../rule.ts';
import { configMap, documents, kustomization, object, ociRepository } from './examples.ts';

const CLUSTER = documents(
  ociRepository('web'),
  ociRepository('api'),
  kustomization('web', { source: 'web' }),
  kustomization('api', { source: 'api' }),
);

const certManager = (rest: string): string =>
  object(
    'helm.toolkit.fluxcd.io/v2',
    'HelmRelease',
    'cert-manager',
    `spec:\n  interval: 1h\n  chart:\n    spec:\n      chart: cert-manager\n      sourceRef:\n        kind: HelmRepository\n        name: jetstack\n  values:\n    crds:\n      enabled: ${rest}\n`,
  );
const ISSUER = object('cert-manager.io/v1', 'Issuer', 'internal', 'spec:\n  selfSigned: {}\n');

/** Rules about who brings an object to the cluster, and when. */
export const OWNER_RULES: readonly Rule[] = [
  {
    id: 'set/duplicate',
    setting: 'error',
    summary: 'An artifact holds each object once.',
    why: 'Flux builds an artifact with kustomize, which refuses an object that is there twice ("may not add resource with an already registered id"). Nothing of the artifact is applied then. Two that differ in their API version are both applied, and the last one wins. In a source artifact, objects count that one kustomization loads, or that lie in one folder without kustomization.',
    fix: 'Remove one of the two, or give it another name or namespace.',
    bad: documents(configMap('settings'), configMap('settings')),
    good: documents(configMap('settings'), configMap('other-settings')),
  },
  {
    id: 'set/two-owners',
    setting: 'warn',
    summary: 'An object is in one artifact only of those that go to the same cluster.',
    why: 'Two Kustomizations that hold one object overwrite each other at every reconciliation, and the one that drops it deletes it for both. That two artifacts go to one cluster is known where an artifact of the run has Kustomizations whose sources lead to both (the last part of the address is the name of the artifact). Artifacts that are packed as source are left out.',
    fix: 'Keep the object in one of the artifacts, or move it to a third that both depend on.',
    bad: {
      artifacts: {
        cluster: { 'manifests.yaml': CLUSTER },
        web: { 'manifests.yaml': configMap('settings') },
        api: { 'manifests.yaml': configMap('settings') },
      },
    },
    good: {
      artifacts: {
        cluster: { 'manifests.yaml': CLUSTER },
        web: { 'manifests.yaml': configMap('web-settings') },
        api: { 'manifests.yaml': configMap('api-settings') },
      },
    },
  },
  {
    id: 'set/kind-from-chart',
    setting: 'warn',
    summary: 'Custom resources are not applied together with the HelmRelease that brings their kind.',
    why: 'Flux asks the API server about all objects of an artifact before it applies the first. On a new cluster the kind is unknown, so the HelmRelease that would bring it is not applied either: the two wait for each other for ever. CRDs themselves may lie beside their resources: Flux applies CRDs first. The check knows well-known charts by name.',
    fix: 'Put the custom resources into a Kustomization of their own, with dependsOn on the one that has the HelmRelease.',
    bad: documents(certManager('true'), ISSUER),
    good: documents(certManager('false'), ISSUER),
  },
];
