import type { Rule } from '../rule.ts';
import { configMap, documents, object } from './examples.ts';

const BARE = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: limits\n';
const role = (namespace: string): string =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: reader\n${namespace}rules: []\n`;
const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: payments\n';

/** Rules about namespaces. */
export const NAMESPACE_RULES: readonly Rule[] = [
  {
    id: 'set/namespace-missing',
    setting: 'warn',
    summary: 'Where some objects of an artifact have a namespace, all have one that need one.',
    why: 'kubectl would put the object into the namespace "default"; Flux refuses it ("namespace not specified") and applies nothing of the artifact, unless its Kustomization sets targetNamespace. Where no object has a namespace, that is taken for granted: see set/namespace-open. A "namespace" in a kustomization file of a source artifact counts as given.',
    fix: 'Add metadata.namespace.',
    bad: documents(configMap('settings'), BARE),
    good: documents(configMap('settings'), object('v1', 'ConfigMap', 'limits')),
  },
  {
    id: 'set/namespace-open',
    setting: 'off',
    summary: 'No artifact leaves all namespaces to its consumer.',
    why: 'Such an artifact works only with a Kustomization that sets targetNamespace. That is a good way to bring one artifact to many namespaces, so the rule is off until you want every artifact to say where it belongs.',
    fix: 'Add metadata.namespace to the objects.',
    bad: BARE,
    good: configMap('settings'),
  },
  {
    id: 'set/namespace-in-vain',
    setting: 'warn',
    summary: 'Objects that belong to the whole cluster have no namespace.',
    why: 'The API server drops the namespace. Two such objects of one name in two namespaces are one object, and the last one wins.',
    fix: 'Remove metadata.namespace.',
    bad: role('  namespace: payments\n'),
    good: role(''),
  },
  {
    id: 'set/namespace-undefined',
    setting: 'off',
    summary: 'An artifact defines the namespaces that its objects are in.',
    why: 'Flux cannot apply objects to a namespace that does not exist, and then applies nothing of the artifact. The rule is off because namespaces are often made elsewhere: by a platform team, or in another artifact.',
    fix: 'Add the Namespace to the artifact; Flux applies it first.',
    bad: configMap('settings'),
    good: documents(NAMESPACE, configMap('settings')),
  },
];
