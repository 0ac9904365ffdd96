/** What numbers and texts may be, where OpenAPI says only their type; from the server's own validation (Kubernetes 1.36). */
import type { OpenApiSchema } from '../../../src/check/schema/openapi.ts';

const COUNT = { minimum: 0 };
const POSITIVE = { minimum: 1 };
const PORT_NUMBER = { minimum: 1, maximum: 65_535 };
const FILE_MODE = { minimum: 0, maximum: 0o777 };
const USER = { minimum: 0, maximum: 2 ** 31 - 1 };
const WEIGHT = { minimum: 1, maximum: 100 };
const TOKEN_SECONDS = { minimum: 600, maximum: 2 ** 32 };
const EITHER = { 'x-kubernetes-int-or-string': true, format: 'int32' };
/** A port's number or its name. */
const PORT = { ...EITHER, ...PORT_NUMBER, pattern: '^[a-z0-9-]*[a-z][a-z0-9-]*$', maxLength: 15 };
/** Zero and empty text mean the service's own port. */
const TARGET_PORT = { ...PORT, minimum: 0, pattern: '^([a-z0-9-]*[a-z][a-z0-9-]*)?$' };
const SHARE = { ...EITHER, minimum: 0, pattern: '^[0-9]+%$' };
const CIDR = { format: 'cidr' };
const WEBHOOK = { timeoutSeconds: { minimum: 1, maximum: 30 } };
const HISTORY = { minReadySeconds: COUNT, replicas: COUNT, revisionHistoryLimit: COUNT };
const SPEC_OF_DATA_SOURCE: OpenApiSchema = {
  type: 'object',
  properties: { apiGroup: { type: 'string' }, kind: { type: 'string' }, name: { type: 'string' } },
};

