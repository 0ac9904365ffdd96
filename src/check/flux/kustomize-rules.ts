import type { Example, Rule } from '../rule.ts';

/** The beginning of every `why` here: who reads these files, and what one mistake costs. */
const BUILD =
  'Flux builds a `source` artifact with kustomize in the cluster, and a build that fails applies nothing: the cluster stays at the last good release.';

const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n';

const source = (files: Readonly<Record<string, string>>): Example => ({ render: 'source', artifacts: { app: files } });

const listing = (...resources: readonly string[]): string =>
  `resources:\n${resources.map((path) => `  - ${path}\n`).join('')}`;

const GOOD = source({ 'kustomization.yaml': listing('web.yaml'), 'web.yaml': CONFIG_MAP });

/** Rules about the kustomization files of `source` artifacts. */
export const KUSTOMIZE_RULES: readonly Rule[] = [
  {
    id: 'flux/kustomize-missing',
    setting: 'error',
    summary: 'What a kustomization file lists is in the artifact.',
    why: `${BUILD} Files that an ignore rule leaves out are missing there too.`,
    fix: 'Correct the path, add the file, or change .sourceignore.',
    bad: source({ 'kustomization.yaml': listing('web.yaml', 'wbe.yaml'), 'web.yaml': CONFIG_MAP }),
    good: GOOD,
  },
  {
    id: 'flux/kustomize-outside',
    setting: 'error',
    summary: 'Kustomization files name nothing outside the artifact.',
    why: `${BUILD} It confines the build to the artifact so \`../\` must not lead above its root.`,
    fix: 'Publish the folder that holds both, or render with `kustomize` before publishing.',
    bad: source({ 'kustomization.yaml': listing('web.yaml', '../base'), 'web.yaml': CONFIG_MAP }),
    good: source({
      'base/kustomization.yaml': listing('web.yaml'),
      'base/web.yaml': CONFIG_MAP,
      'prod/kustomization.yaml': listing('../base'),
    }),
  },
  {
    id: 'flux/kustomize-remote',
    setting: 'warn',
    summary: 'Kustomization files name nothing that is loaded from elsewhere.',
    why: 'What is loaded by URL is not part of the artifact: it can change or be gone without a release, no signature covers it, and clusters without access to it, or with `--no-remote-bases`, fail to build.',
    fix: 'Copy it into the artifact, or render with `kustomize` before publishing.',
    bad: source({ 'kustomization.yaml': listing('https://example.com/base/web.yaml') }),
    good: GOOD,
  },
  {
    id: 'flux/kustomize-twice',
    setting: 'error',
    summary: 'A kustomization file lists nothing twice.',
    why: `${BUILD} kustomize stops at an object that it already has.`,
    fix: 'Remove one of the two entries.',
    bad: source({ 'kustomization.yaml': listing('web.yaml', './web.yaml'), 'web.yaml': CONFIG_MAP }),
    good: GOOD,
  },
  {
    id: 'flux/kustomize-cycle',
    setting: 'error',
    summary: 'No kustomization includes itself, directly or by way of others.',
    why: `${BUILD} kustomize also refuses a folder above the one that lists it.`,
    fix: 'Move what both need into a folder of its own, and list that in both.',
    bad: source({
      'kustomization.yaml': listing('web.yaml'),
      'prod/kustomization.yaml': listing('..'),
      'web.yaml': CONFIG_MAP,
    }),
    good: source({
      'kustomization.yaml': listing('prod'),
      'prod/kustomization.yaml': listing('web.yaml'),
      'prod/web.yaml': CONFIG_MAP,
    }),
  },
  {
    id: 'flux/kustomize-component',
    setting: 'error',
    summary: 'Components are listed under `components`, everything else under `resources`.',
    why: `${BUILD} kustomize refuses one in the place of the other.`,
    fix: 'Move the entry to the other list, or correct `kind` in the kustomization file that it leads to.',
    bad: source({
      'kustomization.yaml': listing('tls'),
      'tls/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: tls-\n',
    }),
    good: source({
      'kustomization.yaml': `${listing('web.yaml')}components:\n  - tls\n`,
      'tls/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: tls-\n',
      'web.yaml': CONFIG_MAP,
    }),
  },
  {
    id: 'flux/kustomize-two-files',
    setting: 'error',
    summary: 'A folder has one kustomization file.',
    why: `${BUILD} kustomize refuses a folder with two of kustomization.yaml, kustomization.yml and Kustomization.`,
    fix: 'Merge them into kustomization.yaml.',
    bad: source({
      'kustomization.yaml': listing('web.yaml'),
      'kustomization.yml': listing('web.yaml'),
      'web.yaml': CONFIG_MAP,
    }),
    good: GOOD,
  },
  {
    id: 'flux/kustomize-kind',
    setting: 'error',
    summary: "A file called kustomization.yaml is kustomize's own configuration.",
    why: `${BUILD} Objects of Flux are of kind Kustomization too: in a file of this name kustomize takes them for its configuration, and refuses them.`,
    fix: 'Give the object another file name, or correct apiVersion and kind.',
    bad: source({
      'kustomization.yaml':
        'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: web\nspec:\n  path: ./web\n',
    }),
    good: source({
      'kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n${listing('web.yaml')}`,
      'web.yaml': CONFIG_MAP,
    }),
  },
  {
    id: 'flux/kustomize-empty',
    setting: 'error',
    summary: 'A kustomization file says something.',
    why: `${BUILD} kustomize refuses an empty kustomization file, also one with nothing but apiVersion and kind.`,
    fix: 'List resources in it, or delete it.',
    bad: source({ 'kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n' }),
    good: GOOD,
  },
  {
    id: 'flux/kustomize-helm',
    setting: 'error',
    summary: 'Kustomization files that Flux builds inflate no Helm charts.',
    why: `${BUILD} It never runs kustomize with Helm enabled.`,
    fix: 'Use a HelmRelease, or publish with `render: kustomize` and `enableHelm: true`.',
    bad: source({
      'kustomization.yaml': 'helmCharts:\n  - name: web\n    repo: https://example.com/charts\n    version: 1.0.0\n',
    }),
    good: GOOD,
  },
  {
    id: 'flux/kustomize-field',
    setting: 'warn',
    summary: 'Kustomization files have only fields that kustomize knows.',
    why: 'kustomize refuses the file. In the folder that a Flux Kustomization points to it is worse: Flux drops the field, and what it should have said does not happen.',
    fix: 'Correct the name of the field.',
    bad: source({ 'kustomization.yaml': `${listing('web.yaml')}nameprefixes: eu-\n`, 'web.yaml': CONFIG_MAP }),
    good: source({ 'kustomization.yaml': `${listing('web.yaml')}namePrefix: eu-\n`, 'web.yaml': CONFIG_MAP }),
  },
  {
    id: 'flux/kustomize-deprecated',
    setting: 'off',
    summary: 'Kustomization files use no deprecated fields.',
    why: 'kustomize still reads `bases`, `vars`, `commonLabels`, `imageTags`, `patchesStrategicMerge` and `patchesJson6902`, with a warning; a later major version will not.',
    fix: 'Use the field that took its place; `kustomize edit fix` changes the file.',
    bad: source({ 'kustomization.yaml': `${listing('web.yaml')}commonLabels:\n  app: web\n`, 'web.yaml': CONFIG_MAP }),
    good: source({
      'kustomization.yaml': `${listing('web.yaml')}labels:\n  - pairs:\n      app: web\n    includeSelectors: true\n`,
      'web.yaml': CONFIG_MAP,
    }),
  },
];
