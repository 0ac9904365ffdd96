/** LimitRanges, ResourceQuotas, priorities and priority levels, runtime classes. */
import { fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import { ban, listed, uniqueBy, when } from './demands.ts';
import { type Demand, each, fields, type Look } from './look.ts';
import { exceeds, quantity } from './numbers.ts';
import { isShared, resourceName } from './pod/resources.ts';
import { quantityOf } from './quantity.ts';
import { quote } from './site.ts';
import { isQualifiedName } from './texts.ts';

/** Bounds that must not be more than others, in the order of checks. */
const ORDERS = [
  ['min', 'max'],
  ['min', 'default'],
  ['min', 'defaultRequest'],
  ['defaultRequest', 'default'],
  ['defaultRequest', 'max'],
  ['default', 'max'],
] as const;

const BOUNDS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'];

const ordered: Demand = (limit, site) => {
  for (const [low, high] of ORDERS) {
    const [lows, highs] = [fieldsOf(limit[low]), fieldsOf(limit[high])];
    for (const name of Object.keys(lows)) {
      if (highs[name] === undefined || !exceeds(lows[name], highs[name])) continue;
      const expected = `at most ${high}, ${quote(highs[name] ?? 0)}`;
      site.breach('object/range', `${site.name(low, name)} is ${quote(lows[name] ?? 0)}, but it must be ${expected}`, {
        at: [low, name],
        found: quote(lows[name] ?? 0),
        expected,
      });
      return;
    }
  }
};

/** What cannot be shared is requested as a whole. */
const undivided: Demand = (limit, site) => {
  const [limits, requests] = [fieldsOf(limit.default), fieldsOf(limit.defaultRequest)];
  for (const name of Object.keys(requests)) {
    const differs = exceeds(limits[name], requests[name]) || exceeds(requests[name], limits[name]);
    if (isShared(name) || !differs) continue;
    const expected = `default, ${quote(limits[name] ?? 0)}`;
    site.breach(
      'object/range',
      `${site.name('defaultRequest', name)} is ${quote(requests[name] ?? 0)}, but it must be ${expected}`,
      {
        at: ['defaultRequest', name],
        found: quote(requests[name] ?? 0),
        expected,
      },
    );
  }
};

/** The ratio between limit and request: 1 at least, and not more than there can be. */
const ratios: Demand = (limit, site) => {
  const [least, most] = [fieldsOf(limit.min), fieldsOf(limit.max)];
  for (const [name, value] of Object.entries(fieldsOf(limit.maxLimitRequestRatio))) {
    const ratio = quantityOf(value);
    if (ratio === undefined) continue;
    const [low, high] = [quantityOf(least[name] ?? ''), quantityOf(most[name] ?? '')];
    const end = low === undefined || high === undefined || low <= 0 ? Number.POSITIVE_INFINITY : high / low;
    if (ratio >= 1 && ratio <= end * (1 + 1e-9)) continue;
    const expected = ratio < 1 ? 'at least 1' : `at most max / min, ${end}`;
    site.breach(
      'object/range',
      `${site.name('maxLimitRequestRatio', name)} is ${quote(value ?? 0)}, but it must be ${expected}`,
      {
        at: ['maxLimitRequestRatio', name],
        found: quote(value ?? 0),
        expected,
      },
    );
  }
};

const LIMIT_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];

const limitType: Look = (value, site) => {
  if (typeof value !== 'string' || value === '' || LIMIT_TYPES.includes(value)) return;
  if (value.includes('/') && isQualifiedName(value)) return;
  site.breach(
    'object/value',
    `${site.name()} is ${quote(value)}, but it must be "Pod", "Container" or "PersistentVolumeClaim"`,
    {
      found: quote(value),
      expected: 'one of "Pod", "Container", "PersistentVolumeClaim", or a type with a domain',
    },
  );
};

/** Pods and containers have resources of containers. */
const limitNames: Demand = (limit, site) => {
  if (limit.type !== 'Container' && limit.type !== 'Pod') return;
  for (const bound of BOUNDS) {
    const names = Object.keys(fieldsOf(limit[bound]));
    site.into(bound, names, () => {
      for (const name of names) resourceName(name, site);
    });
  }
};

const claimLimits: Demand = (limit, site) => {
  if (limit.type !== 'PersistentVolumeClaim') return;
  if (['min', 'max'].some((bound) => fieldsOf(limit[bound]).storage !== undefined)) return;
  site.breach('object/required', `${site.name()} is for claims, but neither min nor max has "storage"`, {
    expected: 'storage in min or max',
  });
};

