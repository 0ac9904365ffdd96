/** Objects of Flux, each with the rule of its CRD that it breaks (undefined: none). */
interface FluxCase {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: object;
  readonly message: string | undefined;
}

const SOURCE = 'source.toolkit.fluxcd.io/v1';
const HELM = 'helm.toolkit.fluxcd.io/v2';
const KUSTOMIZE = 'kustomize.toolkit.fluxcd.io/v1';
const NOTIFY = 'notification.toolkit.fluxcd.io/v1';
const ALERT = 'notification.toolkit.fluxcd.io/v1beta3';
const EXTENSIONS = 'source.extensions.fluxcd.io/v1beta1';

const interval = '5m';
const chart = { spec: { chart: 'web', sourceRef: { kind: 'HelmRepository', name: 'charts' } } };
const chartRef = { kind: 'OCIRepository', name: 'web' };
const bucket = { interval, bucketName: 'web', endpoint: 's3.example.com' };
const kustomization = { interval, prune: true, sourceRef: { kind: 'Bucket', name: 'web' } };
const sts = (provider: string, more = {}): object => ({ provider, endpoint: 'https://sts.example.com', ...more });
const receiver = { resources: [{ kind: 'Bucket', name: 'web' }] };
const secretRef = { name: 'web' };

const one = (apiVersion: string, kind: string, spec: object, message?: string): FluxCase => ({
  apiVersion,
  kind,
  spec,
  message,
});

export const FLUX_CASES: readonly FluxCase[] = [
  one(HELM, 'HelmRelease', { interval, chart }),
  one(HELM, 'HelmRelease', { interval, chartRef }),
  one(HELM, 'HelmRelease', { interval }, 'either chart or chartRef must be set'),
  one(HELM, 'HelmRelease', { interval, chart, chartRef }, 'either chart or chartRef must be set'),
  one(
    HELM,
    'HelmRelease',
    { interval, chart, install: { strategy: { name: 'RemediateOnFailure', retryInterval: '1m' } } },
    ".retryInterval cannot be set when .name is 'RemediateOnFailure'",
  ),
  one(HELM, 'HelmRelease', { interval, chart, install: { strategy: { name: 'RetryOnFailure', retryInterval: '1m' } } }),
  one(
    HELM,
    'HelmRelease',
    { interval, chart, kubeConfig: {} },
    'exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified',
  ),
  one(KUSTOMIZE, 'Kustomization', { ...kustomization, kubeConfig: { secretRef } }),
  one(
    KUSTOMIZE,
    'Kustomization',
    { ...kustomization, kubeConfig: { secretRef, configMapRef: { name: 'web' } } },
    'exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified',
  ),
  one(SOURCE, 'Bucket', bucket),
  one(SOURCE, 'Bucket', { ...bucket, provider: 'aws', sts: sts('aws') }),
  one(
    SOURCE,
    'Bucket',
    { ...bucket, provider: 'gcp', sts: sts('aws') },
    "STS configuration is only supported for the 'aws' and 'generic' Bucket providers",
  ),
  one(
    SOURCE,
    'Bucket',
    { ...bucket, provider: 'aws', sts: sts('ldap') },
    "'aws' is the only supported STS provider for the 'aws' Bucket provider",
  ),
  one(
    SOURCE,
    'Bucket',
    { ...bucket, sts: sts('aws') },
    "'ldap' is the only supported STS provider for the 'generic' Bucket provider",
  ),
  one(
    SOURCE,
    'Bucket',
    { ...bucket, provider: 'aws', sts: sts('aws', { secretRef }) },
    "spec.sts.secretRef is not required for the 'aws' STS provider",
  ),
  one(
    SOURCE,
    'Bucket',
    { ...bucket, provider: 'aws', sts: sts('aws', { certSecretRef: secretRef }) },
    "spec.sts.certSecretRef is not required for the 'aws' STS provider",
  ),
  one(
    SOURCE,
    'Bucket',
    { ...bucket, serviceAccountName: 'web' },
    "ServiceAccountName is not supported for the 'generic' Bucket provider",
  ),
  one(
    SOURCE,
    'Bucket',
    { ...bucket, provider: 'aws', secretRef, serviceAccountName: 'web' },
    'cannot set both .spec.secretRef and .spec.serviceAccountName',
  ),
  one(
    SOURCE,
    'GitRepository',
    { interval, url: 'https://git.example.com/web', serviceAccountName: 'web' },
    "serviceAccountName can only be set when provider is 'azure' or 'aws'",
  ),
  one(SOURCE, 'GitRepository', {
    interval,
    url: 'https://git.example.com/web',
    provider: 'aws',
    serviceAccountName: 'web',
  }),
  one(
    SOURCE,
    'HelmChart',
    { interval, chart: 'web', sourceRef: { kind: 'Bucket', name: 'web' }, verify: { provider: 'cosign' } },
    "spec.verify is only supported when spec.sourceRef.kind is 'HelmRepository'",
  ),
  one(
    ALERT,
    'Provider',
    { type: 'slack', commitStatusExpr: "'web'" },
    "spec.commitStatusExpr is only supported for the 'github', 'gitlab', 'gitea', 'bitbucketserver', 'bitbucket', 'azuredevops' provider types",
  ),
  one(ALERT, 'Provider', { type: 'github', commitStatusExpr: "'web'" }),
  one(NOTIFY, 'Receiver', { ...receiver, type: 'github', secretRef }),
  one(NOTIFY, 'Receiver', { ...receiver, type: 'github' }, 'secretRef is required when type is not generic-oidc'),
  one(
    NOTIFY,
    'Receiver',
    { ...receiver, type: 'generic-oidc' },
    'generic-oidc receivers must define at least one oidcProvider',
  ),
  one(EXTENSIONS, 'ArtifactGenerator', {
    sources: [{ alias: 'web', kind: 'Bucket', name: 'web' }],
    artifacts: [{ name: 'web', copy: [{ from: '@web/**', to: '@artifact/' }] }],
  }),
  one(
    EXTENSIONS,
    'ArtifactGenerator',
    {
      sources: [{ alias: 'web', kind: 'Bucket', name: 'web' }],
      artifacts: [{ name: 'Web_1', copy: [{ from: '@web/**', to: '@artifact/' }] }],
    },
    'artifact names must be valid Kubernetes object names when pathPattern is not set',
  ),
];

/** The object of a case. */
export function fluxObject({ apiVersion, kind, spec }: FluxCase): object {
  return { apiVersion, kind, metadata: { name: 'web', namespace: 'default' }, spec };
}