/** Keywords to add to fields, by definition. Those with a type of their own stand instead of what was there. */
export const VALUES: Readonly<Record<string, Readonly<Record<string, OpenApiSchema>>>> = {
  'admissionregistration.v1.MutatingWebhook': WEBHOOK,
  'admissionregistration.v1.ServiceReference': { port: PORT_NUMBER },
  'admissionregistration.v1.ValidatingWebhook': WEBHOOK,
  'apiextensions.v1.CustomResourceConversion': { strategy: { enum: ['None', 'Webhook'] } },
  'apiextensions.v1.CustomResourceDefinitionSpec': { scope: { enum: ['Cluster', 'Namespaced'] } },
  'apiregistration.v1.APIServiceSpec': {
    groupPriorityMinimum: { minimum: 1, maximum: 20_000 },
    versionPriority: { minimum: 1, maximum: 1_000 },
  },
  'apiregistration.v1.ServiceReference': { port: PORT_NUMBER },
  'apps.v1.ControllerRevision': {
    data: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    revision: COUNT,
  },
  'apps.v1.DaemonSetSpec': { minReadySeconds: COUNT, revisionHistoryLimit: COUNT },
  'apps.v1.DeploymentSpec': { ...HISTORY, progressDeadlineSeconds: POSITIVE },
  'apps.v1.ReplicaSetSpec': { minReadySeconds: COUNT, replicas: COUNT },
  'apps.v1.RollingUpdateDaemonSet': { maxSurge: SHARE, maxUnavailable: SHARE },
  'apps.v1.RollingUpdateDeployment': { maxSurge: SHARE, maxUnavailable: SHARE },
  'apps.v1.RollingUpdateStatefulSetStrategy': { partition: COUNT },
  'apps.v1.StatefulSetOrdinals': { start: COUNT },
  'apps.v1.StatefulSetSpec': { minReadySeconds: COUNT, replicas: COUNT },
  'autoscaling.v1.HorizontalPodAutoscalerSpec': {
    maxReplicas: POSITIVE,
    minReplicas: COUNT,
    targetCPUUtilizationPercentage: POSITIVE,
  },
  'autoscaling.v2.HPAScalingPolicy': { periodSeconds: { minimum: 1, maximum: 1_800 }, value: POSITIVE },
  'autoscaling.v2.HPAScalingRules': { stabilizationWindowSeconds: { minimum: 0, maximum: 3_600 } },
  'autoscaling.v2.HorizontalPodAutoscalerSpec': { maxReplicas: POSITIVE, minReplicas: COUNT },
  'autoscaling.v2.MetricTarget': { averageUtilization: POSITIVE },
  'batch.v1.CronJobSpec': {
    failedJobsHistoryLimit: COUNT,
    startingDeadlineSeconds: COUNT,
    successfulJobsHistoryLimit: COUNT,
  },
  'batch.v1.JobSpec': {
    activeDeadlineSeconds: COUNT,
    backoffLimit: COUNT,
    completions: COUNT,
    parallelism: COUNT,
    ttlSecondsAfterFinished: COUNT,
  },
  'batch.v1.SuccessPolicyRule': { succeededCount: COUNT },
  'certificates.v1.CertificateSigningRequestSpec': { expirationSeconds: { minimum: 600 } },
  'coordination.v1.LeaseSpec': { leaseDurationSeconds: POSITIVE, leaseTransitions: COUNT },
  'core.v1.ClientIPConfig': { timeoutSeconds: { minimum: 1, maximum: 86_400 } },
  'core.v1.ConfigMapVolumeSource': { defaultMode: FILE_MODE },
  'core.v1.ContainerPort': { containerPort: PORT_NUMBER, hostPort: { minimum: 0, maximum: 65_535 } },
  'core.v1.DownwardAPIVolumeFile': { mode: FILE_MODE },
  'core.v1.DownwardAPIVolumeSource': { defaultMode: FILE_MODE },
  'core.v1.EndpointPort': { port: PORT_NUMBER },
  'core.v1.GRPCAction': { port: PORT_NUMBER },
  'core.v1.HTTPGetAction': { port: PORT },
  'core.v1.ISCSIPersistentVolumeSource': { lun: { minimum: 0, maximum: 255 } },
  'core.v1.ISCSIVolumeSource': { lun: { minimum: 0, maximum: 255 } },
  'core.v1.KeyToPath': { mode: FILE_MODE },
  'core.v1.PersistentVolumeClaimSpec': { dataSource: SPEC_OF_DATA_SOURCE },
  'core.v1.PodSecurityContext': {
    fsGroup: USER,
    runAsGroup: USER,
    runAsUser: USER,
    supplementalGroups: { items: { type: 'integer', format: 'int64', ...USER } },
  },
  'core.v1.PodSpec': { activeDeadlineSeconds: { minimum: 1, maximum: 2 ** 31 - 1 } },
  'core.v1.PreferredSchedulingTerm': { weight: WEIGHT },
  'core.v1.Probe': {
    failureThreshold: COUNT,
    initialDelaySeconds: COUNT,
    periodSeconds: COUNT,
    successThreshold: COUNT,
    terminationGracePeriodSeconds: POSITIVE,
    timeoutSeconds: COUNT,
  },
  'core.v1.ProjectedVolumeSource': { defaultMode: FILE_MODE },
  'core.v1.ReplicationControllerSpec': { minReadySeconds: COUNT, replicas: COUNT },
  'core.v1.SecretVolumeSource': { defaultMode: FILE_MODE },
  'core.v1.SecurityContext': { runAsGroup: USER, runAsUser: USER },
  'core.v1.ServiceAccountTokenProjection': { expirationSeconds: TOKEN_SECONDS },
  'core.v1.ServicePort': { port: PORT_NUMBER, targetPort: TARGET_PORT },
  'core.v1.ServiceSpec': { healthCheckNodePort: { minimum: 0, maximum: 65_535 } },
  'core.v1.SleepAction': { seconds: COUNT },
  'core.v1.TCPSocketAction': { port: PORT },
  'core.v1.TopologySpreadConstraint': { maxSkew: POSITIVE, minDomains: POSITIVE },
  'core.v1.WeightedPodAffinityTerm': { weight: WEIGHT },
  'flowcontrol.v1.FlowSchemaSpec': { matchingPrecedence: { minimum: 0, maximum: 10_000 } },
  'flowcontrol.v1.LimitedPriorityLevelConfiguration': {
    borrowingLimitPercent: COUNT,
    lendablePercent: { minimum: 0, maximum: 100 },
    nominalConcurrencyShares: COUNT,
  },
  'flowcontrol.v1.QueuingConfiguration': { handSize: COUNT, queueLengthLimit: COUNT, queues: COUNT },
  'networking.v1.IPBlock': { cidr: CIDR, except: { items: { type: 'string', ...CIDR } } },
  'networking.v1.NetworkPolicyPort': { port: PORT },
  'networking.v1.ServiceBackendPort': { number: { minimum: 0, maximum: 65_535 } },
  'networking.v1.ServiceCIDRSpec': { cidrs: { items: { type: 'string', ...CIDR } } },
  'policy.v1.PodDisruptionBudgetSpec': { maxUnavailable: SHARE, minAvailable: SHARE },
  'storage.v1.TokenRequest': { expirationSeconds: TOKEN_SECONDS },
  'storage.v1.VolumeNodeResources': { count: COUNT },
};

/** Defaults of fields by which the items of a list are told apart. */
export const DEFAULTS: Readonly<Record<string, Readonly<Record<string, OpenApiSchema>>>> = {
  'core.v1.ContainerPort': { protocol: { default: 'TCP' } },
  'core.v1.ServicePort': { protocol: { default: 'TCP' } },
};
