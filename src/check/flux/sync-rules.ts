import type { Rule } from '../rule.ts';

const kustomization = (spec: string, annotations = ''): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: web\n  namespace: flux-system\n${annotations}spec:\n${spec}`;

const SOURCE = '  sourceRef:\n    kind: OCIRepository\n    name: flux-system\n';
const GOOD = kustomization(`  interval: 5m\n  prune: true\n  path: ./web\n${SOURCE}`);

const secret = (head: string): string =>
  `${head}data:\n  password: ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]\n`;

/** Rules about how Flux applies, and about what it should not find in a release. */
export const SYNC_RULES: readonly Rule[] = [
  {
    id: 'flux/bucket-root',
    setting: 'warn',
    summary: 'A Kustomization that prunes does not apply the root of a Bucket.',
    why: 'A Bucket that finds nothing (a wrong prefix, a deleted object) still becomes ready, with nothing in it. The root of nothing exists, so the Kustomization builds an empty set, and prunes all that it applied before. A folder that is missing stops it instead.',
    fix: 'Name the folder that the objects lie in, with the prefix of the Bucket.',
    bad: kustomization(
      '  interval: 5m\n  prune: true\n  path: ./\n  sourceRef:\n    kind: Bucket\n    name: flux-system\n',
    ),
    good: kustomization(
      '  interval: 5m\n  prune: true\n  path: ./prod/web\n  sourceRef:\n    kind: Bucket\n    name: flux-system\n',
    ),
  },
  {
    id: 'flux/bucket-path',
    setting: 'error',
    summary: "A Kustomization's path lies in the prefix of its Bucket.",
    why: 'Flux keeps the whole key as the path of a file: a Bucket with the prefix prod/web/ holds the folder prod/web, not its contents at the root. A path that is not there fails with "kustomization path not found".',
    fix: 'Begin the path with the prefix.',
    bad: `${kustomization('  interval: 5m\n  prune: true\n  path: ./web\n  sourceRef:\n    kind: Bucket\n    name: web\n')}---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: Bucket\nmetadata:\n  name: web\n  namespace: flux-system\nspec:\n  interval: 5m\n  bucketName: fleet\n  endpoint: s3.example.com\n  prefix: prod/web/\n`,
    good: `${kustomization('  interval: 5m\n  prune: true\n  path: ./prod/web\n  sourceRef:\n    kind: Bucket\n    name: web\n')}---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: Bucket\nmetadata:\n  name: web\n  namespace: flux-system\nspec:\n  interval: 5m\n  bucketName: fleet\n  endpoint: s3.example.com\n  prefix: prod/web/\n`,
  },
  {
    id: 'flux/suspended',
    setting: 'warn',
    summary: 'Nothing is published suspended.',
    why: 'Flux leaves a suspended object alone, in every cluster that the release reaches. It is mostly left over from an incident.',
    fix: 'Remove `suspend`; to hold a single cluster back, suspend there.',
    bad: kustomization(`  interval: 5m\n  prune: true\n  path: ./web\n  suspend: true\n${SOURCE}`),
    good: GOOD,
  },
  {
    id: 'flux/reconcile-request',
    setting: 'warn',
    summary: 'No object carries a request to reconcile.',
    why: '`flux reconcile` leaves an annotation in the cluster. Published, Flux puts the old value back whenever it applies the object, which then counts as a new request.',
    fix: 'Remove the annotation.',
    bad: kustomization(
      `  interval: 5m\n  prune: true\n  path: ./web\n${SOURCE}`,
      '  annotations:\n    reconcile.fluxcd.io/requestedAt: "2026-01-01T00:00:00Z"\n',
    ),
    good: GOOD,
  },
  {
    id: 'flux/short-interval',
    setting: 'warn',
    summary: 'Intervals are at least 30 seconds.',
    why: 'Every cluster asks its registry or bucket, or builds and compares all its objects, at each interval. For news there are Receivers, and a new revision of a source starts its Kustomizations at once.',
    fix: 'Raise the interval.',
    bad: kustomization(`  interval: 5s\n  prune: true\n  path: ./web\n${SOURCE}`),
    good: GOOD,
  },
  {
    id: 'flux/retry-interval',
    setting: 'off',
    summary: 'A Kustomization with a long interval says how soon it tries again.',
    why: 'A Kustomization that fails waits for `retryInterval`, or else for the whole interval: a short outage of a dependency then costs an hour.',
    fix: 'Set retryInterval, such as 2m.',
    bad: kustomization(`  interval: 1h\n  prune: true\n  path: ./web\n${SOURCE}`),
    good: kustomization(`  interval: 1h\n  retryInterval: 2m\n  prune: true\n  path: ./web\n${SOURCE}`),
  },
  {
    id: 'flux/force',
    setting: 'off',
    summary: 'No Kustomization forces its objects.',
    why: 'With `force` Flux deletes and creates what cannot be changed in place. For a Deployment or a volume claim that is downtime, or data lost.',
    fix: 'Remove it, and annotate single objects with kustomize.toolkit.fluxcd.io/force: enabled.',
    bad: kustomization(`  interval: 5m\n  prune: true\n  force: true\n  path: ./web\n${SOURCE}`),
    good: GOOD,
  },
  {
    id: 'flux/variable-name',
    setting: 'error',
    summary: 'Variables of postBuild have names that Flux can replace.',
    why: 'kustomize-controller checks all names before it replaces any, and fails for one that is none.',
    fix: 'Use letters, digits and underscores, and begin with no digit.',
    bad: kustomization(
      `  interval: 5m\n  prune: true\n  path: ./web\n${SOURCE}  postBuild:\n    substitute:\n      cluster-name: prod\n`,
    ),
    good: kustomization(
      `  interval: 5m\n  prune: true\n  path: ./web\n${SOURCE}  postBuild:\n    substitute:\n      cluster_name: prod\n`,
    ),
  },
  {
    id: 'flux/sops-metadata',
    setting: 'warn',
    summary: 'SOPS encrypts values only: apiVersion, kind and metadata stay readable.',
    why: 'Flux builds first and decrypts then, so it has to know what an object is while it is still encrypted.',
    fix: "Encrypt again with --encrypted-regex '^(data|stringData)$'.",
    bad: secret(
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]\n',
    ),
    good: secret('apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\n  annotations:\n    example.com/team: web\n'),
  },
];
