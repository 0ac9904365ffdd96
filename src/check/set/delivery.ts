/** How Flux brings artifacts and charts to a cluster, as far as its objects tell. */
import { fieldsOf, groupOf, isMapping, type KubernetesObject, textOf, valueAt } from '../object.ts';
import { SOURCES } from './references/flux.ts';

/** A source of Flux, or a Kustomization that applies one. */
export interface Delivery {
  /** Of a source: the last part of its address, which is the artifact's name in the usual layouts. */
  readonly artifact?: string;
  /** Of a Kustomization: the source it applies. */
  readonly source?: { readonly kind: string; readonly name: string; readonly namespace: string | undefined };
  /** Of a Kustomization: the namespace it puts everything into. */
  readonly targetNamespace?: string;
}

/** A chart that a HelmRelease installs. */
export interface ChartUse {
  /** The chart's name, or of the OCIRepository or HelmChart that holds it. */
  readonly name?: string;
  readonly ref?: { readonly kind: string; readonly name: string; readonly namespace: string | undefined };
  /** Its values or `install.crds` keep it from bringing CRDs. */
  readonly withoutCrds: boolean;
  /** Its values ask for CRDs that it does not bring by itself. */
  readonly asksForCrds: boolean;
}

const lastPart = (text: string | undefined): string | undefined => text?.replace(/\/+$/, '').split('/').at(-1);

/** What an object of Flux delivers; undefined for everything else, and for what goes to another cluster. */
export function deliveryOf({ apiVersion, kind, namespace, value }: KubernetesObject): Delivery | undefined {
  const group = groupOf(apiVersion);
  const spec = fieldsOf(value.spec);
  if (group === SOURCES) {
    const artifact = lastPart(textOf(kind === 'Bucket' ? spec.prefix : spec.url));
    return artifact === undefined ? undefined : { artifact };
  }
  if (group !== 'kustomize.toolkit.fluxcd.io' || isMapping(spec.kubeConfig)) return undefined;
  const { kind: sourceKind, name, namespace: other } = fieldsOf(spec.sourceRef);
  const targetNamespace = textOf(spec.targetNamespace);
  if (typeof sourceKind !== 'string' || typeof name !== 'string') return undefined;
  return {
    source: { kind: sourceKind, name, namespace: textOf(other) ?? namespace },
    ...(targetNamespace !== undefined && { targetNamespace }),
  };
}

/** The chart of a HelmRelease or HelmChart, undefined for everything else. */
export function chartOf({ apiVersion, kind, namespace, value }: KubernetesObject): ChartUse | undefined {
  const group = groupOf(apiVersion);
  if (kind === 'HelmChart' && group === SOURCES) return named(valueAt(value, ['spec', 'chart']));
  if (kind !== 'HelmRelease' || group !== 'helm.toolkit.fluxcd.io') return undefined;
  const { chart, chartRef, values, install } = fieldsOf(value.spec);
  const { kind: refKind, name, namespace: other } = fieldsOf(chartRef);
  const { crds, installCRDs } = fieldsOf(values);
  const wishes = [installCRDs, ...['enabled', 'install', 'create'].map((key) => fieldsOf(crds)[key])];
  return {
    ...named(valueAt(chart, ['spec', 'chart'])),
    ...(typeof refKind === 'string' &&
      typeof name === 'string' && { ref: { kind: refKind, name, namespace: textOf(other) ?? namespace } }),
    withoutCrds: wishes.includes(false) || fieldsOf(install).crds === 'Skip',
    asksForCrds: wishes.includes(true),
  };
}

function named(chart: unknown): ChartUse {
  const name = lastPart(textOf(chart));
  return { ...(name !== undefined && { name }), withoutCrds: false, asksForCrds: false };
}
