/** Kinds that borders name and that no object can be of: a slip there would leave a border open without a word. */
import { closest } from '../../config/suggest.ts';
import { groupOf } from '../object.ts';
import { kubernetesBundle } from '../schema/bundle.ts';

/** Why a pattern `KIND` or `GROUP/KIND` can match nothing, and what to write. */
export interface KindSlip {
  readonly message: string;
  readonly hint: string;
}

const CORE = 'core';

/** What is wrong with a pattern for kinds, or undefined. Of groups that are not Kubernetes' own, nobody knows the kinds. */
export function kindSlip(pattern: string): KindSlip | undefined {
  const slash = pattern.indexOf('/');
  const group = slash === -1 ? undefined : pattern.slice(0, slash);
  const kind = pattern.slice(slash + 1);
  if (group !== undefined && /^v\d+(?:(?:alpha|beta)\d+)?$/.test(group)) {
    return { message: `"${group}" is a version, and no API group`, hint: `did you mean "${CORE}/${kind}"` };
  }
  if (kind.includes('*') || group?.includes('*')) return undefined;
  const known = kubernetesBundle()
    .kinds.filter(([apiVersion]) => group === undefined || (groupOf(apiVersion) || CORE) === group)
    .map(([, name]) => name);
  if (known.length === 0 || known.includes(kind)) return undefined;
  // Without a group it may be anybody's kind, unless it is one of ours in lower case or in plural.
  const near = known.find((name) => isWordFor(name, kind)) ?? (group === undefined ? undefined : closest(kind, known));
  if (group === undefined && near === undefined) return undefined;
  const prefix = group === undefined ? '' : `${group}/`;
  return {
    message: `Kubernetes has no kind "${pattern}"`,
    hint: near === undefined ? 'name the API group of the kind' : `did you mean "${prefix}${near}"`,
  };
}

function isWordFor(kind: string, word: string): boolean {
  const singular = kind.toLowerCase();
  return [singular, `${singular}s`, `${singular}es`, singular.replace(/y$/, 'ies')].includes(word.toLowerCase());
}
