import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeBundle } from '../../../src/seal/bundle.ts';
import { preAuthEncoding, STATEMENT_TYPE } from '../../../src/seal/envelope.ts';
import { publicKeyOf, readPublicKey } from '../../../src/seal/keys/public-key.ts';
import { encodeStatement } from '../../../src/seal/statement.ts';
import { verifyBundle } from '../../../src/seal/verify/bundle.ts';
import { BUNDLE, PUBLIC_KEY, SUBJECT } from '../golden.ts';
import { MAKE } from '../keys/samples.ts';
import { at, changed, digestOf, IDENTITY, keyScene, provedBy, SUBJECTS, untrusted } from './scene.ts';

const golden = { kind: 'key', keys: [readPublicKey(PUBLIC_KEY)] } as const;
const bytes = Buffer.from(BUNDLE);

describe('a bundle signed with a key', () => {
  test('of cosign verifies, by digest', () => {
    const verified = verifyBundle(bytes, { subject: { digest: SUBJECT.digest }, policy: golden });
    expect(verified).toEqual({
      checked: [
        { what: 'format', detail: 'Sigstore bundle v0.3' },
        {
          what: 'signature',
          detail: 'made with the key sha256:88512db2c8fb81ed58049c674bf9220b0bd2de745913dab6b0c94e38638a6e0b',
        },
        { what: 'digest', detail: `${SUBJECT.digest} is one of 1 in the signed statement` },
      ],
      notes: [],
      signer: { kind: 'key', fingerprint: 'sha256:88512db2c8fb81ed58049c674bf9220b0bd2de745913dab6b0c94e38638a6e0b' },
      predicateType: 'https://sigstore.dev/cosign/sign/v1',
    });
  });

  test('of cosign names nothing, and a note says so where a name is expected', () => {
    const verified = verifyBundle(bytes, { subject: { name: 'app', digest: SUBJECT.digest }, policy: golden });
    expect(verified.notes).toEqual([
      'the statement names no artifacts, as those of cosign: only the digest was checked',
    ]);
    expect(verified.checked.map(({ what }) => what)).not.toContain('name');
  });

  test('of cosign is refused for another digest', () => {
    const subject = { name: 'app', digest: digestOf('0') };
    expect(() => verifyBundle(bytes, { subject, policy: golden })).toThrow(
      expect.objectContaining({
        code: 'UNTRUSTED',
        message: `Cannot trust the proof of "app" (${subject.digest}): the signed statement is about another artifact`,
        hint: 'give the proof of this artifact, or ask whoever publishes it to run slipway publish --allow prove-again',
      }),
    );
  });

  test.each(Object.keys(MAKE) as (keyof typeof MAKE)[])(
    'of type %s verifies for each artifact of the release',
    async (kind) => {
      const { identity, policy, key } = keyScene(kind);
      const bundle = await provedBy(identity);
      for (const { name, manifest } of SUBJECTS) {
        const verified = verifyBundle(bundle, { subject: { name, digest: manifest }, policy });
        expect(verified.checked.at(-1)).toEqual({ what: 'name', detail: `the statement lists it as "${name}"` });
        expect(verified.signer).toEqual({
          kind: 'key',
          fingerprint: `sha256:${Buffer.from(key.hint, 'base64').toString('hex')}`,
        });
        expect(verified.provenance).toMatchObject({ commit: '0123456789012345678901234567890123456789' });
        expect(verified.notes).toEqual([]);
      }
    },
  );

  test('is refused under the name of another artifact of the same release', async () => {
    const { identity, policy } = keyScene();
    const subject = { name: 'b', digest: digestOf('a') };
    const bundle = await provedBy(identity);
    expect(() => verifyBundle(bundle, { subject, policy })).toThrow(
      untrusted('the signed statement lists this digest as "a", not as "b"'),
    );
  });

  test('with any of several keys is enough, and says which', async () => {
    const { identity, key } = keyScene();
    const keys = [keyScene('rsa').key, key, keyScene().key];
    const verified = verifyBundle(await provedBy(identity), {
      subject: { digest: digestOf('a') },
      policy: { kind: 'key', keys },
    });
    expect(verified.signer).toMatchObject({ fingerprint: `sha256:${Buffer.from(key.hint, 'base64').toString('hex')}` });
    expect(verified.notes).toEqual(['the statement lists it as "a"; no name was expected']);
  });

  test('with another key is refused, and says whose it is', async () => {
    const [mine, theirs] = [keyScene(), keyScene()];
    const bundle = await provedBy(theirs.identity);
    const hex = Buffer.from(theirs.key.hint, 'base64').toString('hex');
    const verification = { subject: { digest: digestOf('a') }, policy: mine.policy };
    expect(() => verifyBundle(bundle, verification)).toThrow(untrusted(`it is signed with another key, sha256:${hex}`));
    const nameless = changed(bundle, (json) => {
      at(json, 'verificationMaterial').publicKey = { hint: 'h' };
    });
    expect(() => verifyBundle(nameless, verification)).toThrow(untrusted('not made with the expected key'));
  });

  test('does not satisfy a policy of identities', () => {
    const root = { material: { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] } };
    const verification = { subject: { digest: SUBJECT.digest }, policy: IDENTITY };
    expect(() => verifyBundle(bytes, { ...verification, trust: root })).toThrow(
      untrusted('it is signed with a key, and a certificate is expected'),
    );
    expect(() => verifyBundle(bytes, verification)).toThrow(expect.objectContaining({ code: 'CONFIG' }));
  });

  test('does not satisfy a policy that needs a log entry', () => {
    const policy = { ...golden, requireLog: true };
    const root = { material: { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] } };
    expect(() => verifyBundle(bytes, { subject: SUBJECT, policy, trust: root })).toThrow(
      untrusted('it is in no transparency log'),
    );
    expect(() => verifyBundle(bytes, { subject: SUBJECT, policy })).toThrow(
      expect.objectContaining({ code: 'CONFIG' }),
    );
  });
});

