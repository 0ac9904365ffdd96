import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unifiedLines } from '../../../src/report/difference/unified.ts';

const letters = (text: string): readonly string[] => [...text];

test.each([
  ['', '', []],
  ['abc', 'abc', []],
  ['', 'a', ['@@ -0,0 +1,1 @@', '+a']],
  ['a', '', ['@@ -1,1 +0,0 @@', '-a']],
  ['abc', 'axc', ['@@ -1,3 +1,3 @@', ' a', '-b', '+x', ' c']],
  ['abcdefgh', 'Xabcdefg', ['@@ -1,1 +1,2 @@', '+X', ' a', '@@ -7,2 +8,1 @@', ' g', '-h']],
])('%s becomes %s', (before, after, expected) => {
  expect(unifiedLines(letters(before), letters(after), 1)).toEqual(expected);
});

test('all lines with what becomes of them are both texts', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = unifiedLines(before, after, 100).filter((line) => !line.startsWith('@@'));
      if (lines.length === 0) {
        expect(before).toEqual(after);
        return;
      }
      expect(lines.filter((line) => !line.startsWith('+')).map((line) => line.slice(1))).toEqual(before);
      expect(lines.filter((line) => !line.startsWith('-')).map((line) => line.slice(1))).toEqual(after);
    }),
    { numRuns: 200 },
  );
});
