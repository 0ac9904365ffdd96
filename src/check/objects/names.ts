/** How objects may be called. */
import { groupOf, type KubernetesObject } from '../object.ts';
import type { Catalog } from '../schema/catalog.ts';
import { IP_ADDRESS } from './addresses.ts';
import { DATA_KEY, DNS_LABEL, DNS_SUBDOMAIN, type Form, PATH_SEGMENT, SERVICE_NAME } from './texts.ts';

/** The controller adds 11 characters to make the names of Jobs, which have 63 at most. */
const CRON_JOB: Form = {
  ...DNS_SUBDOMAIN,
  name: 'a name for a CronJob',
  made: 'at most 52 of a-z, 0-9, "-" and ".", with a letter or digit at both ends of every part',
  fits: (text, minor) => text.length <= 52 && DNS_SUBDOMAIN.fits(text, minor),
};

/** Kinds of Kubernetes that are not called by a DNS name. */
const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['Namespace.', DNS_LABEL],
  ['Service.', SERVICE_NAME],
  ['StatefulSet.apps', DNS_LABEL],
  ['CronJob.batch', CRON_JOB],
  ['IPAddress.networking.k8s.io', { ...IP_ADDRESS, rule: 'object/name' }],
  ['LeaseCandidate.coordination.k8s.io', DATA_KEY],
  ...[
    'Event.',
    'PodDisruptionBudget.policy',
    'Role.rbac.authorization.k8s.io',
    'ClusterRole.rbac.authorization.k8s.io',
    'RoleBinding.rbac.authorization.k8s.io',
    'ClusterRoleBinding.rbac.authorization.k8s.io',
    'CertificateSigningRequest.certificates.k8s.io',
    'ClusterTrustBundle.certificates.k8s.io',
    'StorageVersion.internal.apiserver.k8s.io',
    'APIService.apiregistration.k8s.io',
  ].map((kind): [string, Form] => [kind, PATH_SEGMENT]),
]);

/** The form of a kind's names. Kinds without schema may belong to an API server of their own, which decides itself. */
export function nameForm({ apiVersion, kind }: KubernetesObject, catalog: Catalog): Form {
  const form = FORMS.get(`${kind}.${groupOf(apiVersion)}`);
  if (form !== undefined) return form;
  return catalog.find(apiVersion, kind) === undefined ? PATH_SEGMENT : DNS_SUBDOMAIN;
}

/** Groups and kinds of Kubernetes whose finalizers need no domain. */
const FREE_FINALIZERS = [
  /^Event\.$/,
  /^PodDisruptionBudget\.policy$/,
  /^RuntimeClass\.node\.k8s\.io$/,
  /^Lease\.coordination\.k8s\.io$/,
  /\.admissionregistration\.k8s\.io$/,
  /\.apiextensions\.k8s\.io$/,
  /\.apiregistration\.k8s\.io$/,
];

/** Whether finalizers of a kind need a domain, as those of Kubernetes' own kinds do. */
export function needsDomain({ apiVersion, kind }: KubernetesObject): boolean {
  const group = groupOf(apiVersion);
  const own = !group.includes('.') || group.endsWith('.k8s.io');
  return own && !FREE_FINALIZERS.some((pattern) => pattern.test(`${kind}.${group}`));
}
