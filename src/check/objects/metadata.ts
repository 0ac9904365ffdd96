/** `metadata`: names, labels, annotations, finalizers, owners. */
import { fieldsOf, type KubernetesObject, listOf, textOf } from '../object.ts';
import type { Catalog } from '../schema/catalog.ts';
import { annotations, labels } from './labels.ts';
import { each, fields, type Look } from './look.ts';
import { nameForm, needsDomain } from './names.ts';
import { quote, type Site } from './site.ts';
import { DNS_LABEL, type Form, given, isQualifiedName, QUALIFIED_NAME, text } from './texts.ts';

/** Finalizers without domain that Kubernetes itself knows. */
const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

const finalizer: Look = (value, site) => {
  given({ ...QUALIFIED_NAME, name: 'a finalizer such as "example.com/cleanup"' })(value, site);
  if (typeof value !== 'string' || !isQualifiedName(value) || value.includes('/')) return;
  if (STANDARD_FINALIZERS.includes(value) || !needsDomain(site.object)) return;
  site.breach('object/name', `${site.name()} is ${quote(value)}, but a finalizer needs a domain before its name`, {
    found: quote(value),
    expected: 'a domain, "/" and a name',
    hint: `write a domain of yours before it, such as "example.com/${value}"`,
  });
};

/** Several owners may be named, but only one of them as the controller. */
function oneController(owners: readonly unknown[], site: Site): void {
  const controllers = owners.filter((owner) => fieldsOf(owner).controller === true);
  if (controllers.length < 2) return;
  site.breach(
    'object/conflict',
    `${site.name()} names ${controllers.length} controllers, but an object has one at most`,
    {
      found: `${controllers.length} controllers`,
      expected: 'at most one',
    },
  );
}

const PARTS: Readonly<Record<string, Look>> = {
  namespace: text(DNS_LABEL),
  labels,
  annotations,
  finalizers: each(finalizer, finalizersAgree),
  ownerReferences: each(fields({}), oneController),
};

function finalizersAgree(finalizers: readonly unknown[], site: Site): void {
  if (!finalizers.includes('orphan') || !finalizers.includes('foregroundDeletion')) return;
  site.breach('object/conflict', `${site.name()} has "orphan" and "foregroundDeletion", which exclude each other`, {
    hint: 'keep one of them',
  });
}

const byForm = new Map<Form, Look>();

function namedBy(form: Form): Look {
  // What the server appends makes a name of a beginning that ends with a dash.
  const beginning = { ...form, fits: (name: string, minor: number) => form.fits(name.replace(/(?<=.)-$/, 'a'), minor) };
  return fields({ ...PARTS, name: text(form), generateName: text(beginning) });
}

/** `metadata` of an object. */
export function metadata(object: KubernetesObject, catalog: Catalog): Look {
  const form = nameForm(object, catalog);
  const look = byForm.get(form) ?? namedBy(form);
  byForm.set(form, look);
  return look;
}

/** `metadata` of a template: labels and annotations. */
export const templateMetadata: Look = fields({
  labels,
  annotations,
});

/** Names of the items of a list. */
export function namesIn(list: unknown): readonly string[] {
  return listOf(list).flatMap((item) => textOf(fieldsOf(item).name) || []);
}
