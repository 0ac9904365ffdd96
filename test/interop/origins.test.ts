/** Where findings point to, for all that real programs render: every field that is traced is written there. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { load } from '../../src/build/load.ts';
import { type RenderOptions, render } from '../../src/build/render.ts';
import { toolCache } from '../../src/build/tools.ts';
import { readDocuments } from '../../src/check/yaml/documents.ts';
import type { FieldPath, Rendered, RenderPlan } from '../../src/model.ts';
import { fieldsOf, isMapping } from '../../src/yaml/value.ts';
import { copyFleet, makeFleet } from './data.ts';
import { folder } from './folder.ts';
import { pathWith } from './toolbox.ts';

async function emptyFolder(): Promise<string> {
  const made = await folder();
  onTestFinished(made.remove);
  return made.path;
}

async function options(): Promise<RenderOptions> {
  const env = await pathWith(await emptyFolder(), 'kustomize', 'helm');
  const read: RenderOptions['read'] = (text) => readDocuments(text, { artifact: '', file: '' }).documents;
  return { env, tools: toolCache(env), read, twice: false };
}

/** All fields of a value, from the outside in. */
function fieldsIn(value: unknown, path: FieldPath = []): readonly FieldPath[] {
  const below = Array.isArray(value)
    ? value.flatMap((item, index) => fieldsIn(item, [...path, index]))
    : isMapping(value)
      ? Object.entries(value).flatMap(([key, item]) => fieldsIn(item, [...path, key]))
      : [];
  return [path, ...below];
}

const CHART = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'chart/values.yaml': 'image: nginx:1\nports: [80, 81]\n',
  'chart/crds/two.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: two\n',
  'chart/templates/_labels.tpl': '{{- define "labels" }}\napp: shop\n{{- end }}\n',
  'chart/templates/web.yaml':
    '# web\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n  labels:\n' +
    '    {{- include "labels" . | nindent 4 }}\nspec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n' +
    '        - image: {{ .Values.image }}\n          ports:\n            {{- range .Values.ports }}\n' +
    '            - containerPort: {{ . }}\n            {{- end }}\n---\napiVersion: v1\nkind: Service\nmetadata:\n' +
    '  name: {{ .Release.Name }}\nspec:\n  type: ClusterIP\n',
  'chart/charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
  'chart/charts/db/templates/db.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: db\n',
};

interface Tally {
  /** Fields that lead to a line that writes them. */
  written: number;
  /** Fields that lead to the beginning of what their object was made of. */
  object: number;
  /** Fields that lead to the rendered document. */
  rendered: number;
  /** Fields that lead elsewhere. */
  readonly wrong: string[];
}

/** Whether a line writes a field: its key, its value, or an item of a list. */
function writes(line: string, field: FieldPath, rendered: string): boolean {
  const last = field.at(-1);
  if (typeof last === 'number') return /^\s*-|\[/.test(line);
  return line.includes(`${last}:`) || line.includes(`"${last}":`) || line.includes(rendered.replace(/^[\s-]+/, ''));
}

const BEGINS = /^\s*(?:- +)?(?:apiVersion|kind|name|value|newTag|patch):/;

/** Follows every field of every object to its source, and looks whether it is there. */
async function follow(all: readonly Rendered[], root: string): Promise<Tally> {
  const tally: Tally = { written: 0, object: 0, rendered: 0, wrong: [] };
  for (const { artifact, files, origins } of all) {
    const text = Buffer.from(files[0]?.bytes ?? []).toString();
    for (const document of readDocuments(text, { artifact: artifact.name, file: 'manifests.yaml' }).documents) {
      const { kind, metadata } = fieldsOf(document.value);
      const { name, namespace } = fieldsOf(metadata);
      const object = { kind: String(kind), name: String(name), ...(namespace ? { namespace: String(namespace) } : {}) };
      for (const field of fieldsIn(document.value)) {
        const place = { file: 'manifests.yaml', ...document.locate(field), documentLine: document.line, object, field };
        const source = origins(place);
        const written = source.rendered ? [] : (await readFile(join(root, source.file), 'utf8')).split('\n');
        const line = written[(source.line ?? 0) - 1] ?? '';
        if (source.rendered) tally.rendered += 1;
        else if (writes(line, field, text.split('\n')[place.line - 1] ?? '')) tally.written += 1;
        else if (BEGINS.test(line)) tally.object += 1;
        else
          tally.wrong.push(`${object.kind} ${object.name} ${field.join('.')}: ${source.file}:${source.line} ${line}`);
      }
    }
  }
  return tally;
}

async function renderAll(root: string, paths: readonly string[], plan: RenderPlan): Promise<readonly Rendered[]> {
  const lent = await options();
  const all: Rendered[] = [];
  for (const path of paths) {
    const artifact = { name: path.replaceAll('/', '-'), root: join(root, path), shown: path, render: plan };
    all.push(await render(await load(artifact), lent));
  }
  return all;
}

/** The folders below some that hold a file. */
async function foldersWith(file: string, root: string, below: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const start of below) {
    const paths = await readdir(join(root, start), { recursive: true });
    for (const path of ['', ...paths].map((each) => join(start, each))) {
      const has = await stat(join(root, path, file)).catch(() => undefined);
      if (has?.isFile()) found.push(path);
    }
  }
  return found.sort();
}

describe('fields of what kustomize builds', () => {
  test.each([
    ['d2-infra', ['components']],
    ['d2-apps', ['components']],
    ['kustomize-helm-example', ['apps/production', 'apps/staging', 'apps/base', 'infrastructure']],
  ])('%s', async (fleet, below) => {
    const root = await emptyFolder();
    await copyFleet(fleet, root);
    const paths = await foldersWith('kustomization.yaml', root, below);
    const tally = await follow(await renderAll(root, paths, { kind: 'kustomize' }), root);
    expect(tally).toMatchObject({ rendered: 0, wrong: [] });
    expect(tally.written).toBeGreaterThan(10 * tally.object);
  });

  test('a fleet of overlays', async () => {
    const root = await emptyFolder();
    await makeFleet(root, '--clusters', '2', '--form', 'overlay');
    const paths = (await readdir(join(root, 'clusters'))).map((name) => `clusters/${name}`);
    const tally = await follow(await renderAll(root, paths, { kind: 'kustomize' }), root);
    expect(tally).toMatchObject({ rendered: 0, wrong: [] });
    expect(tally.written).toBeGreaterThan(10 * tally.object);
  });
});

test('fields of what helm renders, with a chart in the chart', async () => {
  const root = await emptyFolder();
  for (const [path, text] of Object.entries(CHART)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const plan: RenderPlan = { kind: 'helm', release: 'shop', values: [], apiVersions: [] };
  const tally = await follow(await renderAll(root, ['chart'], plan), root);
  expect(tally).toEqual({ written: 36, object: 5, rendered: 0, wrong: [] });
});
