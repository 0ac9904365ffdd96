import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import type { BucketAccess } from '../../../src/model.ts';
import { rootName } from '../../../src/ship/bucket/tree-name.ts';
import { type Root, readRoot, rootBytes } from '../../../src/ship/bucket/tree-root.ts';
import type { NameSpace } from '../../../src/ship/store.ts';

const HEX = 'ab'.repeat(32);
const ACCESS: BucketAccess = {
  provider: 'aws',
  bucket: 'fleet',
  endpoint: 's3.eu-central-1.amazonaws.com',
  region: 'eu-central-1',
  insecure: false,
  namespace: 'flux-system',
  interval: '1h',
};
const PROD: NameSpace = { kind: 'channel', channel: 'prod' };
const ROOT: Root = {
  project: 'default',
  space: PROD,
  artifact: 'payments',
  content: `sha256:${HEX}`,
  folder: `gitops/content/sha256/${HEX}/`,
  access: ACCESS,
};
const other = (access: Partial<BucketAccess>): Root => ({ ...ROOT, access: { ...ACCESS, ...access } });
const textOf = (root: Root): string => Buffer.from(rootBytes(root)).toString('utf8');

test('a root is a Bucket and a Kustomization that read the folder of the content, and nothing else', () => {
  expect(textOf(ROOT)).toBe(`apiVersion: source.toolkit.fluxcd.io/v1
kind: Bucket
metadata:
  annotations:
    slipway.dev/channel: "prod"
    slipway.dev/content: sha256:${HEX}
    slipway.dev/project: "default"
  labels:
    slipway.dev/artifact: "payments"
  name: "slipway.default.prod.payments"
  namespace: "flux-system"
spec:
  bucketName: "fleet"
  endpoint: "s3.eu-central-1.amazonaws.com"
  interval: "1h"
  prefix: "gitops/content/sha256/${HEX}/"
  provider: aws
  region: "eu-central-1"
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  annotations:
    slipway.dev/channel: "prod"
    slipway.dev/content: sha256:${HEX}
    slipway.dev/project: "default"
  labels:
    slipway.dev/artifact: "payments"
  name: "slipway.default.prod.payments"
  namespace: "flux-system"
spec:
  interval: 1h
  path: "./gitops/content/sha256/${HEX}"
  prune: true
  retryInterval: 2m
  sourceRef:
    kind: Bucket
    name: "slipway.default.prod.payments"
  timeout: 5m
  wait: true
`);
});

test('settings that are there are written, as YAML that means just that', () => {
  const root = other({
    provider: 'generic',
    bucket: '123',
    endpoint: '[::1]:9000',
    insecure: true,
    secretRef: 'minio',
  });
  const [bucket, kustomization] = loadAll(textOf(root)) as { readonly spec: unknown }[];
  expect(bucket?.spec).toEqual({
    bucketName: '123',
    endpoint: '[::1]:9000',
    insecure: true,
    interval: '1h',
    prefix: ROOT.folder,
    provider: 'generic',
    region: 'eu-central-1',
    secretRef: { name: 'minio' },
  });
  expect(kustomization?.spec).toMatchObject({ path: `./gitops/content/sha256/${HEX}` });
});

describe('names of Flux objects', () => {
  const named = (artifact: string, space: NameSpace = PROD, project = 'default'): string =>
    rootName({ artifact, space, project });

  test.each<[string, NameSpace, string]>([
    ['payments', PROD, 'slipway.default.prod.payments'],
    ['web_1', PROD, 'slipway.web-1-28750981f106d3e6'],
    ['a.b-c', PROD, 'slipway.a.b-c-778734c5847bc4ba'],
    ['x'.repeat(42), PROD, `slipway.default.prod.${'x'.repeat(42)}`],
    ['x'.repeat(43), PROD, `slipway.${'x'.repeat(38)}-d81c7858ffe2095a`],
    ['web', { kind: 'version', version: '1.0.0-RC.1' }, 'slipway.default.versions.web'],
  ])('of artifact %s', (artifact, space, name) => {
    expect(named(artifact, space)).toBe(name);
  });

  test.each(['a_b', 'a__b', 'x'.repeat(56), `${'x'.repeat(37)}.${'y'.repeat(25)}`])(
    'are such as Kubernetes takes for objects and labels: %s',
    (artifact) => {
      const name = named(artifact);
      expect(name).toMatch(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/);
      expect(name.length).toBeLessThanOrEqual(63);
    },
  );

  test('differ where artifacts, channels or projects do', () => {
    const staging: NameSpace = { kind: 'channel', channel: 'staging' };
    const names = [
      ...['a_b', 'a__b', 'a-b', 'a.b'].flatMap((artifact) => [named(artifact), named(artifact, staging)]),
      ...['a-b', 'a.b'].map((artifact) => named(artifact, PROD, 'other')),
      named('c', { kind: 'channel', channel: 'b' }, 'a'),
      named('b.c', { kind: 'channel', channel: 'x' }, 'a'),
      named('c', { kind: 'channel', channel: 'x.b' }, 'a'),
      named('c', { kind: 'channel', channel: 'b' }, 'a.x'),
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  test('stay from version to version, so that clusters keep what the last one applied', () => {
    const [one, two] = ['1.0.0', '2.0.0'].map((version) => named('web', { kind: 'version', version }));
    expect(one).toBe(two);
  });
});

describe('a root that is read', () => {
  test.each([
    ROOT,
    other({ insecure: true, provider: 'gcp' }),
    other({ secretRef: 'minio', endpoint: 'localhost:9000' }),
    { ...ROOT, space: { kind: 'version', version: '1.4.0' } } as const,
  ])('says what was written', (root) => {
    expect(readRoot(rootBytes(root))).toEqual(root);
  });

  test.each([
    ['another object added', (text: string) => `${text}---\napiVersion: v1\nkind: Namespace\n`],
    [
      'a service account added',
      (text: string) => text.replace('  wait: true', '  serviceAccountName: admin\n  wait: true'),
    ],
    ['another path', (text: string) => text.replace(/path: .*/, 'path: "./"')],
    ['another folder than that of its content', (text: string) => text.replaceAll(`sha256/${HEX}`, 'sha256/00')],
    ['another prefix alone', (text: string) => text.replace('prefix: "gitops/', 'prefix: "other/')],
    ['another channel', (text: string) => text.replaceAll('channel: "prod"', 'channel: "staging"')],
    ['a comment', (text: string) => `# by hand\n${text}`],
    ['an unknown provider', (text: string) => text.replace('provider: aws', 'provider: azure')],
    ['nothing', () => ''],
    ['no YAML', () => '\u0000'],
  ])('with %s is none', (_, change) => {
    const changed = change(textOf(ROOT));
    expect(changed).not.toBe(textOf(ROOT));
    expect(readRoot(Buffer.from(changed))).toBeUndefined();
  });
});
