/** Values of fields that OpenAPI calls plain text; from the server's own validation (Kubernetes 1.36). */

const PULL = 'Always IfNotPresent Never';
const PROTOCOL = 'SCTP TCP UDP';
const FAILURE = 'Fail Ignore';
const MATCH = 'Equivalent Exact';
const ROLLING = 'OnDelete RollingUpdate';
const SIDE_EFFECTS = 'None NoneOnDryRun Some Unknown';
const CONTAINER = {
  imagePullPolicy: PULL,
  terminationMessagePolicy: 'FallbackToLogsOnError File',
};
const ACCESS = 'ReadOnlyMany ReadWriteMany ReadWriteOnce ReadWriteOncePod';
const EFFECT = 'NoExecute NoSchedule PreferNoSchedule';
const PROFILE = 'Localhost RuntimeDefault Unconfined';
const SCOPES =
  'BestEffort CrossNamespacePodAffinity NotBestEffort NotTerminating PriorityClass Terminating VolumeAttributesClass';
const METRIC = 'ContainerResource External Object Pods Resource';
const KEY_USAGES =
  'any,cert sign,client auth,code signing,content commitment,crl sign,data encipherment,decipher only,digital signature,' +
  'email protection,encipher only,ipsec end system,ipsec tunnel,ipsec user,key agreement,key encipherment,microsoft sgc,' +
  'netscape sgc,ocsp signing,s/mime,server auth,signing,timestamping';

/**
 * Values that a field may have, by definition. First `[]` where the field is a list of them, `!` where the server tells
 * empty text from no text (a pointer in Go) and refuses it; other fields may be empty.
 */
