/** Webhooks and policies of admission. */
import { isMapping, listOf, textOf } from '../object.ts';
import { webhookUrl } from './addresses.ts';
import { uniqueItems } from './demands.ts';
import { expression } from './expressions.ts';
import { labelSelector } from './labels.ts';
import { all, type Demand, each, fields, type Look } from './look.ts';
import { between } from './numbers.ts';
import { starAlone } from './rbac.ts';
import {
  DNS_1035_LABEL,
  DNS_SUBDOMAIN,
  type Form,
  given,
  notEmpty,
  PATH_SEGMENT,
  QUALIFIED_NAME,
  text,
  word,
} from './texts.ts';

/** The path of a webhook: parts of DNS names between slashes. */
const SERVICE_PATH: Form = {
  rule: 'object/address',
  name: 'a path such as "/validate"',
  made: 'it begins with "/", and its parts are DNS names',
  fits: (path, minor) => {
    if (path === '/') return true;
    if (!path.startsWith('/')) return false;
    const steps = path.slice(1).replace(/\/$/, '').split('/');
    return steps.every((step) => DNS_SUBDOMAIN.fits(step, minor));
  },
};

/** A URL or a Service; an empty URL counts. */
const oneTarget: Demand = ({ url, service }, site) => {
  const [hasUrl, hasService] = [typeof url === 'string', isMapping(service)];
  if (hasUrl !== hasService) return;
  const message = hasUrl
    ? 'has "url" and "service", but only one of them may be set'
    : 'has neither "url" nor "service", but one of them is needed';
  site.breach('object/one-of', `${site.name()} ${message}`, {
    found: hasUrl ? 'both' : 'none of them',
    expected: '"url" or "service"',
    hint: hasUrl ? 'remove url' : 'set service, with name and namespace',
  });
};

/** Whom to call. */
export const clientConfig: Look = fields(
  { url: webhookUrl, service: fields({ path: text(SERVICE_PATH), port: between(1, 65535) }) },
  oneTarget,
);

/** Versions of reviews: each once, and one that API servers speak. */
export const reviewVersions: Look = all(each(given(DNS_1035_LABEL), uniqueItems), (value, site) => {
  const versions = listOf(value);
  if (versions.length === 0 || versions.includes('v1') || versions.includes('v1beta1')) return;
  site.breach('object/value', `${site.name()} has neither "v1" nor "v1beta1", which API servers speak`, {
    expected: '"v1" among them',
    hint: 'add v1',
  });
});

/** Names with stars: what they cover must not be named too. */
const resources: Demand = ({ resources }, site) => {
  const names = listOf(resources).map((name) => textOf(name) ?? '');
  const refuse = (star: string): void =>
    site.breach('object/conflict', `${site.name('resources')} has "${star}" and what it stands for already`, {
      at: ['resources'],
      hint: `keep "${star}" and remove what it covers`,
    });
  if (names.includes('*/*') && names.length > 1) return refuse('*/*');
  const plain = names.filter((name) => !name.includes('/')).at(-1);
  if (names.includes('*') && plain !== undefined && plain !== '*') return refuse('*');
  const [wholes, subs] = [new Set<string>(), new Set<string>()];
  for (const name of names) {
    const [resource = '', sub] = name.split('/', 2);
    if (sub === undefined) continue;
    if (wholes.has(resource)) return refuse(`${resource}/*`);
    if (subs.has(sub)) return refuse(`*/${sub}`);
    if (sub === '*') wholes.add(resource);
    if (resource === '*') subs.add(sub);
  }
};

const ruleDemands: readonly Demand[] = [...['operations', 'apiGroups', 'apiVersions'].map(starAlone), resources];
const items: Look = each((value, site) => {
  if ((value ?? '') === '') notEmpty(value, site);
});
/** What requests a webhook or a policy is about. */
export const rule: Look = fields(
  { apiVersions: items, resources: items, resourceNames: each(given(PATH_SEGMENT), uniqueItems) },
  ...ruleDemands,
);

/** Conditions of a webhook or a policy, by name. */
export const conditions: Look = each(fields({ name: text(QUALIFIED_NAME), expression }));
const FULL_NAME: Form = {
  rule: 'object/name',
  name: 'a name with a domain such as "check.example.com"',
  made: 'three parts of a DNS name at least',
  fits: (name, minor) => DNS_SUBDOMAIN.fits(name, minor) && name.split('.').length >= 3,
};

const sideEffects: Look = (value, site) => {
  if (value === 'Some' || value === 'Unknown') word(['None', 'NoneOnDryRun'])(value, site);
};

/** Configurations of both kinds of webhooks. */
export const webhookConfiguration: Look = fields({
  webhooks: each(
    fields({
      name: text(FULL_NAME),
      clientConfig,
      rules: each(rule),
      failurePolicy: notEmpty,
      matchPolicy: notEmpty,
      reinvocationPolicy: notEmpty,
      sideEffects,
      admissionReviewVersions: reviewVersions,
      namespaceSelector: labelSelector,
      objectSelector: labelSelector,
      matchConditions: conditions,
    }),
  ),
});
