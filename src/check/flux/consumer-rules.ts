import type { Example, Rule } from '../rule.ts';

const SYNC = (path: string, rest = ''): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: web\n  namespace: flux-system\nspec:\n  interval: 5m\n  prune: true\n  path: ${path}\n  sourceRef:\n    kind: OCIRepository\n    name: web\n${rest}`;

const OCI =
  '---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata:\n  name: web\n  namespace: flux-system\nspec:\n  interval: 5m\n  url: oci://registry.example.com/fleet/web\n  ref:\n    tag: prod\n';

const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: web\n';

const both = (sync: string, web: string): Example => ({
  artifacts: { cluster: { 'manifests.yaml': `${sync}${OCI}` }, web: { 'manifests.yaml': web } },
});

const sources = (sync: string, web: Readonly<Record<string, string>>): Example => ({
  render: 'source',
  artifacts: { cluster: { 'sync.yaml': `${sync}${OCI}` }, web },
});

const VARIABLES = '  postBuild:\n    substitute:\n      region: eu\n';
const SECRET =
  'apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\n  namespace: web\ndata:\n  password: ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]\n';

/** Rules about artifacts and the Kustomizations that build them. */
export const CONSUMER_RULES: readonly Rule[] = [
  {
    id: 'flux/path-missing',
    setting: 'warn',
    summary: "A Kustomization's path is a folder of the artifact that it builds.",
    why: 'A path that is not there fails with "kustomization path not found". Rendered artifacts have no folders: all their objects lie in manifests.yaml at the root. A Kustomization is matched to an artifact by the last segment of its OCIRepository\'s URL.',
    fix: 'Correct the path; for a rendered artifact it is "./".',
    bad: both(SYNC('./deploy'), CONFIG_MAP),
    good: both(SYNC('./'), CONFIG_MAP),
  },
  {
    id: 'flux/not-a-manifest',
    setting: 'error',
    summary: 'A folder that Flux builds without a kustomization file holds manifests only.',
    why: 'Where a folder has no kustomization file, Flux generates one with all .yaml and .yml files below it, hidden ones too. One that is no Kubernetes object fails the build, and nothing is applied.',
    fix: 'Add a kustomization.yaml that lists the manifests, move the file, or leave it out in .sourceignore.',
    bad: sources(SYNC('./deploy'), { 'deploy/web.yaml': CONFIG_MAP, 'deploy/values.yaml': 'replicas: 3\n' }),
    good: sources(SYNC('./deploy'), { 'deploy/web.yaml': CONFIG_MAP, 'values.yaml': 'replicas: 3\n' }),
  },
  {
    id: 'flux/mixed-folder',
    setting: 'warn',
    summary: 'Manifests that no kustomization file lists have no other YAML files beside or below them.',
    why: 'Where a folder has no kustomization file, Flux generates one with all .yaml and .yml files below it, hidden ones too. Whichever Kustomization applies the manifests so, it fails at the other file.',
    fix: 'Add a kustomization.yaml that lists the manifests, move the file, or leave it out in .sourceignore.',
    bad: { render: 'source', artifacts: { web: { 'web.yaml': CONFIG_MAP, 'values.yaml': 'replicas: 3\n' } } },
    good: {
      render: 'source',
      artifacts: {
        web: {
          'kustomization.yaml': 'resources:\n  - web.yaml\n',
          'web.yaml': CONFIG_MAP,
          'values.yaml': 'replicas: 3\n',
        },
      },
    },
  },
  {
    id: 'flux/empty',
    setting: 'warn',
    summary: 'An artifact holds Kubernetes objects.',
    why: 'Flux builds an empty set from an artifact without objects, reports success, and prunes all that it applied before.',
    fix: 'Correct the path of the artifact, or the rules that leave its files out.',
    bad: { render: 'source', artifacts: { web: { 'notes.txt': 'soon\n' } } },
    good: { render: 'source', artifacts: { web: { 'web.yaml': CONFIG_MAP } } },
  },
  {
    id: 'flux/variable-unset',
    setting: 'warn',
    summary: 'Variables in manifests have a value or a default.',
    why: `A Kustomization with \`postBuild\` replaces every \${name} in what it builds, in scripts and dashboards too. From Flux 2.9 on one without value and default fails the build; before, it becomes empty text. A value that something outside the release patches into the Kustomization is not seen here.`,
    fix: `Set the variable, give it a default (\${name:=value}), or write $\${name} for text that has to stay.`,
    bad: both(SYNC('./', VARIABLES), `${CONFIG_MAP}data:\n  region: \${reigon}\n`),
    good: both(SYNC('./', VARIABLES), `${CONFIG_MAP}data:\n  region: \${region}\n  zone: \${zone:=a}\n`),
  },
  {
    id: 'flux/variable-syntax',
    setting: 'error',
    summary: 'Where Flux replaces variables, every ${ begins one.',
    why: `A Kustomization with \`postBuild\` reads every \${ in what it builds as a variable. What it cannot read, such as \${{ expression }} or \${a.b}, fails the build.`,
    fix: 'Write $${ for text that has to stay, or annotate the object with kustomize.toolkit.fluxcd.io/substitute: disabled.',
    bad: both(SYNC('./', VARIABLES), `${CONFIG_MAP}data:\n  step: \${{ github.sha }}\n`),
    good: both(SYNC('./', VARIABLES), `${CONFIG_MAP}data:\n  step: $\${{ github.sha }}\n`),
  },
  {
    id: 'flux/sops-decryption',
    setting: 'warn',
    summary: 'A Kustomization that applies Secrets of SOPS decrypts them.',
    why: 'kustomize-controller refuses to apply a Secret that is still encrypted, and with it the whole artifact. What something outside the release patches into the Kustomization is not seen here.',
    fix: 'Set spec.decryption of the Kustomization.',
    bad: both(SYNC('./'), SECRET),
    good: both(SYNC('./', '  decryption:\n    provider: sops\n    secretRef:\n      name: sops-key\n'), SECRET),
  },
];
