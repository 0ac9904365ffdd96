import { describe, expect, test } from 'vitest';
import { parseCertificate } from '../../../src/seal/notation/certificate.ts';
import { isTrusted, readTrustedIdentity } from '../../../src/seal/notation/identity.ts';
import { issue } from './certificates.ts';

describe('an identity', () => {
  const subject = [
    ['C', 'US'],
    ['ST', 'WA'],
    ['O', 'Example, Inc.'],
    ['CN', 'Release'],
  ] as const;
  const trusts = (identity: string, of: readonly (readonly [string, string])[] = subject): boolean =>
    isTrusted(parseCertificate(issue({ subject: of }).der), [readTrustedIdentity(identity)]);

  test.each([
    ['the whole subject', String.raw`x509.subject: C=US, ST=WA, O=Example\, Inc., CN=Release`, true],
    ['a part of the subject in another order', String.raw`x509.subject:O=Example\, Inc.,C=US,S=WA`, true],
    ['another value', 'x509.subject: C=US, ST=WA, O=Example', false],
    ['a value in other letters', String.raw`x509.subject: C=us, ST=WA, O=Example\, Inc.`, false],
    ['an attribute that the subject lacks', String.raw`x509.subject: C=US, ST=WA, O=Example\, Inc., OU=x`, false],
  ])('that names %s', (_, identity, isMatch) => {
    expect(trusts(identity)).toBe(isMatch);
  });

  const C_ST_O = String.raw`x509.subject: C=US, ST=WA, O=Example\, Inc.`;
  test.each([
    ['a mail address', ['MAIL', 'a@example.com']],
    ['an attribute twice', ['O', 'Example, Inc.']],
  ] as const)('never matches a subject with %s, which notation cannot compare', (_, more) => {
    expect(trusts(C_ST_O)).toBe(true);
    expect(trusts(C_ST_O, [...subject, more])).toBe(false);
  });

  test.each(['*', 'x509.subject:', 'x509.subject: CN=Release', 'x509.subject: C=US, ST=, O=x', 'C=US, ST=WA, O=x'])(
    'of the form "%s" is refused, as notation does',
    (text) => {
      expect(() => readTrustedIdentity(text)).toThrowError(
        expect.objectContaining({ code: 'CONFIG', hint: expect.stringContaining('x509.subject: C=') }),
      );
    },
  );

  test('no identities trust nobody', () => {
    expect(isTrusted(parseCertificate(issue({ subject }).der), [])).toBe(false);
  });
});
