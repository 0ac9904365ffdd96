import type { Rule } from '../rule.ts';

const configMap = (data: string): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  namespace: web
data:
${data}`;

const secret = (data: string): string =>
  configMap(data).replace('ConfigMap', 'Secret').replace('\ndata:', '\nstringData:');

const KUSTOMIZATION = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [web.yaml]\n';
const WEB = configMap('  level: info\n');

/** The rules of this group, in the order of the documentation. */
export const HYGIENE_RULES: readonly Rule[] = [
  {
    id: 'hygiene/credential',
    setting: 'error',
    summary: 'No file holds a credential: a private key, a cloud key, a token.',
    why: 'Whoever can read the artifact in its registry or bucket can use the credential, now and as long as a copy exists. Values of Secrets are looked at as well, through their base64. Recognised by form and checksum; examples and encrypted values are left alone.',
    fix: 'Replace the credential where it is used: it counts as known. Publish the new one encrypted (SOPS, Sealed Secrets), or let External Secrets fetch it in the cluster.',
    bad: configMap('  key: AGE-SECRET-KEY-12K3YKQ0A0Q9EYA6LEAFN9U8YYYCEDCSTS5NV5CZZUEP9SYKR7PGNA5VRJ9\n'),
    good: configMap('  key: AGE-SECRET-KEY-1EXAMPLE\n'),
  },
  {
    id: 'hygiene/possible-credential',
    setting: 'warn',
    summary:
      'No file holds what looks like a credential: a password in a URL, a signed token, the id of an access key.',
    why: 'These forms are also used for what is public, such as the key of a web page or an expired token. Only you know.',
    fix: 'If it opens anything, replace it and publish it encrypted. Else let the object ignore the rule.',
    bad: configMap('  url: postgres://web:h7Kp2xQ9@db.example.com/web\n'),
    good: configMap(`  url: postgres://web:\${DB_PASSWORD}@db.example.com/web\n`),
  },
  {
    id: 'hygiene/plain-secret',
    setting: 'warn',
    summary: 'The values of a Secret are encrypted.',
    why: 'Base64 hides nothing: whoever can read the artifact can read the Secret. The same goes for the literals of a secretGenerator. A warning, as not every value of a Secret is one; what surely is a credential is an error of hygiene/credential. Left alone are Secrets that SOPS encrypted, values that Flux fills in, certificates, and service account tokens.',
    fix: 'Encrypt it with SOPS or as SealedSecret, or let an ExternalSecret fetch it in the cluster.',
    bad: secret('  password: correct horse\n'),
    good: secret(`  password: \${DB_PASSWORD}\n`),
  },
  {
    id: 'hygiene/stray-file',
    setting: 'warn',
    summary: 'Every file is there on purpose.',
    why: 'An artifact of source files is published as it lies on disk, with what editors, tools and people left: .env, kubeconfig, Terraform state, node_modules, backups. Some of it is secret, and every change of it wakes all clusters.',
    fix: 'Delete it, or leave it out in .sourceignore.',
    bad: {
      artifacts: { app: { 'kustomization.yaml': KUSTOMIZATION, 'web.yaml': WEB, '.env': 'A=1\n' } },
      render: 'source',
    },
    good: { artifacts: { app: { 'kustomization.yaml': KUSTOMIZATION, 'web.yaml': WEB } }, render: 'source' },
  },
  {
    id: 'hygiene/binary',
    setting: 'warn',
    summary: 'Files are text. Packed charts in charts/ are allowed.',
    why: 'Flux applies text. A binary is downloaded by every cluster and used by none, and nobody can review it.',
    fix: 'Leave it out in .sourceignore.',
    bad: {
      artifacts: { app: { 'kustomization.yaml': KUSTOMIZATION, 'web.yaml': WEB, 'web.bin': '\u0000\u0001' } },
      render: 'source',
    },
    good: { artifacts: { app: { 'kustomization.yaml': KUSTOMIZATION, 'web.yaml': WEB } }, render: 'source' },
  },
  {
    id: 'hygiene/object-size',
    setting: 'error',
    summary: 'A ConfigMap or Secret has at most 1 MiB of data, any other object at most 1.5 MiB.',
    why: 'The API server refuses more data, and etcd refuses larger requests (--max-request-bytes). Flux then applies nothing of the artifact.',
    fix: 'Split the object, or keep the data in a bucket or volume.',
    bad: configMap(`  large: ${'a'.repeat(1_100_000)}\n`),
    good: configMap(`  large: ${'a'.repeat(80)}\n`),
  },
  {
    id: 'hygiene/artifact-size',
    setting: 'warn',
    summary: 'The files of an artifact have at most 20 MiB together.',
    why: 'Every cluster downloads, unpacks and builds the whole artifact after each change of any file in it.',
    fix: 'Leave out what no cluster reads, or make several artifacts of it.',
    bad: { artifacts: { app: { 'web.yaml': WEB, 'notes.txt': 'a\n'.repeat(10_500_000) } }, render: 'source' },
    good: { artifacts: { app: { 'web.yaml': WEB, 'notes.txt': 'a\n' } }, render: 'source' },
  },
];
