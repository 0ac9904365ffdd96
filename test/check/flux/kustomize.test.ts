import { describe, expect, test } from 'vitest';
import { found, shown } from '../found.ts';

const OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n';
const COMPONENT = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: web-\n';

type Files = Readonly<Record<string, string>>;

/** The findings in an artifact with these files beside `web.yaml` and the good folders `base` and `tls`. */
async function findingsIn(files: Files, on?: string) {
  const all = {
    'web.yaml': OBJECT,
    'base/kustomization.yaml': 'resources:\n  - ../web.yaml\n',
    'tls/kustomization.yaml': COMPONENT,
    ...files,
  };
  return shown(await found('flux', { render: 'source', artifacts: { app: all } }, on));
}

const CASES: readonly (readonly [title: string, files: Files, findings: readonly string[]])[] = [
  [
    'files and folders that are not there',
    {
      'prod/kustomization.yaml':
        'resources:\n  - ../base\n  - nope.yaml\n  - ../staging\ncomponents:\n  - ../nope\npatches:\n  - path: p.yaml\n',
    },
    [
      'flux/kustomize-missing app/prod/kustomization.yaml:3:5 The artifact holds no "prod/nope.yaml", which is listed here as "nope.yaml"',
      'flux/kustomize-missing app/prod/kustomization.yaml:4:5 The artifact holds no "staging", which is listed here as "../staging"',
      'flux/kustomize-missing app/prod/kustomization.yaml:6:5 The artifact holds no "nope", which is listed here as "../nope"',
      'flux/kustomize-missing app/prod/kustomization.yaml:8:5 The artifact holds no "prod/p.yaml", which is listed here as "p.yaml"',
    ],
  ],
  [
    'inputs of generators that are not there',
    {
      'kustomization.yaml':
        'resources:\n  - base\nconfigMapGenerator:\n  - name: a\n    files:\n      - web.yaml\n      - k=gone.txt\n    envs:\n      - gone.env\n',
    },
    [
      'flux/kustomize-missing app/kustomization.yaml:7:9 The artifact holds no "gone.txt", which is listed here as "gone.txt"',
      'flux/kustomize-missing app/kustomization.yaml:9:9 The artifact holds no "gone.env", which is listed here as "gone.env"',
    ],
  ],
  [
    'folders where files belong, files where folders belong, and folders that say nothing to kustomize',
    {
      'kustomization.yaml':
        'resources:\n  - base\n  - docs\ncomponents:\n  - web.yaml\nconfigMapGenerator:\n  - name: a\n    files:\n      - docs\n',
      'docs/a.txt': 'a\n',
    },
    [
      'flux/kustomize-missing app/kustomization.yaml:3:5 "docs" is a folder without a kustomization file',
      'flux/kustomize-missing app/kustomization.yaml:5:5 "web.yaml" is a file, and a component is a folder',
      'flux/kustomize-missing app/kustomization.yaml:9:9 "docs" is a folder, and only a file can be read here',
    ],
  ],
  [
    'paths that leave the artifact',
    { 'prod/kustomization.yaml': 'resources:\n  - ../../base\n  - /etc/web.yaml\n' },
    [
      'flux/kustomize-outside app/prod/kustomization.yaml:2:5 "../../base" leads out of the artifact: Flux keeps kustomize inside it',
      'flux/kustomize-outside app/prod/kustomization.yaml:3:5 "/etc/web.yaml" leads out of the artifact: Flux keeps kustomize inside it',
    ],
  ],
  [
    'everything that is loaded by URL',
    {
      'kustomization.yaml':
        'resources:\n  - https://example.com/web.yaml\n  - github.com/acme/web//base?ref=v1\n  - git@example.com:acme/web.git\n  - ssh://git@example.com/acme/web\n  - ../acme/web?ref=main\n',
    },
    [
      ['2', 'https://example.com/web.yaml'],
      ['3', 'github.com/acme/web//base?ref=v1'],
      ['4', 'git@example.com:acme/web.git'],
      ['5', 'ssh://git@example.com/acme/web'],
      ['6', '../acme/web?ref=main'],
    ].map(
      ([line, url]) =>
        `flux/kustomize-remote app/kustomization.yaml:${line}:5 "${url}" is loaded from elsewhere at every build in the cluster: it is not part of the artifact`,
    ),
  ],
  [
    'the same file or folder twice, however it is written',
    {
      'kustomization.yaml': 'resources:\n  - base\n  - ./base/\n  - empty.yaml\n  - empty.yaml\n',
      'empty.yaml': '# nothing yet\n',
    },
    [
      'flux/kustomize-twice app/kustomization.yaml:3:5 "./base/" is listed twice: kustomize refuses to add an object again',
    ],
  ],
  [
    'folders that lead back, at once, by way of others, and from below',
    {
      'a/kustomization.yaml': 'resources:\n  - .\n',
      'b/kustomization.yaml': 'resources:\n  - ../c\n',
      'c/kustomization.yaml': 'resources:\n  - ../b\n',
      'd/e/kustomization.yaml': 'resources:\n  - ..\n',
      'd/kustomization.yaml': 'resources:\n  - ../base\n',
      'f/kustomization.yaml': 'resources:\n  - ../b\n',
    },
    [
      'flux/kustomize-cycle app/a/kustomization.yaml:2:5 "." leads back to this folder: kustomize refuses cycles',
      'flux/kustomize-cycle app/b/kustomization.yaml:2:5 "../c" leads back to this folder: kustomize refuses cycles',
      'flux/kustomize-cycle app/c/kustomization.yaml:2:5 "../b" leads back to this folder: kustomize refuses cycles',
      'flux/kustomize-cycle app/d/e/kustomization.yaml:2:5 ".." leads back to this folder: kustomize refuses cycles',
    ],
  ],
  [
    'components among resources, and the other way round',
    { 'kustomization.yaml': 'resources:\n  - tls\ncomponents:\n  - base\n' },
    [
      'flux/kustomize-component app/kustomization.yaml:2:5 "tls" is a Component, and "resources" takes none',
      'flux/kustomize-component app/kustomization.yaml:4:5 "base" is a Kustomization, and "components" takes Components only',
    ],
  ],
  [
    'two kustomization files in a folder',
    { 'base/kustomization.yml': 'resources:\n  - ../web.yaml\n' },
    [
      'flux/kustomize-two-files app/base/kustomization.yml The folder holds "base/kustomization.yaml" and "base/kustomization.yml": kustomize takes one kustomization file',
    ],
  ],
  [
    "objects in a file that is kustomize's own",
    {
      'a/kustomization.yaml': 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: a\n',
      'b/kustomization.yaml': OBJECT,
      'c/kustomization.yaml': COMPONENT.replace('v1alpha1', 'v1beta1'),
    },
    [
      'flux/kustomize-kind app/a/kustomization.yaml:1:1 A file of this name is kustomize\'s own configuration, and its apiVersion is "kustomize.toolkit.fluxcd.io/v1"',
      'flux/kustomize-kind app/b/kustomization.yaml:2:1 A file of this name is kustomize\'s own configuration, and its kind is "ConfigMap"',
      'flux/kustomize-kind app/c/kustomization.yaml:1:1 A file of this name is kustomize\'s own configuration, and its apiVersion is "kustomize.config.k8s.io/v1beta1"',
    ],
  ],
  [
    'kustomization files that say nothing',
    {
      'a/kustomization.yaml': '# later\n',
      'b/kustomization.yaml': 'resources:\n',
      'c/kustomization.yaml': 'resources: []\n',
    },
    [
      'flux/kustomize-empty app/a/kustomization.yaml:1:1 "a/kustomization.yaml" says nothing: kustomize refuses an empty kustomization file',
      'flux/kustomize-empty app/b/kustomization.yaml:1:1 "b/kustomization.yaml" says nothing: kustomize refuses an empty kustomization file',
    ],
  ],
  [
    'charts that Flux never inflates',
    { 'kustomization.yaml': 'resources:\n  - base\nhelmCharts:\n  - name: web\n    valuesFile: gone.yaml\n' },
    [
      'flux/kustomize-helm app/kustomization.yaml:3:1 Flux never runs Helm from a kustomization file: "helmCharts" fails the build',
    ],
  ],
  [
    'fields that kustomize does not know, in any case',
    { 'kustomization.yaml': 'Resources:\n  - base\nresource:\n  - web.yaml\n' },
    [
      'flux/kustomize-field app/kustomization.yaml:3:1 kustomize knows no field "resource": it refuses the file, or Flux drops the field',
    ],
  ],
  ['nothing in good files', { 'kustomization.yaml': 'resources:\n  - base\ncomponents:\n  - tls\n' }, []],
  [
    'nothing in a patch that is written in place',
    {
      'kustomization.yaml':
        'resources:\n  - base\npatchesStrategicMerge:\n  - |-\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: web}\n  - \'{"kind": "ConfigMap"}\'\ntransformers:\n  - |\n    kind: PrefixTransformer\n',
    },
    [],
  ],
];

