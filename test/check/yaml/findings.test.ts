import { describe, expect, test } from 'vitest';
import { YAML_RULES } from '../../../src/check/yaml/problem.ts';
import { findingsOf, read, shown } from './reading.ts';

/** What is wrong, a text with it, and what is said about it. */
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  ['a key without a colon', 'a: 1\nb\nc: 2\n', ['3:2 yaml/syntax: A key without ":"']],
  ['a wrong indentation', 'a: 1\n  b: 2\n', ['2:4 yaml/syntax: Wrong indentation']],
  ['a wrong indentation in a mapping', 'x:\n  a: 1\n   b: 2\n', ['3:5 yaml/syntax: Wrong indentation']],
  ['a colon in a value', 'x:\n  - a: foo: bar\n', ['2:11 yaml/syntax: A value with a colon in it is not quoted']],
  ['an @ before a value', 'a: @foo\n', ['1:4 yaml/syntax: A value that begins with @ is not quoted']],
  ['a % before a value', 'x:\n  a: %foo\n', ['2:6 yaml/syntax: A value that begins with % is not quoted']],
  ['a grave accent before a value', 'a: `foo`\n', ['1:4 yaml/syntax: A value that begins with ` is not quoted']],
  ['text behind a quote', 'a: "x" y\n', ['1:8 yaml/syntax: Text follows a value that has ended']],
  ['a quote without an end', 'a: "x\nb: 1\n', ['3:1 yaml/syntax: A quoted string has no end']],
  ['a bracket without an end', 'a: [x\nb: 1\n', ['3:1 yaml/syntax: A [list] or {mapping} is broken']],
  ['template braces', 'a: {{ x }}\n', ['1:5 yaml/syntax: A list or mapping cannot be a key']],
  ['a directive', '%YAML 1.1\n---\na: 1\n', ['2:1 yaml/syntax: A line that begins with % is a YAML directive']],
  ['text behind a separator', 'a: 1\n--- b\nc: 1\n', ['2:1 yaml/syntax: Text follows the document separator "---"']],
  ['text behind the end', 'a: 1\n...\nb: 1\n', ['3:1 yaml/syntax: What follows here is lost: the document has ended']],
  ['an alias of nothing', 'a: *hunter2\n', ['1:4 yaml/syntax: This alias has no anchor above it']],
  ['an alias of itself', 'a: &a\n  b: *a\n', ['2:6 yaml/syntax: This alias stands for a value that contains it']],
  ['a tag that does not fit', 'a: !!int x\n', ['1:4 yaml/syntax: The tag does not fit the value']],
  ['infinity', 'a: .inf\n', ['1:4 yaml/syntax: JSON has no such number']],
  ['a merge of text', 'a: 1\n<<: x\n', ['2:1 yaml/syntax: "<<" can only merge mappings']],
  ['a control character', 'a: \u0001\n', ['1:4 yaml/syntax: A control character']],
  [
    'a line separator',
    'a: x\u2028y\nb: "x\u2028y"\n',
    [
      '1:5 yaml/syntax: An invisible character (\\u2028) ends the line for kubectl, kustomize and Flux',
      '2:6 yaml/ambiguous-scalar: An invisible character (\\u2028) ends the line for kubectl, kustomize and Flux',
    ],
  ],
  ['a tab in front of a key', 'a:\n\tb: 1\n', ['2:1 yaml/tab: A tab indents this line']],
  ['a tab in front of a comment', 'a:\n \t# why\n  b: 1\n', ['2:2 yaml/tab: A tab indents this line']],
  ['a tab behind a hyphen', 'a:\n-\tb\n', ['2:2 yaml/tab: A tab indents this line']],
  ['a tab between the lines of a text', 'a: |\n  b\n\t\n  c\n', ['3:1 yaml/tab: A tab indents this line']],
  ['a tab that begins a block of text', 'a: |\n  \tb\n', ['1:4 yaml/tab: A block of text begins with a tab']],
  ['nesting', `a: ${'['.repeat(120)}`, ['1:103 yaml/depth: Nested deeper than 100 levels']],
  [
    'equal keys',
    'a: 1\nb:\n  c: 1\n  "c": 2\n  c: 3\na: 2\n',
    [
      '4:3 yaml/duplicate-key: Key "c" is written twice (first in line 3)',
      '5:3 yaml/duplicate-key: Key "c" is written twice (first in line 4)',
      '6:1 yaml/duplicate-key: Key "a" is written twice (first in line 1)',
    ],
  ],
  ['two merges', '<<: {a: 1}\n<<: {b: 1}\n', ['2:1 yaml/duplicate-key: Key "<<" is written twice (first in line 1)']],
  [
    'a key that is a number',
    '1: a\n',
    ['1:1 yaml/key-type: Key 1 is a number and no string: kustomize and Flux refuse it'],
  ],
  [
    'a key that is a date',
    '2001-01-01: a\n',
    ['1:1 yaml/key-type: Key 2001-01-01 is a date and no string: kustomize and Flux refuse it'],
  ],
  ['no key', 'a:\n  ~: a\n', ['2:3 yaml/key-type: A key is missing in front of ":"']],
  [
    'a key that is a word',
    'on: a\n',
    ['1:1 yaml/ambiguous-scalar: Unquoted key on is "true" for kubectl, and "on" for kustomize and Flux'],
  ],
  [
    'a date',
    'a: 2001-01-01\n',
    [
      '1:4 yaml/ambiguous-scalar: An unquoted date stays as it is for kubectl; kustomize and Flux turn it into a full timestamp',
    ],
  ],
  [
    'a large number',
    'a: 9223372036854775808\n',
    ['1:4 yaml/ambiguous-scalar: A number above 9223372036854775807 is rounded by kubectl, not by kustomize and Flux'],
  ],
  [
    'a merge below the key that it sets',
    'a: 1\n<<: {a: 2, b: 2}\n',
    [
      '2:1 yaml/merge-order: "<<" below key "a": kubectl takes the merged value, kustomize and Flux the written one (first in line 1)',
    ],
  ],
  [
    'folded text',
    'a: >\n  x\n    y\nb: >\n  x\n  y\n',
    ['1:4 yaml/folded-text: kustomize and Flux put an empty line in front of more indented lines of a text after ">"'],
  ],
];

