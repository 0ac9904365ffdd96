import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { requestCertificate } from '../../../src/wire/sigstore/fulcio.ts';
import { readIdentityToken } from '../../../src/wire/sigstore/identity-token.ts';
import { PATHS, startFakeSigstore } from '../../fakes/sigstore.ts';
import { answering, CANARY, everythingIn, quickHttp, tokenText } from './fixture.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const noon = Date.parse('2026-05-05T12:00:00Z');
const ask = (url: URL, claims: Readonly<Record<string, unknown>> = {}, now: () => number = () => noon) =>
  requestCertificate({
    http: quickHttp(),
    url,
    key,
    token: readIdentityToken(tokenText(claims), 'a test'),
    audience: 'sigstore',
    now,
  });
const caught = (run: Promise<unknown>) =>
  run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

describe('a certificate request', () => {
  test('proves the key by signing the subject of the token, and answers certificate and chain', async () => {
    await using fake = await startFakeSigstore();
    const issued = await ask(new URL(`${fake.url}/`));
    expect(issued).toMatchObject({ sct: 'embedded' });
    expect(issued.leaf.publicKey.equals(key.publicKey)).toBe(true);
    expect(issued.chain).toHaveLength(1);
    const [request] = fake.requests;
    expect(request).toMatchObject({ method: 'POST', path: PATHS.fulcio });
    const { publicKeyRequest, credentials } = JSON.parse(request?.body.toString() ?? '');
    expect(publicKeyRequest.publicKey).toMatchObject({
      algorithm: 'ECDSA',
      content: expect.stringMatching(/^-----BEGIN/),
    });
    expect(credentials).toEqual({ oidcIdentityToken: tokenText() });
    const proof = Buffer.from(publicKeyRequest.proofOfPossession, 'base64');
    expect(verify('sha256', Buffer.from('repo:team/app'), key.publicKey, proof)).toBe(true);
  });

  test('goes below the path of the base URL', async () => {
    await answering(404, '', async (url, { requests }) => {
      await caught(ask(new URL('/fulcio', url)));
      expect(requests.map((request) => request.url)).toEqual(['/fulcio/api/v2/signingCert']);
    });
  });

  test.each([
    ['none', 'none'],
    ['detached', 'detached'],
  ] as const)('says where the SCT is: %s', async (sct, expected) => {
    await using fake = await startFakeSigstore({ sct });
    expect(await ask(new URL(fake.url))).toMatchObject({ sct: expected });
  });

  test('is repeated after 429 and 5xx, as the authority asks', async () => {
    await using fake = await startFakeSigstore();
    const waits: number[] = [];
    fake.fail(PATHS.fulcio, { status: 429, headers: { 'retry-after': '7' } }, { status: 503 });
    const token = readIdentityToken(tokenText(), 'a test');
    const url = new URL(fake.url);
    await requestCertificate({ http: quickHttp(waits), url, key, token, audience: 'sigstore', now: Date.now });
    expect(waits).toEqual([7, 0.5]);
  });
});

describe('a refused identity token', () => {
  const seconds = noon / 1000;
  const said = '{"code":16,"message":"There was an error processing the identity token"}';

  test.each([
    [
      'for another audience',
      { aud: ['https://hub.example', 'x'] },
      'it is for "https://hub.example", "x", not for "sigstore"',
      'request the token for the audience "sigstore"',
    ],
    ['for nobody', { aud: [] }, 'it is for nobody, not for "sigstore"', 'request the token for'],
    ['that has expired', { exp: seconds - 61 }, 'it expired 61 s ago', 'start a new job'],
    ['that is not valid yet', { nbf: seconds + 90, exp: seconds + 300 }, 'it is valid only in 90 s', 'the clocks of'],
    ['that was issued in the future', { iat: seconds + 5 }, 'it is valid only in 5 s', 'the clocks of'],
  ])('%s is explained by what is in it', async (_, claims, state, hint) => {
    await answering(
      401,
      said,
      async (url) => {
        const error = await caught(ask(url, claims));
        expect(error).toMatchObject({
          code: 'AUTH',
          message: `Cannot get a signing certificate for "repo:team/app": "${url.host}" refused the identity token of "https://token.example": ${state}`,
          hint: expect.stringContaining(hint),
        });
      },
      { date: new Date(noon).toUTCString() },
    );
  });

  test('goes by the clock of the authority, and says when ours differs', async () => {
    const date = new Date(noon + 600_000).toUTCString();
    await answering(
      400,
      said,
      async (url) => {
        const error = await caught(ask(url, { exp: seconds + 300 }));
        expect(error).toMatchObject({
          message: expect.stringContaining('it expired 300 s ago'),
          hint: expect.stringMatching(/; this machine's clock is 600 s behind$/),
        });
      },
      { date },
    );
  });

  test('is told in the words of the authority when nothing in it is wrong', async () => {
    await answering(
      403,
      '{"message":"issuer not\\nallowed"}',
      async (url) => {
        expect(await caught(ask(url))).toMatchObject({
          code: 'DENIED',
          message: expect.stringMatching(
            /refused the identity token of "https:\/\/token\.example" \(issuer not allowed\)$/,
          ),
          hint: `check that "${url.host}" accepts identities of this issuer for the audience "sigstore"`,
        });
      },
      { date: new Date(noon).toUTCString() },
    );
  });

  test('never comes back in a message, whatever the authority echoes', async () => {
    const echo = JSON.stringify({ message: `cannot take ${tokenText()} signed ${CANARY}` });
    for (const status of [400, 401, 403, 409, 500, 429]) {
      await answering(status, echo, async (url) => {
        const shown = everythingIn(await caught(ask(url)));
        expect(shown).not.toContain(CANARY);
        expect(shown).not.toContain('PRIVATE KEY');
        expect(shown).toContain('Cannot get a signing certificate');
      });
    }
  });
});

describe('an authority that is none', () => {
  test.each([
    ['a page', '<html>'],
    ['no certificate', '{"signedCertificateEmbeddedSct":{"chain":{"certificates":[]}}}'],
    ['garbage for a certificate', '{"signedCertificateEmbeddedSct":{"chain":{"certificates":["x"]}}}'],
  ])('answers %s', async (_, body) => {
    await answering(200, body, async (url) => {
      await expect(ask(url)).rejects.toMatchObject({
        code: 'STORE',
        message: expect.stringMatching(/sent no certificate$/),
      });
    });
  });

  test('certifies another key', async () => {
    await using fake = await startFakeSigstore();
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const token = readIdentityToken(tokenText(), 'a test');
    const now = Date.now;
    const url = new URL(fake.url);
    await requestCertificate({ http: quickHttp(), url, key: other, token, audience: 'sigstore', now });
    const { body } = fake.requests[0] ?? {};
    expect(body).toBeDefined();
    const theirs = await fetch(`${fake.url}${PATHS.fulcio}`, { method: 'POST', body: body ?? '' });
    await answering(201, await theirs.text(), async (there) => {
      await expect(ask(there)).rejects.toMatchObject({
        code: 'UNTRUSTED',
        message: expect.stringMatching(/certified another key$/),
      });
    });
  });

  test('gives advice about itself and not about registries when it is gone', async () => {
    const error = await caught(ask(new URL('http://127.0.0.1:1')));
    expect(error).toMatchObject({ code: 'NETWORK', hint: expect.stringContaining('certificate authority') });
  });
});
