/** Deployments, ReplicaSets, StatefulSets, DaemonSets, ReplicationControllers: pods by number. */
import { type Fields, fieldsOf, isMapping } from '../object.ts';
import { ban, need, unless } from './demands.ts';
import { isEmptySelector, labelSelector, labels, mismatch } from './labels.ts';
import { all, type Demand, each, fields, type Look } from './look.ts';
import { templateMetadata } from './metadata.ts';
import { numberOf } from './numbers.ts';
import { podSpec } from './pod/spec.ts';
import { claimSpec } from './pod/volumes.ts';
import { quote, type Site } from './site.ts';
import { DNS_LABEL, text } from './texts.ts';

/** A pod's template. */
export const podTemplate: Look = fields({ metadata: templateMetadata, spec: podSpec });

/** What runs for ever is restarted for ever, and has no end. */
const forEver: Demand = ({ template }, site) => {
  const spec = fieldsOf(fieldsOf(template).spec);
  const { restartPolicy, activeDeadlineSeconds } = spec;
  const at = ['template', 'spec'];
  const kind = site.object.kind;
  if ((restartPolicy ?? '') !== '' && restartPolicy !== 'Always') {
    site.breach(
      'object/conflict',
      `${site.name(...at, 'restartPolicy')} is ${quote(restartPolicy)}, but a ${kind} takes "Always" only`,
      {
        at: [...at, 'restartPolicy'],
        found: quote(restartPolicy),
        expected: '"Always"',
        hint: 'remove restartPolicy; for work that ends use a Job',
      },
    );
  }
  if (activeDeadlineSeconds === undefined || activeDeadlineSeconds === null) return;
  site.breach(
    'object/conflict',
    `${site.name(...at, 'activeDeadlineSeconds')} must not be set in a ${kind}: it runs for ever`,
    {
      at: [...at, 'activeDeadlineSeconds'],
      hint: 'remove activeDeadlineSeconds; for work that ends use a Job',
    },
  );
};

/** Says that a template's labels are not those that its owner looks for. */
export function wrongLabels(missing: string, site: Site): void {
  const message = `The labels of the pod template do not match the selector, which asks for ${quote(missing)}`;
  site.breach('object/selector', message, {
    at: ['template', 'metadata', 'labels'],
    expected: missing,
    hint: 'give the template the labels of the selector',
  });
}

/** A selector selects something, and its own pods. */
const ownPods: Demand = ({ selector, template }, site) => {
  if (!isMapping(selector)) return;
  if (isEmptySelector(selector)) {
    return site.breach(
      'object/selector',
      `${site.name('selector')} is empty, but a ${site.object.kind} needs one that selects its pods`,
      {
        at: ['selector'],
        found: 'an empty selector',
        expected: 'labels of the pod template',
      },
    );
  }
  const missing = mismatch(selector, fieldsOf(fieldsOf(fieldsOf(template).metadata).labels));
  if (missing !== undefined) wrongLabels(missing, site);
};

/** 0 and 0 %: no pod may be replaced at all. */
function isNone(value: unknown): boolean {
  return numberOf(value) === 0 || (typeof value === 'string' && /^0+%$/.test(value));
}

/** A rolling update needs room: one pod more, or one pod less. */
function room(name: string, surge: string): Demand {
  return (strategy, site) => {
    const rolling = fieldsOf(strategy.rollingUpdate);
    if (!isNone(rolling.maxUnavailable) || !isNone(rolling.maxSurge ?? surge)) return;
    const at = ['rollingUpdate', 'maxUnavailable'];
    site.breach(
      'object/range',
      `${site.name(...at)} and maxSurge are both 0, so that no pod of the ${name} could ever be replaced`,
      {
        at,
        found: '0 and 0',
        expected: 'one of them more than 0',
      },
    );
  };
}

/** A percentage of 100 % at most. */
export const share: Look = (value, site) => {
  if (typeof value !== 'string' || !/^\d+%$/.test(value) || Number(value.slice(0, -1)) <= 100) return;
  site.breach('object/range', `${site.name()} is ${quote(value)}, but 100% is the most`, {
    found: quote(value),
    expected: 'at most 100%',
  });
};

const onlyRolling = ban('rollingUpdate', unless('type', 'RollingUpdate', 'RollingUpdate'));

const base: Readonly<Record<string, Look>> = { selector: labelSelector, template: podTemplate };