describe('findings', () => {
  test.each(CASES)('name %s', (_, text, expected) => {
    expect(findingsOf(text)).toEqual(expected);
  });

  test('are quiet about what everybody reads alike', () => {
    const quiet = [
      'mode: 0755',
      'port: 8080',
      'time: 1:30',
      'size: 1_000',
      'version: 1.27',
      'at: 2001-01-01T10:00:00Z',
      'a: true',
      'b: ~',
      'c:',
      'd: "yes"',
      "e: 'on'",
      'f: yes please',
      'g: x\\u2028',
      'h: |\n  yes',
      'i: !!str no',
    ];
    expect(read(`${quiet.join('\n')}\n`).findings).toEqual([]);
  });

  test('say what object, how bad and what to do', () => {
    const text =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: prod}\nstringData:\n  since: 1999-12-31\n';
    expect(read(text).findings).toEqual([
      {
        rule: 'yaml/ambiguous-scalar',
        severity: 'warn',
        artifact: 'web',
        file: 'app.yaml',
        line: 5,
        column: 10,
        object: 'Secret prod/s',
        message: 'An unquoted date stays as it is for kubectl; kustomize and Flux turn it into a full timestamp',
        hint: 'quote it',
      },
    ]);
  });

  test('never repeat a value', () => {
    const secrets = [
      '*hunter2',
      '&hunter2 &b x',
      '!hunter2!x y',
      '"hunter2',
      "'hunter2",
      '"\\hunter2"',
      '@hunter2',
      '[hunter2',
      '!!int hunter2',
      'hunter2: x',
      '%hunter2',
      '|hunter2',
      '!!binary hunter2',
      '2001-01-01',
      '!<hunter2',
    ];
    const findings = secrets.flatMap((value) => {
      const found = read(`kind: Secret\nmetadata: {name: s}\nstringData:\n  password: ${value}\n`).findings;
      expect(found, value).not.toEqual([]);
      return found;
    });
    expect(JSON.stringify(findings)).not.toMatch(/hunter2|2001/);
  });

  test('say that a value wants quotes', () => {
    for (const text of ['a: b: c\n', 'a: @b\n', 'a: %b\n', 'a: "b" c\n']) {
      expect(read(text).findings.map(({ hint }) => hint)).toEqual([
        expect.stringMatching(/^put the (?:whole )?value in quotes/),
      ]);
    }
  });

  test('stand in the order of their lines', () => {
    const { findings } = read('a: yes\n--- x\nb: [\n---\nc: no\n');
    expect(findings.map(shown).map((line) => Number(line.split(':')[0]))).toEqual([1, 2, 4, 5]);
  });

  test('are tried for every rule but the one of aliases, which has tests of its own', () => {
    const tried = new Set(CASES.flatMap(([, text]) => read(text).findings.map(({ rule }) => rule)));
    expect([...tried, 'yaml/alias-bomb'].sort()).toEqual(Object.keys(YAML_RULES).sort());
  });
});

describe('aliases', () => {
  const laughs = (levels: number): string =>
    ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
      .concat(
        Array.from({ length: levels }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`),
      )
      .join('\n');

  test('may stand for much, but not for a bomb', () => {
    expect(findingsOf(laughs(3))).toEqual([]);
    expect(findingsOf(laughs(9))).toEqual([
      expect.stringMatching(/^5:\d+ yaml\/alias-bomb: Aliases stand for more than can be written out/),
    ]);
  });

  test('may be many, but not more than a thousand', () => {
    const list = (count: number): string => `one: &x 1\ntwo: [${Array(count).fill('*x').join(', ')}]\n`;
    expect(findingsOf(list(1000))).toEqual([]);
    expect(findingsOf(list(1001))).toEqual([expect.stringContaining('yaml/alias-bomb')]);
  });

  test('cannot nest deeper than what is written', () => {
    const chain = ['a0: &a0 [x]', ...Array.from({ length: 120 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}]`)].join(
      '\n',
    );
    expect(findingsOf(chain)).toEqual([expect.stringContaining('yaml/depth')]);
  });
});
