import { describe, expect, test } from 'vitest';
import { originsOfChart } from '../../../src/build/origins/helm.ts';
import type { SourcePlace } from '../../../src/model.ts';
import { plan, tree } from '../tree.ts';

const CHART = {
  'crds/two.yaml': 'kind: A\nname: one\n---\nkind: A\nname: two\n',
  'templates/web.yaml': [
    '{{- if .Values.web }}',
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    '  name: {{ .Release.Name }}',
    '  labels:',
    '    {{- include "labels" . | nindent 4 }}',
    'spec:',
    '  replicas: 2',
    '  {{- if .Values.fast }}',
    '  strategy: {{ .Values.strategy }}',
    '  {{- else }}',
    '  strategy: slow',
    '  {{- end }}',
    '  image: {{ .Values.image }}',
    '{{- end }}',
    '---',
    'apiVersion: v1',
    'kind: Service',
    'metadata:',
    '  name: {{ .Release.Name }}',
    '---',
    'apiVersion: v1',
    'kind: Service',
    'metadata:',
    '  name: {{ .Release.Name }}-extra',
    '',
  ].join('\n'),
  'charts/db/templates/db.yaml': 'apiVersion: v1\nkind: {{ .Values.kind }}\nmetadata:\n  name: db\n',
};

/** Where a line of what helm printed is from. */
function originOf(output: string, text: string, column = 1): SourcePlace {
  const lines = output.split('\n');
  expect(lines.filter((line) => line === text)).toHaveLength(1);
  const line = lines.indexOf(text) + 1;
  return originsOfChart(plan(tree(CHART)), output)({ file: 'manifests.yaml', line, column, documentLine: line });
}

const WEB =
  '---\n# Source: shop/templates/web.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels:\n' +
  '    app: web\nspec:\n  replicas: 2\n  strategy: slow\n  image: nginx\n';
const SERVICE = '---\n# Source: shop/templates/web.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: web-extra\n';
const file = 'deploy/app/templates/web.yaml';

describe('origins of a chart', () => {
  test.each<[string, string, string, SourcePlace]>([
    ['a line that is written so', WEB, '  replicas: 2', { file, line: 9, column: 3 }],
    ['the only line that can make it', WEB, '  image: nginx', { file, line: 15, column: 3 }],
    ['a name from the release', WEB, '  name: web', { file, line: 5, column: 3 }],
    ['the object, of a line that two can have made', WEB, '  strategy: slow', { file, line: 3 }],
    ['the object, of a line from elsewhere', WEB, '    app: web', { file, line: 3 }],
    ['the file, of an object that two can have made', SERVICE, '  name: web-extra', { file }],
    [
      'the object, of a line that is there twice',
      `${WEB}  limits:\n  image: nginx:2\n`,
      '  image: nginx:2',
      { file, line: 3 },
    ],
    [
      'a chart in the chart',
      '---\n# Source: shop/charts/db/templates/db.yaml\napiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n',
      '  name: db',
      { file: 'deploy/app/charts/db/templates/db.yaml', line: 4, column: 3 },
    ],
    [
      'the second document of a copied file',
      `---\n# Source: shop/crds/two.yaml\n${CHART['crds/two.yaml']}`,
      'name: two',
      { file: 'deploy/app/crds/two.yaml', line: 5, column: 3 },
    ],
    [
      'the rendered document, without a template',
      '---\nkind: Deployment\n  replicas: 2\n',
      '  replicas: 2',
      { file: 'app.yaml', line: 3, column: 3, rendered: true },
    ],
    [
      'the rendered document, of a template in an archive',
      '---\n# Source: shop/charts/cache/templates/web.yaml\nkind: Deployment\n',
      'kind: Deployment',
      { file: 'app.yaml', line: 3, column: 3, rendered: true },
    ],
    [
      'the rendered document, of a path that leads out',
      '---\n# Source: shop/../templates/web.yaml\nkind: Deployment\n',
      'kind: Deployment',
      { file: 'app.yaml', line: 3, column: 3, rendered: true },
    ],
  ])('are %s', (_, output, text, place) => {
    expect(originOf(output, text, 3)).toEqual(place);
  });

  test("keep what is left open at a document's end in its template", () => {
    const origins = originsOfChart(plan(tree(CHART)), `${WEB}${SERVICE}`);
    const line = WEB.split('\n').length;
    expect(origins({ file: 'manifests.yaml', line, column: 1, documentLine: line }).file).toBe(file);
  });

  test('are the rendered document as a whole, of what is wrong with the whole', () => {
    const whole = { file: 'manifests.yaml', line: 0, column: 0, documentLine: 0 };
    expect(originsOfChart(plan(tree(CHART)), WEB)(whole)).toEqual({ file: 'app.yaml', rendered: true });
  });
});
