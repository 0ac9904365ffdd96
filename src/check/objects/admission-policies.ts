/** Policies of admission, and their bindings. */
import { fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import { ban, need, uniqueBy } from './demands.ts';
import { expression } from './expressions.ts';
import { labelSelector } from './labels.ts';
import { type Demand, each, fields, type Look } from './look.ts';
import { quote, type Site } from './site.ts';
import {
  DNS_1035_LABEL,
  DNS_SUBDOMAIN,
  type Form,
  isQualifiedName,
  KIND_NAME,
  notEmpty,
  PATH_SEGMENT,
  QUALIFIED_NAME,
  text,
  word,
} from './texts.ts';
import { conditions, rule } from './webhooks.ts';

const matchResources: Look = fields({
  matchPolicy: notEmpty,
  namespaceSelector: labelSelector,
  objectSelector: labelSelector,
  resourceRules: each(rule),
  excludeResourceRules: each(rule),
});

/** A policy must say what it is about. */
const constrained: Demand = ({ matchConstraints }, site) => {
  if (!isMapping(matchConstraints)) return;
  site.into('matchConstraints', matchConstraints, () => need('resourceRules')(matchConstraints, site));
};

const GROUP_VERSION: Form = {
  rule: 'object/value',
  name: 'a group and version such as "apps/v1"',
  made: '',
  fits: (version, minor) => {
    const parts = version.split('/');
    const [last = ''] = parts.slice(-1);
    if (parts.length > 2 || !DNS_1035_LABEL.fits(last, minor)) return false;
    return parts.length === 1 || DNS_SUBDOMAIN.fits(parts[0] ?? '', minor);
  },
};

/** Keys of audit annotations are put behind the name of their policy, as after a domain. */
const AUDIT_KEY: Form = { ...QUALIFIED_NAME, fits: (key) => !key.includes('/') && isQualifiedName(key) };

const CEL_NAME: Form = {
  rule: 'object/name',
  name: 'a name for CEL',
  made: 'letters, digits and "_", with no digit first, and no word of the language',
  fits: (name) =>
    /^[_a-zA-Z]\w*$/.test(name) &&
    !/^(?:true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/.test(
      name,
    ),
};

const POLICY: Readonly<Record<string, Look>> = {
  failurePolicy: notEmpty,
  paramKind: fields({ apiVersion: text(GROUP_VERSION), kind: text(KIND_NAME) }),
  matchConstraints: matchResources,
  matchConditions: conditions,
  variables: each(fields({ name: text(CEL_NAME), expression })),
};

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];

/** A message is one line. */
const oneLine: Look = (value, site) => {
  if (typeof value !== 'string' || !/[\r\n]/.test(value.trim())) return;
  site.breach('object/value', `${site.name()} has several lines, but it must be one`, {
    expected: 'text without line breaks',
  });
};

/** What the API server asks of a ValidatingAdmissionPolicy. */
export const validatingPolicy: Look = fields({
  spec: fields(
    {
      ...POLICY,
      validations: each(fields({ expression, messageExpression: expression, reason: word(REASONS), message: oneLine })),
      auditAnnotations: each(fields({ key: text(AUDIT_KEY), valueExpression: expression }), uniqueBy('key')),
    },
    constrained,
  ),
});

const MUTATIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    JSONPatch: 'jsonPatch',
    ApplyConfiguration: 'applyConfiguration',
  }),
);

const MUTATION: Readonly<Record<string, Look>> = {
  jsonPatch: fields({ expression }),
  applyConfiguration: fields({ expression }),
};

const mutation: Demand = (value, site) => {
  const wanted = MUTATIONS.get(textOf(value.patchType) ?? '');
  if (wanted === undefined) return;
  const because = (): string => `patchType is ${quote(value.patchType)}`;
  need(wanted, because)(value, site);
  for (const other of MUTATIONS.values()) if (other !== wanted) ban(other, because)(value, site);
};

/** What is deleted cannot be changed. */
const noDeletes: Demand = ({ matchConstraints }, site) => {
  for (const [index, item] of listOf(fieldsOf(matchConstraints).resourceRules).entries()) {
    const position = listOf(fieldsOf(item).operations).indexOf('DELETE');
    const at = ['matchConstraints', 'resourceRules', index, 'operations', position];
    if (position === -1) continue;
    site.breach('object/value', `${site.name(...at)} is "DELETE", but what is deleted cannot be changed`, {
      at,
      expected: '"CREATE", "UPDATE", "CONNECT" or "*"',
    });
  }
};

/** What the API server asks of a MutatingAdmissionPolicy. */
export const mutatingPolicy: Look = fields({
  spec: fields({ ...POLICY, mutations: each(fields(MUTATION, mutation)) }, constrained, noDeletes),
});

/** The parameters of a policy, by name or by labels. */
const oneParameter: Demand = (value, site) => {
  const [byName, byLabels] = [(value.name ?? '') !== '', isMapping(value.selector)];
  if (byName !== byLabels) return;
  const message = byName
    ? 'has "name" and "selector", but only one of them may be set'
    : 'has neither "name" nor "selector", but one of them is needed';
  site.breach('object/one-of', `${site.name()} ${message}`, { expected: '"name" or "selector"' });
};

/** Bindings of both kinds of policies. */
export const policyBinding: Look = fields({
  spec: fields({
    policyName: text(DNS_SUBDOMAIN),
    paramRef: fields({ name: text(PATH_SEGMENT), selector: labelSelector }, oneParameter),
    matchResources,
    validationActions: each(() => undefined, denyOrWarn),
  }),
});

/** What is refused need not be warned about. */
function denyOrWarn(actions: readonly unknown[], site: Site): void {
  if (!actions.includes('Deny') || !actions.includes('Warn')) return;
  site.breach('object/conflict', `${site.name()} has "Deny" and "Warn", which exclude each other`, {
    hint: 'keep one of them',
  });
}
