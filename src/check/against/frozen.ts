/** Fields that the API server lets nobody change. */
import type { FieldPath } from '../../model.ts';
import { type Fields, fieldsOf, isMapping, valueAt } from '../object.ts';
import type { Comparison } from './difference.ts';

/** A field that must stay as it is. */
export interface Frozen extends Comparison {
  readonly at: FieldPath;
  /** What the server fills in where the field is absent. */
  readonly absent?: unknown;
}

/** The frozen fields of an object, which may depend on what it says before and after. */
export type Freeze = (before: Fields, after: Fields) => readonly Frozen[];

const at = (path: string): FieldPath => path.split('.');
/** Both sides must state it to differ. */
const stated = (path: string, rest: Comparison = {}): Frozen => ({ at: at(path), ...rest });
/** It has no default. */
const exact = (path: string): Frozen => ({ at: at(path), exact: true });
/** It has this default. */
const defaulted = (path: string, absent: unknown): Frozen => ({ at: at(path), exact: true, absent });

const always =
  (...fields: readonly Frozen[]): Freeze =>
  () =>
    fields;

const selector = always(exact('spec.selector'));
const roleRef = always(stated('roleRef'));

/** What may change in the template of a Job that waits. */
const SCHEDULING = [
  ...['metadata.labels', 'metadata.annotations', 'spec.nodeSelector', 'spec.tolerations', 'spec.affinity'],
  ...['spec.schedulingGates', 'spec.containers.resources', 'spec.initContainers.resources'],
];

/** A Job that is removed when it is done is made anew, not changed. */
const job: Freeze = ({ spec }, after) => {
  const { ttlSecondsAfterFinished, suspend, completionMode, completions, parallelism } = fieldsOf(spec);
  // Neither stated is one of both; a number that was stated cannot be dropped.
  const once = completions === undefined && parallelism === undefined ? 1 : undefined;
  if (typeof ttlSecondsAfterFinished === 'number') return [];
  return [
    // The server makes one where none is stated.
    ...([spec, after.spec].every((said) => isMapping(fieldsOf(said).selector)) ? [stated('spec.selector')] : []),
    stated('spec.template', suspend === true ? { except: SCHEDULING } : {}),
    defaulted('spec.completionMode', 'NonIndexed'),
    ...(completionMode === 'Indexed' ? [] : [defaulted('spec.completions', once)]),
    exact('spec.backoffLimitPerIndex'),
    { at: at('spec.podFailurePolicy'), absent: {} },
    { at: at('spec.successPolicy'), absent: {} },
    ...(suspend === true ? [] : [exact('spec.managedBy')]),
  ];
};

const statefulSet = always(
  exact('spec.selector'),
  defaulted('spec.serviceName', ''),
  defaulted('spec.podManagementPolicy', 'OrderedReady'),
  { at: at('spec.volumeClaimTemplates'), absent: [], except: ['apiVersion', 'kind', 'status'] },
);

const service: Freeze = (before, after) => {
  const types = [before, after].map((value) => valueAt(value, ['spec', 'type']) ?? 'ClusterIP');
  if (types.includes('ExternalName')) return [];
  const balanced = types.every((type) => type === 'LoadBalancer');
  const [was, is] = [before, after].map((value) => valueAt(value, ['spec', 'clusterIP']));
  // Where nothing is stated the server has chosen an address, which nobody knows; None it never chooses.
  const headless = is === 'None' && (was === undefined || was === null || was === '');
  return [
    headless ? defaulted('spec.clusterIP', 'an address') : stated('spec.clusterIP'),
    ...(balanced ? [exact('spec.loadBalancerClass'), stated('spec.healthCheckNodePort')] : []),
  ];
};

const claim = always(
  stated('spec.accessModes'),
  stated('spec.storageClassName'),
  stated('spec.volumeName'),
  exact('spec.selector'),
  stated('spec.dataSource'),
  stated('spec.dataSourceRef'),
  defaulted('spec.volumeMode', 'Filesystem'),
);

const CHANGING = [
  ...['capacity', 'accessModes', 'claimRef', 'persistentVolumeReclaimPolicy', 'storageClassName', 'mountOptions'],
  ...['nodeAffinity', 'volumeAttributesClassName', 'volumeMode', 'csi.controllerExpandSecretRef'],
];

/** The source of a volume is one of many keys. */
const volume: Freeze = (before, after) => {
  const sources = [after, before].flatMap(({ spec }) => Object.keys(fieldsOf(spec)));
  const { nodeAffinity } = fieldsOf(before.spec);
  // Labels of beta may become those that took their place.
  const bound = nodeAffinity !== undefined && !JSON.stringify(nodeAffinity).includes('beta.kubernetes.io/');
  const changed = [...new Set(sources)].filter((key) => !CHANGING.includes(key));
  return [
    ...changed.map((key): Frozen => {
      const both = [before, after].every((value) => valueAt(value, ['spec', key]) !== undefined);
      return both ? stated(`spec.${key}`, { except: ['controllerExpandSecretRef'] }) : exact(`spec.${key}`);
    }),
    defaulted('spec.volumeMode', 'Filesystem'),
    ...(bound ? [exact('spec.nodeAffinity')] : []),
  ];
};

const pod: Freeze = ({ spec }) => {
  const gated = Array.isArray(fieldsOf(spec).schedulingGates);
  return [
    stated('spec', {
      except: [
        ...['containers.image', 'initContainers.image', 'tolerations', 'activeDeadlineSeconds', 'schedulingGates'],
        ...(gated ? ['nodeSelector', 'affinity'] : []),
      ],
    }),
  ];
};

/** By kind and group. */
export const FREEZES: Readonly<Record<string, Freeze>> = {
  'Deployment.apps': selector,
  'ReplicaSet.apps': selector,
  'DaemonSet.apps': selector,
  'StatefulSet.apps': statefulSet,
  'Job.batch': job,
  'Pod.': pod,
  'Service.': service,
  'PersistentVolumeClaim.': claim,
  'PersistentVolume.': volume,
  'ResourceQuota.': always(exact('spec.scopes')),
  'Secret.': always(defaulted('type', 'Opaque')),
  'StorageClass.storage.k8s.io': always(
    exact('provisioner'),
    exact('parameters'),
    defaulted('reclaimPolicy', 'Delete'),
    defaulted('volumeBindingMode', 'Immediate'),
  ),
  'CSIDriver.storage.k8s.io': always(
    defaulted('spec.attachRequired', true),
    defaulted('spec.volumeLifecycleModes', ['Persistent']),
  ),
  'VolumeAttributesClass.storage.k8s.io': always(exact('driverName'), exact('parameters')),
  'RoleBinding.rbac.authorization.k8s.io': roleRef,
  'ClusterRoleBinding.rbac.authorization.k8s.io': roleRef,
  'IngressClass.networking.k8s.io': always(exact('spec.controller')),
  'PriorityClass.scheduling.k8s.io': always(
    defaulted('value', 0),
    defaulted('preemptionPolicy', 'PreemptLowerPriority'),
  ),
  'RuntimeClass.node.k8s.io': always(exact('handler')),
  'EndpointSlice.discovery.k8s.io': always(exact('addressType')),
  'CustomResourceDefinition.apiextensions.k8s.io': always(
    exact('spec.group'),
    exact('spec.scope'),
    exact('spec.names.kind'),
    exact('spec.names.plural'),
  ),
};
