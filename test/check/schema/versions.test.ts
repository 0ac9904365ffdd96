import { describe, expect, test } from 'vitest';
import { schemaFindings } from './findings.ts';

const object = (apiVersion: string, kind: string, name = 'web'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: payments\n`;

describe('an API version', () => {
  const cases: readonly (readonly [string, string, string, string, string, string])[] = [
    [
      '{}',
      'extensions/v1beta1',
      'Ingress',
      'schema/removed',
      'Ingress of "extensions/v1beta1" was removed in Kubernetes 1.22: use "networking.k8s.io/v1"',
      'move the object to "networking.k8s.io/v1"',
    ],
    [
      '{}',
      'policy/v1beta1',
      'PodSecurityPolicy',
      'schema/removed',
      'PodSecurityPolicy of "policy/v1beta1" was removed in Kubernetes 1.25',
      'remove the object: nothing replaces its kind',
    ],
    [
      '{}',
      'source.toolkit.fluxcd.io/v1beta2',
      'GitRepository',
      'schema/removed',
      'GitRepository of "source.toolkit.fluxcd.io/v1beta2" was removed in Flux 2.8: use "source.toolkit.fluxcd.io/v1"',
      'move the object to "source.toolkit.fluxcd.io/v1"; where the clusters run an older Flux, say so in check.flux',
    ],
    [
      '{ kubernetes: "1.31" }',
      'flowcontrol.apiserver.k8s.io/v1beta3',
      'FlowSchema',
      'schema/deprecated',
      'FlowSchema of "flowcontrol.apiserver.k8s.io/v1beta3" is deprecated since Kubernetes 1.29 and will be removed in 1.32: use "flowcontrol.apiserver.k8s.io/v1"',
      'move the object to "flowcontrol.apiserver.k8s.io/v1"',
    ],
    [
      '{}',
      'v1',
      'Endpoints',
      'schema/deprecated',
      'Endpoints of "v1" is deprecated since Kubernetes 1.33: use EndpointSlice of "discovery.k8s.io/v1"',
      'move the object to EndpointSlice of "discovery.k8s.io/v1"',
    ],
    [
      '{ kubernetes: "1.33" }',
      'resource.k8s.io/v1',
      'DeviceClass',
      'schema/not-yet',
      'DeviceClass of "resource.k8s.io/v1" comes with Kubernetes 1.34, but check.kubernetes is "1.33"',
      'use "resource.k8s.io/v1beta2", or update the clusters and set check.kubernetes',
    ],
    [
      '{ flux: "2.6" }',
      'source.extensions.fluxcd.io/v1beta1',
      'ArtifactGenerator',
      'schema/not-yet',
      'ArtifactGenerator of "source.extensions.fluxcd.io/v1beta1" comes with Flux 2.7, but check.flux is "2.6"',
      'update the clusters, then set check.flux',
    ],
    [
      '{}',
      'v1',
      'Deployment',
      'schema/no-such-kind',
      'Kubernetes 1.36 has no kind "Deployment" in "v1": it belongs to "apps/v1"',
      'set apiVersion to "apps/v1"',
    ],
    [
      '{}',
      'apps/v1',
      'Deploymnet',
      'schema/no-such-kind',
      'Kubernetes 1.36 has no kind "Deploymnet" in "apps/v1": did you mean "Deployment"',
      'correct kind and apiVersion',
    ],
    [
      '{}',
      'batch/v9',
      'Thing',
      'schema/no-such-kind',
      'Kubernetes 1.36 has no kind "Thing" in "batch/v9"',
      'correct kind and apiVersion',
    ],
    [
      '{}',
      'example.com/web/v1',
      'ConfigMap',
      'schema/no-such-kind',
      '"example.com/web/v1" is no API version: that is a version such as "v1", or a group and a version such as "apps/v1"',
      'set apiVersion to "v1"',
    ],
    [
      '{}',
      'example.com/',
      'Widget',
      'schema/no-such-kind',
      '"example.com/" is no API version: that is a version such as "v1", or a group and a version such as "apps/v1"',
      'correct apiVersion',
    ],
  ];

  test.each(cases)('with check %s: %s %s', async (config, apiVersion, kind, rule, message, hint) => {
    const found = await schemaFindings({
      config: `check: ${config}`,
      artifacts: { app: { 'manifests.yaml': object(apiVersion, kind) } },
    });
    const said = found.filter((finding) => finding.path === 'apiVersion' || finding.path === 'kind');
    expect(said.map((finding) => [finding.rule, finding.message, finding.hint])).toEqual([[rule, message, hint]]);
  });
});

test('an object whose kind SOPS encrypted is of no kind that could be looked up', async () => {
  const secret = 'ENC[AES256_GCM,data:Zm9v,iv:Ym/y,tag:YmF6,type:str]';
  expect(await schemaFindings(`${object(secret, secret)}sops: { mac: "${secret}" }\n`)).toEqual([]);
});

describe('a kind without a schema', () => {
  const issuer = (name: string): string => object('cert-manager.io/v1', 'Issuer', name);

  test('is named once, at its first object, with the number of its objects in the release', async () => {
    const found = await schemaFindings({
      artifacts: {
        one: { 'a.yaml': `${object('v1', 'ConfigMap')}---\n${issuer('a')}`, 'b.yaml': issuer('b') },
        two: { 'c.yaml': issuer('c'), 'd.yaml': object('cert-manager.io/v1', 'Certificate') },
      },
    });
    expect(
      found.map(({ rule, severity, artifact, file, line, message }) => [rule, severity, artifact, file, line, message]),
    ).toEqual([
      [
        'schema/unknown-kind',
        'warn',
        'one',
        'one/a.yaml',
        8,
        'No schema for Issuer of "cert-manager.io/v1": the fields of 3 objects were not checked',
      ],
      [
        'schema/unknown-kind',
        'warn',
        'two',
        'two/d.yaml',
        2,
        'No schema for Certificate of "cert-manager.io/v1": the fields of one object were not checked',
      ],
    ]);
  });

  test.each([
    ['cert-manager.io/v1', 'Issuer', 'add its CustomResourceDefinition to check.crds'],
    [
      'image.toolkit.fluxcd.io/v1',
      'ImagePolicy',
      "add its CustomResourceDefinition to check.crds: those of Flux's image automation are not built in",
    ],
  ])('can be described: %s %s', async (apiVersion, kind, hint) => {
    const findings = await schemaFindings(object(apiVersion, kind));
    expect(findings.map((finding) => [finding.rule, finding.hint])).toEqual([['schema/unknown-kind', hint]]);
  });

  test('can be an error', async () => {
    const [found] = await schemaFindings({
      config: 'check: { rules: { schema/unknown-kind: error } }',
      artifacts: { one: { 'a.yaml': issuer('a') } },
    });
    expect(found?.severity).toBe('error');
  });

  test('can be fine for single objects', async () => {
    const ignoring = `${issuer('a')}  annotations: { slipway.dev/ignore: schema/unknown-kind }\n`;
    expect(await schemaFindings(ignoring)).toEqual([]);
    const [found] = await schemaFindings(`${ignoring}---\n${issuer('b')}`);
    expect(found).toMatchObject({ object: 'Issuer payments/b', message: expect.stringContaining('of one object') });
  });

  test.each([
    ['kustomize.config.k8s.io/v1beta1', 'Kustomization'],
    ['kustomize.config.k8s.io/v1alpha1', 'Component'],
    ['builtin', 'PatchTransformer'],
    ['policy/v1beta1', 'PodSecurityPolicy'],
    ['resource.k8s.io/v1alpha2', 'ResourceClass'],
  ])('is no kind that kustomize reads, nor one that versions explain: %s %s', async (apiVersion, kind) => {
    const found = await schemaFindings(object(apiVersion, kind));
    expect(found.filter(({ rule }) => rule === 'schema/unknown-kind' || rule === 'schema/no-such-kind')).toEqual([]);
  });
});