/** What the API server asks of a LimitRange. */
export const limitRange: Look = fields({
  spec: fields({
    limits: each(
      fields(
        { type: limitType },
        ordered,
        undivided,
        ratios,
        limitNames,
        claimLimits,
        ...['default', 'defaultRequest'].map((name) => ban(name, when('type', 'Pod'))),
      ),
      uniqueBy('type'),
    ),
  }),
});

const COUNTED = ['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps'];
const WHOLE = [...COUNTED, 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers'];
const DIVISIBLE = ['cpu', 'memory', 'ephemeral-storage'];
const QUOTA_NAMES = [
  ...WHOLE,
  ...DIVISIBLE.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
  'requests.storage',
];

/** The resources that a scope can be about. */
const OF_PODS = ['pods', 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
const SCOPES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    Terminating: OF_PODS,
    NotTerminating: OF_PODS,
    NotBestEffort: OF_PODS,
    PriorityClass: OF_PODS,
    CrossNamespacePodAffinity: OF_PODS,
    BestEffort: ['pods'],
    VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
  }),
);

const EXCLUSIVE = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];

const whole = quantity({ zero: true, whole: true });
const divisible = quantity({ zero: true });
const isHugePages = (name: string): boolean => /^(?:requests\.)?hugepages-/.test(name);

const hard: Look = (value, site) => {
  if (!isMapping(value)) return;
  for (const [name, amount] of Object.entries(value)) {
    site.into(name, amount, WHOLE.includes(name) ? whole : divisible);
    const known = name.includes('/') ? isQualifiedName(name) : QUOTA_NAMES.includes(name) || isHugePages(name);
    if (known) continue;
    site.breach('object/quantity', `${site.name(name)} is not a resource that a quota can have`, {
      at: [name],
      found: quote(name),
      expected: 'a resource such as "requests.cpu", "pods" or "count/deployments.apps"',
    });
  }
};

const scoped: Demand = (spec, site) => {
  const names = Object.keys(fieldsOf(spec.hard)).filter((name) => QUOTA_NAMES.includes(name));
  const selected = listOf(fieldsOf(spec.scopeSelector).matchExpressions).map((item) => fieldsOf(item).scopeName);
  for (const scope of [...listOf(spec.scopes), ...selected]) {
    const outside = names.find((name) => SCOPES.get(textOf(scope) ?? '')?.includes(name) === false);
    if (outside === undefined) continue;
    const expected = (SCOPES.get(textOf(scope) ?? '') ?? []).join(', ');
    site.breach('object/conflict', `${site.name('hard', outside)} cannot be limited in the scope ${quote(scope)}`, {
      at: ['hard', outside],
      expected: `one of ${expected}`,
    });
  }
  for (const scopes of [listOf(spec.scopes), selected]) {
    const pair = EXCLUSIVE.find((one) => one.every((scope) => scopes.includes(scope)));
    if (pair === undefined) continue;
    site.breach('object/conflict', `The scopes ${listed(pair, 'and')} exclude each other`, { at: ['scopes'] });
  }
};

const BARE_SCOPES = [...SCOPES.keys()].filter((scope) => !scope.endsWith('Class'));

/** Scopes with values are asked for values, others for nothing. */
const scopeExpression: Demand = ({ scopeName, operator, values }, site) => {
  const count = listOf(values).length;
  if (BARE_SCOPES.includes(textOf(scopeName) ?? '') && typeof operator === 'string' && operator !== 'Exists') {
    site.breach(
      'object/selector',
      `${site.name('operator')} is ${quote(operator)}, but the scope ${quote(scopeName)} takes "Exists" only`,
      {
        at: ['operator'],
        expected: '"Exists"',
      },
    );
  }
  const needed = operator === 'In' || operator === 'NotIn';
  if (needed === count > 0 || typeof operator !== 'string') return;
  site.breach(
    'object/selector',
    `${site.name('values')} has ${count} values, but operator ${quote(operator)} needs ${needed ? 'at least one' : 'none'}`,
    {
      at: ['values'],
      expected: needed ? 'at least one' : 'none',
    },
  );
};

/** What the API server asks of a ResourceQuota. */
export const resourceQuota: Look = fields({
  spec: fields({ hard, scopeSelector: fields({ matchExpressions: each(fields({}, scopeExpression)) }) }, scoped),
});
