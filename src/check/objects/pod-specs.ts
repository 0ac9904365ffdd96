/** Where Kubernetes' own kinds hold pods. */
import type { FieldPath } from '../../model.ts';
import { type Fields, fieldsOf, groupOf, isMapping, type KubernetesObject, valueAt } from '../object.ts';

/** A pod, or what pods are made of, in an object. */
export interface PodTemplate {
  /** Of the pod's spec. */
  readonly at: FieldPath;
  readonly spec: Fields;
  readonly labels: Fields;
  /** Of the pod's metadata. */
  readonly metadataAt: FieldPath;
}

/** The paths of pod templates, by kind and group. */
const TEMPLATES: ReadonlyMap<string, FieldPath> = new Map<string, FieldPath>([
  ['Pod.', []],
  ['PodTemplate.', ['template']],
  ['ReplicationController.', ['spec', 'template']],
  ['Deployment.apps', ['spec', 'template']],
  ['ReplicaSet.apps', ['spec', 'template']],
  ['StatefulSet.apps', ['spec', 'template']],
  ['DaemonSet.apps', ['spec', 'template']],
  ['Job.batch', ['spec', 'template']],
  ['CronJob.batch', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/** The pods that an object is or makes. Whatever the object holds, what is no mapping is left out. */
export function podTemplatesOf({ apiVersion, kind, value }: KubernetesObject): readonly PodTemplate[] {
  const path = TEMPLATES.get(`${kind}.${groupOf(apiVersion)}`);
  if (path === undefined) return [];
  const { metadata, spec } = fieldsOf(valueAt(value, path));
  if (!isMapping(spec)) return [];
  const labels = fieldsOf(fieldsOf(metadata).labels);
  return [{ at: [...path, 'spec'], spec, labels, metadataAt: [...path, 'metadata'] }];
}
