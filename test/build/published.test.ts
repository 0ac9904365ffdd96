import { expect, test } from 'vitest';
import { published } from '../../src/build/published.ts';
import { readDocuments } from '../../src/check/yaml/documents.ts';
import type { Rendered } from '../../src/model.ts';
import { configMap } from './tree.ts';

const REFERENCE = 'oci://registry.example.com/fleet/web:prod';
const read = (text: string) => readDocuments(text, { artifact: '', file: '' }).documents;
const seen = (files: Readonly<Record<string, string>>): Rendered =>
  published(
    {
      reference: REFERENCE,
      files: Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
    },
    read,
  );

test.each([
  ['one file of manifests', { 'manifests.yaml': `${configMap('a')}---\n${configMap('b')}` }, 'plain', 2],
  ['the file that slipway build writes', { 'web.yaml': configMap('a') }, 'plain', 1],
  [
    'files that Flux builds',
    { 'a.yaml': configMap('a'), 'b.yml': configMap('b'), 'c.md': configMap('c') },
    'source',
    2,
  ],
  ['a kustomization alone', { 'kustomization.yaml': 'resources: []\n' }, 'source', 0],
])('%s', (_, files, kind, resources) => {
  const { artifact, resources: counted } = seen(files);
  expect([artifact.name, artifact.render.kind, counted]).toEqual([REFERENCE, kind, resources]);
});

test('findings point into the files as they are published', () => {
  const { origins } = seen({ 'x/a.yaml': configMap('a'), 'b.yaml': configMap('b') });
  const place = { file: 'x/a.yaml', line: 2, column: 3, documentLine: 1 };
  expect(origins(place)).toEqual({ file: 'x/a.yaml', line: 2, column: 3, rendered: true });
  expect(origins({ ...place, line: 0 })).toEqual({ file: 'x/a.yaml', rendered: true });
});
