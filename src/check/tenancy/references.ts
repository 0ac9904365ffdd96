/** Where objects of Flux and its operator name others that may lie in another namespace. */
import type { FieldPath } from '../../model.ts';
import { type Fields, fieldsOf, groupOf, type KubernetesObject, listOf, textOf, valueAt } from '../object.ts';

/** One object names another with a namespace. */
export interface ForeignReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly field: FieldPath;
}

/** A field with one reference, or a list of them; `kind` where the reference does not say it. */
interface Source {
  readonly at: FieldPath;
  readonly list?: true;
  readonly kind?: string;
}

const SOURCES: ReadonlyMap<string, readonly Source[]> = new Map<string, readonly Source[]>([
  [
    'Kustomization.kustomize.toolkit.fluxcd.io',
    [{ at: ['spec', 'sourceRef'] }, { at: ['spec', 'dependsOn'], list: true, kind: 'Kustomization' }],
  ],
  [
    'HelmRelease.helm.toolkit.fluxcd.io',
    [
      { at: ['spec', 'chart', 'spec', 'sourceRef'] },
      { at: ['spec', 'chartRef'] },
      { at: ['spec', 'dependsOn'], list: true, kind: 'HelmRelease' },
    ],
  ],
  ['ExternalArtifact.source.toolkit.fluxcd.io', [{ at: ['spec', 'sourceRef'] }]],
  ['ArtifactGenerator.source.extensions.fluxcd.io', [{ at: ['spec', 'sources'], list: true }]],
  ['Alert.notification.toolkit.fluxcd.io', [{ at: ['spec', 'eventSources'], list: true }]],
  ['Receiver.notification.toolkit.fluxcd.io', [{ at: ['spec', 'resources'], list: true }]],
  ['ImagePolicy.image.toolkit.fluxcd.io', [{ at: ['spec', 'imageRepositoryRef'], kind: 'ImageRepository' }]],
  ['ImageUpdateAutomation.image.toolkit.fluxcd.io', [{ at: ['spec', 'sourceRef'] }]],
  ['ResourceSet.fluxcd.controlplane.io', [{ at: ['spec', 'dependsOn'], list: true }]],
]);

/** The references of an object that name a namespace. */
export function referencesOf({ apiVersion, kind, value }: KubernetesObject): readonly ForeignReference[] {
  const sources = SOURCES.get(`${kind}.${groupOf(apiVersion)}`) ?? [];
  return sources.flatMap(({ at, list, kind: own }) => {
    const found = valueAt(value, at);
    if (list === undefined) return reference(fieldsOf(found), own, at);
    return listOf(found).flatMap((item, index) => reference(fieldsOf(item), own, [...at, index]));
  });
}

function reference(
  { kind, namespace, name }: Fields,
  own: string | undefined,
  at: FieldPath,
): readonly ForeignReference[] {
  if (typeof namespace !== 'string' || namespace === '') return [];
  return [{ kind: textOf(kind) ?? own ?? '*', namespace, name: textOf(name) ?? '*', field: [...at, 'namespace'] }];
}
