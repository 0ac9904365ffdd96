import { createHash, generateKeyPairSync } from 'node:crypto';
import { initializeTSA } from '@sigstore/mock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Digest } from '../../../src/model.ts';
import type { SigningIdentity } from '../../../src/seal/make/identity.ts';
import type { TrustRoot } from '../../../src/seal/trust/root.ts';
import type { Verified } from '../../../src/seal/verify/answer.ts';
import { verifyBundle } from '../../../src/seal/verify/bundle.ts';
import { exactly, matching } from '../../../src/seal/verify/identity.ts';
import type { IdentityPolicy } from '../../../src/seal/verify/policy.ts';
import { readIdentityToken } from '../../../src/wire/sigstore/identity-token.ts';
import { type FakeSigstore, startFakeSigstore } from '../../fakes/sigstore.ts';
import { ISSUER, identityOn, SUBJECT, servicesOf, tokenText } from '../keyless/fixture.ts';
import { at, changed, digestOf, IDENTITY, type Json, keyScene, provedBy, rootOf, untrusted } from './scene.ts';

let fake: FakeSigstore;
let other: FakeSigstore;
let root: TrustRoot;
const nothing = Buffer.of();
/** By the logs in them: of version 1, of version 2, of none; and of version 1 once more. All have a timestamp. */
let bundles: Readonly<Record<'v1' | 'v2' | 'none' | 'again', Uint8Array>>;

/** A bundle whose timestamp is by an authority of our own with this clock, and the root that believes it. */
async function stamped(
  bundle: Uint8Array,
  clock: Date,
  change: (stamp: Buffer) => void = () => undefined,
): Promise<{ readonly bundle: Uint8Array; readonly trust: TrustRoot }> {
  const tsa = await initializeTSA(generateKeyPairSync('ec', { namedCurve: 'P-256' }), clock);
  const signature = String(at(JSON.parse(Buffer.from(bundle).toString()), 'dsseEnvelope', 'signatures', 0).sig);
  const stamp = await tsa.timestamp({
    artifactHash: createHash('sha256').update(Buffer.from(signature, 'base64')).digest(),
    hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
    nonce: 1,
    policyOID: '1.3.6.1.4.1.57264.2',
  });
  const bytes = (view: ArrayBufferView): Buffer => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  const response = bytes(stamp);
  change(response);
  const certificates = [tsa.intCertificate, tsa.rootCertificate].map((der) => ({
    rawBytes: bytes(der).toString('base64'),
  }));
  // Their certificates begin when they are made, and the clock may be before that.
  const authority = { certChain: { certificates }, validFor: { start: '2020-01-01T00:00:00Z' } };
  return {
    bundle: changed(bundle, (json) => {
      at(json, 'verificationMaterial').timestampVerificationData = {
        rfc3161Timestamps: [{ signedTimestamp: response.toString('base64') }],
      };
    }),
    trust: rootOf(fake, (json) => ({ ...json, timestampAuthorities: [authority] })),
  };
}

const on = (where: FakeSigstore, ...logs: readonly (1 | 2)[]): SigningIdentity =>
  identityOn(where, { services: servicesOf(where, ...logs) });

beforeAll(async () => {
  [fake, other] = await Promise.all([startFakeSigstore(), startFakeSigstore()]);
  root = rootOf(fake);
  const logs = [[1], [2], [], [1]] as const;
  const [v1 = nothing, v2 = nothing, none = nothing, again = nothing] = await Promise.all(
    logs.map((versions) => provedBy(on(fake, ...versions))),
  );
  bundles = { v1, v2, none, again };
});

afterAll(async () => {
  await Promise.all([fake, other].map((server) => server[Symbol.asyncDispose]()));
});

const subject = { name: 'a', digest: digestOf('a') };

function verify(
  bundle: Uint8Array,
  policy: IdentityPolicy = IDENTITY,
  trust: TrustRoot = root,
  of: { name: string; digest: Digest } = subject,
): Verified {
  return verifyBundle(bundle, { subject: of, policy, trust });
}

