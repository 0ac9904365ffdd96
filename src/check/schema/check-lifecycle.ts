/** API versions that the target has not got, or not for long. */
import { closest } from '../../config/suggest.ts';
import { groupOf, type KubernetesObject } from '../object.ts';
import type { Breach } from '../rule.ts';
import type { ObjectCheck, ObjectContext } from '../view.ts';
import type { Catalog } from './catalog.ts';
import type { Lifecycle } from './lifecycle.ts';

const FIELD = ['apiVersion'];

const BUILT_IN: ReadonlySet<string> = new Set(['', 'apps', 'autoscaling', 'batch', 'extensions', 'policy']);

/** Whether only Kubernetes itself can serve an API version: a CRD's group has a dot. `builtin` is kustomize's. */
export function isBuiltIn(apiVersion: string): boolean {
  return apiVersion !== 'builtin' && BUILT_IN.has(groupOf(apiVersion));
}

/** `"apps/v1" Deployment` where kind changes too, else `"apps/v1"`. */
function replacementOf({ replacement }: Lifecycle, kind: string): string | undefined {
  if (replacement === undefined) return undefined;
  const { apiVersion } = replacement;
  return replacement.kind === kind ? `"${apiVersion}"` : `${replacement.kind} of "${apiVersion}"`;
}

/** The oldest targets that can be set: what was removed before them is gone for everybody. */
const OLDEST: Readonly<Record<Lifecycle['product'], number>> = { Kubernetes: 28, Flux: 6 };

/** Who says no target is checked for the newest one, which may not be what the clusters run. */
function unlessOlder({ product, since }: Lifecycle): string {
  if (Number(since.split('.')[1]) <= OLDEST[product]) return '';
  return `; where the clusters run an older ${product}, say so in check.${product.toLowerCase()}`;
}

function removed(lifecycle: Lifecycle, { apiVersion, kind }: KubernetesObject): Breach {
  const { product, since } = lifecycle;
  const next = replacementOf(lifecycle, kind);
  return {
    rule: 'schema/removed',
    field: FIELD,
    message: `${kind} of "${apiVersion}" was removed in ${product} ${since}${next === undefined ? '' : `: use ${next}`}`,
    found: `"${apiVersion}"`,
    ...(next !== undefined && { expected: next }),
    hint: `${next === undefined ? 'remove the object: nothing replaces its kind' : `move the object to ${next}`}${unlessOlder(lifecycle)}`,
  };
}

function deprecated(lifecycle: Lifecycle, { apiVersion, kind }: KubernetesObject): Breach {
  const { product, since, removedIn } = lifecycle;
  const next = replacementOf(lifecycle, kind);
  const end = removedIn === undefined ? '' : ` and will be removed in ${removedIn}`;
  return {
    rule: 'schema/deprecated',
    field: FIELD,
    message: `${kind} of "${apiVersion}" is deprecated since ${product} ${since}${end}${next === undefined ? '' : `: use ${next}`}`,
    found: `"${apiVersion}"`,
    ...(next !== undefined && { expected: next }),
    hint: next === undefined ? 'plan to do without it: nothing replaces its kind' : `move the object to ${next}`,
  };
}

function notYet(lifecycle: Lifecycle, object: KubernetesObject, { targets }: ObjectContext): Breach {
  const { product, since } = lifecycle;
  const [key, target] = product === 'Flux' ? ['check.flux', targets.flux] : ['check.kubernetes', targets.kubernetes];
  const next = replacementOf(lifecycle, object.kind);
  return {
    rule: 'schema/not-yet',
    field: FIELD,
    message: `${object.kind} of "${object.apiVersion}" comes with ${product} ${since}, but ${key} is "${target}"`,
    found: `"${object.apiVersion}"`,
    ...(next !== undefined && { expected: next }),
    hint:
      next === undefined
        ? `update the clusters, then set ${key}`
        : `use ${next}, or update the clusters and set ${key}`,
  };
}

function breachOf(lifecycle: Lifecycle, object: KubernetesObject, context: ObjectContext): Breach {
  if (lifecycle.state === 'removed') return removed(lifecycle, object);
  return lifecycle.state === 'deprecated' ? deprecated(lifecycle, object) : notYet(lifecycle, object, context);
}

/** A kind that only Kubernetes could serve, and does not. */
function noSuchKind({ apiVersion, kind }: KubernetesObject, { catalog, targets }: ObjectContext): Breach | undefined {
  if (!isBuiltIn(apiVersion) || catalog.namespaced(apiVersion, kind) !== undefined) return undefined;
  const [other] = catalog.versionsOf(kind);
  const near = other === undefined ? closest(kind, catalog.kindsIn(apiVersion)) : undefined;
  const suggestion = other === undefined ? near && `did you mean "${near}"` : `it belongs to "${other}"`;
  return {
    rule: 'schema/no-such-kind',
    field: other === undefined ? ['kind'] : FIELD,
    message: `Kubernetes ${targets.kubernetes} has no kind "${kind}" in "${apiVersion}"${suggestion === undefined ? '' : `: ${suggestion}`}`,
    found: `"${kind}" in "${apiVersion}"`,
    hint: other === undefined ? 'correct kind and apiVersion' : `set apiVersion to "${other}"`,
  };
}

/** Whether SOPS took the API version or the kind away, which has a rule of its own. */
function isEncrypted({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return apiVersion.startsWith('ENC[') || kind.startsWith('ENC[');
}

/** Whether a text cannot be an API version, such as `a/b/c`; not where Flux puts something in. */
function isMalformed(apiVersion: string): boolean {
  return !apiVersion.includes('${') && !/^[^/]+(?:\/[^/]+)?$/.test(apiVersion);
}

/** Whether an object's kind cannot be read at all, so that no schema is missing. */
export function isUnreadable(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return isEncrypted(object) || isMalformed(object.apiVersion);
}

function malformed({ apiVersion, kind }: KubernetesObject, { catalog }: ObjectContext): Breach {
  const [known] = catalog.versionsOf(kind);
  return {
    rule: 'schema/no-such-kind',
    field: FIELD,
    message: `"${apiVersion}" is no API version: that is a version such as "v1", or a group and a version such as "apps/v1"`,
    found: `"${apiVersion}"`,
    hint: known === undefined ? 'correct apiVersion' : `set apiVersion to "${known}"`,
  };
}

/** What is to be said is the same for all objects of a kind. */
const known = new WeakMap<Catalog, Map<string, Breach | undefined>>();

function ask(object: KubernetesObject, context: ObjectContext): Breach | undefined {
  if (isMalformed(object.apiVersion)) return malformed(object, context);
  const lifecycle = context.catalog.lifecycle(object.apiVersion, object.kind);
  return lifecycle === undefined ? noSuchKind(object, context) : breachOf(lifecycle, object, context);
}

/** Says what becomes of an object's API version. */
export const checkLifecycle: ObjectCheck = (object, context, report) => {
  if (object.value.sops !== undefined && isEncrypted(object)) return;
  const kinds = known.get(context.catalog) ?? new Map<string, Breach | undefined>();
  known.set(context.catalog, kinds);
  const key = `${object.apiVersion} ${object.kind}`;
  if (!kinds.has(key)) kinds.set(key, ask(object, context));
  const breach = kinds.get(key);
  if (breach !== undefined) report(breach);
};