describe('a statement', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  const key = publicKeyOf(publicKey);
  if ('unusable' in key) throw new Error(key.unusable);
  const policy = { kind: 'key', keys: [key] } as const;
  const sealed = (payload: Uint8Array, { hash = 'sha256', payloadType = STATEMENT_TYPE } = {}): Uint8Array => {
    const signature = sign(hash, preAuthEncoding({ payloadType, payload }), privateKey);
    const signer = { kind: 'key', hint: key.hint } as const;
    return encodeBundle({ payloadType, payload, signature }, { signer, logEntries: [], timestamps: [] });
  };
  const about = (...subjects: readonly { readonly name?: string; readonly digest: string }[]): Uint8Array =>
    encodeStatement({
      subjects: subjects.map(({ digest, ...rest }) => ({ ...rest, digest: { sha256: digest.slice(7) } })),
      predicateType: 'https://example.com/claim',
      predicate: {},
    });
  const subject = { name: 'a', digest: digestOf('a') };

  test('is signed over sha256 by a P-384 key too: over its longer hash it is refused, as by cosign and Flux', () => {
    expect(verifyBundle(sealed(about(subject)), { subject, policy }).predicateType).toBe('https://example.com/claim');
    expect(() => verifyBundle(sealed(about(subject), { hash: 'sha384' }), { subject, policy })).toThrow(
      untrusted('it is signed over a longer hash'),
    );
  });

  test('may list a digest under several names, one of which is expected', () => {
    const bundle = sealed(about({ ...subject, name: 'z' }, subject));
    expect(verifyBundle(bundle, { subject, policy }).checked.at(-1)?.what).toBe('name');
  });

  test('that lists the digest with another name and once without is refused', () => {
    const bundle = sealed(about({ ...subject, name: 'z' }, { digest: subject.digest }));
    expect(() => verifyBundle(bundle, { subject, policy })).toThrow(untrusted('lists this digest as "z", not as "a"'));
  });

  test.each<[string, Uint8Array, string]>([
    ['no JSON', Buffer.from('hello'), 'the signed statement cannot be read: it is not JSON'],
    [
      'a subject list twice',
      Buffer.from(about(subject).toString().replace('"subject"', '"subject":[],"subject"')),
      'the same key twice',
    ],
    [
      'an unknown field',
      Buffer.from(JSON.stringify({ ...JSON.parse(about(subject).toString()), x: 1 })),
      'unknown field',
    ],
    ['1,025 subjects', about(...Array.from({ length: 1025 }, () => subject)), 'more than 1024'],
  ])('that holds %s is refused', (_, payload, message) => {
    expect(() => verifyBundle(sealed(payload), { subject, policy })).toThrow(untrusted(message));
  });

  test('of another type than in-toto is refused', () => {
    const bundle = sealed(about(subject), { payloadType: 'application/json' });
    expect(() => verifyBundle(bundle, { subject, policy })).toThrow(untrusted('is of type "application/json"'));
  });
});