describe('a keyless bundle', () => {
  test('with an entry of Rekor v1 and a timestamp says who signed, when, and where it is logged', () => {
    const verified = verify(bundles.v1);
    expect(verified.signer).toEqual({ kind: 'certificate', identity: SUBJECT, issuer: ISSUER });
    expect(verified.log).toEqual({ url: fake.url, index: expect.stringMatching(/^\d+$/) });
    expect(Math.abs(Date.parse(verified.time ?? '') - Date.now())).toBeLessThan(60_000);
    expect(verified.checked.map(({ what }) => what)).toEqual([
      ...['format', 'signature', 'certificate', 'certificate log', 'identity'],
      ...['log', 'timestamp', 'timestamp', 'digest', 'name'],
    ]);
    expect(verified.notes).toEqual([]);
  });

  test('with an entry of Rekor v2 takes its time from the timestamp authority', () => {
    const verified = verify(bundles.v2);
    expect(verified.checked.filter(({ what }) => what === 'timestamp')).toHaveLength(1);
    expect(verified.log?.index).toBe('0');
  });

  test('is refused under the name of another artifact of the release', () => {
    expect(() => verify(bundles.v1, IDENTITY, root, { name: 'b', digest: digestOf('a') })).toThrow(
      untrusted('lists this digest as "a", not as "b"'),
    );
  });

  test.each<[string, Partial<IdentityPolicy>, string]>([
    [
      'another identity',
      { identity: exactly(`${SUBJECT}-evil`) },
      `it is signed by "${SUBJECT}", expected "${SUBJECT}-evil"`,
    ],
    ['a part of the identity', { identity: exactly(SUBJECT.slice(0, -1)) }, 'it is signed by'],
    ['a pattern of another repository', { identity: matching('https://ci\\.example/team/ap/.*') }, 'it is signed by'],
    ['another issuer', { issuer: exactly('https://token.example.evil') }, `the issuer of its identity is "${ISSUER}"`],
  ])('is refused where %s is expected', (_, change, message) => {
    expect(() => verify(bundles.v1, { ...IDENTITY, ...change })).toThrow(untrusted(message));
  });

  test('of a repository whose name only begins with the allowed one is refused', async () => {
    const evil = identityOn(fake, {
      token: async () =>
        readIdentityToken(tokenText({ sub: 'https://ci.example/team/app-evil/.ci/release@refs/heads/main' }), 'a test'),
    });
    const bundle = await provedBy(evil);
    const policy = { ...IDENTITY, identity: matching('https://ci\\.example/team/app/.*') };
    expect(verify(bundles.v1, policy).signer).toMatchObject({ identity: SUBJECT });
    expect(() => verify(bundle, policy)).toThrow(untrusted('it is signed by "https://ci.example/team/app-evil/'));
  });

  test('does not satisfy a policy of keys', () => {
    const verification = { subject, policy: keyScene().policy };
    expect(() => verifyBundle(bundles.v1, verification)).toThrow(
      untrusted('it is signed with a certificate, and a key is expected'),
    );
  });

  test('needs a trusted root', () => {
    expect(() => verifyBundle(bundles.v1, { subject, policy: IDENTITY })).toThrow(
      expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining('there is no trusted root') }),
    );
  });
});

