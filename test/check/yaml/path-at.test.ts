import { expect, test } from 'vitest';
import { pathAtLine } from '../../../src/check/yaml/path-at.ts';

const TEXT = [
  '# head',
  'kind: Secret',
  'data:',
  '  "a.b": x',
  '',
  '  text: |',
  '    one',
  '    two',
  'list:',
  '  - name: a',
  '    ports: [1,',
  '      2]',
  '  - {name: b}',
  'alias: &x {z: 1}',
  'again: *x',
  '',
].join('\n');

test.each([
  [1, []],
  [2, ['kind']],
  [3, ['data']],
  [4, ['data', 'a.b']],
  [5, ['data', 'a.b']],
  [6, ['data', 'text']],
  [8, ['data', 'text']],
  [9, ['list']],
  [10, ['list', 0, 'name']],
  [11, ['list', 0, 'ports', 0]],
  [12, ['list', 0, 'ports', 1]],
  [13, ['list', 1, 'name']],
  [14, ['alias', 'z']],
  [15, ['again']],
  [99, ['again']],
])('line %i belongs to %j', (line, path) => {
  expect(pathAtLine(TEXT, line)).toEqual(path);
});

test('a text that is no YAML, or nothing, has no fields', () => {
  expect([pathAtLine('a: [', 1), pathAtLine('', 1), pathAtLine('text', 1)]).toEqual([[], [], []]);
});
