import fc from 'fast-check';
import { dump } from 'js-yaml';
import { expect, test } from 'vitest';
import { type Located, type Path, parseYaml } from '../../src/config/yaml.ts';

function located(text: string): Located {
  const document = parseYaml(text);
  if ('reason' in document) throw new Error(document.reason);
  return document;
}

test('keys and values know where they stand', () => {
  const text = 'version: 1\nstores:\n  eu: &x oci://a/b\n  us: { url: "s3://c", n: 1 }\nlist:\n- a\n- name: q\n';
  const { offsetOf } = located(text);
  const at = (path: Path, part?: 'key' | 'value') => text.slice(offsetOf(path, part)).split('\n')[0];
  expect(at(['version'])).toBe('version: 1');
  expect(at(['version'], 'value')).toBe('1');
  expect(at(['stores', 'eu'], 'value')).toBe('oci://a/b');
  expect(at(['stores', 'us', 'url'])).toBe('url: "s3://c", n: 1 }');
  expect(at(['stores', 'us', 'n'], 'value')).toBe('1 }');
  expect(at(['list', 0])).toBe('a');
  expect(at(['list', 1, 'name'], 'value')).toBe('q');
});

test('an absent path is placed at its nearest ancestor', () => {
  const text = 'a: 1\nb:\n  c: 2\n';
  const { offsetOf } = located(text);
  expect(offsetOf(['b', 'x', 'y'])).toBe(text.indexOf('b'));
  expect(offsetOf(['z'])).toBe(0);
});

test.each([
  ['a: 1\na: 2\n', 5, /twice/],
  ['\ta: 1\n', 0, /tabs/],
  ['a:\n  b: 1\n\tc: 1\n', 10, /tabs/],
  ['a: [1\n', 6, /unexpected end of the stream/],
  ['a: 1\n---\nb: 2\n', 9, /more than one document/],
  ['a: *nope\n', 4, /alias/],
])('%j has a problem at offset %i', (text, offset, reason) => {
  const problem = parseYaml(text);
  expect(problem).toMatchObject({ offset, reason: expect.stringMatching(reason) });
});

test('a text without a document has no value', () => {
  for (const text of ['', '\n\n', '# only a comment\n']) expect(located(text).value).toBeUndefined();
});

test('any value that YAML can write is read back, every path has a place inside the text, and any text is data or a problem', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
        tie('tree'),
        { maxKeys: 3 },
      ),
    ),
  }));
  const paths = (value: unknown, path: Path): Path[] =>
    typeof value === 'object' && value !== null
      ? [
          path,
          ...Object.entries(value).flatMap(([key, item]) =>
            paths(item, [...path, Array.isArray(value) ? Number(key) : key]),
          ),
        ]
      : [path];
  fc.assert(
    fc.property(tree, (value) => {
      const text = dump(value);
      const document = located(text);
      expect(document.value).toEqual(value);
      for (const path of paths(value, [])) {
        expect(document.offsetOf(path)).toBeLessThanOrEqual(text.length);
        expect(document.offsetOf(path)).toBeGreaterThanOrEqual(0);
      }
    }),
  );
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('a', ':', ' ', '\n', '\t', '-', '[', '{', '}', '"', '&', '*', '?', '|', '#', '!'),
      }),
      (text) => {
        const document = parseYaml(text);
        if ('reason' in document) expect(document.offset).toBeLessThanOrEqual(text.length);
      },
    ),
    { numRuns: 500 },
  );
});
