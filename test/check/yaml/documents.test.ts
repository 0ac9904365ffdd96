import { describe, expect, test } from 'vitest';
import { DocumentMemory, readDocuments, readSlices } from '../../../src/check/yaml/documents.ts';
import { slicesOf } from '../../../src/check/yaml/split.ts';
import { findingsOf, read } from './reading.ts';

const values = (text: string): readonly unknown[] => read(text).documents.map(({ value }) => value);

describe('documents', () => {
  test('are separated by every line that begins with three hyphens', () => {
    const { documents, findings } = read('# first\n---\na: 1\n--- # why\n\nb: 2\n---\n---\nc: 3');
    expect(documents.map(({ line, text, value }) => ({ line, text, value }))).toEqual([
      { line: 3, text: 'a: 1\n', value: { a: 1 } },
      { line: 5, text: '\nb: 2\n', value: { b: 2 } },
      { line: 9, text: 'c: 3', value: { c: 3 } },
    ]);
    expect(findings).toEqual([]);
  });

  test('that say nothing are left out', () => {
    expect(read('')).toEqual({ documents: [], findings: [] });
    expect(read('# only a comment\n---\n~\n---\nnull\n')).toEqual({ documents: [], findings: [] });
  });

  test('are read with a byte order mark and with any line breaks', () => {
    expect(values('\ufeffa: 1\r\nb:\r\n- 2\r\n---\r\nc: 3\r\n')).toEqual([{ a: 1, b: [2] }, { c: 3 }]);
    expect(values('a: 1\rb: 2\r')).toEqual([{ a: 1, b: 2 }]);
  });

  test('carry whose they are, and nothing of the others in the file is lost when one is broken', () => {
    const { documents, findings } = read('a: 1\n---\nb: [\n---\nc: 3\n');
    expect(documents.map(({ artifact, file, line }) => [artifact, file, line])).toEqual([
      ['web', 'app.yaml', 1],
      ['web', 'app.yaml', 5],
    ]);
    expect(findings.map(({ artifact, file, severity }) => [artifact, file, severity])).toEqual([
      ['web', 'app.yaml', 'error'],
    ]);
  });

  test('of equal text say the same at their own places, in one file and in several that share a memory', () => {
    const memory = new DocumentMemory();
    const one = readDocuments('a: {b: 1}\n---\na: {b: 1}\n---\na: {b: 2}\n', { artifact: 'one', file: 'x' }, memory);
    const other = readDocuments('---\na: {b: 1}\n', { artifact: 'other', file: 'y' }, memory);
    const [first, second, third] = one.documents;
    expect(second?.value).toEqual(first?.value);
    expect(other.documents[0]?.value).toEqual({ a: { b: 1 } });
    expect(third?.value).toEqual({ a: { b: 2 } });
    expect([first, second, ...other.documents].map((document) => document?.locate(['a', 'b']))).toEqual([
      { line: 1, column: 5 },
      { line: 3, column: 5 },
      { line: 2, column: 5 },
    ]);
  });

  test('of equal text are known after the first, whose value alone is at hand', () => {
    const memory = new DocumentMemory();
    const values: unknown[] = [];
    const first = memory.recall('a: 1\n', (value) => values.push(value));
    expect(memory.recall('a: 1\n', (value) => values.push(value))).toBe(first);
    expect(values).toEqual([{ a: 1 }]);
  });

  test('whose values are kept have the same value in all files', () => {
    const memory = new DocumentMemory();
    const [one] = readDocuments('a: {b: 1}\n', { artifact: 'one', file: 'x' }, memory).documents;
    if (one !== undefined) memory.keep(one);
    const [other] = readDocuments('a: {b: 1}\n', { artifact: 'other', file: 'y' }, memory).documents;
    expect(other?.value).toBe(one?.value);
  });

  test('without a word that is asked for are left out, and what is wrong with them too', () => {
    const text = 'a: 1\n---\nb: word\n---\nc: [\n';
    const { documents, findings } = readSlices(
      slicesOf(text),
      { artifact: 'web', file: 'x' },
      new DocumentMemory(),
      'word',
    );
    expect(documents.map(({ line, value }) => ({ line, value }))).toEqual([{ line: 3, value: { b: 'word' } }]);
    expect(findings).toEqual([]);
  });

  test('have their own findings, however often their text was seen before', () => {
    expect(findingsOf('a: yes\n---\na: yes\n')).toEqual([
      '1:4 yaml/ambiguous-scalar: Unquoted yes is the boolean true for kubectl, and the string "yes" for kustomize and Flux',
      '3:4 yaml/ambiguous-scalar: Unquoted yes is the boolean true for kubectl, and the string "yes" for kustomize and Flux',
    ]);
  });
});

describe('values', () => {
  test('merge like kubectl: what stands below wins, of a list the first', () => {
    expect(values('<<: {a: 2, b: 3}\na: 1\n')).toEqual([{ a: 1, b: 3 }]);
    expect(values('<<: [{a: 2}, {a: 3, b: 3}]\n')).toEqual([{ a: 2, b: 3 }]);
    expect(values('one: &x {a: 1}\ntwo:\n  <<: *x\n  b: 2\n')).toEqual([{ one: { a: 1 }, two: { a: 1, b: 2 } }]);
    expect(values('a: 1\n<<: {a: 2}\n')).toEqual([{ a: 2 }]);
    expect(values('"<<": {a: 1}\n')).toEqual([{ '<<': { a: 1 } }]);
  });

  test('have keys as kubectl spells them in JSON, but for words that are strings in the cluster', () => {
    expect(values('yes: 1\n0755: 2\n1.1: 3\n"~": 4\n')).toEqual([{ yes: 1, '493': 2, '1.1': 3, '~': 4 }]);
  });

  test('take names that JavaScript knows as names like all others', () => {
    const [value] = values('__proto__: {a: 1}\nconstructor: 2\n');
    expect(Object.entries(value ?? {})).toEqual([
      ['__proto__', { a: 1 }],
      ['constructor', 2],
    ]);
    expect(Reflect.get(value ?? {}, 'a')).toBeUndefined();
  });

  test.each([
    [
      'a bracket in the column of its key',
      'a:\n  b: [\n    "x", # why\n    z,\n  ]\n  c: 1\n',
      { a: { b: ['x', 'z'], c: 1 } },
    ],
    [
      'brackets in brackets',
      'a:\n  b: {\n  c: [\n  {d: 1},\n  # why ]\n ]\n  }\n  e: "]"\n',
      { a: { b: { c: [{ d: 1 }] }, e: ']' } },
    ],
    [
      'quotes over several lines',
      "a:\n  b: \"x\ny # z\n\n  z\"\n  c: 'it''s\nso'\n",
      { a: { b: 'x y # z\nz', c: "it's so" } },
    ],
    ['text in brackets over several lines', 'a:\n  b: [x\nx, z]\n', { a: { b: ['x x', 'z'] } }],
    ['tabs in brackets', 'a: {\n\tb: 1,\n\t\tc: 2\n}\n', { a: { b: 1, c: 2 } }],
    ['JSON with tabs', '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n', { a: { b: 1 } }],
    [
      'tabs in text',
      'a: |\n  all:\n  \tmake\nb: "x\n\tz"\nc: z\t# why\nd:\te\n',
      { a: 'all:\n\tmake\n', b: 'x z', c: 'z', d: 'e' },
    ],
  ])('are read where YAML 1.2 is stricter or tabs are harmless: %s', (_, text, value) => {
    expect(read(text)).toMatchObject({ documents: [{ value }], findings: [] });
  });
});
