/** What two versions of one object change that the API server refuses to change. */
import type { FieldPath } from '../../model.ts';
import { type Fields, fieldsOf, groupOf, isMapping, type KubernetesObject, objectsOf, valueAt } from '../object.ts';
import { isMore, quantityOf } from '../objects/quantity.ts';
import { difference } from './difference.ts';
import { FREEZES } from './frozen.ts';

const KUSTOMIZE = 'kustomize.toolkit.fluxcd.io';
const FORCE = `${KUSTOMIZE}/force`;

/** Labels and annotations by which Flux replaces an object instead of changing it, or leaves it alone. */
const SPARED: Readonly<Record<string, readonly string[]>> = {
  [FORCE]: ['enabled'],
  [`${KUSTOMIZE}/reconcile`]: ['disabled'],
  [`${KUSTOMIZE}/ssa`]: ['ignore', 'ifnotpresent'],
};

function isSpared({ labels, annotations }: KubernetesObject): boolean {
  return Object.entries(SPARED).some(([key, values]) =>
    [labels[key], annotations[key]].some((value) => typeof value === 'string' && values.includes(value.toLowerCase())),
  );
}

const kindOf = ({ apiVersion, kind }: KubernetesObject): string => `${kind}.${groupOf(apiVersion)}`;

/** Whether objects of a kind have fields that cannot be changed. */
export function canFreeze(kind: string, apiVersion: string): boolean {
  const name = `${kind}.${groupOf(apiVersion)}`;
  return FREEZES[name] !== undefined || name === 'ConfigMap.';
}

/** The fields that cannot be changed and are. */
export function refusedChanges(before: KubernetesObject, after: KubernetesObject): readonly FieldPath[] {
  if (isSpared(after)) return [];
  const frozen = FREEZES[kindOf(after)]?.(before.value, after.value) ?? [];
  return [
    ...frozen.flatMap(({ at, absent, ...comparison }) => {
      const [was, is] = [before, after].map(({ value }) => valueAt(value, at) ?? absent);
      const found = difference(was, is, comparison);
      return found === undefined ? [] : [[...at, ...found]];
    }),
    ...(kindOf(after) === 'PersistentVolumeClaim.' ? lessStorage(before, after) : []),
    ...(isSealed(before) ? changedData(before, after) : []),
  ];
}

/** Kinds of which nothing is lost when Flux deletes an object and creates it anew, as `force` makes it do. */
const REPLACEABLE: ReadonlySet<string> = new Set(['Job.batch', 'ConfigMap.', 'Secret.']);

/**
 * {@link refusedChanges} of two objects as they are written, also of those that Flux is told to replace, where the old one
 * takes something with it; nothing of what is no object.
 */
export function refusedByServer(before: Fields, after: Fields): readonly FieldPath[] {
  const [old, young] = [before, after].map((value) => objectsOf(value).objects[0]?.object);
  if (old === undefined || young === undefined) return [];
  return refusedChanges(old, REPLACEABLE.has(kindOf(young)) ? young : unforced(young));
}

const unforced = (object: KubernetesObject): KubernetesObject => {
  const without = ({ [FORCE]: _, ...rest }: Fields): Fields => rest;
  return { ...object, labels: without(object.labels), annotations: without(object.annotations) };
};

const STORAGE: FieldPath = ['spec', 'resources', 'requests', 'storage'];

/** Claims grow only. */
function lessStorage(before: KubernetesObject, after: KubernetesObject): readonly FieldPath[] {
  const [was, is] = [before, after].map(({ value }) => valueAt(value, STORAGE)).map(quantityOf);
  return was !== undefined && is !== undefined && isMore(was, is) ? [STORAGE] : [];
}

const isSealed = (object: KubernetesObject): boolean =>
  ['ConfigMap.', 'Secret.'].includes(kindOf(object)) && object.value.immutable === true;

/** ConfigMaps and Secrets that are immutable keep their data, and stay so. What SOPS has encrypted cannot be compared. */
function changedData(before: KubernetesObject, after: KubernetesObject): readonly FieldPath[] {
  if (after.value.immutable !== true) return [['immutable']];
  if (isMapping(before.value.sops) || isMapping(after.value.sops)) return [];
  const is = dataOf(after);
  // What was written as text stays when it is written no longer.
  const texts = fieldsOf(before.value.stringData);
  const was = Object.entries(dataOf(before)).filter(([key]) => is[key] !== undefined || texts[key] === undefined);
  const found = difference(Object.fromEntries(was), is, { exact: true });
  if (found === undefined) return [];
  const key = found[0] ?? '';
  const holder = ['stringData', 'binaryData'].find((name) => fieldsOf(after.value[name])[key] !== undefined);
  return [[holder ?? 'data', ...found]];
}

/** The data of a Secret as the server keeps it, in Base64; of a ConfigMap as it is. */
function dataOf({ value: { data, binaryData, stringData } }: KubernetesObject): Readonly<Record<string, unknown>> {
  const texts = Object.entries(fieldsOf(stringData)).map(([key, text]): [string, unknown] => [
    key,
    typeof text === 'string' && !text.includes('${') ? Buffer.from(text).toString('base64') : text,
  ]);
  return { ...fieldsOf(data), ...fieldsOf(binaryData), ...Object.fromEntries(texts) };
}
