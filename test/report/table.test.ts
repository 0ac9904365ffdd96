import fc from 'fast-check';
import { expect, test } from 'vitest';
import { counted, shortDigest, sizeText, table } from '../../src/report/table.ts';

test('columns are as wide as their widest cell, and lines end without spaces', () => {
  expect(
    table([
      ['a', 'bb', ''],
      ['😀c', 'd', 'e'],
    ]),
  ).toEqual(['a   bb', '😀c  d   e']);
  expect(table([])).toEqual([]);
});

test.each([
  [0, '0 B'],
  [812, '812 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [9949, '9.9 kB'],
  [9950, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [104_857_600, '105 MB'],
  [5e12, '5000 GB'],
])('%i bytes read as %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

test('a size never reads as a thousand of a smaller unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_000_000_000 }), (bytes) => {
      expect(sizeText(bytes)).toMatch(/^\d{1,3}(\.\d)? (B|kB|MB|GB)$/);
    }),
  );
});

test('counts have a plural and digests a short form', () => {
  expect([counted(0, 'file'), counted(1, 'file'), counted(2, 'file')]).toEqual(['0 files', '1 file', '2 files']);
  expect(shortDigest(`sha256:${'ab'.repeat(32)}`)).toBe('sha256:abababababab');
});
