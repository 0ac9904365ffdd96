import { expect, test } from 'vitest';
import { countByLooks, countObjects } from '../../src/build/count.ts';
import { readDocuments } from '../../src/check/yaml/documents.ts';
import { configMap } from './tree.ts';

const read = (text: string) => readDocuments(text, { artifact: '', file: '' }).documents;
const LIST =
  'apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: A, metadata: {name: a}}\n  - {apiVersion: v1, kind: B, metadata: {name: b}}\n';

test.each<[string, string, number]>([
  ['nothing', '', 0],
  ['one object', configMap('a'), 1],
  ['objects between separators', `---\n${configMap('a')}---\n${configMap('b')}---\n`, 2],
  ['empty documents and comments', `# c\n---\n---\n# d\n---\n${configMap('a')}--- # e\n\n`, 1],
  ['documents that say nothing', '~\n---\nnull # why\n---\n...\n', 1],
  ['CRLF', `---\r\n${configMap('a').replaceAll('\n', '\r\n')}---\r\n${configMap('b').replaceAll('\n', '\r\n')}`, 2],
  ['an end marker before a separator', `${configMap('a')}...\n---\n${configMap('b')}`, 2],
  ['JSON', '{"apiVersion": "v1", "kind": "A", "metadata": {"name": "a"}}', 1],
  ['quoted keys', '"apiVersion": v1\n"kind": A\nmetadata: {name: a}\n', 1],
  ['a list', LIST, 2],
  ['a quoted list', LIST.replace('kind: List', 'kind: "List"'), 2],
  [
    'a list of lists',
    `apiVersion: v1\nkind: List\nitems:\n- ${LIST.trimEnd().replaceAll('\n', '\n  ')}\n- {kind: A}\n`,
    3,
  ],
  ['an empty list', 'apiVersion: v1\nkind: ConfigMapList\nitems: []\n', 0],
  ['a kind that only ends like a list', 'apiVersion: v1\nkind: AllowList\nmetadata: {name: a}\n', 1],
  ['a separator inside a block of text', configMap('a', 'text: |\n    ---\n    more'), 1],
  ['what the checks will refuse', 'a: [\n---\njust text\n---\nkind: List\nitems: [\n', 3],
])('counts %s', (_, text, objects) => {
  expect(countObjects(text, read)).toBe(objects);
});

test.each<[string, string, number]>([
  ['templates', 'apiVersion: v1\nkind: {{ .Kind }}\n  bad: [\n', 1],
  ['a file for kustomize', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n', 0],
  ['a patch without apiVersion', 'kind: A\nmetadata: {name: a}\n', 0],
  ['values', 'replicas: 3\n', 0],
  ['a list behind a byte order mark', `\ufeff${LIST}`, 2],
])('counts by looks: %s', (_, text, objects) => {
  expect(countByLooks(text, read)).toBe(objects);
});
