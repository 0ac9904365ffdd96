/** HorizontalPodAutoscalers and PodDisruptionBudgets. */
import { fieldsOf, groupOf, isMapping, listOf, textOf } from '../object.ts';
import { atLeastOne, atMostOne, ban, need } from './demands.ts';
import { labelSelector } from './labels.ts';
import { type Demand, each, fields, type Look } from './look.ts';
import { numberOf, quantity } from './numbers.ts';
import { isContainerResource } from './pod/resources.ts';
import { quote } from './site.ts';
import { DNS_LABEL, PATH_SEGMENT, text } from './texts.ts';
import { share } from './workloads.ts';

/** From this minor version on the scaled object's group must be told. */
const GROUP_SINCE = 36;

/** What is scaled is found by its group and kind. */
const scaled: Demand = ({ apiVersion, kind }, site) => {
  const version = textOf(apiVersion) ?? '';
  const known = groupOf(version) !== '' && !/\/.*\//.test(version);
  if (known || site.minor < GROUP_SINCE || (kind === 'ReplicationController' && version === 'v1')) return;
  site.breach(
    'object/required',
    `${site.name('apiVersion')} is ${version === '' ? 'missing' : quote(version)}, but it must name the group of the ${textOf(kind) ?? 'object'}`,
    {
      at: ['apiVersion'],
      found: version === '' ? 'nothing' : quote(version),
      expected: 'a group and version such as "apps/v1"',
      ...(kind === 'Deployment' && { hint: 'set apiVersion to apps/v1' }),
    },
  );
};

const object: Look = fields({ kind: text(PATH_SEGMENT), name: text(PATH_SEGMENT) });
const scaleTargetRef: Look = fields({ kind: text(PATH_SEGMENT), name: text(PATH_SEGMENT) }, scaled);

const positive = quantity({ zero: false });
const target: Look = fields({ value: positive, averageValue: positive });
const metric: Look = fields({ name: text(PATH_SEGMENT) });

/** Which targets a kind of metric takes, and whether one or several of them. */
function targets(names: readonly string[], single: boolean): Demand {
  const some = atLeastOne(...names);
  const one = atMostOne(...names);
  return ({ target }, site) => {
    if (!isMapping(target)) return;
    site.into('target', target, () => {
      some(target, site);
      if (single) one(target, site);
    });
  };
}

const resourceTarget = targets(['averageUtilization', 'averageValue'], true);

const containerName: Demand = ({ name }, site) => {
  if (typeof name !== 'string' || name === '' || isContainerResource(name)) return;
  site.breach(
    'object/quantity',
    `${site.name('name')} is ${quote(name)}, which is not a resource that a container can have`,
    {
      at: ['name'],
      found: quote(name),
      expected: '"cpu" or "memory"',
    },
  );
};

/** Metrics by type: the field of the same name, and no other. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Object: 'object',
    Pods: 'pods',
    Resource: 'resource',
    ContainerResource: 'containerResource',
    External: 'external',
  }),
);

const byType: Demand = (value, site) => {
  const wanted = TYPES.get(textOf(value.type) ?? '');
  if (wanted === undefined) return;
  need(wanted, () => `type is ${quote(value.type)}`)(value, site);
  for (const other of TYPES.values()) {
    if (other !== wanted) ban(other, () => `type is ${quote(value.type)}`)(value, site);
  }
};

const metrics: Look = each(
  fields(
    {
      object: fields({ describedObject: object, metric, target }, targets(['value', 'averageValue'], false)),
      external: fields({ metric, target }, targets(['value', 'averageValue'], true)),
      pods: fields({ metric, target }, targets(['averageValue'], false)),
      resource: fields({ target }, resourceTarget),
      containerResource: fields({ container: text(DNS_LABEL), target }, resourceTarget, containerName),
    },
    byType,
  ),
);

/** Policies that are given as a list must have one. */
const policies: Demand = ({ policies }, site) => {
  if (!Array.isArray(policies) || policies.length > 0) return;
  site.breach('object/required', `${site.name('policies')} is empty, but at least one policy is needed`, {
    at: ['policies'],
    found: 'an empty list',
    expected: 'at least one policy',
    hint: 'remove policies to have the default, or set selectPolicy to Disabled to forbid this direction',
  });
};

const rules: Look = fields(
  {
    tolerance: quantity({ zero: true }),
  },
  policies,
);

/** From none to some, and not from more to fewer. */
const replicas: Demand = (spec, site) => {
  const [least, most] = [numberOf(spec.minReplicas), numberOf(spec.maxReplicas)];
  if (least === undefined) return;
  if (most !== undefined && least > most) {
    site.breach('object/range', `${site.name('minReplicas')} is ${least}, which is more than maxReplicas, ${most}`, {
      at: ['minReplicas'],
      found: String(least),
      expected: `at most ${most}`,
      hint: 'lower minReplicas or raise maxReplicas',
    });
  }
  const fromOutside = listOf(spec.metrics).some((item) =>
    ['Object', 'External'].includes(textOf(fieldsOf(item).type) ?? ''),
  );
  if (least > 0 || fromOutside) return;
  site.breach(
    'object/range',
    `${site.name('minReplicas')} is ${least}, but without an Object or External metric nothing would start pods again`,
    {
      at: ['minReplicas'],
      found: String(least),
      expected: 'at least 1',
    },
  );
};

/** What the API server asks of a HorizontalPodAutoscaler. */
export const horizontalPodAutoscaler: Look = fields({
  spec: fields({ scaleTargetRef, metrics, behavior: fields({ scaleUp: rules, scaleDown: rules }) }, replicas),
});

/** A budget that lets no pod go stops every drain of a node, and with it the upgrade of the cluster. */
const someMayGo: Demand = ({ maxUnavailable, minAvailable }, site) => {
  const none = numberOf(maxUnavailable) === 0 || maxUnavailable === '0%';
  if (!none && minAvailable !== '100%') return;
  const name = none ? 'maxUnavailable' : 'minAvailable';
  const value = none ? maxUnavailable : minAvailable;
  site.breach(
    'object/disruption',
    `${site.name(name)} is ${quote(value)}, so that no pod may ever be evicted and no node with one can be drained`,
    {
      at: [name],
      found: quote(value),
      expected: 'a budget that lets at least one pod go',
      hint: 'set maxUnavailable to 1, or remove the budget',
    },
  );
};

/** What the API server asks of a PodDisruptionBudget. */
export const podDisruptionBudget: Look = fields({
  spec: fields(
    { selector: labelSelector, minAvailable: share, maxUnavailable: share },
    atMostOne('minAvailable', 'maxUnavailable'),
    someMayGo,
  ),
});