describe('in kustomization files the check finds', () => {
  test.each(CASES)('%s', async (_title, files, findings) => {
    expect(await findingsIn(files)).toEqual(findings);
  });
});

test('kustomization files of rendered artifacts are manifests like any other file', async () => {
  const files = { 'kustomization.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n' };
  expect(await found('flux', { artifacts: { app: files } })).toEqual([]);
});

test('deprecated fields are told of when somebody wants to know', async () => {
  const files = { 'kustomization.yaml': 'bases:\n  - base\nvars: []\n' };
  expect(await findingsIn(files)).toEqual([]);
  expect(await findingsIn(files, 'flux/kustomize-deprecated')).toEqual([
    'flux/kustomize-deprecated app/kustomization.yaml:1:1 kustomize has deprecated "bases"',
    'flux/kustomize-deprecated app/kustomization.yaml:3:1 kustomize has deprecated "vars"',
  ]);
});

test('a mistyped field gets a suggestion', async () => {
  const example = {
    render: 'source' as const,
    artifacts: { app: { 'kustomization.yaml': 'namePrefixes: a-\nresources: []\n' } },
  };
  const [finding] = await found('flux', example);
  expect(finding?.hint).toBe('did you mean "namePrefix"');
});

test('numbers that are too large for JavaScript stop nothing', async () => {
  const files = {
    'a/kustomization.yaml': 'kind: 9007199254740993\n',
    'b/kustomization.yaml': 'resources:\n  - ../web.yaml\nreplicas:\n  - name: web\n    count: 9007199254740993\n',
    'sync.yaml':
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: b\n  namespace: web\nspec:\n  interval: 5m\n  prune: true\n  path: ./b\n  sourceRef:\n    kind: OCIRepository\n    name: flux-system\n  patches:\n    - patch: 9007199254740993\n',
  };
  expect(await findingsIn(files)).toEqual([
    'flux/kustomize-kind app/a/kustomization.yaml:1:1 A file of this name is kustomize\'s own configuration, and its kind is "9007199254740993"',
  ]);
});
