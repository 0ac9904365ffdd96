/** Where pods may run: affinity, tolerations, spread. */
import { type Fields, isMapping, listOf } from '../../object.ts';
import { LABEL_KEY, labelKey, labelSelector, nodeExpression } from '../labels.ts';
import { type Demand, each, fields, type Look } from '../look.ts';
import { quote, type Site } from '../site.ts';
import { DNS_LABEL, DNS_SUBDOMAIN, given, LABEL_VALUE, text, word } from '../texts.ts';

/** Nodes can be asked for by one field, their name. */
const nodeField: Look = fields(
  {
    key: word(['metadata.name'], 'object/selector'),
    operator: word(['In', 'NotIn'], 'object/selector'),
    values: each(given(DNS_SUBDOMAIN)),
  },
  ({ values }, site) => {
    if (listOf(values).length === 1) return;
    site.breach(
      'object/selector',
      `${site.name('values')} has ${listOf(values).length} names, but exactly one is needed`,
      {
        at: ['values'],
        found: `${listOf(values).length} names`,
        expected: 'exactly one',
      },
    );
  },
);

const nodeTerm = (strict: boolean): Look =>
  fields({ matchExpressions: each(nodeExpression(strict)), matchFields: each(nodeField) });

/** `nodeSelectorTerms`. */
export const nodeSelector: Look = fields({ nodeSelectorTerms: each(nodeTerm(true)) });

const nodeAffinity: Look = fields({
  requiredDuringSchedulingIgnoredDuringExecution: nodeSelector,
  preferredDuringSchedulingIgnoredDuringExecution: each(fields({ preference: nodeTerm(false) })),
});

const KEYS = ['matchLabelKeys', 'mismatchLabelKeys'];

/** Keys of the pod's own labels: they need a selector to add to, and cannot repeat what it has. */
const labelKeys: Demand = (value, site) => {
  for (const name of KEYS) {
    if (listOf(value[name]).length === 0 || isMapping(value.labelSelector)) continue;
    site.breach('object/conflict', `${site.name(name)} must not be set because labelSelector is missing`, {
      at: [name],
      expected: 'a labelSelector',
      hint: `set labelSelector, or remove ${name}`,
    });
  }
  const both = listOf(value.matchLabelKeys).find((key) => listOf(value.mismatchLabelKeys).includes(key));
  if (both === undefined) return;
  site.breach('object/conflict', `${site.name('matchLabelKeys')} and mismatchLabelKeys have both ${quote(both)}`, {
    at: ['matchLabelKeys'],
    hint: 'remove it from one of them',
  });
};

const podTerm: Look = fields(
  {
    labelSelector,
    namespaceSelector: labelSelector,
    namespaces: each(given(DNS_LABEL)),
    topologyKey: labelKey,
    matchLabelKeys: each(labelKey),
    mismatchLabelKeys: each(labelKey),
  },
  labelKeys,
);

const podAffinity: Look = fields({
  requiredDuringSchedulingIgnoredDuringExecution: each(podTerm),
  preferredDuringSchedulingIgnoredDuringExecution: each(fields({ podAffinityTerm: podTerm })),
});

/** `affinity` of a pod. */
export const affinity: Look = fields({ nodeAffinity, podAffinity, podAntiAffinity: podAffinity });

function toleration({ key, operator, value, effect, tolerationSeconds }: Fields, site: Site): void {
  const all = (key ?? '') === '';
  if (all && operator !== 'Exists') {
    site.breach('object/required', `${site.name('key')} is missing, which is needed because operator is not "Exists"`, {
      at: ['key'],
      expected: 'the key of a taint, or operator "Exists" to tolerate all',
      hint: 'set key, or set operator to Exists',
    });
  }
  if (tolerationSeconds !== undefined && tolerationSeconds !== null && effect !== 'NoExecute') {
    site.breach('object/conflict', `${site.name('tolerationSeconds')} is set, but effect is not "NoExecute"`, {
      at: ['effect'],
      found: quote(effect),
      expected: '"NoExecute"',
      hint: 'set effect to NoExecute, or remove tolerationSeconds',
    });
  }
  if (operator === 'Exists' && (value ?? '') !== '') {
    site.breach('object/conflict', `${site.name('value')} must not be set because operator is "Exists"`, {
      at: ['value'],
      hint: 'remove value, or set operator to Equal',
    });
  } else if (operator === undefined || operator === null || operator === '' || operator === 'Equal') {
    if (value !== undefined) site.into('value', value, given(LABEL_VALUE));
  }
}

/** `tolerations`. */
export const tolerations: Look = each(fields({ key: text(LABEL_KEY) }, toleration));

const minDomains: Demand = ({ minDomains, whenUnsatisfiable }, site) => {
  if (minDomains === undefined || minDomains === null || whenUnsatisfiable !== 'ScheduleAnyway') return;
  site.breach(
    'object/conflict',
    `${site.name('minDomains')} must not be set because whenUnsatisfiable is ${quote(whenUnsatisfiable)}`,
    {
      at: ['minDomains'],
      expected: 'whenUnsatisfiable "DoNotSchedule"',
      hint: 'remove minDomains',
    },
  );
};

/** `topologySpreadConstraints`. */
export const spread: Look = each(fields({ labelSelector, matchLabelKeys: each(labelKey) }, minDomains, labelKeys));
