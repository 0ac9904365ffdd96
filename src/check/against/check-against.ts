/** Compares artifacts with what is published: an object that the cluster has already cannot be changed in every field. */
import type { FieldPath, Rendered } from '../../model.ts';
import { readFiles } from '../engine/read.ts';
import { fieldText, groupOf, type KubernetesObject, objectsOf, textOf, valueAt } from '../object.ts';
import type { Breach } from '../rule.ts';
import type { ArtifactReport, ArtifactView, PlacedObject } from '../view.ts';
import type { DocumentMemory } from '../yaml/documents.ts';
import { canFreeze, refusedChanges } from './changes.ts';

type Named = Pick<KubernetesObject, 'apiVersion' | 'kind' | 'name' | 'namespace'>;

const keyOf = ({ apiVersion, kind, name, namespace = '' }: Named): string =>
  [groupOf(apiVersion), kind, namespace, name].join('/');

/** What is there once, by its name. Of two that have one name nobody knows which the cluster has. */
function onlyOnes<T>(items: readonly T[], name: (item: T) => Named): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  const twice = new Set<string>();
  for (const item of items) {
    const key = keyOf(name(item));
    if (found.has(key)) twice.add(key);
    found.set(key, item);
  }
  for (const key of twice) found.delete(key);
  return found;
}

/** The published objects that can refuse a change. Documents that are still there word for word are not read. */
function publishedObjects(
  before: Rendered,
  unchanged: ReadonlySet<string>,
  memory: DocumentMemory,
): readonly KubernetesObject[] {
  return [...readFiles(before, memory)]
    .filter(({ manifests }) => manifests)
    .flatMap(({ documents }) => documents.filter(({ text }) => !unchanged.has(text)))
    .flatMap(({ value }) => objectsOf(value).objects)
    .map(({ object }) => object)
    .filter(({ kind, apiVersion, name }) => name !== '' && canFreeze(kind, apiVersion));
}

/** Looks for changes that the API server refuses. */
export function checkAgainst(
  view: ArtifactView,
  before: Rendered,
  memory: DocumentMemory,
  report: ArtifactReport,
): void {
  const unchanged = new Set(view.objects.map(({ document }) => document.text));
  const published = onlyOnes(publishedObjects(before, unchanged, memory), (object) => object);
  if (published.size === 0) return;
  for (const [key, placed] of onlyOnes(view.objects, ({ facts }) => facts)) {
    const old = published.get(key);
    const object = old === undefined ? undefined : objectAt(placed, memory);
    if (old === undefined || object === undefined) continue;
    for (const field of refusedChanges(old, object)) {
      report(breachOf(field, old, object, before.artifact.shown), placed);
    }
  }
}

function objectAt({ document, at }: PlacedObject, memory: DocumentMemory): KubernetesObject | undefined {
  return objectsOf(valueAt(memory.valueOf(document.text), at)).objects[0]?.object;
}

/** Kinds whose frozen fields can hold credentials. */
const DISCREET = ['ConfigMap', 'Job', 'PersistentVolume', 'Pod', 'Secret', 'StorageClass', 'VolumeAttributesClass'];

/** Kinds that take data with them when they are deleted. */
const PRECIOUS = ['CustomResourceDefinition', 'PersistentVolume', 'PersistentVolumeClaim', 'StatefulSet'];

function hintFor(kind: string): string {
  if (['ConfigMap', 'Job', 'Secret'].includes(kind)) return 'take back the change, or give the object a new name';
  if (PRECIOUS.includes(kind)) return 'take back the change; deleting the object first can lose what it holds';
  return 'take back the change, delete the object first, or let Flux replace it by the annotation kustomize.toolkit.fluxcd.io/force: enabled';
}

function breachOf(field: FieldPath, before: KubernetesObject, after: KubernetesObject, reference: string): Breach {
  const { kind } = after;
  const said = (value: unknown): string | undefined => {
    const text = typeof value === 'boolean' ? String(value) : textOf(value);
    return text === undefined || DISCREET.includes(kind) ? undefined : JSON.stringify(text);
  };
  const [found, expected] = [after, before].map(({ value }) => said(valueAt(value, field)));
  return {
    rule: 'object/immutable',
    field,
    message: `"${fieldText(field)}" of a ${kind} cannot be changed, and is not what "${reference}" has`,
    ...(found !== undefined && { found }),
    ...(expected !== undefined && { expected }),
    hint: hintFor(kind),
  };
}