/** What pods are waited for must be waited for longer than they need. */
const progress: Demand = ({ progressDeadlineSeconds, minReadySeconds }, site) => {
  const [deadline, ready] = [numberOf(progressDeadlineSeconds) ?? 600, numberOf(minReadySeconds) ?? 0];
  if (deadline > ready) return;
  const name = progressDeadlineSeconds === undefined ? 'minReadySeconds' : 'progressDeadlineSeconds';
  site.breach(
    'object/range',
    `progressDeadlineSeconds is ${deadline}, but it must be more than minReadySeconds, ${ready}`,
    {
      at: [name],
      found: String(deadline),
      expected: `more than ${ready}`,
    },
  );
};

/** What the API server asks of a Deployment. */
export const deployment: Look = fields({
  spec: fields(
    {
      ...base,
      strategy: fields({ rollingUpdate: fields({ maxUnavailable: share }) }, onlyRolling, room('Deployment', '25%')),
    },
    ownPods,
    forEver,
    progress,
  ),
});

/** What the API server asks of a ReplicaSet. */
export const replicaSet: Look = fields({ spec: fields(base, ownPods, forEver) });

/** Old pods and new pods of one node: one kind of them may overlap. */
const dayAndNight: Demand = ({ rollingUpdate }, site) => {
  const { maxSurge, maxUnavailable } = fieldsOf(rollingUpdate);
  if (maxSurge === undefined || isNone(maxSurge) || isNone(maxUnavailable)) return;
  const at = ['rollingUpdate', 'maxSurge'];
  site.breach('object/conflict', `${site.name(...at)} must be 0 unless maxUnavailable is 0`, {
    at,
    hint: 'set maxUnavailable to 0, or remove maxSurge',
  });
};

/** What the API server asks of a DaemonSet. */
export const daemonSet: Look = fields({
  spec: fields(
    {
      ...base,
      updateStrategy: fields(
        { rollingUpdate: fields({ maxUnavailable: share, maxSurge: share }) },
        room('DaemonSet', '0%'),
        dayAndNight,
      ),
    },
    ownPods,
    forEver,
  ),
});

/** The name of a claim, which the pods call their volume. */
const claimName: Demand = ({ metadata }, site) => {
  if (isMapping(metadata ?? {})) site.into('metadata', metadata, () => need('name')(fieldsOf(metadata), site));
};

const claimTemplate: Look = fields({ metadata: fields({ name: text(DNS_LABEL) }), spec: claimSpec }, claimName);

/** Older servers take any text here, and DNS does not. */
const serviceLabel: Look = (value, site) => {
  if (site.minor >= 36) text(DNS_LABEL)(value, site);
};

/** What the API server asks of a StatefulSet. */
export const statefulSet: Look = fields({
  spec: fields(
    {
      ...base,
      serviceName: serviceLabel,
      updateStrategy: fields({ rollingUpdate: fields({ maxUnavailable: share }) }, onlyRolling),
      volumeClaimTemplates: each(claimTemplate),
    },
    ownPods,
    forEver,
  ),
});

/** Selects by labels alone, which are the template's where none are given. */
const plainSelector: Demand = ({ selector, template }, site) => {
  if (!isMapping(selector) || Object.keys(selector).length === 0) return;
  const missing = mismatch({ matchLabels: selector }, fieldsOf(fieldsOf(fieldsOf(template).metadata).labels));
  if (missing !== undefined) wrongLabels(missing, site);
};

/** What the API server asks of a ReplicationController. */
export const replicationController: Look = fields({
  spec: fields({ selector: labels, template: podTemplate }, plainSelector, forEver),
});

/** What the API server asks of a PodTemplate. */
export const podTemplateObject: Look = fields({ template: podTemplate });

/** What the API server asks of a Pod. */
export const pod: Look = fields({ spec: all(podSpec, fields({}, gates)) });

/** A pod that waits at a gate has no node yet. */
function gates(spec: Fields, site: Site): void {
  const { schedulingGates, nodeName } = spec;
  if (!Array.isArray(schedulingGates) || schedulingGates.length === 0 || (nodeName ?? '') === '') return;
  site.breach('object/conflict', `${site.name('nodeName')} must not be set because schedulingGates is set`, {
    at: ['nodeName'],
    hint: 'remove nodeName or schedulingGates',
  });
}
