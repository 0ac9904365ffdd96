import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from '../../src/archive/glob.ts';

describe('compileGlob', () => {
  it.each<[string, string, boolean]>([
    ['', '', true],
    ['', 'a', false],
    ['abc', 'abc', true],
    ['*', '', true],
    ['*', 'abc', true],
    ['**', 'abc', true],
    ['*c', 'abc', true],
    ['a*', 'ba', false],
    ['a*/b', 'abc', false],
    ['a*b?c*x', 'abxbbxdbxebxczzx', true],
    ['a*b?c*x', 'abxbbxdbxebxczzy', false],
    ['*.tar.gz', 'a.tar.gz', true],
    ['*.tar.gz', '.tar.gz', true],
    ['*.tar.gz', 'a.tar.gz.asc', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['?', 'é', true],
    ['?', '😀', true],
    ['ab[c]', 'abc', true],
    ['ab[b-d]', 'abc', true],
    ['ab[e-g]', 'abc', false],
    ['ab[^c]', 'abc', false],
    ['ab[^e-g]', 'abc', true],
    ['[!a]', '!', true],
    ['[!a]', 'b', false],
    ['a[^a]b', 'a☺b', true],
    ['a[^a][^a]b', 'a☺b', false],
    ['[a-ζ]*', 'α', true],
    ['[\\]a]', ']', true],
    ['[\\-]', '-', true],
    ['[x\\-]', '-', true],
    ['[x\\-]', 'z', false],
    ['[[]', '[', true],
    ['[a]]', 'a]', true],
    ['[*]', '*', true],
    ['[*]', 'a', false],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['a\\b', 'ab', true],
    [']', ']', true],
    ['[b-a]', 'a', false],
    ['**[a', 'a', false],
  ])('%j against %j is %j, as in Go', (pattern, name, expected) => {
    expect(compileGlob(pattern)?.(name) ?? false).toBe(expected);
  });

  it.each(['[', '[^', '[]', '[]a]', '[-]', '[x-]', '[-x]', '[a-b-c]', '[a', '[^bc', 'a[', 'a\\', '[\\', '[a-\\'])(
    'calls %j malformed, as Go does',
    (pattern) => {
      expect(compileGlob(pattern)).toBeUndefined();
    },
  );

  it('agrees with a regular expression on stars and question marks', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, name, (glob, text) => {
        const expression = new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('?', '.').replaceAll('*', '.*')}$`);
        expect(compileGlob(glob)?.(text)).toBe(expression.test(text));
      }),
      { numRuns: 500 },
    );
  });

  it('matches any name with every special character escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(compileGlob(name.replaceAll(/[*?[\]\\]/g, '\\$&'))?.(name)).toBe(true);
      }),
    );
  });

  it('does not go astray in many stars', () => {
    expect(compileGlob(`${'*a'.repeat(60)}b`)?.('a'.repeat(5_000))).toBe(false);
  });
});
