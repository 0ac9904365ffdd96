import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDocuments } from '../../../src/check/yaml/documents.ts';
import { yamlLines } from '../../../src/report/difference/yaml-text.ts';

test('a value looks as people write it', () => {
  const value = {
    kind: 'X',
    'app/name': 'on',
    list: [{ name: 'a', of: [1, []] }, 'b: c', [1, 2]],
    text: 'one\n two\n\nthree\n',
    open: 'one\ntwo',
    none: null,
    empty: {},
    great: 9007199254740993n,
  };
  expect(yamlLines(value).join('\n')).toBe(`kind: X
app/name: "on"
list:
- name: a
  of:
  - 1
  - []
- "b: c"
- - 1
  - 2
text: |
  one
   two

  three
open: |-
  one
  two
none: null
empty: {}
great: 9007199254740993`);
});

test('what it looks like is what it is', () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<unknown>(
        null,
        true,
        1,
        2.5,
        'a',
        'yes',
        '1',
        '',
        ' x',
        'a\nb',
        'a\n',
        'a\n\nb\n\n',
        '\n',
        '#',
        '- a',
        'a\tb\nc',
        'é\nb',
      ),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b c', 'on', 'x/y'), tie('tree'), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const text = `${yamlLines({ value }).join('\n')}\n`;
      expect(readDocuments(text, { artifact: '', file: '' }).documents.map((document) => document.value)).toEqual([
        { value },
      ]);
    }),
    { numRuns: 200 },
  );
});
