import { describe, expect, test } from 'vitest';
import { findingsOfExample } from '../../../scripts/rule-example.ts';
import { FLUX_RULES } from '../../../src/check/flux/rules.ts';
import { found } from '../found.ts';

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: object;
}

const OCI: Kind = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'OCIRepository',
  spec: { interval: '5m', url: 'oci://registry.example.com/fleet/web', ref: { tag: 'prod' } },
};
const BUCKET: Kind = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'Bucket',
  spec: { interval: '5m', bucketName: 'fleet', endpoint: 's3.example.com' },
};
const SYNC: Kind = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  spec: { interval: '5m', prune: true, path: './web', sourceRef: { kind: 'OCIRepository', name: 'flux-system' } },
};
const RELEASE: Kind = {
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  spec: { interval: '5m' },
};

const example = ({ apiVersion, kind, spec }: Kind, more: object): string =>
  JSON.stringify({ apiVersion, kind, metadata: { name: 'web', namespace: 'web' }, spec: { ...spec, ...more } });

async function messages(kind: Kind, more: object, on?: string): Promise<readonly string[]> {
  return (await found('flux', example(kind, more), on)).map(({ rule, path, message }) => `${rule} ${path}: ${message}`);
}

const anyone = { issuer: '^https://ci\\.example\\.com$', subject: '^web$' };
const verify = (...identities: readonly object[]) => ({
  verify: { provider: 'cosign', matchOIDCIdentity: identities },
});

const CASES: readonly (readonly [title: string, kind: Kind, spec: object, findings: readonly string[]])[] = [
  ['a good source', OCI, {}, []],
  ['a URL with a port', OCI, { url: 'oci://localhost:5000/web' }, []],
  ['a URL with a variable', OCI, { url: `oci://registry.example.com/\${name:=web}` }, []],
  [
    'a URL with port and tag',
    OCI,
    { url: 'oci://localhost:5000/fleet/web:v1' },
    ['flux/oci-url spec.url: The URL "oci://localhost:5000/fleet/web:v1" ends in a tag: Flux refuses it'],
  ],
  [
    'a URL with a digest',
    OCI,
    { url: 'oci://registry.example.com/web@sha256:0' },
    ['flux/oci-url spec.url: The URL "oci://registry.example.com/web@sha256:0" ends in a digest: Flux refuses it'],
  ],
  [
    'all three references',
    OCI,
    { ref: { tag: 'a', semver: '*', digest: 'sha256:0' } },
    [
      'flux/oci-ref spec.ref.tag: "tag" has no effect beside "digest"',
      'flux/oci-ref spec.ref.semver: "semver" has no effect beside "digest"',
    ],
  ],
  [
    'an empty reference',
    OCI,
    { ref: {} },
    ['flux/oci-latest spec.ref: No tag, version or digest is named: Flux takes the tag "latest"'],
  ],
  [
    'plain HTTP with a certificate authority',
    OCI,
    { insecure: true, certSecretRef: { name: 'ca' } },
    [
      'flux/insecure spec.insecure: "insecure" lets Flux fetch over plain HTTP: whoever is on the way decides what the cluster runs',
    ],
  ],
  [
    'plain HTTP without one',
    OCI,
    { insecure: true },
    [
      'flux/insecure spec.insecure: "insecure" lets Flux fetch over plain HTTP, and certificates are not checked: whoever is on the way decides what the cluster runs',
    ],
  ],
  [
    'an endpoint of Azure, which is a URL',
    BUCKET,
    { provider: 'azure', endpoint: 'https://acme.blob.core.windows.net' },
    [],
  ],
  [
    'an endpoint of S3 that is a URL',
    BUCKET,
    { provider: 'aws', endpoint: 'http://s3.example.com' },
    [
      'flux/bucket-endpoint spec.endpoint: The endpoint "http://s3.example.com" begins with "http://": the S3 client refuses it',
    ],
  ],
  [
    'a prefix that begins with a slash',
    BUCKET,
    { prefix: '/prod/' },
    [
      'flux/bucket-prefix spec.prefix: The prefix "/prod/" begins with a slash, and no key does: the Bucket finds nothing',
    ],
  ],
  [
    'a prefix that is no folder',
    BUCKET,
    { prefix: 'prod' },
    [
      'flux/bucket-prefix spec.prefix: The prefix "prod" does not end in a slash: it also takes "prod-old/" and the like',
    ],
  ],
  ['a good identity', OCI, verify(anyone), []],
  ['Notation, which has no identities', OCI, { verify: { provider: 'notation', secretRef: { name: 'trust' } } }, []],
  [
    'verification that accepts everybody',
    OCI,
    { verify: { provider: 'cosign' } },
    [
      'flux/verify-identity spec.verify: Signatures are verified without a key, and "matchOIDCIdentity" does not say who may sign',
    ],
  ],
  [
    'a subject that matches everybody, in a chart',
    RELEASE,
    {
      chart: {
        spec: {
          chart: 'web',
          sourceRef: { kind: 'HelmRepository', name: 'web' },
          ...verify({ ...anyone, subject: '.*' }),
        },
      },
    },
    ['flux/verify-identity spec.chart.spec.verify.matchOIDCIdentity[0].subject: The subject ".*" matches everybody'],
  ],
  [
    'several identities, and one that is not anchored',
    OCI,
    verify(anyone, { ...anyone, subject: '^web$|app' }),
    [
      'flux/verify-identities spec.verify.matchOIDCIdentity: 2 identities in "matchOIDCIdentity": no signature in the bundle format passes more than one',
      'flux/verify-anchors spec.verify.matchOIDCIdentity[1].subject: The subject "^web$|app" also matches in the middle of another: it does not begin with ^ and end with $',
    ],
  ],
  [
    'a trusted root beside a key',
    OCI,
    { verify: { provider: 'cosign', secretRef: { name: 'key' }, trustedRootSecretRef: { name: 'root' } } },
    [
      'flux/verify-unused spec.verify.trustedRootSecretRef: "trustedRootSecretRef" has no effect beside "secretRef": whoever has the key may sign',
    ],
  ],
  [
    'a Kustomization without a path, of a Bucket',
    SYNC,
    { path: undefined, sourceRef: { kind: 'Bucket', name: 'fleet' } },
    [
      'flux/bucket-root spec: The path is the root of a Bucket: if the Bucket finds nothing, Flux deletes everything that it applied',
    ],
  ],
  [
    'a Kustomization of a Bucket that deletes nothing',
    SYNC,
    { path: './', prune: false, sourceRef: { kind: 'Bucket', name: 'fleet' } },
    [],
  ],
  [
    'an interval in parts of seconds',
    SYNC,
    { interval: '29s500ms' },
    [
      'flux/short-interval spec.interval: The interval is 29s500ms: every cluster asks that often, whether something changed or not',
    ],
  ],
  ['intervals that are long enough, or known in the cluster only', SYNC, { interval: '30s' }, []],
  [
    'a suspended release',
    RELEASE,
    { suspend: true },
    [
      'flux/suspended spec.suspend: This HelmRelease is published suspended: nothing that it should deliver arrives until somebody resumes it',
    ],
  ],
  [
    'names that are no variables',
    SYNC,
    { postBuild: { substitute: { 'a.b': '1', _b: '2', '3c': '3' } } },
    [
      'flux/variable-name spec.postBuild.substitute["a.b"]: "a.b" is no name of a variable: Flux refuses all of them',
      'flux/variable-name spec.postBuild.substitute["3c"]: "3c" is no name of a variable: Flux refuses all of them',
    ],
  ],
];

