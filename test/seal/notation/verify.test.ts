import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCertificates } from '../../../src/seal/notation/certificate.ts';
import { readTrustedIdentity } from '../../../src/seal/notation/identity.ts';
import { readNotationSigner } from '../../../src/seal/notation/sign.ts';
import { type NotationPolicy, verifyNotation } from '../../../src/seal/notation/verify.ts';
import { CREATED, SUBJECT } from '../golden.ts';
import { AUTHORITY, type Chain, chainOf, issue, PURPOSE } from './certificates.ts';
import { forged } from './forged.ts';
import { CHAIN_VERDICTS, currentChain, HEADER_VERDICTS, IDENTITY_SUBJECT, IDENTITY_VERDICTS } from './verdicts.ts';

const SUBJECT_NAME = [
  ['C', 'US'],
  ['ST', 'WA'],
  ['O', 'Example'],
] as const;
const signingTime = new Date(CREATED);
const NOW = new Date('2026-11-20T00:05:00Z');
const good = chainOf({ subject: SUBJECT_NAME });
const other = chainOf();

/** Trusts the root of a chain. */
const under = ({ root }: Chain, ...identities: readonly string[]): NotationPolicy => ({
  trusted: readCertificates(root.pem, 'root.pem'),
  ...(identities.length === 0 ? {} : { identities: identities.map(readTrustedIdentity) }),
});

async function envelopeBy({ key, pem }: Pick<Chain, 'key' | 'pem'>, expiry?: Date): Promise<Uint8Array> {
  const files = { key: { text: key, shown: 'key' }, certificates: { text: pem, shown: 'pem' } };
  const signer = await readNotationSigner({ ...files, passphrase: () => undefined });
  return signer.sign(SUBJECT, { signingTime, ...(expiry === undefined ? {} : { expiry }) });
}

const verify = (envelope: Uint8Array, policy = under(good), now = NOW, target = SUBJECT as object) =>
  verifyNotation(envelope, { name: 'app', target: { ...SUBJECT, ...target } }, policy, now);

const refused = (state: string) =>
  expect.objectContaining({
    code: 'UNTRUSTED',
    message: expect.stringContaining(`Cannot trust the proof of "app" (${SUBJECT.digest}): ${state}`),
    hint: expect.any(String),
  });

const envelope = await envelopeBy(good);
const whole = [good.leaf, good.between, good.root] as const;

describe('a signature holds', () => {
  test('under its root, and tells who signed and when', () => {
    expect(verify(envelope)).toEqual({
      signer: expect.stringMatching(/^notation:[0-9a-f]{64}$/),
      subject: 'C=US, ST=WA, O=Example',
      root: 'CN=Root',
      signingTime,
    });
  });

  test('under any certificate of its chain', () => {
    for (const { pem } of [good.leaf, good.between]) {
      expect(() => verify(envelope, { trusted: readCertificates(other.root.pem + pem, 'x') })).not.toThrow();
    }
  });

  test('for one of several identities', () => {
    const policy = under(good, 'x509.subject: C=US, ST=WA, O=Else', 'x509.subject: C=US, ST=WA, O=Example');
    expect(() => verify(envelope, policy)).not.toThrow();
  });

  test('until it expires', async () => {
    const expiry = new Date('2026-12-01T00:00:00Z');
    const expiring = await envelopeBy(good, expiry);
    expect(verify(expiring, under(good), new Date('2026-11-30T23:59:59Z'))).toMatchObject({ expiry });
    expect(() => verify(expiring, under(good), expiry)).toThrowError(refused('it expired at 2026-12-01T00:00:00Z'));
  });
});

describe('a signature is refused', () => {
  test.each<readonly [string, string, NotationPolicy]>([
    ['under another root', 'none of the certificates behind', under(other)],
    ['when nothing is trusted', 'none of the certificates behind', { trusted: [] }],
    ['by another identity', 'its signer', under(good, 'x509.subject: C=US, ST=WA, O=Exam')],
    ['when there are no identities', 'its signer', { ...under(good), identities: [] }],
  ])('%s', (_, state, policy) => {
    expect(() => verify(envelope, policy)).toThrowError(refused(state));
  });

  test.each<readonly [string, object, string]>([
    ['another digest', { digest: `sha256:${'0'.repeat(64)}` }, 'it signs another artifact'],
    ['another size', { size: 635 }, 'it signs the digest with another media type or size'],
    ['another media type', { mediaType: 'application/x' }, 'it signs the digest with another media type or size'],
  ])('for %s', (_, target, state) => {
    expect(() => verify(envelope, under(good), NOW, target)).toThrowError(
      expect.objectContaining({ code: 'UNTRUSTED', message: expect.stringContaining(state) }),
    );
  });

  test('once its certificate has expired, and before it is valid', () => {
    expect(() => verify(envelope, under(good), new Date('2028-01-01T00:00:00Z'))).toThrowError(
      refused('certificate "C=US, ST=WA, O=Example" expired'),
    );
    expect(() => verify(envelope, under(good), new Date('2025-01-01T00:00:00Z'))).toThrowError(refused('certificate'));
  });

  test('when its chain would not do for signing', () => {
    const tls = chainOf({ purposes: [PURPOSE.server] });
    expect(() => verify(forged([tls.leaf, tls.between, tls.root]), under(tls))).toThrowError(
      refused('certificate "CN=Release" is for TLS'),
    );
  });

  test('when a stranger puts a trusted root behind a certificate of its own', () => {
    const stranger = issue({}, issue({ ...AUTHORITY, subject: [['CN', 'Root']] }));
    const made = forged([stranger, good.root]);
    expect(() => verify(made)).toThrowError(refused('certificate "CN=Release" is not issued by the next one'));
  });
});