describe('a bundle over bytes', () => {
  const content = Buffer.from('hello\n');
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}` as const;
  // Made by hand as cosign writes it.
  const helloBundle = Buffer.from(
    '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"iFEtssj7ge1YBJxnS/kiCwvS3nRZE9q2sMlOOGOKbgs="}},"messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":"WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="},"signature":"MEQCIEYwpcVSMUj5rBV/BixaHHI5+kDW54eG+SOeFW/3DIjdAiBLyMlbPyftSYgQShB2T85E0vDpZE5ToW3XsqFWRCus4A=="}}',
  );

  test('verifies with the bytes', () => {
    const verified = verifyBundle(helloBundle, { subject: { name: 'x', digest, content }, policy: golden });
    expect(verified.checked.at(-1)).toEqual({ what: 'digest', detail: `the signature is over the bytes of ${digest}` });
    expect(verified.notes).toEqual(['a signature over bytes names nothing: only the digest was checked']);
  });

  test('is refused without them, and with others', () => {
    expect(() => verifyBundle(helloBundle, { subject: { digest }, policy: golden })).toThrow(
      untrusted('it signs bytes, not a statement'),
    );
    const other = Buffer.from('hullo\n');
    const subject = { digest: `sha256:${createHash('sha256').update(other).digest('hex')}` as const, content: other };
    expect(() => verifyBundle(helloBundle, { subject, policy: golden })).toThrow(untrusted('it is about another file'));
    const named = changed(helloBundle, (json) => {
      at(json, 'messageSignature', 'messageDigest').digest = createHash('sha256').update(other).digest('base64');
    });
    expect(() => verifyBundle(named, { subject, policy: golden })).toThrow(untrusted('or what is signed was changed'));
  });

  test.each(['SHA2_384', 'SHA2_512'] as const)('may name its digest by %s', (algorithm) => {
    const hash = algorithm.replace('SHA2_', 'sha');
    const longer = changed(helloBundle, (json) => {
      const value = createHash(hash).update(content).digest('base64');
      at(json, 'messageSignature').messageDigest = { algorithm, digest: value };
    });
    expect(verifyBundle(longer, { subject: { digest, content }, policy: golden }).checked).toHaveLength(3);
  });

  test.each([
    ['no digest', {}],
    ['an empty digest', { algorithm: 'SHA2_256', digest: '' }],
    ['a digest of another kind', { algorithm: 'SHA3_256', digest: 'AAAA' }],
    ['a digest of no kind', { algorithm: 'MD5', digest: 'AAAA' }],
  ])('is refused with %s', (_, messageDigest) => {
    const bundle = changed(helloBundle, (json) => {
      at(json, 'messageSignature').messageDigest = messageDigest;
    });
    expect(() => verifyBundle(bundle, { subject: { digest, content }, policy: golden })).toThrow(
      untrusted('the bundle is malformed'),
    );
  });
});

describe('a malformed bundle', () => {
  const policy = golden;
  const subject = { digest: SUBJECT.digest };

  test.each<[string, (json: Record<string, unknown>) => void, string]>([
    [
      'an unknown field',
      (json) => {
        json.extra = 1;
      },
      'unknown field "extra"',
    ],
    [
      'an unknown field inside',
      (json) => {
        at(json, 'dsseEnvelope').extra = 1;
      },
      'unknown field "dsseEnvelope.extra"',
    ],
    [
      'a newer version',
      (json) => {
        json.mediaType = 'application/vnd.dev.sigstore.bundle.v0.4+json';
      },
      'unknown version, "application/vnd.dev.sigstore.bundle.v0.4+json"',
    ],
    [
      'no version',
      (json) => {
        delete json.mediaType;
      },
      '"mediaType" is missing',
    ],
    [
      'no signer',
      (json) => {
        json.verificationMaterial = {};
      },
      'exactly one signer',
    ],
    [
      'two signers',
      (json) => {
        at(json, 'verificationMaterial').certificate = { rawBytes: 'MAA=' };
      },
      'exactly one signer',
    ],
    [
      'no signature',
      (json) => {
        delete json.dsseEnvelope;
      },
      'exactly one signature',
    ],
    [
      'two contents',
      (json) => {
        json.messageSignature = { signature: 'MAA=', messageDigest: { algorithm: 'SHA2_256', digest: 'AAAA' } };
      },
      'exactly one signature',
    ],
    [
      'two signatures',
      (json) => {
        at(json, 'dsseEnvelope').signatures = [{ sig: 'MAA=' }, { sig: 'MAA=' }];
      },
      'there must be exactly one',
    ],
    [
      'URL-safe base64',
      (json) => {
        at(json, 'dsseEnvelope', 'signatures', 0).sig = 'M_A-';
      },
      '"dsseEnvelope.signatures[0].sig": expected base64',
    ],
    [
      'a certificate chain in v0.3',
      (json) => {
        json.verificationMaterial = { x509CertificateChain: { certificates: [{ rawBytes: 'MAA=' }] } };
      },
      'does not allow "verificationMaterial.content.$case"',
    ],
    [
      'a negative log index',
      (json) => {
        at(json, 'verificationMaterial').tlogEntries = [
          {
            logIndex: '-1',
            logId: { keyId: 'AAAA' },
            kindVersion: { kind: 'dsse', version: '0.0.1' },
            canonicalizedBody: 'AAAA',
          },
        ];
      },
      'expected a whole number, not negative',
    ],
    [
      'a log entry without proof',
      (json) => {
        at(json, 'verificationMaterial').tlogEntries = [
          {
            logIndex: '1',
            logId: { keyId: 'AAAA' },
            kindVersion: { kind: 'dsse', version: '0.0.1' },
            canonicalizedBody: 'AAAA',
          },
        ];
      },
      'does not allow "verificationMaterial.tlogEntries[0].inclusionProof"',
    ],
  ])('with %s is refused', (_, change, message) => {
    expect(() => verifyBundle(changed(bytes, change), { subject, policy })).toThrow(untrusted(message));
  });

  test.each([
    ['nothing', ''],
    ['half of one', BUNDLE.slice(0, 300)],
    ['a list', '[]'],
    ['a number', '1'],
    ['a key twice', BUNDLE.replace('{"mediaType"', '{"mediaType":"x","mediaType"')],
  ])('%s is refused', (_, text) => {
    expect(() => verifyBundle(Buffer.from(text), { subject, policy })).toThrow(untrusted('the bundle is'));
  });

  test('may have null in the place of what is not there', () => {
    const sparse = changed(bytes, (json) => {
      json.messageSignature = null;
      Object.assign(at(json, 'verificationMaterial'), { tlogEntries: null, certificate: null });
    });
    expect(verifyBundle(sparse, { subject, policy }).checked).toHaveLength(3);
  });
});