describe('in objects of Flux the check finds', () => {
  test.each(CASES)('%s', async (_title, kind, spec, findings) => {
    expect([...(await messages(kind, spec))].sort()).toEqual([...findings].sort());
  });
});

test('several identities are fine where Flux reads the old signatures only', async () => {
  const [rule] = FLUX_RULES.filter(({ id }) => id === 'flux/verify-identities');
  if (rule === undefined) throw new Error('no such rule');
  const twice = { artifacts: { app: { 'web.yaml': example(OCI, verify(anyone, anyone)) } } };
  const inFlux = async (flux: string) =>
    (await findingsOfExample(rule, { ...twice, config: `check:\n  flux: "${flux}"\n` })).filter(
      (one) => one.rule === rule.id,
    );
  expect(await inFlux('2.7')).toEqual([]);
  expect(await inFlux('2.8')).toHaveLength(1);
});

test('requests of a person to reconcile are told of, each', async () => {
  const annotations = {
    'reconcile.fluxcd.io/requestedAt': '1',
    'reconcile.fluxcd.io/forceAt': '1',
    'reconcile.fluxcd.io/other': '1',
  };
  const text = JSON.stringify({ ...OCI, metadata: { name: 'web', namespace: 'web', annotations } });
  expect((await found('flux', text)).map(({ path, message }) => `${path}: ${message}`)).toEqual(
    ['requestedAt', 'forceAt'].map(
      (name) =>
        `metadata.annotations["reconcile.fluxcd.io/${name}"]: The annotation "reconcile.fluxcd.io/${name}" is a request to run once, left over from a command`,
    ),
  );
});

test('objects of other groups are not Flux, whatever they are called', async () => {
  const text = example({ ...SYNC, apiVersion: 'example.com/v1' }, { suspend: true, interval: '1s' });
  expect(await found('flux', text)).toEqual([]);
});

test('advice is there for those who switch it on', async () => {
  expect(await messages(SYNC, { interval: '1h', force: true })).toEqual([]);
  expect(await messages(SYNC, { interval: '1h' }, 'flux/retry-interval')).toEqual([
    'flux/retry-interval spec.interval: A failure is tried again only after the interval of 1h',
  ]);
  expect(await messages(SYNC, { force: true }, 'flux/force')).toEqual([
    'flux/force spec.force: "force" deletes and creates objects whose change the API server refuses: they are down meanwhile',
  ]);
});
