import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { originsOfKustomization } from '../../../src/build/origins/kustomize.ts';
import { readDocuments } from '../../../src/check/yaml/documents.ts';
import type { FieldPath, SourcePlace } from '../../../src/model.ts';
import { tree } from '../tree.ts';

const FILES = {
  'base/kustomization.yaml':
    'resources: [web.yaml, ns.yaml]\nconfigMapGenerator:\n  - name: settings\n    literals: [a=b]\nimages:\n' +
    '  - name: example.com:5000/web\n    newTag: "1.29"\n',
  'base/web.yaml':
    '# head\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n  paused: false\n' +
    '  template:\n    spec:\n      containers:\n        - name: side\n          image: busybox:1\n        - name: web\n' +
    '          image: example.com:5000/web\n          args: [x, y]\n---\napiVersion: v1\nkind: List\nitems:\n' +
    '  - apiVersion: v1\n    kind: Service\n    metadata:\n      name: web\n    spec:\n      ports: [{port: 80}]\n',
  'base/ns.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: old}\n',
  'comp/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n  - target: {kind: Serv.*, name: web}\n' +
    '    patch: |-\n      - {op: add, path: /spec/type, value: NodePort}\n      - {op: add, path: /spec/ports/-, value: {port: 81}}\n',
  'over/kustomization.yml':
    'namespace: payments\nnamePrefix: p-\nnameSuffix: -s\nresources: [../base, extra, https://example.com/x?ref=v1, gone.yaml]\n' +
    'components: [../comp]\npatchesStrategicMerge: [patch.yaml]\n',
  'over/patch.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n  paused: false\n  template:\n' +
    '    spec:\n      containers:\n        - name: web\n          securityContext: {privileged: true}\n',
  'over/extra/Kustomization': 'resources: [twin.yaml]\nnamePrefix: x-\n',
  'over/extra/twin.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: twin, namespace: one}\n---\n' +
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: twin, namespace: two}\n---\n' +
    'apiVersion: v1\nkind: Secret\nmetadata: {name: alone}\nstringData: {a: b}\n',
};

/** As kustomize prints them. */
const OBJECTS: Readonly<Record<string, string>> = {
  namespace: 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: payments\n',
  settings:
    'apiVersion: v1\ndata:\n  a: b\nkind: ConfigMap\nmetadata:\n  name: p-settings-s-4h2mbtbbt6\n  namespace: payments\n',
  service:
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: p-web-s\n  namespace: payments\nspec:\n  ports:\n  - port: 80\n  - port: 81\n  type: NodePort\n',
  web:
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: p-web-s\n  namespace: payments\nspec:\n  paused: false\n  replicas: 3\n' +
    '  template:\n    spec:\n      containers:\n      - args:\n        - x\n        - y\n        image: example.com:5000/web:1.29\n        name: web\n' +
    '        securityContext:\n          privileged: true\n      - image: busybox:1\n        name: side\n',
  twin: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: p-x-twin-s\n  namespace: payments\n',
  alone: 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: p-x-alone-s\n  namespace: payments\nstringData:\n  a: b\n',
  stranger: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: payments\n',
};
const OUTPUT = Object.values(OBJECTS).join('---\n');
const read = (text: string) => readDocuments(text, { artifact: '', file: '' }).documents;

/** Where a field of an object is from, when `over` is built from these files. */
function originOf(name: string, field: FieldPath, files: Readonly<Record<string, string>> = FILES): SourcePlace {
  const document = read(OUTPUT)[Object.keys(OBJECTS).indexOf(name)];
  if (document === undefined) throw new Error(`No object ${name}`);
  const { kind, metadata } = document.value as { kind: string; metadata: { name: string; namespace?: string } };
  const artifact = {
    ...{ name: 'app', root: join(tree(files), 'over'), shown: 'deploy/over' },
    render: { kind: 'kustomize' as const },
  };
  return originsOfKustomization(
    artifact,
    OUTPUT,
    read,
  )({
    ...{ file: 'manifests.yaml', ...document.locate(field), documentLine: document.line },
    object: { kind, ...metadata },
    field,
  });
}

const shown = ({ file, line, column, rendered }: SourcePlace): string =>
  `${file}:${line}:${column}${rendered ? ' (rendered)' : ''}`;
const CONTAINER = ['spec', 'template', 'spec', 'containers', 0];

