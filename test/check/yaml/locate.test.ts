import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { oneOf, type Random, randomOf } from './random-yaml.ts';
import { read } from './reading.ts';

type Path = readonly (string | number)[];

/** The text from a place to the end of its line. */
function textAt(text: string, path: Path): string {
  const [document] = read(text).documents;
  if (document === undefined) throw new Error(`Nothing can be read in:\n${text}`);
  const { line, column } = document.locate(path);
  return [...(text.split('\n')[line - 1] ?? '')].slice(column - 1).join('');
}

const TEXT = `# comment
apiVersion: apps/v1
"kind": Deployment
metadata: {name: web, labels: {"app": é, z: 1}}
spec:
  template: &t
    containers:
    - name: a
      image: >-
        x
    -
      name: b
  list: [10, {k: v}, [20]]
  empty:
  again: *t
  merged:
    <<: *t
    own: 1
`;

describe('a place', () => {
  test.each<readonly [Path, string]>([
    [[], 'apiVersion: apps/v1'],
    [['kind'], '"kind": Deployment'],
    [['metadata', 'labels', 'app'], '"app": é, z: 1}}'],
    [['metadata', 'labels', 'z'], 'z: 1}}'],
    [['spec', 'template'], 'template: &t'],
    [['spec', 'template', 'containers', 0], 'name: a'],
    [['spec', 'template', 'containers', 0, 'image'], 'image: >-'],
    [['spec', 'template', 'containers', 1, 'name'], 'name: b'],
    [['spec', 'list', 0], '10, {k: v}, [20]]'],
    [['spec', 'list', 1, 'k'], 'k: v}, [20]]'],
    [['spec', 'list', 2, 0], '20]]'],
    [['spec', 'empty'], 'empty:'],
    [['spec', 'again'], 'again: *t'],
    [['spec', 'again', 'containers', 1], 'name: b'],
    [['spec', 'merged', 'own'], 'own: 1'],
    [['spec', 'merged', 'containers'], 'containers:'],
  ])('of %j is its key or its item', (path, expected) => {
    expect(textAt(TEXT, path)).toBe(expected);
  });

  test.each<readonly [Path, string]>([
    [['missing'], 'apiVersion: apps/v1'],
    [['metadata', 'labels', 'missing', 'deeper'], 'labels: {"app": é, z: 1}}'],
    [['spec', 'template', 'containers', 7, 'name'], 'containers:'],
    [['spec', 'empty', 'x'], 'empty:'],
    [['kind', 'x'], '"kind": Deployment'],
  ])('of the missing %j is where it would be', (path, expected) => {
    expect(textAt(TEXT, path)).toBe(expected);
  });

  test('of a key that is written twice is the one that counts', () => {
    expect(textAt('a: 1\nb: 2\na: 3\n', ['a'])).toBe('a: 3');
  });

  test('counts lines from the beginning of the file, and characters, not code units', () => {
    const [, document] = read('a: 1\n---\n{"😀": 1, b: 2}\n').documents;
    expect(document?.locate(['b'])).toEqual({ line: 3, column: 10 });
  });

  test('is not moved by a byte order mark', () => {
    expect(read('\ufeffa: 1\n').documents[0]?.locate(['a'])).toEqual({ line: 1, column: 1 });
  });
});

const KEYS = [
  'name',
  'image',
  'x-y',
  'app.example/part',
  'a b',
  'yes',
  '1',
  '~',
  'é',
  '',
  '"',
  "it's",
  '#',
  'a: b',
  '- a',
];
const LEAVES = [
  'text',
  '',
  'yes',
  '2001-01-01',
  'a: b',
  'two\nlines\n',
  ' padded ',
  1,
  1.5,
  true,
  null,
  '😀',
  [],
  {},
  'x'.repeat(120),
];

function randomValue(random: Random, depth: number): unknown {
  if (depth === 0 || random() < 0.3) return oneOf(random, LEAVES);
  const count = Math.floor(random() * 4);
  if (random() < 0.4) return Array.from({ length: count }, () => randomValue(random, depth - 1));
  return Object.fromEntries(Array.from({ length: count }, () => [oneOf(random, KEYS), randomValue(random, depth - 1)]));
}

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => [[...path, index], ...pathsOf(item, [...path, index])]);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [[...path, key], ...pathsOf(item, [...path, key])]);
}

describe('random objects', () => {
  const objects = Array.from({ length: 300 }, (_, seed) => {
    const random = randomOf(seed);
    const value = { root: randomValue(random, 4) };
    const flowLevel = oneOf(random, [-1, -1, 2, 0]);
    return { value, text: dump(value, { flowLevel, noRefs: true, seqNoIndent: random() < 0.5 }) };
  });

  test('are read as what they were', () => {
    for (const { value, text } of objects) expect(read(text).documents[0]?.value, text).toEqual(value);
  });

  test('have every key where its path says', () => {
    let checked = 0;
    for (const { value, text } of objects) {
      for (const path of pathsOf(value)) {
        const key = path.at(-1);
        if (typeof key !== 'string') continue;
        const place = textAt(text, path);
        const spelled = [key, JSON.stringify(key), `'${key.replaceAll("'", "''")}'`].some(
          (spelling) => place.startsWith(`${spelling}:`) || place.startsWith(`? ${spelling}`),
        );
        expect(spelled, `${JSON.stringify(path)} is at "${place}" in:\n${text}`).toBe(true);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(1_000);
  });

  test('have places that grow with the order in which they are written', () => {
    for (const { value, text } of objects) {
      const [document] = read(text).documents;
      // Numbers as keys come first in JavaScript, wherever they are written.
      const paths = pathsOf(value).filter((path) => !path.includes('1'));
      const places = paths
        .map((path) => document?.locate(path))
        .map((place) => (place?.line ?? 0) * 10_000 + (place?.column ?? 0));
      expect(places, text).toEqual([...places].sort((one, other) => one - other));
    }
  });
});
