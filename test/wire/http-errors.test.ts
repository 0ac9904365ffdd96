import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { networkTrouble, type Sent, statusError } from '../../src/wire/http-errors.ts';

const url = new URL('https://registry.example:5000/v2/a/manifests/b?token=canary');
const sent: Sent = { task: 'read the thing', url };

const answered = (body: unknown, status = 403) => ({ status, bytes: Buffer.from(JSON.stringify(body)) });

describe("the registry's own words", () => {
  test('are shown after the status', () => {
    const error = statusError(answered({ errors: [{ code: 'DENIED', message: 'not yours' }, { code: 'X' }] }), sent);
    expect(error.message).toBe('Cannot read the thing: "registry.example:5000" answered 403 (DENIED: not yours; X)');
  });

  test('lose control characters and what turns text around', () => {
    const message = '\u001b[31mred\u0007\r\nnext\u202egnp.exe\u2028end';
    expect(statusError(answered({ errors: [{ code: '', message }] }), sent).message).toContain(
      '( [31mred next gnp.exe end)'.replace('( ', '('),
    );
  });

  test('are cut when they are long', () => {
    const errors = [{ code: 'A', message: 'x'.repeat(5_000) }];
    expect(statusError(answered({ errors }), sent).message.length).toBeLessThan(400);
  });

  test.each([[null], [[]], ['text'], [{ errors: 'no' }], [{ errors: [null, 1] }], [{ errors: [{ code: 1 }] }]])(
    'are left out when the body is %j',
    (body) => {
      expect(statusError(answered(body), sent).message).toMatch(/answered 403$/);
    },
  );

  test('are left out when the body is a page', () => {
    const page = { status: 404, bytes: Buffer.from('<html>canary</html>') };
    expect(statusError(page, sent).message).toMatch(/answered 404$/);
  });

  test('never repeat a credential that was sent', () => {
    const echo = (secret: string, more: Partial<Sent>): string =>
      statusError(answered({ errors: [{ code: 'E', message: `you sent ${secret}` }] }), { ...sent, ...more }).message;
    const basic = Buffer.from('ci:canary').toString('base64');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(echo('canary', { headers: { authorization: 'Bearer canary' } })).toContain('you sent ***');
    expect(echo('canary', { headers: { authorization: `Basic ${basic}` } })).toContain('you sent ***');
    expect(echo(basic, { headers: { authorization: `Basic ${basic}` } })).toContain('you sent ***');
    expect(echo('canary', { headers: form, body: Buffer.from('refresh_token=canary') })).toContain('you sent ***');
  });
});

describe('what Node reports', () => {
  const failed = (code: string) => networkTrouble(Object.assign(new Error(code), { code }), sent);

  test.each([
    ['ENOTFOUND', 'NETWORK', false],
    ['EAI_AGAIN', 'NETWORK', true],
    ['ECONNREFUSED', 'NETWORK', true],
    ['ECONNRESET', 'NETWORK', true],
    ['EPIPE', 'NETWORK', true],
    ['ETIMEDOUT', 'NETWORK', true],
    ['EHOSTUNREACH', 'NETWORK', true],
    ['HPE_INVALID_CONSTANT', 'NETWORK', true],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS', false],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'TLS', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS', false],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'TLS', false],
    ['CERT_HAS_EXPIRED', 'TLS', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS', false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS', false],
    ['EPROTO', 'TLS', false],
  ])('%s is %s', (code, ours, transient) => {
    const trouble = failed(code);
    expect(trouble).toMatchObject({ transient, error: { code: ours } });
    expect(trouble.error.message).toContain(code === 'ECONNREFUSED' || /RESET|PIPE/.test(code) ? 'connection' : code);
    expect(trouble.error.hint).toMatch(/\w+ \w+/);
  });

  test('is kept as the cause, and the query of the URL is not shown', () => {
    const cause = Object.assign(new Error('x'), { code: 'ECONNRESET' });
    const { error } = networkTrouble(cause, sent);
    expect(error.cause).toBe(cause);
    expect(inspect(error)).not.toContain('canary');
  });

  test('an error without a code is a failed connection', () => {
    expect(networkTrouble(new Error('x'), sent).error.message).toContain('failed (no error code)');
    expect(networkTrouble('thrown text', sent).error.code).toBe('NETWORK');
  });
});
