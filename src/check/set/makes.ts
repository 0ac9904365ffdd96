/** What the cluster makes of an object: objects that no artifact holds, and that others may name all the same. */
import type { KustomizationFile } from '../flux/kustomization-file.ts';
import { type Fields, fieldsOf, groupOf, type KubernetesObject, listOf, textOf } from '../object.ts';
import type { Named } from './reference.ts';
import { SOURCES } from './references/flux.ts';

/** What an object lets appear. `anything` is known by its namespace only. */
export interface Makes {
  readonly named: readonly Named[];
  /** The namespace in which objects of unknown names appear; `*` for all. */
  readonly unknownIn?: string;
}

/** Groups whose controllers make nothing that others name, beside what {@link makesOf} lists. */
const QUIET = [
  'cert-manager.io',
  'external-secrets.io',
  'bitnami.com',
  'fluxcd.io',
  'istio.io',
  'traefik.io',
  'traefik.containo.us',
  'kyverno.io',
  'cilium.io',
  'projectcontour.io',
  'keda.sh',
  'k8s.io',
];

/** Kinds of the Prometheus operator that make nothing; its others make Services and StatefulSets. */
const QUIET_MONITORS = /^(?:ServiceMonitor|PodMonitor|Probe|PrometheusRule|ScrapeConfig|AlertmanagerConfig)$/;

/** A Secret, or a ConfigMap. */
const secret = (name: unknown, namespace: string | undefined, kind = 'Secret'): readonly Named[] =>
  typeof name === 'string' && name !== '' ? [{ group: '', kind, name, namespace }] : [];

type Make = (object: KubernetesObject, spec: Fields) => Makes | undefined;

const BY_KIND: Readonly<Record<string, Make>> = {
  'SealedSecret.bitnami.com': ({ name, namespace }, spec) => {
    const { metadata } = fieldsOf(spec.template);
    return { named: secret(textOf(fieldsOf(metadata).name) ?? name, namespace) };
  },
  'ExternalSecret.external-secrets.io': ({ name, namespace }, spec) => ({
    named: secret(textOf(fieldsOf(spec.target).name) ?? name, namespace),
  }),
  'ClusterExternalSecret.external-secrets.io': ({ name }, spec) => ({
    named: secret(textOf(spec.externalSecretName) ?? name, undefined),
  }),
  'Certificate.cert-manager.io': ({ namespace }, spec) => ({ named: secret(spec.secretName, namespace) }),
  'Bundle.trust.cert-manager.io': ({ name }) => ({
    named: [...secret(name, undefined, 'ConfigMap'), ...secret(name, undefined)],
  }),
  'SecretProviderClass.secrets-store.csi.x-k8s.io': ({ namespace }, spec) => ({
    named: listOf(spec.secretObjects).flatMap((item) => secret(fieldsOf(item).secretName, namespace)),
  }),
  'ArtifactGenerator.source.extensions.fluxcd.io': ({ namespace }, spec) => ({
    named: listOf(spec.artifacts).flatMap((item) => {
      const name = textOf(fieldsOf(item).name);
      return name === undefined ? [] : [{ group: SOURCES, kind: 'ExternalArtifact', name, namespace }];
    }),
  }),
  'HelmRelease.helm.toolkit.fluxcd.io': ({ namespace }, spec) => ({
    named: [],
    unknownIn: textOf(spec.targetNamespace) ?? namespace ?? '',
  }),
  'Kustomization.kustomize.toolkit.fluxcd.io': (_object, { targetNamespace }) =>
    typeof targetNamespace === 'string' ? { named: [], unknownIn: targetNamespace } : undefined,
  'ResourceSet.fluxcd.controlplane.io': () => ({ named: [], unknownIn: '*' }),
};

/** What the cluster makes of an object, undefined for nothing that others could name. */
export function makesOf(object: KubernetesObject): Makes | undefined {
  const group = groupOf(object.apiVersion);
  const make = BY_KIND[`${object.kind}.${group}`];
  if (make !== undefined) return make(object, fieldsOf(object.value.spec));
  return isQuiet(group, object.kind) ? undefined : { named: [], unknownIn: object.namespace ?? '' };
}

/** Kubernetes' own kinds, and those of well-known controllers that make nothing others name. */
function isQuiet(group: string, kind: string): boolean {
  if (!group.includes('.')) return true;
  if (group === 'monitoring.coreos.com') return QUIET_MONITORS.test(kind);
  return QUIET.some((quiet) => group === quiet || group.endsWith(`.${quiet}`));
}

/** What kustomize makes, where the consumer runs it: generated objects, and all that comes from elsewhere. */
export function generatedBy(kustomizations: readonly KustomizationFile[]): Makes {
  const named = kustomizations.flatMap(({ fields }) => [
    ...listOf(fields.configMapGenerator).flatMap((item) => secret(fieldsOf(item).name, undefined, 'ConfigMap')),
    ...listOf(fields.secretGenerator).flatMap((item) => secret(fieldsOf(item).name, undefined)),
  ]);
  const isOpen = kustomizations.some(
    ({ fields, names }) =>
      ['helmCharts', 'helmChartInflationGenerator', 'generators'].some((key) => fields[key] !== undefined) ||
      names.some(({ use, target, remote }) => remote || (use === 'resource' && target === undefined)),
  );
  return { named, ...(isOpen && { unknownIn: '*' }) };
}
