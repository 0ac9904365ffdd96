import { describe, expect, test } from 'vitest';
import { shown } from '../../../src/check/schema/violation.ts';

describe('a value in a message', () => {
  test.each([
    ['text', '"text"'],
    [7, '7'],
    [7n, '7'],
    [true, 'true'],
    [['a'], 'a list'],
    [{ a: 1 }, 'an object'],
    ['x'.repeat(100), `"${'x'.repeat(59)}…`],
  ])('%o is shown as %s', (value, expected) => {
    expect(shown(value, ['spec', 'mode'])).toBe(expected);
  });

  test.each([
    [['data', 'key']],
    [['stringData', 'key']],
    [['spec', 'password']],
    [['spec', 'apiKey']],
    [['spec', 'api_key']],
    [['spec', 'authToken', 0]],
    [['spec', 'clientSecret', 'value']],
    [['spec', 'credentials', 'user']],
  ])('at %j is not shown', (path) => {
    expect(shown('hunter2', path)).toBe('a string');
  });
});
