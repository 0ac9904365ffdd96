/**
 * Kubernetes' own API versions that are deprecated or gone, from its deprecation guide and the lifecycle marks of its
 * types (1.36). Columns: group/version, kinds, deprecated in, removed in, replacement (`-` for none). Removals
 * that lie ahead are the announced ones; what a bundled version of Kubernetes really serves, the bundle decides.
 */
const TABLE = `
admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicy,MutatingAdmissionPolicyBinding 1.35 1.38 admissionregistration.k8s.io/v1
admissionregistration.k8s.io/v1alpha1 ValidatingAdmissionPolicy,ValidatingAdmissionPolicyBinding 1.29 1.32 admissionregistration.k8s.io/v1
admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy,MutatingAdmissionPolicyBinding 1.37 1.40 admissionregistration.k8s.io/v1
admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration,ValidatingWebhookConfiguration 1.16 1.22 admissionregistration.k8s.io/v1
admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicy,ValidatingAdmissionPolicyBinding 1.31 1.34 admissionregistration.k8s.io/v1
apiextensions.k8s.io/v1beta1 CustomResourceDefinition 1.16 1.22 apiextensions.k8s.io/v1
apiregistration.k8s.io/v1beta1 APIService 1.19 1.22 apiregistration.k8s.io/v1
apps/v1beta1 ControllerRevision,Deployment,StatefulSet 1.8 1.16 apps/v1
apps/v1beta2 ControllerRevision,DaemonSet,Deployment,ReplicaSet,StatefulSet 1.9 1.16 apps/v1
authentication.k8s.io/v1alpha1 SelfSubjectReview 1.29 1.32 authentication.k8s.io/v1
authentication.k8s.io/v1beta1 SelfSubjectReview 1.30 1.33 authentication.k8s.io/v1
authentication.k8s.io/v1beta1 TokenReview 1.19 1.22 authentication.k8s.io/v1
authorization.k8s.io/v1beta1 LocalSubjectAccessReview,SelfSubjectAccessReview,SelfSubjectRulesReview,SubjectAccessReview 1.19 1.22 authorization.k8s.io/v1
autoscaling/v2beta1 HorizontalPodAutoscaler 1.22 1.25 autoscaling/v2
autoscaling/v2beta2 HorizontalPodAutoscaler 1.23 1.26 autoscaling/v2
batch/v1beta1 CronJob 1.21 1.25 batch/v1
batch/v2alpha1 CronJob 1.20 1.21 batch/v1
certificates.k8s.io/v1alpha1 ClusterTrustBundle 1.34 1.37 certificates.k8s.io/v1beta1
certificates.k8s.io/v1beta1 CertificateSigningRequest 1.19 1.22 certificates.k8s.io/v1
coordination.k8s.io/v1alpha2 LeaseCandidate 1.35 1.38 coordination.k8s.io/v1beta1
coordination.k8s.io/v1beta1 Lease 1.19 1.22 coordination.k8s.io/v1
coordination.k8s.io/v1beta1 LeaseCandidate 1.36 1.39 -
discovery.k8s.io/v1beta1 EndpointSlice 1.21 1.25 discovery.k8s.io/v1
events.k8s.io/v1beta1 Event 1.22 1.25 events.k8s.io/v1
extensions/v1beta1 DaemonSet,Deployment,ReplicaSet 1.8 1.16 apps/v1
extensions/v1beta1 Ingress 1.14 1.22 networking.k8s.io/v1
extensions/v1beta1 NetworkPolicy 1.9 1.16 networking.k8s.io/v1
extensions/v1beta1 PodSecurityPolicy 1.10 1.16 -
flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema,PriorityLevelConfiguration 1.23 1.26 flowcontrol.apiserver.k8s.io/v1
flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema,PriorityLevelConfiguration 1.26 1.29 flowcontrol.apiserver.k8s.io/v1
flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema,PriorityLevelConfiguration 1.29 1.32 flowcontrol.apiserver.k8s.io/v1
networking.k8s.io/v1beta1 IPAddress,ServiceCIDR 1.34 1.37 networking.k8s.io/v1
networking.k8s.io/v1beta1 Ingress,IngressClass 1.19 1.22 networking.k8s.io/v1
node.k8s.io/v1beta1 RuntimeClass 1.22 1.25 node.k8s.io/v1
policy/v1beta1 PodDisruptionBudget 1.21 1.25 policy/v1
policy/v1beta1 PodSecurityPolicy 1.21 1.25 -
rbac.authorization.k8s.io/v1alpha1 ClusterRole,ClusterRoleBinding,Role,RoleBinding 1.17 1.22 rbac.authorization.k8s.io/v1
rbac.authorization.k8s.io/v1beta1 ClusterRole,ClusterRoleBinding,Role,RoleBinding 1.17 1.22 rbac.authorization.k8s.io/v1
resource.k8s.io/v1alpha3 DeviceTaintRule 1.36 1.39 resource.k8s.io/v1beta2
resource.k8s.io/v1beta1 DeviceClass,ResourceClaim,ResourceClaimTemplate,ResourceSlice 1.35 1.38 resource.k8s.io/v1
resource.k8s.io/v1beta2 DeviceClass,ResourceClaim,ResourceClaimTemplate,ResourceSlice 1.36 1.39 resource.k8s.io/v1
scheduling.k8s.io/v1alpha1 PriorityClass 1.14 1.22 scheduling.k8s.io/v1
scheduling.k8s.io/v1beta1 PriorityClass 1.14 1.22 scheduling.k8s.io/v1
storage.k8s.io/v1alpha1 CSIStorageCapacity 1.21 1.24 storage.k8s.io/v1
storage.k8s.io/v1alpha1 VolumeAttachment 1.21 1.24 storage.k8s.io/v1
storage.k8s.io/v1alpha1 VolumeAttributesClass 1.32 1.35 storage.k8s.io/v1
storage.k8s.io/v1beta1 CSIDriver,StorageClass,VolumeAttachment 1.19 1.22 storage.k8s.io/v1
storage.k8s.io/v1beta1 CSINode 1.17 1.22 storage.k8s.io/v1
storage.k8s.io/v1beta1 CSIStorageCapacity 1.24 1.27 storage.k8s.io/v1
storage.k8s.io/v1beta1 VolumeAttributesClass 1.34 1.37 storage.k8s.io/v1
v1 Endpoints 1.33 - discovery.k8s.io/v1 EndpointSlice
`;

