import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareUtf8, foldersAbove, pathProblem } from '../../src/archive/path.ts';

describe('compareUtf8', () => {
  it('orders as the UTF-8 bytes do, also beyond the basic plane', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom('a', 'b', '/', '-', 'é', '', '￿', '😀'),
        fc.string({ unit: 'grapheme', maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
    );
    expect(compareUtf8('\u{1f600}', '\u{ffff}')).toBeGreaterThan(0);
    expect('\u{1f600}' < '\u{ffff}').toBe(true);
  });
});

describe('pathProblem', () => {
  it.each(['a', 'a/b.yaml', '.hidden/x', 'a..b', '..a', 'a...', 'ümlaut/日本.yaml', 'with space', '-rf', 'a:b'])(
    'accepts %j',
    (path) => {
      expect(pathProblem(path)).toBeUndefined();
    },
  );

  it.each([
    ['', 'empty'],
    ['/a', 'absolute'],
    ['a\\b', 'backslash'],
    ['a\0b', 'control character'],
    ['a\nb', 'control character'],
    ['a\u0085b', 'control character'],
    ['a\ud800b', 'Unicode'],
    ['..', '".."'],
    ['a/..', '".."'],
    ['a/../b', '".."'],
    ['a../b', '".."'],
    ['a//b', 'empty segment'],
    ['a/', 'empty segment'],
    ['./a', 'segment "."'],
    ['a/./b', 'segment "."'],
    ['.', 'segment "."'],
  ])('refuses %j because of %s', (path, problem) => {
    expect(pathProblem(path)).toContain(problem);
  });
});

describe('foldersAbove', () => {
  it('lists the folders above a path, outermost first', () => {
    expect(foldersAbove('a/b/c')).toEqual(['a', 'a/b']);
    expect(foldersAbove('c')).toEqual([]);
  });
});