describe('an envelope is refused, though its signature is right,', () => {
  const EXPIRY = 'io.cncf.notary.expiry';
  const SCHEME = 'io.cncf.notary.signingScheme';
  test('unless nothing was changed', () => {
    expect(() => verify(forged(whole))).not.toThrow();
  });

  test.each<readonly [string, object, string]>([
    ['another algorithm', { alg: 'ES384' }, 'its algorithm "ES384"'],
    ['no algorithm', { alg: 'none' }, 'its algorithm "none"'],
    ['an algorithm that is no text', { alg: 1 }, 'it has no text "alg"'],
    ['another payload type', { cty: 'text/plain' }, 'its payload is of type "text/plain"'],
    ['a signing authority', { [SCHEME]: 'notary.x509.signingAuthority' }, 'its signing scheme is "notary.x509.signing'],
    ['nothing critical', { crit: undefined }, 'it asks for checks that are not supported'],
    ['an expiry that is not critical', { [EXPIRY]: '2030-01-01T00:00:00Z' }, 'it asks for checks'],
    ['a critical header that is not there', { crit: [SCHEME, EXPIRY] }, 'it asks for checks'],
    ['the same critical header twice', { crit: [SCHEME, SCHEME], [EXPIRY]: CREATED }, 'it asks for checks'],
    [
      'a plugin',
      { crit: [SCHEME, 'io.cncf.notary.verificationPlugin'], 'io.cncf.notary.verificationPlugin': 'x' },
      'it asks for checks',
    ],
    ['critical headers that are no texts', { crit: [{ toString: 1 }] }, 'it asks for checks'],
    ['no signing time', { 'io.cncf.notary.signingTime': undefined }, 'it has "" where a time belongs'],
    ['a signing time of another form', { 'io.cncf.notary.signingTime': '20 Nov 2026' }, 'it has "20 Nov 2026"'],
    ['an expiry before it', { crit: [EXPIRY, SCHEME], [EXPIRY]: CREATED }, 'it expires before it was made'],
  ])('with %s', (_, header, state) => {
    expect(() => verify(forged(whole, { header }))).toThrowError(refused(state));
  });

  test.each<readonly [string, object, string]>([
    ['no certificates', { header: { x5c: [] } }, 'it has no certificate'],
    ['no header', { header: undefined }, 'its header is no object'],
    ['certificates that are none', { header: { x5c: ['AA=='] } }, 'its certificate number 1 is none'],
    ['certificates that are not base64', { header: { x5c: ['A-=='] } }, 'its certificate number 1 is none: it is not'],
    ['certificates without end', { header: { x5c: Array(21).fill('AA==') } }, 'it has more than 20 certificates'],
    ['a signature with padding', { signature: 'AA==' }, 'one of its parts is not base64url'],
    ['no signature', { signature: '' }, 'the signature does not match'],
    ['another payload', { payload: 'e30' }, 'its payload is no object'],
  ])('with %s', (_, change, state) => {
    expect(() => verify(forged(whole, { change }))).toThrowError(refused(state));
  });

  test.each<readonly [string, unknown]>([
    ['no target', {}],
    ['a list', []],
    ['a target that is a text', { targetArtifact: SUBJECT.digest }],
  ])('with %s in its payload', (_, body) => {
    expect(() => verify(forged(whole, { body }))).toThrowError(refused('its payload is no object'));
  });

  test('with the same key twice', () => {
    const text = Buffer.from(forged(whole)).toString();
    const twice = Buffer.from(text.replace('{"payload"', '{"payload":"","payload"'));
    expect(() => verify(twice)).toThrowError(refused('its envelope cannot be read: an object has the same key twice'));
  });
});

test('whatever is changed in a signed part or the signature, it is refused with one error', () => {
  const json = JSON.parse(Buffer.from(envelope).toString()) as Record<string, string>;
  const place = fc.constantFrom('payload', 'protected', 'signature');
  fc.assert(
    fc.property(place, fc.nat(), fc.string({ minLength: 1, maxLength: 3 }), (part, at, put) => {
      const text = json[part] ?? '';
      const changed = text.slice(0, at % text.length) + put + text.slice((at % text.length) + put.length);
      fc.pre(changed !== text);
      expect(() => verify(Buffer.from(JSON.stringify({ ...json, [part]: changed })))).toThrowError(refused(''));
    }),
  );
});

test('any bytes are refused with one error', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(() => verify(bytes)).toThrowError(refused(''));
      },
    ),
  );
});

describe('the verdict is that of notation-go', () => {
  const isTaken = (made: Chain, header = {}, ...identities: readonly string[]): boolean => {
    try {
      const bytes = forged([made.leaf, made.between, made.root], { header });
      return verifyNotation(bytes, { target: SUBJECT }, under(made, ...identities), new Date()).subject !== '';
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: expect.stringMatching(/^(?:UNTRUSTED|CONFIG)$/) });
      return false;
    }
  };
  const plain = currentChain();

  test.each(CHAIN_VERDICTS)('on a chain %s (taken: %s)', (_, verdict, [leaf, between, root]) => {
    expect(isTaken(currentChain(leaf, between, root))).toBe(verdict);
  });

  test.each(HEADER_VERDICTS)('on an envelope %s (taken: %s)', (_, verdict, header) => {
    expect(isTaken(plain, header)).toBe(verdict);
  });

  test.each(IDENTITY_VERDICTS)('on the identity %s (taken: %s)', (identity, verdict, more) => {
    expect(isTaken(currentChain({ subject: [...IDENTITY_SUBJECT, ...more] }), {}, identity)).toBe(verdict);
  });
});
