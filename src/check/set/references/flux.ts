/** What Flux's objects need: sources, dependencies, values, credentials. */
import type { FieldPath } from '../../../model.ts';
import { type Fields, fieldsOf, groupOf, type KubernetesObject, listOf, textOf } from '../../object.ts';
import { CONFIG_MAP, type ReferenceRule, type References, SECRET, SERVICE_ACCOUNT } from '../reference.ts';

/** The group of Flux's sources. */
export const SOURCES = 'source.toolkit.fluxcd.io';

/** The groups of kinds that alerts and receivers name without one. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ['Kustomization', 'kustomize.toolkit.fluxcd.io'],
  ['HelmRelease', 'helm.toolkit.fluxcd.io'],
  ['ImageRepository', 'image.toolkit.fluxcd.io'],
  ['ImagePolicy', 'image.toolkit.fluxcd.io'],
  ['ImageUpdateAutomation', 'image.toolkit.fluxcd.io'],
  ['ArtifactGenerator', 'source.extensions.fluxcd.io'],
]);

/**
 * Paths in `spec` that name a Secret as `{name: …}`. Keys for decryption and for other clusters are not among them: they
 * are never published.
 */
const SECRETS: readonly FieldPath[] = [
  ['secretRef'],
  ['certSecretRef'],
  ['proxySecretRef'],
  ['verify', 'secretRef'],
  ['sts', 'secretRef'],
  ['sts', 'certSecretRef'],
  ['chart', 'spec', 'verify', 'secretRef'],
];

type Add = (spec: Fields, references: References) => void;

/** By kind, what it names beside Secrets and ServiceAccounts. */
const MORE: ReadonlyMap<string, Add> = new Map(
  Object.entries<Add>({
    Kustomization(spec, references) {
      addSource(spec.sourceRef, ['spec', 'sourceRef'], references);
      addDependencies('Kustomization', spec, references);
      const values = listOf(fieldsOf(spec.postBuild).substituteFrom);
      addValues(values, ['spec', 'postBuild', 'substituteFrom'], references);
    },
    HelmRelease(spec, references) {
      addSource(fieldsOf(fieldsOf(spec.chart).spec).sourceRef, ['spec', 'chart', 'spec', 'sourceRef'], references);
      addSource(spec.chartRef, ['spec', 'chartRef'], references);
      addDependencies('HelmRelease', spec, references);
      addValues(listOf(spec.valuesFrom), ['spec', 'valuesFrom'], references);
    },
    HelmChart: (spec, references) => addSource(spec.sourceRef, ['spec', 'sourceRef'], references),
    ImageUpdateAutomation: (spec, references) => addSource(spec.sourceRef, ['spec', 'sourceRef'], references),
    ImagePolicy(spec, references) {
      const ref = { ...fieldsOf(spec.imageRepositoryRef), kind: 'ImageRepository' };
      addFlux('set/flux-reference', ref, ['spec', 'imageRepositoryRef'], references);
    },
    ArtifactGenerator(spec, references) {
      listOf(spec.sources).forEach((source, index) => {
        addSource(source, ['spec', 'sources', index], references);
      });
    },
    Alert(spec, references) {
      const provider = {
        ...fieldsOf(spec.providerRef),
        kind: 'Provider',
        apiVersion: 'notification.toolkit.fluxcd.io/v1',
      };
      references.addKind('set/flux-reference', provider, ['spec', 'providerRef'], '');
      addWatched(spec.eventSources, ['spec', 'eventSources'], references);
    },
    Receiver: (spec, references) => addWatched(spec.resources, ['spec', 'resources'], references),
  }),
);

/** Adds what an object of Flux names. */
export function addFluxReferences({ apiVersion, kind, value }: KubernetesObject, references: References): void {
  const group = groupOf(apiVersion);
  if (!group.endsWith('.toolkit.fluxcd.io') && group !== 'source.extensions.fluxcd.io') return;
  const spec = fieldsOf(value.spec);
  for (const path of SECRETS) {
    const holder = path.slice(0, -1).reduce<Fields>((at, key) => fieldsOf(at[key]), spec);
    references.addRef(SECRET, holder, ['spec', ...path.slice(0, -1)], String(path.at(-1)));
  }
  references.add(SERVICE_ACCOUNT, spec.serviceAccountName, ['spec', 'serviceAccountName']);
  MORE.get(kind)?.(spec, references);
}

function addSource(ref: unknown, at: FieldPath, references: References): void {
  addFlux('set/flux-source', fieldsOf(ref), at, references);
}

function addFlux(rule: ReferenceRule, ref: Fields, at: FieldPath, references: References): void {
  references.addKind(rule, ref, at, GROUPS.get(textOf(ref.kind) ?? '') ?? SOURCES);
}

function addDependencies(kind: string, spec: Fields, references: References): void {
  listOf(spec.dependsOn).forEach((dependency, index) => {
    addFlux('set/flux-dependency', { ...fieldsOf(dependency), kind }, ['spec', 'dependsOn', index], references);
  });
}

/** Alerts and receivers name objects, or all of a kind with `*`. */
function addWatched(list: unknown, at: FieldPath, references: References): void {
  listOf(list).forEach((item, index) => {
    const ref = fieldsOf(item);
    if (ref.name !== '*') addFlux('set/flux-reference', ref, [...at, index], references);
  });
}

/** Values from ConfigMaps and Secrets. */
function addValues(list: readonly unknown[], at: FieldPath, references: References): void {
  list.forEach((item, index) => {
    const { kind, name, optional, valuesKey } = fieldsOf(item);
    const aim = kind === 'Secret' ? SECRET : CONFIG_MAP;
    const key = textOf(valuesKey);
    references.add(aim, name, [...at, index, 'name'], {
      optional: optional === true,
      ...(key !== undefined && { entry: { name: key, field: [...at, index, 'valuesKey'] } }),
    });
  });
}