/** When an API version of a kind ends. Versions as `1.25`. */
export interface Ending {
  readonly deprecatedIn: string;
  readonly removedIn: string | undefined;
  readonly replacement: { readonly apiVersion: string; readonly kind: string } | undefined;
}

const ENDINGS: ReadonlyMap<string, Ending> = new Map(
  TABLE.trim()
    .split('\n')
    .flatMap((line) => {
      const [apiVersion = '', kinds = '', deprecatedIn = '', removedIn = '-', next = '-', nextKind] = line.split(' ');
      return kinds.split(',').map((kind): [string, Ending] => [
        `${apiVersion} ${kind}`,
        {
          deprecatedIn,
          removedIn: removedIn === '-' ? undefined : removedIn,
          replacement: next === '-' ? undefined : { apiVersion: next, kind: nextKind ?? kind },
        },
      ]);
    }),
);

/** When a kind of Kubernetes ends in this API version, or undefined when that is not announced. */
export function endingOf(apiVersion: string, kind: string): Ending | undefined {
  return ENDINGS.get(`${apiVersion} ${kind}`);
}

/** Every API version and kind with an announced end, as `[apiVersion, kind, ending]`. */
export function endings(): readonly (readonly [string, string, Ending])[] {
  return [...ENDINGS].map(([name, ending]) => {
    const [apiVersion = '', kind = ''] = name.split(' ');
    return [apiVersion, kind, ending];
  });
}
