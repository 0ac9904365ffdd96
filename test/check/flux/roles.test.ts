import { describe, expect, test } from 'vitest';
import { type Role, roleOf } from '../../../src/check/flux/roles.ts';
import type { RenderPlan } from '../../../src/model.ts';

const OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n';

function rolesOf(files: Readonly<Record<string, string>>, render: RenderPlan = { kind: 'source' }) {
  const role = roleOf(
    { name: 'app', root: '/app', shown: 'app', render },
    Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
  );
  return Object.fromEntries(Object.keys(files).map((path) => [path, role(path)]));
}

const listing = (field: string, ...items: readonly string[]): string =>
  `${field}:\n${items.map((item) => `  - ${item}\n`).join('')}`;

interface Case {
  readonly title: string;
  readonly files: Readonly<Record<string, readonly [text: string, role: Role]>>;
}

const CASES: readonly Case[] = [
  {
    title: 'without a kustomization file all objects are manifests, and what does not look like one is not read',
    files: {
      'a/web.yaml': [OBJECT, 'manifests'],
      'a/b/web.yml': [OBJECT, 'manifests'],
      'web.json': ['{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}}', 'other'],
      'flow.yaml': ['{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}}', 'manifests'],
      'values.yaml': ['replicas: 3\n', 'other'],
      '.github/workflows/ci.yaml': ['on: push\njobs: {}\n', 'other'],
      'notes.txt': ['apiVersion: v1\nkind: ConfigMap\n', 'other'],
    },
  },
  {
    title: 'what a kustomization lists is manifests, of any name, and the objects beside it are YAML',
    files: {
      'kustomization.yaml': [listing('resources', 'web.yaml', './sub/../list.json', 'odd.txt', 'base'), 'yaml'],
      'web.yaml': [OBJECT, 'manifests'],
      'list.json': ['{}', 'manifests'],
      'odd.txt': [OBJECT, 'manifests'],
      'unused.yaml': [OBJECT, 'yaml'],
      'template.yaml': ['replicas: {{ .Values.replicas }}\n', 'other'],
      'deep/unused.yaml': [OBJECT, 'yaml'],
      'base/kustomization.yml': [listing('resources', '../shared/web.yaml'), 'yaml'],
      'shared/web.yaml': [OBJECT, 'manifests'],
    },
  },
  {
    title:
      'patches of all kinds, replacements, plugins and Helm values are YAML, and inputs of generators only as values',
    files: {
      'app/kustomization.yaml': [
        `${listing('resources', '../web.yaml')}${listing('patches', 'path: ../p1.yaml')}${listing('patchesJson6902', 'path: ../p2.yaml')}${listing('patchesStrategicMerge', '../p3.yaml')}${listing('replacements', 'path: ../r.yaml')}${listing('transformers', '../t.yaml')}${listing('configurations', '../c.yaml')}configMapGenerator:\n  - name: a\n    files:\n      - ../config.yaml\n      - values.yaml=../web-values.yaml\n    envs:\n      - ../web.env\nhelmCharts:\n  - name: web\n    valuesFile: ../chart-input.yaml\n`,
        'yaml',
      ],
      'web.yaml': [OBJECT, 'manifests'],
      'p1.yaml': [OBJECT, 'yaml'],
      'p2.yaml': ['- op: remove\n  path: /a\n', 'yaml'],
      'p3.yaml': [OBJECT, 'yaml'],
      'r.yaml': ['source: {}\n', 'yaml'],
      't.yaml': [OBJECT, 'yaml'],
      'c.yaml': ['nameReference: []\n', 'other'],
      'config.yaml': ['a: {{ b }}\n', 'other'],
      'web-values.yaml': ['a: b\n', 'yaml'],
      'web.env': ['A=b\n', 'other'],
      'chart-input.yaml': ['a: b\n', 'yaml'],
    },
  },
  {
    title: 'of a chart only its definition and values are YAML, and its CRDs manifests',
    files: {
      'charts/web/Chart.yaml': ['name: web\n', 'yaml'],
      'charts/web/values.yaml': ['a: b\n', 'yaml'],
      'charts/web/values-prod.yaml': ['a: b\n', 'yaml'],
      'charts/web/templates/web.yaml': [`${OBJECT}data: {{ .Values.data }}\n`, 'other'],
      'charts/web/crds/web.yaml': [OBJECT, 'manifests'],
      'charts/web/files/values.yaml': ['{{ x }}\n', 'other'],
      'charts/web/values.schema.json': ['{}', 'other'],
      'charts/web/deploy/web.yaml': [OBJECT, 'manifests'],
    },
  },
  {
    title: 'a kustomization file that nobody can read still stands for its folder',
    files: {
      'kustomization.yaml': ['resources: [\n', 'yaml'],
      'web.yaml': [OBJECT, 'yaml'],
      'values.yaml': ['a: b\n', 'other'],
    },
  },
  {
    title: 'odd kustomization files name nothing',
    files: {
      Kustomization: ['resources: {a: b}\nconfigMapGenerator: text\npatches: [1, null, {path: 3}]\n', 'yaml'],
      'sub/kustomization.yaml': ['- web.yaml\n', 'yaml'],
      'sub/web.yaml': [OBJECT, 'yaml'],
    },
  },
];

describe('in an artifact that Flux builds itself', () => {
  test.each(CASES)('$title', ({ files }) => {
    const texts = Object.fromEntries(Object.entries(files).map(([path, [text]]) => [path, text]));
    const roles = Object.fromEntries(Object.entries(files).map(([path, [, role]]) => [path, role]));
    expect(rolesOf(texts)).toEqual(roles);
  });
});

test('in a rendered artifact every YAML file is manifests', () => {
  const files = { 'manifests.yaml': 'replicas: 3\n', 'more/kustomization.yml': OBJECT, 'notes.txt': OBJECT };
  expect(rolesOf(files, { kind: 'kustomize' })).toEqual({
    'manifests.yaml': 'manifests',
    'more/kustomization.yml': 'manifests',
    'notes.txt': 'other',
  });
});
