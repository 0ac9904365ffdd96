/** Finds custom resources that lie in one artifact with the HelmRelease that brings their kind. */
import { groupOf } from '../object.ts';
import type { ArtifactReport, PlacedObject, ReleaseCheck } from '../view.ts';
import { buildsOf } from './builds.ts';
import type { ChartUse } from './delivery.ts';

/** Charts that install CRDs, and the API groups of these. `asked`: only when their values ask for it. */
const CHARTS: ReadonlyMap<string, { readonly groups: readonly string[]; readonly asked?: true }> = new Map([
  ['cert-manager', { groups: ['cert-manager.io', 'acme.cert-manager.io'], asked: true }],
  ['trust-manager', { groups: ['trust.cert-manager.io'] }],
  ['kube-prometheus-stack', { groups: ['monitoring.coreos.com'] }],
  ['prometheus-operator-crds', { groups: ['monitoring.coreos.com'] }],
  ['external-secrets', { groups: ['external-secrets.io', 'generators.external-secrets.io'] }],
  ['sealed-secrets', { groups: ['bitnami.com'] }],
  ['keda', { groups: ['keda.sh'] }],
  ['kyverno', { groups: ['kyverno.io', 'policies.kyverno.io'] }],
  ['cloudnative-pg', { groups: ['postgresql.cnpg.io'] }],
  ['gateway-helm', { groups: ['gateway.envoyproxy.io'] }],
  ['strimzi-kafka-operator', { groups: ['kafka.strimzi.io'] }],
  ['traefik', { groups: ['traefik.io'] }],
  ['metallb', { groups: ['metallb.io'] }],
  ['argo-rollouts', { groups: ['argoproj.io'] }],
]);

/** Looks at everything that is applied together. */
export const checkCharts: ReleaseCheck = (views, _context, report) => {
  const defined = new Set(views.flatMap(({ objects }) => objects.flatMap(({ facts }) => facts.set.defines ?? [])));
  for (const view of views) {
    if (!view.objects.some(({ facts }) => facts.set.chart !== undefined)) continue;
    const told = new Set<PlacedObject>();
    for (const { members } of buildsOf(view)) {
      checkBuild(
        members.map(({ object }) => object),
        defined,
        (breach, where) => {
          if (where === undefined || !('facts' in where) || told.has(where)) return;
          told.add(where);
          report(view, breach, where);
        },
      );
    }
  }
};

function checkBuild(objects: readonly PlacedObject[], defined: ReadonlySet<string>, report: ArtifactReport): void {
  const bringing = new Map<string, PlacedObject>();
  for (const object of objects) {
    for (const group of groupsOf(object, objects)) if (!bringing.has(group)) bringing.set(group, object);
  }
  if (bringing.size === 0) return;
  const told = new Set<string>();
  for (const object of objects) {
    const { apiVersion, kind, name } = object.facts;
    const release = bringing.get(groupOf(apiVersion));
    const what = `${groupOf(apiVersion)} ${kind}`;
    if (release === undefined || defined.has(what) || told.has(what)) continue;
    told.add(what);
    report(
      {
        rule: 'set/kind-from-chart',
        field: ['kind'],
        message: `${kind} "${name}" and HelmRelease "${release.facts.name}", which brings its kind, are applied together: a new cluster refuses both`,
        expected: `${kind} in another artifact or folder than the HelmRelease that brings the kind`,
        hint: 'move it to a Kustomization of its own, with dependsOn on the one that has the HelmRelease',
      },
      object,
    );
  }
}

function groupsOf({ facts }: PlacedObject, objects: readonly PlacedObject[]): readonly string[] {
  const { chart } = facts.set;
  if (facts.kind !== 'HelmRelease' || chart === undefined || chart.withoutCrds) return [];
  const { groups = [], asked } = CHARTS.get(chartName(chart, objects) ?? '') ?? {};
  return asked === true && !chart.asksForCrds ? [] : groups;
}

/** A chart's name: its own, or of the object that holds it. */
function chartName({ name, ref }: ChartUse, objects: readonly PlacedObject[]): string | undefined {
  if (ref === undefined) return name;
  const held = objects.find(({ facts }) => facts.kind === ref.kind && facts.name === ref.name);
  return held?.facts.set.chart?.name ?? held?.facts.set.delivery?.artifact;
}
