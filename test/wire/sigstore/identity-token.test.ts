import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../../src/errors.ts';
import { readIdentityToken } from '../../../src/wire/sigstore/identity-token.ts';
import { CANARY, everythingIn, tokenText } from './fixture.ts';

describe('an identity token', () => {
  test('is read for its claims, and shows nothing of itself', () => {
    const token = readIdentityToken(`${tokenText({ exp: 9, nbf: 7, iat: 8 })}\n`, 'a test');
    expect(token).toMatchObject({
      subject: 'repo:team/app',
      claims: { issuer: 'https://token.example', audience: ['sigstore'], expires: 9, notBefore: 7, issued: 8 },
    });
    expect(token.reveal()).toBe(tokenText({ exp: 9, nbf: 7, iat: 8 }));
    expect(JSON.stringify(token)).not.toContain(CANARY);
  });

  test.each([
    ['the "sub"', {}, 'repo:team/app'],
    ['the "email" when it is verified', { email: 'a@b.example', email_verified: true }, 'a@b.example'],
    ['the "email" when it is verified in words', { email: 'a@b.example', email_verified: 'true' }, 'a@b.example'],
  ])('names %s', (_, claims, subject) => {
    expect(readIdentityToken(tokenText(claims), 'a test').subject).toBe(subject);
  });

  test.each([
    ['nothing', '', 'it is not a JWT'],
    ['words', 'not a token', 'it is not a JWT'],
    ['two parts', `a.${CANARY}`, 'it is not a JWT'],
    ['claims that are no JSON', `a.b.${CANARY}`, 'its claims cannot be read'],
    ['claims without issuer', tokenText({ iss: undefined }), 'its claims cannot be read'],
    ['nobody', tokenText({ sub: undefined }), 'it names neither "email" nor "sub"'],
    [
      'an email that nobody verified',
      tokenText({ email: 'a@b.example' }),
      'its issuer has not verified the "email" in it',
    ],
  ])('is refused for %s, and not shown', (_, text, state) => {
    const run = (): unknown => readIdentityToken(text, 'SIGSTORE_ID_TOKEN');
    expect(run).toThrow(`Cannot use the identity token from SIGSTORE_ID_TOKEN: ${state}`);
    try {
      run();
    } catch (error) {
      expect(error).toMatchObject({ code: 'AUTH', hint: expect.any(String) });
      expect(everythingIn(error)).not.toContain(CANARY);
    }
  });

  test('is never anything but read or refused with our own error', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json().map((json) => `a.${Buffer.from(json).toString('base64url')}.c`),
    );
    fc.assert(
      fc.property(text, (value) => {
        try {
          expect(readIdentityToken(value, 'a test').subject).not.toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(SlipwayError);
        }
      }),
    );
  });
});
