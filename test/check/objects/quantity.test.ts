import { describe, expect, test } from 'vitest';
import { hasFraction, isMore, quantityOf } from '../../../src/check/objects/quantity.ts';

describe('a quantity', () => {
  test.each([
    ['1', 1],
    ['250m', 0.25],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['.5k', 500],
    ['5.', 5],
    ['1e3', 1000],
    ['12E', 12e18],
    ['-1', -1],
    ['+1', 1],
    [' 1 ', 1],
    [2, 2],
    [2n, 2],
    [null, 0],
  ])('%s is %d', (text, value) => {
    expect(quantityOf(text)).toBe(value);
  });

  test.each(['', '.', '1 Gi', '1GB', 'x', '1e', true, {}])('%j is none', (text) => {
    expect(quantityOf(text)).toBeUndefined();
  });

  test.each([
    ['1100m', '1.1'],
    ['0.3', '300m'],
    ['1024Mi', '1Gi'],
    ['1000k', '1M'],
  ])('%s is neither more nor less than %s', (one, other) => {
    const [a = 0, b = 0] = [quantityOf(one), quantityOf(other)];
    expect([isMore(a, b), isMore(b, a)]).toEqual([false, false]);
  });

  test('is more by the least that can be told', () => {
    expect(isMore(quantityOf('1000000001n') ?? 0, 1)).toBe(true);
    expect(hasFraction(quantityOf('1000m') ?? 0)).toBe(false);
    expect(hasFraction(quantityOf('1001m') ?? 0)).toBe(true);
  });
});
