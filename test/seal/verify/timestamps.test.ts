import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generalizedTime } from '../../../src/seal/verify/timestamps.ts';

describe('a GeneralizedTime', () => {
  test.each([
    ['20260102030405Z', '2026-01-02T03:04:05.000Z'],
    ['20260102030405.1Z', '2026-01-02T03:04:05.100Z'],
    ['20260102030405.12Z', '2026-01-02T03:04:05.120Z'],
    ['20260102030405.123Z', '2026-01-02T03:04:05.123Z'],
    ['20260102030405.1239999Z', '2026-01-02T03:04:05.123Z'],
    ['20240229000000Z', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(generalizedTime(text)?.toISOString()).toBe(iso);
  });

  test.each([
    '',
    '20260230000000Z',
    '20261301000000Z',
    '20260102030405',
    '20260102030405.Z',
    '20260102030405+0100',
    '2601020304Z',
    '20260102246060Z',
  ])('%s is none', (text) => {
    expect(generalizedTime(text)).toBeUndefined();
  });

  test('is read back as DER writes it, without zeros at the end of the fraction', () => {
    const date = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (time) => {
        const text = time
          .toISOString()
          .replace(/[-:T]/g, '')
          .replace(/\.?0*Z$/, 'Z');
        const seconds = text.replace('Z', '').padEnd(14, '0');
        expect(generalizedTime(`${seconds}Z`)?.getTime()).toBe(time.getTime());
      }),
    );
  });
});
