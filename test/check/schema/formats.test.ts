import { describe, expect, test } from 'vitest';
import { formatProblem, isQuantity } from '../../../src/check/schema/formats.ts';
import { compilePattern } from '../../../src/check/schema/pattern.ts';

describe('a quantity', () => {
  test.each([
    '0',
    '1',
    '+1',
    '-1',
    '1.',
    '.5',
    '1.5',
    '100m',
    '1k',
    '1Ki',
    '1E',
    '1e3',
    '1E3',
    '1e-3',
    '5n',
    '3u',
    ' 1Gi ',
    // Kubernetes reads these as 0.
    'Mi',
    'm',
    '.',
    'e3',
    '+',
  ])('can be %j', (text) => {
    expect(isQuantity(text)).toBe(true);
  });

  test.each(['', 'Ei', '.Pi', '1 Gi', '1ki', '1KB', '1gi', '1e', '1e1.5', '0x10', '1_000', '1,5', 'NaN', 'Infinity'])(
    'cannot be %j',
    (text) => {
      expect(isQuantity(text)).toBe(false);
    },
  );
});

describe('a format', () => {
  test.each([
    ['time', '2024-02-29T23:59:59.123Z', '2023-02-29T00:00:00Z'],
    ['time', '2024-01-01T00:00:00+02:00', '2024-01-01 00:00:00Z'],
    ['time', '2000-02-29T00:00:00Z', '1900-02-29T00:00:00Z'],
    ['time', '2024-04-30T00:00:00Z', '2024-04-31T00:00:00Z'],
    ['time', '2024-01-01T23:00:00Z', '2024-01-01T24:00:00Z'],
    ['micro-time', '2024-01-01T00:00:00.123456Z', '2024-01-01T00:00:00.123Z'],
    ['date-time', '2024-01-01t00:00:00z', '2024-01-01T00:60:00Z'],
    ['date', '2024-12-31', '2024-13-01'],
    ['byte', 'YQ==', 'YQ='],
    ['ipv4', '10.0.0.1', '10.0.0.256'],
    ['ipv6', '::1', '10.0.0.1'],
    ['ipv4', '255.255.255.255', '01.2.3.4'],
    ['ipv6', 'fe80::1:2', 'fe80::1::2'],
    ['ipv6', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7'],
    ['ipv6', '1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:8::'],
    ['ipv6', '::ffff:10.0.0.1', '::ffff:10.0.0.256'],
    ['ipv6', '::', ':1::'],
    ['cidr', '10.0.0.0/8', '10.0.0.0/33'],
    ['cidr', 'fd00::/8', 'fd00::/129'],
    ['uuid', '00000000-0000-0000-0000-000000000000', '0000'],
    ['duration', '1h30m', '1 hour and a half?'],
  ])('%s accepts %j and refuses %j', (format, good, bad) => {
    expect(formatProblem(good, format)).toBeUndefined();
    expect(formatProblem(bad, format)).toMatch(/^(an? |base64)/);
  });

  test('that nobody knows accepts everything', () => {
    expect(formatProblem('x', 'made-up')).toBeUndefined();
    expect(formatProblem('x', 'constructor')).toBeUndefined();
  });
});

describe('a pattern', () => {
  test.each([
    ['^[a-z]+$', 'abc', 'ABC'],
    ['(?i)^abc$', 'ABC', 'abd'],
    ['^[[:alpha:]_]+$', 'a_B', 'a1'],
    ['\\Aab\\z', 'ab', 'abz'],
    ['^(?P<first>a)b$', 'ab', 'b'],
    ['^\\pL+$', 'äb', '1'],
    ['^a\\\\z$', 'a\\z', 'az'],
    ['^[\\w-.]+$', 'a-b.c', 'a b'],
  ])('%s of RE2 matches %j and not %j', (pattern, good, bad) => {
    const regex = compilePattern(pattern);
    expect(regex).toBeInstanceOf(RegExp);
    expect(regex instanceof RegExp && [regex.test(good), regex.test(bad)]).toEqual([true, false]);
  });

  test.each(['(?=a)b', '(?!a)', '(?<=a)b', '(a)\\1', '(', '[', 'a**'])('%s is refused as RE2 refuses it', (pattern) => {
    expect(compilePattern(pattern)).toBe('invalid');
  });

  test.each(['\\Qa.b\\E', 'a(?i)b', '[[:^alpha:]]'])('%s of RE2 is more than JavaScript can do', (pattern) => {
    expect(compilePattern(pattern)).toBe('foreign');
  });
});
