import { describe, expect, test } from 'vitest';
import { hasLooseDot, isAnchored, matchesAll } from '../../../src/check/flux/identity-pattern.ts';

describe('a pattern is anchored', () => {
  test.each([
    '^a$',
    '^(a|b)$',
    '(^a$|^b$)',
    '(?:^a$)',
    '^a$|^b$',
    '(?i)^a$',
    '\\Aa\\z',
    '^[|)(]$',
    '^\\(a\\|b$',
    '^a\\\\$',
    '^$',
  ])('%s', (pattern) => expect(isAnchored(pattern)).toBe(true));
});

describe('a pattern is not anchored', () => {
  test.each(['a', '^a', 'a$', '^a|b$', '^a\\$', '(^a)|(b$)', '(^a$)b', '', '^a$|b', '[^a]$'])('%s', (pattern) =>
    expect(isAnchored(pattern)).toBe(false),
  );
});

test.each(['.*', '.+', '^.*$', '', '^', '$', '^.+'])('"%s" matches everybody', (pattern) => {
  expect(matchesAll(pattern)).toBe(true);
});

test.each(['^a.*$', 'a', '^[.]*$'])('"%s" does not match everybody', (pattern) => {
  expect(matchesAll(pattern)).toBe(false);
});

test.each(['ci.example', '^https://ci\\.example.com$'])('"%s" has a loose dot', (pattern) => {
  expect(hasLooseDot(pattern)).toBe(true);
});

test.each(['ci\\.example', 'a.*b', 'a.+', '[a.b]', '^v\\d+\\.\\d+$', '.'])('"%s" has no loose dot', (pattern) => {
  expect(hasLooseDot(pattern)).toBe(false);
});
