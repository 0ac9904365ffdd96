import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import type { BucketAccess } from '../../../src/model.ts';
import { type Root, readRoot, rootBytes, rootName } from '../../../src/ship/bucket/tree-root.ts';

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
const ROOT: Root = {
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
    slipway.dev/content: sha256:${HEX}
  labels:
    slipway.dev/artifact: "payments"
  name: "slipway.payments"
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
    slipway.dev/content: sha256:${HEX}
  labels:
    slipway.dev/artifact: "payments"
  name: "slipway.payments"
  namespace: "flux-system"
spec:
  interval: 1h
  path: "./gitops/content/sha256/${HEX}"
  prune: true
  retryInterval: 2m
  sourceRef:
    kind: Bucket
    name: "slipway.payments"
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
  test.each([
    ['payments', 'slipway.payments'],
    ['a.b-c', 'slipway.a.b-c'],
    ['web_1', 'slipway.web-1-c703c3ba9dda9d34'],
    ['x'.repeat(55), `slipway.${'x'.repeat(55)}`],
  ])('of artifact %s', (artifact, name) => {
    expect(rootName(artifact)).toBe(name);
  });

  test.each(['a_b', 'a__b', 'x'.repeat(56), `${'x'.repeat(37)}.${'y'.repeat(25)}`])(
    'are such as Kubernetes takes for objects and labels: %s',
    (artifact) => {
      const name = rootName(artifact);
      expect(name).toMatch(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/);
      expect(name.length).toBeLessThanOrEqual(63);
    },
  );

  test('differ where artifacts do', () => {
    expect(new Set(['a_b', 'a__b', 'a-b', 'a.b'].map(rootName)).size).toBe(4);
  });
});

describe('a root that is read', () => {
  test.each([
    ROOT,
    other({ insecure: true, provider: 'gcp' }),
    other({ secretRef: 'minio', endpoint: 'localhost:9000' }),
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
