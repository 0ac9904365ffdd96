import type { Example, Rule } from '../rule.ts';

const TENANT = `tenants:
  - name: payments
    artifacts: ["payments-*"]
    namespaces: [payments]
`;

/** One manifest in an artifact of the tenant. */
const owned = (manifest: string, more = ''): Example => ({
  artifacts: { 'payments-api': { 'manifests.yaml': manifest } },
  config: `${TENANT}${more}`,
});

const object = (apiVersion: string, kind: string, namespace?: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: api\n${namespace === undefined ? '' : `  namespace: ${namespace}\n`}`;

const kustomization = (
  spec: string,
): string => `${object('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'payments')}spec:
  interval: 10m
  prune: true
  path: ./api
${spec}`;

const SOURCE = '  sourceRef:\n    kind: OCIRepository\n    name: api\n';
const ACCOUNT = '  serviceAccountName: payments\n';
const KUBECONFIG = '  kubeConfig:\n    secretRef:\n      name: edge\n';

/** The rules of this group, in the order of the documentation. */
export const TENANCY_RULES: readonly Rule[] = [
  {
    id: 'tenant/namespace',
    setting: 'error',
    firm: true,
    summary: "All objects of a tenant live in the tenant's namespaces.",
    why: 'Flux applies what an artifact says, where it says it. Rights in the cluster would refuse it at best, after it was published.',
    fix: "Use one of the tenant's namespaces, or list this one in slipway.yaml under namespaces of the tenant.",
    bad: owned(object('v1', 'ConfigMap', 'kube-system')),
    good: owned(object('v1', 'ConfigMap', 'payments')),
  },
  {
    id: 'tenant/no-namespace',
    setting: 'error',
    firm: true,
    summary: 'It is known in which namespace each object of a tenant lands.',
    why: 'An object without namespace lands wherever its consumer decides, which the artifact does not tell.',
    fix: 'Set metadata.namespace. Where the Kustomization that reads the artifact sets spec.targetNamespace, name that as targetNamespace of the tenant. A source artifact may set it by namespace in a kustomization.',
    bad: owned(object('v1', 'ConfigMap')),
    good: owned(object('v1', 'ConfigMap'), '    targetNamespace: payments\n'),
  },
  {
    id: 'tenant/cluster-scoped',
    setting: 'error',
    firm: true,
    summary: 'A tenant has no objects that belong to the whole cluster, unless they are allowed.',
    why: 'A ClusterRoleBinding, a webhook or a CustomResourceDefinition acts on all tenants.',
    fix: 'Take it out, or list its kind in slipway.yaml under clusterScoped of the tenant.',
    bad: owned(object('v1', 'Namespace')),
    good: owned(object('v1', 'Namespace').replace('name: api', 'name: payments'), '    clusterScoped: [Namespace]\n'),
  },
  {
    id: 'tenant/kind',
    setting: 'error',
    firm: true,
    summary: 'A tenant has only objects of the kinds that it may have.',
    why: 'The owner of the cluster decides what tenants manage: quotas and network policies are often not theirs.',
    fix: 'Take it out, or change kinds.allow and kinds.deny of the tenant in slipway.yaml.',
    bad: owned(object('v1', 'ResourceQuota', 'payments'), '    kinds: { deny: [ResourceQuota] }\n'),
    good: owned(object('v1', 'ConfigMap', 'payments'), '    kinds: { deny: [ResourceQuota] }\n'),
  },
  {
    id: 'tenant/unknown-kind',
    setting: 'error',
    firm: true,
    summary: 'It is known of each kind of a tenant whether its objects live in a namespace.',
    why: 'Without a schema nobody can tell. A namespace in the object proves nothing: for cluster-scoped kinds the API server drops it silently.',
    fix: 'Give the CRD in check.crds, or list the kind, without *, in slipway.yaml under kinds.allow (its objects have a namespace) or under clusterScoped of the tenant.',
    bad: owned(object('example.com/v1', 'Ledger', 'payments')),
    good: owned(object('example.com/v1', 'Ledger', 'payments'), '    kinds: { allow: ["*", example.com/Ledger] }\n'),
  },
  {
    id: 'tenant/service-account',
    setting: 'error',
    firm: true,
    summary: "Kustomizations, HelmReleases and ResourceSets of a tenant act as one of the tenant's service accounts.",
    why: 'Without spec.serviceAccountName Flux applies what they bring with its own rights, which as a rule are those of a cluster administrator.',
    fix: 'Set spec.serviceAccountName to an account of the same namespace that serviceAccounts of the tenant allows.',
    bad: owned(kustomization(SOURCE)),
    good: owned(kustomization(`${SOURCE}${ACCOUNT}`)),
  },
  {
    id: 'tenant/target-namespace',
    setting: 'error',
    firm: true,
    summary: "Kustomizations and HelmReleases of a tenant write to the tenant's namespaces.",
    why: 'targetNamespace and storageNamespace send objects and Helm releases elsewhere than where the Flux object lives.',
    fix: "Use one of the tenant's namespaces, or list this one in slipway.yaml under namespaces of the tenant.",
    bad: owned(kustomization(`${SOURCE}${ACCOUNT}  targetNamespace: kube-system\n`)),
    good: owned(kustomization(`${SOURCE}${ACCOUNT}  targetNamespace: payments\n`)),
  },
  {
    id: 'tenant/reference',
    setting: 'error',
    firm: true,
    summary: 'Objects of Flux refer to objects of their own namespace, unless the reference is allowed.',
    why: "A source of another namespace brings that namespace's credentials with it. Flux with --no-cross-namespace-refs refuses such references in the cluster.",
    fix: 'Make the object in the same namespace, or list KIND/NAMESPACE/NAME in slipway.yaml under references of the tenant.',
    bad: owned(kustomization(`${SOURCE}    namespace: flux-system\n${ACCOUNT}`)),
    good: owned(
      kustomization(`${SOURCE}    namespace: flux-system\n${ACCOUNT}`),
      '    references: [OCIRepository/flux-system/api]\n',
    ),
  },
  {
    id: 'tenant/remote-cluster',
    setting: 'error',
    firm: true,
    summary: 'Objects of Flux work on the cluster that they live in, unless the tenant may use others.',
    why: 'With spec.kubeConfig Flux applies to another cluster, where neither the namespaces nor the service accounts of this one mean anything.',
    fix: 'Remove spec.kubeConfig, or set remoteClusters: true for the tenant in slipway.yaml.',
    bad: owned(kustomization(`${SOURCE}${ACCOUNT}${KUBECONFIG}`)),
    good: owned(kustomization(`${SOURCE}${ACCOUNT}${KUBECONFIG}`), '    remoteClusters: true\n'),
  },
];
