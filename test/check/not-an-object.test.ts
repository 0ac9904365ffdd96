import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/model.ts';
import { artifact, findingsOf } from './artifact.ts';

const OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';

async function refused(text: string): Promise<readonly Finding[]> {
  const app = artifact({ 'manifests.yaml': text });
  const [object, yaml] = [await findingsOf('object', [app]), await findingsOf('yaml', [app])];
  return [...object, ...yaml].filter(({ severity }) => severity === 'error');
}

const shown = ({ rule, line, column, message }: Finding): string => `${line}:${column} ${rule} ${message}`;

describe('a document that is no object', () => {
  test.each<[string, string, string]>([
    ['a text', 'just text\n', '4:1 it is a string'],
    ['a list', '- a\n', '4:1 it is a list'],
    ['no apiVersion', 'kind: A\nmetadata: {name: a}\n', '4:1 "apiVersion" is missing'],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}\n', '4:1 "kind" is missing'],
    ['an empty kind', 'apiVersion: v1\nkind: ""\nmetadata: {name: a}\n', '4:1 "kind" is missing'],
    ['no metadata', 'apiVersion: v1\nkind: A\n', '4:1 "metadata" is missing'],
    [
      'metadata without a space behind its colon',
      'apiVersion: v1\nkind: A\nmetadata:\n  name:a\n  labels:b\n',
      '4:1 "metadata" is a string, not a mapping: put a space behind the ":" of "name:a"',
    ],
    ['metadata that is a list', 'apiVersion: v1\nkind: A\nmetadata: [a]\n', '4:1 "metadata" is a list, not a mapping'],
    ['no name', 'apiVersion: v1\nkind: A\nmetadata: {labels: {}}\n', '6:1 "metadata.name" is missing'],
    [
      'a number as name',
      'apiVersion: v1\nkind: A\nmetadata: {name: 12}\n',
      '6:1 "metadata.name" is a number: put it in quotes',
    ],
    [
      'a number as apiVersion',
      'apiVersion: 1\nkind: A\nmetadata: {name: a}\n',
      '4:1 "apiVersion" is a number: put it in quotes',
    ],
    [
      'a list with something else in it',
      `apiVersion: v1\nkind: List\nitems: [{kind: A}]\n`,
      '6:9 "apiVersion" is missing',
    ],
    ['a list that is none', 'apiVersion: v1\nkind: AList\nmetadata: {}\n', '6:1 "metadata.name" is missing'],
  ])('%s: it is said where', async (_, text, expected) => {
    const [place, ...message] = expected.split(' ');
    expect((await refused(`---\n# comment\n\n${text}`)).map(shown)).toEqual([
      `${place} object/not-an-object Not a Kubernetes object: ${message.join(' ')}`,
    ]);
  });

  test('does not hide the others, and objects are fine in all forms that Kubernetes reads', async () => {
    expect((await refused(`a: b\n---\n${OBJECT}---\nc: d\n`)).map(({ line }) => line)).toEqual([1, 8]);
    const crlf = OBJECT.replaceAll('\n', '\r\n');
    for (const text of [
      '',
      '# c\n---\n---\n# d\n',
      `${OBJECT}--- # e\n\n`,
      `---\r\n${crlf}---\r\n${crlf.replace('name: a', 'name: b')}`,
      `${OBJECT}...\n---\n${OBJECT.replace('name: a', 'name: b')}`,
      '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}',
      `apiVersion: v1\nkind: List\nitems:\n- ${OBJECT.trimEnd().replaceAll('\n', '\n  ')}\n`,
      `${OBJECT}data:\n  text: |\n    ---\n    more\n`,
    ]) {
      expect(await refused(text), text).toEqual([]);
    }
  });
});

describe('a file of source', () => {
  const said = async (bytes: Uint8Array, path = 'app.yaml'): Promise<readonly string[]> => {
    const app = { ...artifact({}, 'source'), files: [{ path, bytes }] };
    const groups = await Promise.all(['object', 'yaml', 'flux'].map((group) => findingsOf(group, [app])));
    return groups
      .flat()
      .filter(({ severity }) => severity === 'error')
      .map(shown);
  };

  test.each([
    ['kind', 'apiVersion: v1\nknd: ConfigMap\nmetadata:\n  name: a\n'],
    ['apiVersion', '# first\n---\napiversion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n'],
    ['metadata', '{"apiVersion": "v1", "kind": "ConfigMap", "metdata": {"name": "a"}}\n'],
    ['kind', '{"apiVersion": "v1", "knd": "ConfigMap", "metadata": {"name": "a"}}\n'],
  ])('in which only %s is misspelt is meant as an object', async (key, text) => {
    expect(await said(Buffer.from(text))).toEqual([
      expect.stringMatching(`object/not-an-object Not a Kubernetes object: "${key}" is missing`),
    ]);
  });

  test('that has the two in different documents is something else', async () => {
    expect(await said(Buffer.from('kind: a\n---\nmetadata: {}\n'))).toEqual([]);
  });

  test('is read behind a byte order mark', async () => {
    expect(await said(Buffer.from(`\uFEFF${OBJECT}`))).toEqual([]);
    expect(await said(Buffer.from('\uFEFFapiVersion: v1\nkind: ConfigMap\nmetadata: {}\n'))).toEqual([
      '3:1 object/not-an-object Not a Kubernetes object: "metadata.name" is missing',
    ]);
  });

  test('that is not UTF-8 cannot be read', async () => {
    const latin = Buffer.from(`${OBJECT}data:\n  a: caf\u00e9\n`, 'latin1');
    expect(await said(latin)).toEqual(['6:9 yaml/syntax The file is not UTF-8 text']);
    expect(await said(Buffer.from(`\uFEFF${OBJECT}`, 'utf16le'))).toEqual([
      '1:1 yaml/syntax The file is not UTF-8 text',
    ]);
    expect(await said(latin, 'notes.txt')).toEqual([]);
  });
});
