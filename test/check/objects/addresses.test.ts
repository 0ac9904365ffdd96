import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ADDRESS_RANGE,
  familyOf,
  IP_ADDRESS,
  isAddress,
  isStrictlyWithin,
} from '../../../src/check/objects/addresses.ts';

describe('an address', () => {
  test.each([
    ['192.0.2.1', true, true],
    ['192.0.2.256', false, false],
    ['192.0.2', false, false],
    ['010.0.0.1', true, false],
    ['2001:db8::1', true, true],
    ['::', true, true],
    ['::ffff:192.0.2.1', true, false],
    ['64:ff9b::192.0.2.1', true, true],
    ['2001:db8::1::2', false, false],
    ['1:2:3:4:5:6:7:8', true, true],
    ['1:2:3:4:5:6:7:8:9', false, false],
    ['1:2:3:4:5:6:7::', true, true],
    ['12345::', false, false],
    ['fe80::1%eth0', false, false],
    ['', false, false],
  ])('%j: until 1.35 %j, since 1.36 %j', (text, before, since) => {
    expect([IP_ADDRESS.fits(text, 35), IP_ADDRESS.fits(text, 36)]).toEqual([before, since]);
  });

  test('is read as Node reads it', () => {
    const part = fc.constantFrom('0', '1', 'ff', '192', ':', '::', '.', 'abcd', '1.2.3.4');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
        const text = parts.join('');
        fc.pre(!/(?:^|[.:])0\d/.test(text));
        expect(isAddress(text)).toBe(isIP(text) !== 0);
      }),
      { numRuns: 500 },
    );
  });

  test('of IPv4 in IPv6 is one of IPv4', () => {
    expect(familyOf('::ffff:192.0.2.1')).toBe(4);
    expect(familyOf('2001:db8::1')).toBe(6);
  });
});

describe('a range', () => {
  test.each([
    ['10.0.0.0/8', true, true],
    ['10.0.0.1/8', true, false],
    ['10.0.0.0/33', false, false],
    ['10.0.0.0/08', true, false],
    ['10.0.0.0', false, false],
    ['10.0.0.0/8/8', false, false],
    ['2001:db8::/32', true, true],
    ['2001:db8::1/32', true, false],
    ['::/0', true, true],
  ])('%j: until 1.35 %j, since 1.36 %j', (text, before, since) => {
    expect([ADDRESS_RANGE.fits(text, 35), ADDRESS_RANGE.fits(text, 36)]).toEqual([before, since]);
  });

  test.each([
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.0.0.0/8', false],
    ['10.0.0.0/8', '10.1.0.0/16', false],
    ['11.1.0.0/16', '10.0.0.0/8', false],
    ['2001:db8:1::/48', '2001:db8::/32', true],
    ['10.1.0.0/16', '2001:db8::/32', false],
    ['10.1.0.0', '10.0.0.0/8', undefined],
  ])('%j in %j: %j', (inner, outer, within) => {
    expect(isStrictlyWithin(inner, outer)).toBe(within);
  });
});
