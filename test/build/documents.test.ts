import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countObjects, type DocumentCache, type DocumentPlace } from '../../src/build/documents.ts';
import type { SlipwayError } from '../../src/errors.ts';
import { configMap } from './tree.ts';

const ORIGIN = {
  artifact: 'app',
  locate: ({ document, line, column, source }: DocumentPlace) =>
    `[${document}|${line}|${column ?? '-'}|${source ?? '-'}]`,
};

function count(text: string, cache: DocumentCache = new Map()): number {
  return countObjects(text, ORIGIN, cache);
}

function refusal(text: string, cache?: DocumentCache): SlipwayError {
  try {
    count(text, cache);
  } catch (thrown) {
    return thrown as SlipwayError;
  }
  throw new Error('was accepted');
}

const LIST =
  'apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: A, metadata: {name: a}}\n  - {apiVersion: v1, kind: B, metadata: {name: b}}\n';

describe('countObjects', () => {
  it.each<[string, string, number]>([
    ['nothing', '', 0],
    ['one object', configMap('a'), 1],
    ['objects between separators', `---\n${configMap('a')}---\n${configMap('b')}---\n`, 2],
    ['empty documents and comments', `# c\n---\n---\n# d\n---\n${configMap('a')}--- # e\n\n`, 1],
    ['CRLF', `---\r\n${configMap('a').replaceAll('\n', '\r\n')}---\r\n${configMap('b').replaceAll('\n', '\r\n')}`, 2],
    ['an end marker before a separator', `${configMap('a')}...\n---\n${configMap('b')}`, 2],
    ['JSON', '{"apiVersion": "v1", "kind": "A", "metadata": {"name": "a"}}', 1],
    ['a list', LIST, 2],
    ['a kind that only ends like a list', 'apiVersion: v1\nkind: AllowList\nmetadata: {name: a}\n', 1],
    ['a separator inside a block of text', configMap('a', 'text: |\n    ---\n    more'), 1],
    ['merge keys and aliases', 'x: &x {name: a}\napiVersion: v1\nkind: A\nmetadata: {<<: *x}\n', 1],
    ['no newline at the end', configMap('a').trimEnd(), 1],
  ])('counts %s', (_name, text, objects) => {
    expect(count(text)).toBe(objects);
  });

  it.each<[string, string, string]>([
    ['a key given twice', 'apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  name: b\n', '[1|5|3|-]'],
    ['bad indentation, in the second document', `${configMap('a')}---\na: b\n  c: d\n`, '[2|9|4|-]'],
    ['a tab', 'a:\n\tb: c\n', '[1|2|1|-]'],
    ['an unknown alias', 'a: *nothing\n', '[1|1|'],
    ['an unclosed quote', 'a: "b\n', '[1|'],
    ['a control character', 'a: "\u0007"\n', '[1|'],
    ['nesting without end', '['.repeat(200), '[1|'],
  ])('refuses %s, saying where', (_name, text, place) => {
    const error = refusal(text);
    expect(error.code).toBe('INVALID');
    expect(error.message).toContain(`Invalid document in artifact "app" at ${place}`);
  });

  it('refuses aliases that multiply', () => {
    const text = `a: &a [x]\nb: [${'*a, '.repeat(1_001)}]\n`;
    expect(refusal(text).code).toBe('INVALID');
  });

  it('shows the line with a caret', () => {
    expect(refusal('apiVersion: v1\nkind: A\nkind: B\n').message.split('\n').slice(1)).toEqual(['  kind: B', '  ^']);
  });

  it('cuts a long line around the caret', () => {
    const lines = refusal(`a: {${'b: c, '.repeat(100)}}\n`).message.split('\n');
    expect(lines[1]?.length).toBeLessThan(110);
    expect(lines[1]?.[lines[2]?.indexOf('^') ?? -1]).toBe('b');
  });

  it('never shows a line of a Secret', () => {
    for (const kind of ['kind: Secret', "kind: 'Secret'", '"kind" : "Secret"']) {
      const error = refusal(`apiVersion: v1\n${kind}\nmetadata: {name: a}\nstringData:\n  token: "canary-7f3a\n`);
      expect(`${error.message} ${error.hint}`).not.toContain('canary-7f3a');
    }
  });

  it.each<[string, string, string]>([
    ['a text', 'just text\n', 'it is a string'],
    ['a sequence', '- a\n', 'it is a sequence'],
    ['no apiVersion', 'kind: A\nmetadata: {name: a}\n', '"apiVersion" is missing'],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}\n', '"kind" is missing'],
    ['an empty kind', 'apiVersion: v1\nkind: ""\nmetadata: {name: a}\n', '"kind" is missing'],
    ['no metadata', 'apiVersion: v1\nkind: A\n', '"metadata" is missing'],
    ['no name', 'apiVersion: v1\nkind: A\nmetadata: {labels: {}}\n', '"metadata.name" is missing'],
    [
      'a number as name',
      'apiVersion: v1\nkind: A\nmetadata: {name: 12}\n',
      '"metadata.name" is a number: put it in quotes',
    ],
    ['a number as apiVersion', 'apiVersion: 1\nkind: A\nmetadata: {name: a}\n', '"apiVersion" is a number'],
    [
      'a list with something else in it',
      'apiVersion: v1\nkind: List\nitems: [{kind: A}]\n',
      'item 1 of the list: "apiVersion" is missing',
    ],
  ])('refuses %s: it is no Kubernetes object', (_name, text, problem) => {
    const error = refusal(`---\n# comment\n\n${text}`);
    expect(error).toMatchObject({
      code: 'INVALID',
      hint: expect.stringContaining('apiVersion, kind and metadata.name'),
    });
    expect(error.message).toContain(
      `Invalid document in artifact "app" at [1|4|-|-]: not a Kubernetes object: ${problem}`,
    );
  });

  it('names the template that helm notes above a document', () => {
    expect(refusal(`${configMap('a')}---\n# Source: chart/templates/x.yaml\nfoo: bar\n`).message).toContain(
      '[2|9|-|chart/templates/x.yaml]',
    );
  });

  it('refuses what Kubernetes would take for a separator, and what it would skip', () => {
    expect(refusal(`--- {a: b}\n${configMap('a')}`).message).toContain('text follows the document separator');
    expect(refusal(`${configMap('a')}---x: y\n`).message).toContain('[2|7|-|-]: text follows');
    expect(refusal(`${configMap('a')}...\n${configMap('b')}`).message).toContain(
      '[1|7|-|-]: "..." ends the document early',
    );
  });

  const judge = (text: string, cache: DocumentCache): string => {
    try {
      return String(count(text, cache));
    } catch (thrown) {
      return (thrown as SlipwayError).message;
    }
  };

  it.each<[string, string, string]>([
    ['text after a quoted value', 'metadata:\n  name: abc\n    def\n', 'metadata:\n  name: "abc"\n    def\n'],
    ['a value that is no string', 'metadata:\n  name: abc\n', 'metadata:\n  name: true\n'],
    ['a value on the next line that is no string', 'metadata:\n  name:\n    abc\n', 'metadata:\n  name:\n    null\n'],
    ['an empty value', 'metadata:\n  name: "a"\n', 'metadata:\n  name: ""\n'],
    [
      'lone keys in a flow mapping',
      'metadata: {name: a,\n  b: c,\n  d\n  }\n',
      'metadata: {name: a,\n  b: c,\n  b\n  }\n',
    ],
    [
      'keys behind question marks',
      'metadata:\n  name: a\n? \n  b\n: c\n? \n  d\n: e\n',
      'metadata:\n  name: a\n? \n  b\n: c\n? \n  b\n: e\n',
    ],
    ['a key given twice', 'metadata:\n  name: a\n  other: b\n', 'metadata:\n  name: a\n  name: b\n'],
    ['another indentation', 'metadata:\n  name: a\n  b: c\n', 'metadata:\n  name: a\n b: c\n'],
  ])('does not take %s for the sound document it resembles', (_name, sound, broken) => {
    const cache: DocumentCache = new Map();
    const head = 'apiVersion: v1\nkind: A\n';
    expect(judge(head + sound, cache)).toBe('1');
    expect(judge(head + broken, cache)).toContain('Invalid document');
  });

  it('does not take a list for the object it resembles', () => {
    const text = (kind: string) => `apiVersion: v1\nkind: ${kind}\nmetadata: {}\nitems: []\n`;
    const cache: DocumentCache = new Map();
    expect([judge(text('AList'), cache), judge(text('Alist'), cache)]).toEqual([
      '0',
      expect.stringContaining('"metadata.name" is missing'),
    ]);
  });

  it('judges any document by its shape exactly as it would by parsing it', () => {
    const scalar = fc.constantFrom(
      'a',
      'b',
      'v',
      'true',
      'Null',
      '1',
      '"a"',
      '"b c"',
      '""',
      "'s'",
      '{}',
      '|',
      'a:b',
      'a #c',
      'x:',
      'a: b',
    );
    const slot = fc.tuple(
      fc.constantFrom('', '  ', '    ', '  - '),
      fc.constantFrom('a: ', 'b: ', 'name: ', 'kind: ', 'a:\n      ', '', '', '{a: ', '"', '}', '? '),
    );
    const head = fc.constantFrom(
      'apiVersion: v1\nkind: A\nmetadata:\n  name: a\n',
      'apiVersion: v1\nkind: AList\nitems:\n',
      'apiVersion: v1\nkind: A\nmetadata:\n',
    );
    const lines = fc.array(fc.tuple(slot, scalar, scalar), { maxLength: 4 });
    const document = (start: string, values: readonly string[]): string => `${start}${values.join('\n')}\n`;
    fc.assert(
      fc.property(head, lines, (start, slots) => {
        const first = document(
          start,
          slots.map(([[indent, key], one]) => indent + key + one),
        );
        const second = document(
          start,
          slots.map(([[indent, key], , other]) => indent + key + other),
        );
        const cache: DocumentCache = new Map();
        expect(judge(first, cache)).toBe(judge(first, new Map()));
        expect(judge(second, cache)).toBe(judge(second, new Map()));
      }),
      { numRuns: 3_000 },
    );
  });

  it('parses one document for all that differ only in simple values', () => {
    const cache: DocumentCache = new Map();
    for (let i = 0; i < 50; i++)
      count(
        configMap(`name-${i}x`, `host: "h-${i}.example.com"\n  text: |\n    checksum=${i}abc`.replace(/=\d+/, '=')),
        cache,
      );
    const shapes = new Set([...cache.keys()].filter((key) => key.includes('name: v\n')));
    expect(shapes.size).toBe(1);
  });
});
