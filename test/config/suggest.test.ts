import { expect, test } from 'vitest';
import { closest, didYouMean, quoted } from '../../src/config/suggest.ts';

test('the nearest known word is suggested for a missing, extra, wrong or swapped letter', () => {
  const known = ['channel', 'artifacts', 'stores'];
  expect(closest('chanel', known)).toBe('channel');
  expect(closest('channnel', known)).toBe('channel');
  expect(closest('artefacts', known)).toBe('artifacts');
  expect(closest('sotres', known)).toBe('stores');
  expect(closest('Channel', known)).toBe('channel');
});

test('nothing is suggested for a word unlike all known ones', () => {
  expect(closest('gates', ['channel', 'project'])).toBeUndefined();
  expect(closest('x', [])).toBeUndefined();
});

test('a hint lists what is known when nothing is near, and stays silent when nothing is known', () => {
  expect(didYouMean('chanel', ['channel'])).toBe('did you mean "channel"');
  expect(didYouMean('qqq', ['eu', 'us'])).toBe('known are "eu", "us"');
  expect(didYouMean('qqq', [])).toBeUndefined();
});

test('long lists of words become a count', () => {
  const words = Array.from({ length: 12 }, (_, index) => `w${index}`);
  expect(quoted(words)).toMatch(/"w9" and 2 more$/);
  expect(quoted(['a', 'b'])).toBe('"a", "b"');
});
