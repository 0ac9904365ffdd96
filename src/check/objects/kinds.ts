/** The looks of Kubernetes' kinds, whatever their version. */
import { mutatingPolicy, policyBinding, validatingPolicy } from './admission-policies.ts';
import { apiService } from './api-service.ts';
import { horizontalPodAutoscaler, podDisruptionBudget } from './autoscaling.ts';
import { certificateRequest, configMap, event, namespace, secret } from './config.ts';
import { customResourceDefinition } from './crd.ts';
import { deviceClass, resourceClaim, resourceClaimTemplate } from './devices.ts';
import { cronJob, job } from './jobs.ts';
import type { Look } from './look.ts';
import { ingress, ingressClass, ipAddress, networkPolicy, node, serviceCidr } from './network.ts';
import { priorityClass, priorityLevel, runtimeClass } from './priorities.ts';
import { limitRange, resourceQuota } from './quotas.ts';
import { clusterRole, clusterRoleBinding, flowSchema, role, roleBinding } from './rbac.ts';
import { endpointSlice, endpoints, service } from './services.ts';
import {
  csiDriver,
  csiNode,
  csiStorageCapacity,
  persistentVolume,
  persistentVolumeClaim,
  storageClass,
  volumeAttachment,
  volumeAttributesClass,
} from './storage.ts';
import { webhookConfiguration } from './webhooks.ts';
import {
  daemonSet,
  deployment,
  pod,
  podTemplateObject,
  replicaSet,
  replicationController,
  statefulSet,
} from './workloads.ts';

const BY_GROUP: Readonly<Record<string, Readonly<Record<string, Look>>>> = {
  '': {
    ConfigMap: configMap,
    Endpoints: endpoints,
    Event: event,
    LimitRange: limitRange,
    Namespace: namespace,
    Node: node,
    PersistentVolume: persistentVolume,
    PersistentVolumeClaim: persistentVolumeClaim,
    Pod: pod,
    PodTemplate: podTemplateObject,
    ReplicationController: replicationController,
    ResourceQuota: resourceQuota,
    Secret: secret,
    Service: service,
  },
  'admissionregistration.k8s.io': {
    MutatingAdmissionPolicy: mutatingPolicy,
    MutatingAdmissionPolicyBinding: policyBinding,
    MutatingWebhookConfiguration: webhookConfiguration,
    ValidatingAdmissionPolicy: validatingPolicy,
    ValidatingAdmissionPolicyBinding: policyBinding,
    ValidatingWebhookConfiguration: webhookConfiguration,
  },
  'apiextensions.k8s.io': { CustomResourceDefinition: customResourceDefinition },
  'apiregistration.k8s.io': { APIService: apiService },
  apps: { DaemonSet: daemonSet, Deployment: deployment, ReplicaSet: replicaSet, StatefulSet: statefulSet },
  autoscaling: { HorizontalPodAutoscaler: horizontalPodAutoscaler },
  batch: { CronJob: cronJob, Job: job },
  'certificates.k8s.io': { CertificateSigningRequest: certificateRequest },
  'discovery.k8s.io': { EndpointSlice: endpointSlice },
  'events.k8s.io': { Event: event },
  'flowcontrol.apiserver.k8s.io': { FlowSchema: flowSchema, PriorityLevelConfiguration: priorityLevel },
  'networking.k8s.io': {
    IPAddress: ipAddress,
    Ingress: ingress,
    IngressClass: ingressClass,
    NetworkPolicy: networkPolicy,
    ServiceCIDR: serviceCidr,
  },
  'node.k8s.io': { RuntimeClass: runtimeClass },
  policy: { PodDisruptionBudget: podDisruptionBudget },
  'rbac.authorization.k8s.io': {
    ClusterRole: clusterRole,
    ClusterRoleBinding: clusterRoleBinding,
    Role: role,
    RoleBinding: roleBinding,
  },
  'resource.k8s.io': {
    DeviceClass: deviceClass,
    ResourceClaim: resourceClaim,
    ResourceClaimTemplate: resourceClaimTemplate,
  },
  'scheduling.k8s.io': { PriorityClass: priorityClass },
  'storage.k8s.io': {
    CSIDriver: csiDriver,
    CSINode: csiNode,
    CSIStorageCapacity: csiStorageCapacity,
    StorageClass: storageClass,
    VolumeAttachment: volumeAttachment,
    VolumeAttributesClass: volumeAttributesClass,
  },
};

const LOOKS: ReadonlyMap<string, Look> = new Map(
  Object.entries(BY_GROUP).flatMap(([group, kinds]) =>
    Object.entries(kinds).map(([kind, look]): [string, Look] => [`${kind}.${group}`, look]),
  ),
);

/** The look of a kind; undefined where nothing is demanded that its schema does not. */
export function lookOf(group: string, kind: string): Look | undefined {
  return LOOKS.get(`${kind}.${group}`);
}
