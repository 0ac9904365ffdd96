/** Where two manifests of one field say different things, as the API server would compare them with its defaults filled in. */
import type { FieldPath } from '../../model.ts';
import { type Fields, fieldsOf, isMapping } from '../object.ts';
import { isMore, quantityOf } from '../objects/quantity.ts';

/** How two values are compared. */
export interface Comparison {
  /** What only one side states is a difference too: the server fills nothing in. */
  readonly exact?: boolean;
  /** What may differ: keys below the compared value joined with dots, without positions of lists. */
  readonly except?: readonly string[];
}

/** Mappings and lists that the server leaves as they are written, wherever they stand. */
const AS_WRITTEN = new Set(['labels', 'annotations', 'nodeSelector', 'matchLabels', 'command', 'args']);

/** Fields without a default. Below them there are fields that have one. */
const WITHOUT_DEFAULT = new Set([
  ...['env', 'envFrom', 'volumeMounts', 'volumes', 'initContainers', 'affinity', 'workingDir', 'lifecycle'],
  ...['livenessProbe', 'readinessProbe', 'startupProbe', 'topologySpreadConstraints', 'matchExpressions', 'values'],
  ...['dnsConfig', 'nameservers', 'searches', 'hostname', 'subdomain', 'hostAliases', 'readinessGates', 'os'],
  ...[
    'shareProcessNamespace',
    'setHostnameAsFQDN',
    'runAsUser',
    'runAsGroup',
    'runAsNonRoot',
    'fsGroup',
    'capabilities',
  ],
  ...['readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'seccompProfile', 'supplementalGroups'],
  ...['rules', 'storageClassName', 'volumeAttributes', 'nodeStageSecretRef', 'nodePublishSecretRef'],
]);

const QUANTITIES = new Set(['requests', 'limits', 'capacity']);

/** The first place where two values differ, as a path in the second; undefined where they do not, or nobody can tell. */
export function difference(before: unknown, after: unknown, comparison: Comparison = {}): FieldPath | undefined {
  return compare(before, after, [], comparison);
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  value === 0 ||
  (Array.isArray(value) ? value.length === 0 : isMapping(value) && Object.keys(value).length === 0);

const keysOf = (path: FieldPath): readonly (string | number)[] => path.filter((key) => typeof key === 'string');

function compare(before: unknown, after: unknown, path: FieldPath, comparison: Comparison): FieldPath | undefined {
  const keys = keysOf(path);
  if (comparison.except?.includes(keys.join('.'))) return undefined;
  if (isEmpty(before) && isEmpty(after)) return undefined;
  const last = String(keys.at(-1) ?? '');
  const exact = comparison.exact === true || AS_WRITTEN.has(last);
  if (before === undefined || before === null || after === undefined || after === null) {
    if (isEmpty(before ?? after)) return undefined;
    if (exact || WITHOUT_DEFAULT.has(last)) return path;
    return isMapping(before ?? after)
      ? compareMappings(fieldsOf(before), fieldsOf(after), path, comparison)
      : undefined;
  }
  const inside = exact ? { ...comparison, exact } : comparison;
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, path, inside);
  if (isMapping(before) && isMapping(after)) return compareMappings(before, after, path, inside);
  const parent = String(keys.at(-2) ?? '');
  return sameValue(before, after, QUANTITIES.has(parent)) ? undefined : path;
}

function compareMappings(before: Fields, after: Fields, path: FieldPath, how: Comparison): FieldPath | undefined {
  for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
    const found = compare(before[key], after[key], [...path, key], how);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Items = readonly unknown[];

/** Items that have names are found by them: server-side apply merges such lists. */
function compareLists(before: Items, after: Items, path: FieldPath, how: Comparison): FieldPath | undefined {
  if (before.length !== after.length) return path;
  const names = namesOf(before);
  const byName = names !== undefined && namesOf(after) !== undefined;
  for (const [index, item] of after.entries()) {
    const other = byName ? before[names.indexOf(isMapping(item) ? item.name : undefined)] : before[index];
    if (other === undefined) return [...path, index];
    const found = compare(other, item, [...path, index], how);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The names of a list's items, undefined where one has none or two have the same. */
function namesOf(items: Items): readonly unknown[] | undefined {
  const names = items.map((item) => (isMapping(item) ? item.name : undefined));
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length ? names : undefined;
}

/** What Flux substitutes on the cluster can come out the same. */
const isVariable = (value: unknown): boolean => typeof value === 'string' && value.includes('${');

function sameValue(before: unknown, after: unknown, quantities: boolean): boolean {
  if (before === after || isVariable(before) || isVariable(after)) return true;
  const [one, other] = quantities ? [quantityOf(before), quantityOf(after)] : [];
  if (one !== undefined && other !== undefined) return !isMore(one, other) && !isMore(other, one);
  // Whole numbers are bigints where a number cannot hold them.
  return typeof before !== 'string' && typeof after !== 'string' && String(before) === String(after);
}
