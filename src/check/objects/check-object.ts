/** Objects as the API server looks at them behind their schemas. */
import type { FieldPath } from '../../model.ts';
import { groupOf, type KubernetesObject, valueAt } from '../object.ts';
import type { Breach } from '../rule.ts';
import { validate } from '../schema/validate.ts';
import type { ObjectCheck, ObjectContext } from '../view.ts';
import { lookOf } from './kinds.ts';
import { metadata } from './metadata.ts';
import { keyOf, Site } from './site.ts';

/** What Flux replaces before the API server sees it, or what SOPS encrypted and Flux decrypts: nobody knows it here. */
const UNKNOWN = /\$\{|^ENC\[/;

/** Groups of questions to the API server, which are answered and not stored. */
const ASKED = /^auth(?:entication|orization)\.k8s\.io\//;

/** Looks at an object's metadata and, for Kubernetes' own kinds, at everything else. */
export const checkObject: ObjectCheck = (object, context, report) => {
  const breaches: Breach[] = [];
  const minor = Number(context.targets.kubernetes.split('.')[1] ?? 0);
  const site = new Site(object, minor, (breach) => breaches.push(breach));
  if (object.value.metadata !== undefined && !ASKED.test(object.apiVersion)) {
    site.into('metadata', object.value.metadata, metadata(object, context.catalog));
  }
  lookOf(groupOf(object.apiVersion), object.kind)?.(object.value, site);
  if (breaches.length === 0) return;
  const refused = refusedPaths(object, context);
  for (const breach of breaches) {
    const { field = [] } = breach;
    const said = field.some((_, index) => refused.has(keyOf(...field.slice(0, index + 1))));
    if (isKnown(field, object) && !said) report(breach);
  }
};

function isKnown(field: FieldPath, { value }: KubernetesObject): boolean {
  const found = valueAt(value, field);
  return ![...field, found].some((text) => typeof text === 'string' && UNKNOWN.test(text));
}

/** What the schema refuses already is not said again, nor what is below it. */
function refusedPaths({ apiVersion, kind, value }: KubernetesObject, { catalog }: ObjectContext): ReadonlySet<string> {
  const schema = catalog.find(apiVersion, kind);
  return new Set(schema === undefined ? [] : validate(value, schema).map(({ path }) => keyOf(...path)));
}
