import type { Rule } from '../rule.ts';

const object = (apiVersion: string, kind: string, spec: string, name = 'web'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: flux-system\nspec:\n${spec
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('')}`;

const SOURCE = 'source.toolkit.fluxcd.io/v1';
const GENERATOR = 'source.extensions.fluxcd.io/v1beta1';

const oci = (spec: string): string => object(SOURCE, 'OCIRepository', `interval: 5m\n${spec}`);
const bucket = (spec: string): string => object(SOURCE, 'Bucket', `interval: 5m\nbucketName: fleet\n${spec}`);
const generator = (from: string): string =>
  object(
    GENERATOR,
    'ArtifactGenerator',
    `sources:\n  - alias: fleet\n    kind: Bucket\n    name: fleet\nartifacts:\n  - name: web\n    copy:\n      - from: "${from}"\n        to: "@artifact/"\n        strategy: Extract`,
  );
const receiver = (resource: string): string =>
  object(
    'notification.toolkit.fluxcd.io/v1',
    'Receiver',
    `type: generic-hmac\nsecretRef:\n  name: webhook\nresources:\n  - kind: OCIRepository\n    name: "*"${resource}`,
  );

const GOOD_OCI = oci('url: oci://registry.example.com/fleet/web\nref:\n  tag: prod');
const GOOD_BUCKET = bucket('endpoint: s3.example.com\nprefix: prod/web/');

/** Rules about where Flux fetches from. */
export const SOURCE_RULES: readonly Rule[] = [
  {
    id: 'flux/oci-url',
    setting: 'error',
    summary: 'The URL of an OCIRepository has no tag and no digest.',
    why: 'source-controller refuses such a URL and stops trying: the source stays "Stalled" until somebody changes it.',
    fix: 'Move the tag to spec.ref.tag, or the digest to spec.ref.digest.',
    bad: oci('url: oci://registry.example.com/fleet/web:prod\nref:\n  tag: prod'),
    good: GOOD_OCI,
  },
  {
    id: 'flux/oci-ref',
    setting: 'warn',
    summary: 'An OCIRepository names one of digest, semver and tag.',
    why: 'Flux takes the digest, else the semver range, else the tag. The others look as if they counted, and do not.',
    fix: 'Keep the one that you mean.',
    bad: oci('url: oci://registry.example.com/fleet/web\nref:\n  tag: prod\n  semver: ">=1.0.0"'),
    good: GOOD_OCI,
  },
  {
    id: 'flux/oci-latest',
    setting: 'warn',
    summary: 'An OCIRepository says which tag, version or digest it follows.',
    why: 'Without `ref` Flux follows the tag "latest", which moves with whoever pushes last, and may not exist.',
    fix: 'Name a channel in spec.ref.tag, or a range in spec.ref.semver.',
    bad: oci('url: oci://registry.example.com/fleet/web'),
    good: GOOD_OCI,
  },
  {
    id: 'flux/insecure',
    setting: 'warn',
    summary: 'Flux fetches over HTTPS.',
    why: 'With `insecure: true` Flux speaks plain HTTP, and an OCIRepository without `certSecretRef` accepts any certificate. What is fetched runs with the rights of the cluster.',
    fix: 'Remove `insecure`; name a private certificate authority in certSecretRef.',
    bad: oci('url: oci://registry.example.com/fleet/web\nref:\n  tag: prod\ninsecure: true'),
    good: GOOD_OCI,
  },
  {
    id: 'flux/bucket-endpoint',
    setting: 'error',
    summary: 'The endpoint of a Bucket is a host, or host:port.',
    why: 'For the providers `generic` and `aws` the S3 client adds the scheme itself: with one already there it refuses the endpoint, and the Bucket never becomes ready.',
    fix: 'Remove https://; for http:// set `insecure: true`.',
    bad: bucket('endpoint: https://s3.example.com\nprefix: prod/web/'),
    good: GOOD_BUCKET,
  },
  {
    id: 'flux/bucket-prefix',
    setting: 'warn',
    summary: 'The prefix of a Bucket begins without and ends with a slash.',
    why: 'A prefix is the beginning of keys, not a folder: `prod/web` also takes `prod/web-old/app.yaml`, and `/prod` takes nothing, since no key begins with a slash.',
    fix: 'Write the folder with a slash at its end.',
    bad: bucket('endpoint: s3.example.com\nprefix: prod/web'),
    good: GOOD_BUCKET,
  },
  {
    id: 'flux/git-source',
    setting: 'off',
    summary: 'No source is a Git repository.',
    why: 'A cluster that reads from registries and buckets only needs no access to Git. One GitRepository brings the access back.',
    fix: 'Publish the repository, and read it with an OCIRepository or a Bucket.',
    bad: object(SOURCE, 'GitRepository', 'interval: 5m\nurl: https://example.com/web.git\nref:\n  branch: main'),
    good: GOOD_OCI,
  },
  {
    id: 'flux/external-artifact',
    setting: 'warn',
    summary: 'No ExternalArtifact is published.',
    why: 'No controller of Flux fills an ExternalArtifact: who makes one writes its status. kustomize-controller drops the status of what it applies, so a published one stays empty.',
    fix: 'Publish the ArtifactGenerator that makes it.',
    bad: object(
      SOURCE,
      'ExternalArtifact',
      `sourceRef:\n  apiVersion: ${GENERATOR}\n  kind: ArtifactGenerator\n  name: web`,
    ),
    good: generator('@fleet/prod/web.tgz'),
  },
  {
    id: 'flux/generator-alias',
    setting: 'error',
    summary: 'An ArtifactGenerator copies from aliases that it defines.',
    why: 'source-watcher stops at an alias that is no source, and makes none of the artifacts.',
    fix: 'Correct the alias, or add the source.',
    bad: generator('@flet/prod/web.tgz'),
    good: generator('@fleet/prod/web.tgz'),
  },
  {
    id: 'flux/generator-extract',
    setting: 'error',
    summary: 'An ArtifactGenerator extracts .tar.gz and .tgz files.',
    why: 'source-watcher goes by the name: it refuses to extract any other file.',
    fix: 'Name the archive as it is called in the source, or remove `strategy: Extract`.',
    bad: generator('@fleet/prod/web.tar'),
    good: generator('@fleet/prod/web.tgz'),
  },
  {
    id: 'flux/receiver-labels',
    setting: 'error',
    summary: 'A Receiver with the name "*" says by labels what it triggers.',
    why: 'notification-controller needs `matchLabels` with the name "*": without them it answers every call with an error.',
    fix: 'Add matchLabels, or name the resource.',
    bad: receiver(''),
    good: receiver('\n    matchLabels:\n      app: web'),
  },
];
