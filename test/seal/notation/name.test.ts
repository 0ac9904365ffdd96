import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseName } from '../../../src/seal/notation/name.ts';

describe('a name is read', () => {
  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ['C=US, ST=WA, O=Example', { C: 'US', ST: 'WA', O: 'Example' }],
    ['C=US,S=WA;O= Example Ltd ', { C: 'US', ST: 'WA', O: 'Example Ltd' }],
    [String.raw`O=Example\, Inc\2E, CN=a\\b\=c`, { O: 'Example, Inc.', CN: 'a\\b=c' }],
    [String.raw`O=\ padded\ `, { O: ' padded ' }],
    ['O=\u00a0Example\u2003, CN= \u3000 ', { O: '\u00a0Example\u2003', CN: '\u3000' }],
    [String.raw`O=Z\C3\BCrich`, { O: 'Zürich' }],
    ['O=', { O: '' }],
    ['CN=a=b', { CN: 'a=b' }],
  ])('%s', (text, attributes) => {
    expect(Object.fromEntries(parseName(text) ?? [])).toEqual(attributes);
  });
});

describe('a name is refused', () => {
  test.each([
    '',
    'Example',
    'C=US,',
    ',C=US',
    'C=US,,O=x',
    'C=US+O=x',
    'O=#0c01',
    'C=US, C=CA',
    'S=a, ST=b',
    String.raw`O=a\q`,
    'O=a\\',
  ])('"%s"', (text) => {
    expect(parseName(text)).toBeUndefined();
  });
});

test('names that are escaped come back as they were', () => {
  const types = ['C', 'ST', 'O', 'OU', 'CN'];
  const values = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: types.length });
  const hex = (text: string): string =>
    [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  fc.assert(
    fc.property(values, fc.boolean(), (all, isHex) => {
      const escaped = all.map((value) => (isHex ? hex(value) : value.replace(/[ "#+,;<=>\\]/g, '\\$&')));
      const text = escaped.map((value, index) => `${types[index]}=${value}`).join(', ');
      expect([...(parseName(text)?.values() ?? [])]).toEqual(all);
    }),
  );
});