describe('a trusted root', () => {
  const list =
    (name: string) =>
    (json: Json): Json => ({ ...json, [name]: [] });

  test('of another Sigstore does not do', () => {
    expect(() => verify(bundles.v1, IDENTITY, rootOf(other))).toThrow(
      untrusted('its log is not in the trusted root, which has'),
    );
  });

  test.each<[string, 'v1' | 'v2', string]>([
    ['certificateAuthorities', 'v1', 'the trusted root has no certificate authority for the time of the signature'],
    ['ctlogs', 'v1', 'the trusted root does not have that log'],
    ['tlogs', 'v1', 'its log is not in the trusted root, which has none'],
    ['timestampAuthorities', 'v2', 'not by a timestamp authority of the trusted root'],
  ])('without %s does not do', (name, which, message) => {
    expect(() => verify(bundles[which], IDENTITY, rootOf(fake, list(name)))).toThrow(untrusted(message));
  });

  test('with the authority of another Sigstore does not do', () => {
    const foreign = rootOf(fake, (json) => ({
      ...json,
      certificateAuthorities: other.trustedRoot.certificateAuthorities,
    }));
    expect(() => verify(bundles.v1, IDENTITY, foreign)).toThrow(
      untrusted('its certificate was not issued by an authority of the trusted root'),
    );
  });

  const until =
    (name: string, path: readonly (string | number)[]) =>
    (json: Json): Json => {
      Object.assign(at(json, name, ...path), {
        validFor: { start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' },
      });
      return json;
    };

  test.each<[string, readonly (string | number)[], 'v1' | 'v2', string]>([
    ['certificateAuthorities', [0], 'v1', 'no certificate authority for the time'],
    ['timestampAuthorities', [0], 'v1', 'at that time'],
    ['tlogs', [0, 'publicKey'], 'v1', 'the log did not sign its entry'],
    ['tlogs', [1, 'publicKey'], 'v2', 'its log was not in use at the time of the signature'],
    ['ctlogs', [0, 'publicKey'], 'v1', 'signature of the certificate log'],
  ])('whose %s had ended before the signature does not do', (name, path, which, message) => {
    expect(() => verify(bundles[which], IDENTITY, rootOf(fake, until(name, path)))).toThrow(untrusted(message));
  });
});

describe('what has expired or is missing', () => {
  test('a certificate that is not valid now verifies with the proven time of its signature', async () => {
    const then = new Date(Math.floor(Date.now() / 1000) * 1000 + 300_000);
    await using early = await startFakeSigstore({
      authorityClock: then,
      stampClock: new Date(then.getTime() + 60_000),
    });
    const bundle = await provedBy(identityOn(early, { services: servicesOf(early, 2), now: () => then.getTime() }));
    expect(verify(bundle, IDENTITY, rootOf(early)).time).toBe(new Date(then.getTime() + 60_000).toISOString());
  });

  test('without a log a bundle is refused, unless the policy says that there is none', () => {
    expect(() => verify(bundles.none)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('it is in no transparency log'),
        hint: 'sign again with a transparency log; a private Sigstore needs one too',
      }),
    );
    expect(verify(bundles.none, { ...IDENTITY, without: ['log'] }).log).toBeUndefined();
  });

  test('without any proven time a bundle is refused, whatever the policy goes without', () => {
    const timeless = changed(bundles.v2, (json) => {
      delete at(json, 'verificationMaterial').timestampVerificationData;
    });
    const policy: IdentityPolicy = { ...IDENTITY, without: ['log', 'certificate log'] };
    expect(() => verify(timeless, policy)).toThrow(untrusted('nothing proves when it was signed'));
  });

  test('without an embedded SCT a certificate is refused, unless the policy says that there is none', async () => {
    await using bare = await startFakeSigstore({ sct: 'none' });
    const bundle = await provedBy(identityOn(bare));
    expect(() => verify(bundle, IDENTITY, rootOf(bare))).toThrow(
      untrusted('its certificate is not in a certificate log'),
    );
    const { checked } = verify(bundle, { ...IDENTITY, without: ['certificate log'] }, rootOf(bare));
    expect(checked.map(({ what }) => what)).not.toContain('certificate log');
  });

  test.each([
    [-3_600_000, 'not by a timestamp authority of the trusted root at that time'],
    [3_600_000, 'its certificate was not valid when it was used'],
  ])('a timestamp %i ms from now is refused: a certificate was not valid then', async (offset, message) => {
    const { bundle, trust } = await stamped(bundles.v2, new Date(Date.now() + offset));
    expect(() => verify(bundle, IDENTITY, trust)).toThrow(untrusted(message));
  });

  // The library takes none or exactly three fractional digits; DER has as many as are needed.
  test.each([0, 100, 120, 123])('a timestamp with %i ms is read to the millisecond', async (milliseconds) => {
    const clock = new Date(Math.ceil(Date.now() / 1000) * 1000 + milliseconds);
    const { bundle, trust } = await stamped(bundles.v2, clock);
    expect(verify(bundle, IDENTITY, trust).time).toBe(clock.toISOString());
  });

  test('a timestamp that was not granted is refused', async () => {
    const { bundle, trust } = await stamped(bundles.v2, new Date(), (stamp) => {
      // TimeStampResp, PKIStatusInfo, INTEGER: the first integer of all.
      stamp[stamp.indexOf(Buffer.from('30030201', 'hex')) + 4] = 2;
    });
    expect(() => verify(bundle, IDENTITY, trust)).toThrow(untrusted('its timestamp was not granted by the authority'));
  });
});

describe('parts of different bundles', () => {
  test.each<[string, (json: Json, from: Json) => void, string]>([
    [
      'the log entry',
      (json, from) => {
        at(json, 'verificationMaterial').tlogEntries = at(from, 'verificationMaterial').tlogEntries;
      },
      'its log entry is about another key or certificate',
    ],
    [
      'the timestamp',
      (json, from) => {
        at(json, 'verificationMaterial').timestampVerificationData = at(
          from,
          'verificationMaterial',
        ).timestampVerificationData;
      },
      'its timestamp is of another signature',
    ],
    [
      'the certificate',
      (json, from) => {
        at(json, 'verificationMaterial').certificate = at(from, 'verificationMaterial').certificate;
      },
      'its log entry is about another key or certificate',
    ],
    [
      'the envelope',
      (json, from) => {
        json.dsseEnvelope = from.dsseEnvelope;
      },
      'its timestamp is of another signature',
    ],
    [
      'the same log entry twice',
      (json) => {
        at(json, 'verificationMaterial').tlogEntries = [0, 0].map((index) =>
          at(json, 'verificationMaterial', 'tlogEntries', index),
        );
      },
      'it has the same',
    ],
    [
      'the same timestamp twice',
      (json) => {
        const data = at(json, 'verificationMaterial', 'timestampVerificationData');
        data.rfc3161Timestamps = [0, 0].map((index) => at(data, 'rfc3161Timestamps', index));
      },
      'it has the same timestamp twice',
    ],
  ])('do not make a good one: %s', async (_, change, message) => {
    const foreign: Json = JSON.parse(Buffer.from(bundles.again).toString());
    expect(() => verify(changed(bundles.v1, (json) => change(json, foreign)))).toThrow(untrusted(message));
  });
});