describe('origins of a kustomization', () => {
  test.each<[string, string, FieldPath, string]>([
    ['the document, of the object as a whole', 'web', [], 'deploy/base/web.yaml:2:1'],
    [
      'the field, by the names of list items',
      'web',
      ['spec', 'template', 'spec', 'containers', 1, 'image'],
      'deploy/base/web.yaml:13:11',
    ],
    [
      'the nearest that is there, of a field that is missing',
      'web',
      [...CONTAINER, 'resources', 'limits'],
      'deploy/base/web.yaml:14:11',
    ],
    [
      'the field, by the position in lists of one length',
      'web',
      [...CONTAINER, 'args', 1],
      'deploy/base/web.yaml:16:21',
    ],
    ['the field, of what a patch only repeats', 'web', ['kind'], 'deploy/base/web.yaml:3:1'],
    ['the field, of a value that a patch only repeats', 'web', ['spec', 'paused'], 'deploy/base/web.yaml:8:3'],
    ['the patch that sets it', 'web', ['spec', 'replicas'], 'deploy/over/patch.yaml:6:3'],
    ['the patch that adds it', 'web', [...CONTAINER, 'securityContext', 'privileged'], 'deploy/over/patch.yaml:12:29'],
    ['the patch that adds what it is in', 'web', [...CONTAINER, 'securityContext'], 'deploy/over/patch.yaml:12:11'],
    ['the entry that sets the image', 'web', [...CONTAINER, 'image'], 'deploy/base/kustomization.yaml:6:5'],
    ['the document, of a field that kustomize changed', 'web', ['metadata', 'name'], 'deploy/base/web.yaml:2:1'],
    ['the item of a list of objects', 'service', [], 'deploy/base/web.yaml:21:5'],
    ['the operation of a component that sets it', 'service', ['spec', 'type'], 'deploy/comp/kustomization.yaml:5:5'],
    [
      'the operation that appends to a list',
      'service',
      ['spec', 'ports', 1, 'port'],
      'deploy/comp/kustomization.yaml:5:5',
    ],
    ['the item that was there before', 'service', ['spec', 'ports', 0, 'port'], 'deploy/base/web.yaml:26:16'],
    ['a Namespace that took the name of the overlay', 'namespace', [], 'deploy/base/ns.yaml:1:1'],
    ['the generator', 'settings', ['data', 'a'], 'deploy/base/kustomization.yaml:3:5'],
    ['a file in a folder of its own', 'alone', ['stringData', 'a'], 'deploy/over/extra/twin.yaml:12:14'],
  ])('are %s', (_, name, field, place) => {
    expect(shown(originOf(name, field))).toBe(place);
  });

  test.each<[string, string]>([
    ['two objects can be meant', 'twin'],
    ['no object is known, as of a remote base', 'stranger'],
  ])('are the rendered document where %s', (_, name) => {
    expect(originOf(name, ['kind'])).toMatchObject({ file: 'app.yaml', rendered: true });
  });

  test('are the document where two patches can be meant', () => {
    const patch = FILES['over/patch.yaml'];
    const twice = { ...FILES, 'over/patch.yaml': `${patch}---\n${patch}` };
    expect(shown(originOf('web', ['spec', 'replicas'], twice))).toBe('deploy/base/web.yaml:2:1');
  });

  test('end where kustomizations name one another', () => {
    const cycle = { ...FILES, 'base/kustomization.yaml': 'resources: [../over, web.yaml]\n' };
    expect(shown(originOf('web', ['spec', 'replicas'], cycle))).toBe('deploy/over/patch.yaml:6:3');
  });

  test('are the rendered document without an object, and without sources', () => {
    const artifact = { name: 'app', root: tree({}), shown: 'deploy', render: { kind: 'kustomize' as const } };
    const origins = originsOfKustomization(artifact, OUTPUT, read);
    const place = { file: 'manifests.yaml', line: 2, column: 1, documentLine: 1 };
    expect(origins(place)).toEqual({ file: 'app.yaml', line: 2, column: 1, rendered: true });
    expect(origins({ ...place, line: 0 })).toEqual({ file: 'app.yaml', rendered: true });
    const object = { kind: 'Namespace', name: 'payments' };
    expect(origins({ ...place, object })).toEqual({ file: 'app.yaml', line: 2, column: 1, rendered: true });
  });
});