export const ENUMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'admissionregistration.v1.MatchResources': { matchPolicy: MATCH },
  'admissionregistration.v1.MutatingAdmissionPolicySpec': {
    failurePolicy: FAILURE,
    reinvocationPolicy: 'IfNeeded Never',
  },
  'admissionregistration.v1.MutatingWebhook': {
    failurePolicy: FAILURE,
    matchPolicy: MATCH,
    reinvocationPolicy: 'IfNeeded Never',
    sideEffects: SIDE_EFFECTS,
  },
  'admissionregistration.v1.Mutation': { patchType: 'ApplyConfiguration JSONPatch' },
  'admissionregistration.v1.NamedRuleWithOperations': {
    operations: '[] * CONNECT CREATE DELETE UPDATE',
    scope: '! * Cluster Namespaced',
  },
  'admissionregistration.v1.RuleWithOperations': {
    operations: '[] * CONNECT CREATE DELETE UPDATE',
    scope: '! * Cluster Namespaced',
  },
  'admissionregistration.v1.ParamRef': { parameterNotFoundAction: 'Allow Deny' },
  'admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec': { validationActions: '[] Audit Deny Warn' },
  'admissionregistration.v1.ValidatingAdmissionPolicySpec': { failurePolicy: FAILURE },
  'admissionregistration.v1.ValidatingWebhook': {
    failurePolicy: FAILURE,
    matchPolicy: MATCH,
    sideEffects: SIDE_EFFECTS,
  },
  'apps.v1.DaemonSetUpdateStrategy': { type: ROLLING },
  'apps.v1.DeploymentStrategy': { type: 'Recreate RollingUpdate' },
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': {
    whenDeleted: 'Delete Retain',
    whenScaled: 'Delete Retain',
  },
  'apps.v1.StatefulSetSpec': { podManagementPolicy: 'OrderedReady Parallel' },
  'apps.v1.StatefulSetUpdateStrategy': { type: ROLLING },
  'autoscaling.v2.HPAScalingPolicy': { type: 'Percent Pods' },
  'autoscaling.v2.HPAScalingRules': { selectPolicy: '! Disabled Max Min' },
  'autoscaling.v2.MetricSpec': { type: METRIC },
  'autoscaling.v2.MetricTarget': { type: 'AverageValue Utilization Value' },
  'batch.v1.CronJobSpec': { concurrencyPolicy: 'Allow Forbid Replace' },
  'batch.v1.JobSpec': { completionMode: '! Indexed NonIndexed', podReplacementPolicy: '! Failed TerminatingOrFailed' },
  'batch.v1.PodFailurePolicyOnExitCodesRequirement': { operator: 'In NotIn' },
  'batch.v1.PodFailurePolicyOnPodConditionsPattern': { status: 'False True Unknown' },
  'batch.v1.PodFailurePolicyRule': { action: 'Count FailIndex FailJob Ignore' },
  'certificates.v1.CertificateSigningRequestSpec': { usages: `[],${KEY_USAGES}` },
  'core.v1.AppArmorProfile': { type: PROFILE },
  'core.v1.AzureDiskVolumeSource': { cachingMode: 'None ReadOnly ReadWrite', kind: 'Dedicated Managed Shared' },
  'core.v1.Container': { ...CONTAINER, restartPolicy: 'Always Never OnFailure' },
  'core.v1.ContainerPort': { protocol: PROTOCOL },
  'core.v1.ContainerResizePolicy': { resourceName: 'cpu memory', restartPolicy: 'NotRequired RestartContainer' },
  'core.v1.EndpointPort': { protocol: PROTOCOL },
  'core.v1.EphemeralContainer': CONTAINER,
  'core.v1.HTTPGetAction': { scheme: 'HTTP HTTPS' },
  'core.v1.HostPathVolumeSource': {
    type: 'BlockDevice CharDevice Directory DirectoryOrCreate File FileOrCreate Socket',
  },
  'core.v1.ImageVolumeSource': { pullPolicy: PULL },
  'core.v1.NodeSelectorRequirement': { operator: 'DoesNotExist Exists Gt In Lt NotIn' },
  'core.v1.PersistentVolumeClaimSpec': { accessModes: `[] ${ACCESS}`, volumeMode: '! Block Filesystem' },
  'core.v1.PersistentVolumeSpec': {
    accessModes: `[] ${ACCESS}`,
    persistentVolumeReclaimPolicy: 'Delete Recycle Retain',
    volumeMode: '! Block Filesystem',
  },
  'core.v1.PodOS': { name: 'linux windows' },
  'core.v1.PodSecurityContext': {
    fsGroupChangePolicy: '! Always OnRootMismatch',
    seLinuxChangePolicy: 'MountOption Recursive',
    supplementalGroupsPolicy: '! Merge Strict',
  },
  'core.v1.PodSpec': {
    dnsPolicy: 'ClusterFirst ClusterFirstWithHostNet Default None',
    preemptionPolicy: 'Never PreemptLowerPriority',
    restartPolicy: 'Always Never OnFailure',
  },
  'core.v1.ResourceQuotaSpec': { scopes: `[] ${SCOPES}` },
  'core.v1.ScopedResourceSelectorRequirement': { operator: 'DoesNotExist Exists In NotIn', scopeName: SCOPES },
  'core.v1.SeccompProfile': { type: PROFILE },
  'core.v1.SecurityContext': { procMount: 'Default Unmasked' },
  'core.v1.ServicePort': { protocol: PROTOCOL },
  'core.v1.ServiceSpec': {
    externalTrafficPolicy: 'Cluster Local',
    internalTrafficPolicy: '! Cluster Local',
    ipFamilies: '[] IPv4 IPv6',
    ipFamilyPolicy: '! PreferDualStack RequireDualStack SingleStack',
    sessionAffinity: 'ClientIP None',
    type: 'ClusterIP ExternalName LoadBalancer NodePort',
  },
  'core.v1.Taint': { effect: EFFECT },
  'core.v1.Toleration': { effect: EFFECT, operator: 'Equal Exists Gt Lt' },
  'core.v1.TopologySpreadConstraint': {
    nodeAffinityPolicy: '! Honor Ignore',
    nodeTaintsPolicy: '! Honor Ignore',
    whenUnsatisfiable: 'DoNotSchedule ScheduleAnyway',
  },
  'core.v1.VolumeMount': {
    mountPropagation: 'Bidirectional HostToContainer None',
    recursiveReadOnly: 'Disabled Enabled IfPossible',
  },
  'discovery.v1.EndpointPort': { protocol: `! ${PROTOCOL}` },
  'discovery.v1.EndpointSlice': { addressType: 'FQDN IPv4 IPv6' },
  'flowcontrol.v1.FlowDistinguisherMethod': { type: 'ByNamespace ByUser' },
  'flowcontrol.v1.LimitResponse': { type: 'Queue Reject' },
  'flowcontrol.v1.PriorityLevelConfigurationSpec': { type: 'Exempt Limited' },
  'flowcontrol.v1.Subject': { kind: 'Group ServiceAccount User' },
  'networking.v1.HTTPIngressPath': { pathType: 'Exact ImplementationSpecific Prefix' },
  'networking.v1.IngressClassParametersReference': { scope: '! Cluster Namespace' },
  'networking.v1.NetworkPolicyPort': { protocol: `! ${PROTOCOL}` },
  'networking.v1.NetworkPolicySpec': { policyTypes: '[] Egress Ingress' },
  'policy.v1.PodDisruptionBudgetSpec': { unhealthyPodEvictionPolicy: '! AlwaysAllow IfHealthyBudget' },
  'resource.v1.DeviceToleration': { effect: 'NoExecute NoSchedule', operator: 'Equal Exists' },
  'resource.v1.ExactDeviceRequest': { allocationMode: 'All ExactCount' },
  'rbac.v1.RoleRef': { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole Role' },
  'rbac.v1.Subject': { kind: 'Group ServiceAccount User' },
  'scheduling.v1.PriorityClass': { preemptionPolicy: '! Never PreemptLowerPriority' },
  'storage.v1.CSIDriverSpec': {
    fsGroupPolicy: '! File None ReadWriteOnceWithFSType',
    volumeLifecycleModes: '[] Ephemeral Persistent',
  },
  'storage.v1.StorageClass': {
    reclaimPolicy: 'Delete Recycle Retain',
    volumeBindingMode: '! Immediate WaitForFirstConsumer',
  },
};
