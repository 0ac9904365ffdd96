import { expect, test } from 'vitest';
import { firstDifference } from '../../src/build/drift.ts';

test('equal renderings have no difference', () => {
  expect(firstDifference('a\nb\n', 'a\nb\n')).toBeUndefined();
});

test.each([
  ['a line that differs', 'a\nb\nc\n', 'a\nx\nc\n', { line: 2, first: 'b', second: 'x' }],
  ['lines in another order', 'a\nb\n', 'b\na\n', { line: 1, first: 'a', second: 'b' }],
  ['a line that is missing', 'a\nb\n', 'a\n', { line: 2, first: 'b', second: '' }],
  ['a line that is new', 'a', 'a\nb', { line: 2, first: '', second: 'b' }],
  ['a newline at the end', 'a', 'a\n', { line: 2, first: '', second: '' }],
])('the first difference is %s', (_, first, second, drift) => {
  expect(firstDifference(first, second)).toEqual(drift);
});
