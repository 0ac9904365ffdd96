import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPublicKey } from '../../../src/seal/keys/public-key.ts';
import type { SigningIdentity } from '../../../src/seal/make/identity.ts';
import { type LegacySignature, signLegacy } from '../../../src/seal/make/legacy.ts';
import type { TrustRoot } from '../../../src/seal/trust/root.ts';
import { type Annotations, verifyLegacy } from '../../../src/seal/verify/legacy.ts';
import { type FakeSigstore, startFakeSigstore } from '../../fakes/sigstore.ts';
import { PUBLIC_KEY, REFERENCE, SUBJECT } from '../golden.ts';
import { SUBJECT as IDENTITY_NAME, ISSUER, identityOn, servicesOf } from '../keyless/fixture.ts';
import { MAKE } from '../keys/samples.ts';
import { digestOf, IDENTITY, keyScene, rootOf, untrusted } from './scene.ts';

// A signature of cosign over a simple signing payload, byte for byte.
const PAYLOAD = Buffer.from(
  '{"critical":{"identity":{"docker-reference":"ghcr.io/example/app"},"image":{"docker-manifest-digest":"sha256:c7572779ef42ee557fac5e5a4305b77cda19d1b505b5ad83ff7a1819a9970e6f"},"type":"cosign container image signature"},"optional":null}',
);
const SIGNATURE = 'dev.cosignproject.cosign/signature';
const BUNDLE = 'dev.sigstore.cosign/bundle';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const TIMESTAMP = 'dev.sigstore.cosign/rfc3161timestamp';
const GOLDEN: Annotations = {
  [SIGNATURE]: 'MEUCIGUt2fbN/pHMnTs0hb4xj8VkvgUPgTv2WuZLASkFiVwDAiEA+bVF8eFUaah/23oXh2BF0sROVizbYX50d/crm+bjON0=',
};
const golden = { kind: 'key', keys: [readPublicKey(PUBLIC_KEY)] } as const;
const subject = { digest: SUBJECT.digest };

let fake: FakeSigstore;
let trust: TrustRoot;
let keyless: LegacySignature;

beforeAll(async () => {
  fake = await startFakeSigstore();
  trust = rootOf(fake);
  keyless = await signLegacy(identityOn(fake), REFERENCE, SUBJECT.digest);
});

afterAll(() => fake[Symbol.asyncDispose]());

describe('a .sig signature by key', () => {
  test('of cosign verifies, and names no artifact', () => {
    const verified = verifyLegacy(PAYLOAD, GOLDEN, { subject: { ...subject, name: 'app' }, policy: golden });
    expect(verified.checked.map(({ what }) => what)).toEqual(['format', 'signature', 'digest']);
    expect(verified.checked.at(-1)?.detail).toBe(`${SUBJECT.digest}, signed for "ghcr.io/example/app"`);
    expect(verified.notes).toEqual(['cosign signatures name no artifact: only the digest was checked']);
  });

  test.each(Object.keys(MAKE) as (keyof typeof MAKE)[])('of our own with a key of type %s verifies', async (kind) => {
    const { identity, policy } = keyScene(kind);
    const { payload, layer } = await signLegacy(identity, REFERENCE, SUBJECT.digest);
    expect(verifyLegacy(payload, layer.annotations, { subject, policy }).signer.kind).toBe('key');
  });

  test('of ours names its artifact, and holds for no other', async () => {
    const { identity, policy } = keyScene('ecdsa-p256');
    const { payload, layer } = await signLegacy(identity, REFERENCE, SUBJECT.digest, 'web');
    const verify = (name: string) =>
      verifyLegacy(payload, layer.annotations, { subject: { ...subject, name }, policy });
    expect(verify('web').notes).toEqual([]);
    expect(verify('web').checked.at(-1)).toEqual({ what: 'name', detail: 'it was signed as "web"' });
    expect(() => verify('api')).toThrow(untrusted('it was signed as "web", not as "api"'));
  });

  test.each<[string, Uint8Array, Annotations, string]>([
    ['another artifact', PAYLOAD, GOLDEN, `it signs "${SUBJECT.digest}"`],
    ['nothing', PAYLOAD, {}, `the annotation "${SIGNATURE}" is missing`],
    ['changed bytes', Buffer.from(PAYLOAD.toString().replace('app', 'api')), GOLDEN, 'or what is signed was changed'],
    ['what is not base64', PAYLOAD, { [SIGNATURE]: '!' }, 'expected base64'],
  ])('over %s is refused', (what, payload, annotations, message) => {
    const of = what === 'another artifact' ? { digest: digestOf('0') } : subject;
    expect(() => verifyLegacy(payload, annotations, { subject: of, policy: golden })).toThrow(untrusted(message));
  });

  const signed = async (identity: SigningIdentity, text: string): Promise<[Uint8Array, Annotations]> => {
    const payload = Buffer.from(text);
    const { signature } = await identity.sign({ kind: 'bytes', payload });
    return [payload, { [SIGNATURE]: Buffer.from(signature).toString('base64') }];
  };

  test.each([
    [
      'of another type',
      PAYLOAD.toString().replace('cosign container', 'atomic container'),
      'no signature of an artifact',
    ],
    ['of another form', '{"critical":{}}', 'no signature of an artifact'],
    ['that is not JSON', 'hello', 'it is not JSON'],
    ['that says two things', PAYLOAD.toString().replace('"optional":null', '"critical":{}'), 'the same key twice'],
  ])('over a payload %s is refused', async (_, text, message) => {
    const { identity, policy } = keyScene();
    const [payload, annotations] = await signed(identity, text);
    expect(() => verifyLegacy(payload, annotations, { subject, policy })).toThrow(untrusted(message));
  });
});

describe('a keyless .sig signature', () => {
  test('verifies by its annotations', () => {
    const verified = verifyLegacy(keyless.payload, keyless.layer.annotations, { subject, policy: IDENTITY, trust });
    expect(verified.signer).toEqual({ kind: 'certificate', identity: IDENTITY_NAME, issuer: ISSUER });
    expect(verified.log?.url).toBe(fake.url);
    expect(verified.checked.filter(({ what }) => what === 'timestamp')).toHaveLength(2);
  });

  const without = (name: string): Annotations => ({ ...keyless.layer.annotations, [name]: '' });

  test('does not need the timestamp, for its log stamps the entry', () => {
    expect(verifyLegacy(keyless.payload, without(TIMESTAMP), { subject, policy: IDENTITY, trust }).time).toBeDefined();
  });

  test.each<[string, () => Annotations, string]>([
    ['without its log entry', () => without(BUNDLE), 'it is in no transparency log'],
    ['without its certificate', () => without(CERTIFICATE), 'it is signed with a key, and a certificate is expected'],
    [
      'with a certificate that is none',
      () => ({ ...keyless.layer.annotations, [CERTIFICATE]: 'hello' }),
      'is no certificate',
    ],
    [
      'with a log entry that is none',
      () => ({ ...keyless.layer.annotations, [BUNDLE]: '{}' }),
      `the annotation "${BUNDLE}" is malformed: "SignedEntryTimestamp" is missing`,
    ],
    [
      'with a timestamp that is none',
      () => ({ ...keyless.layer.annotations, [TIMESTAMP]: 'null' }),
      `the annotation "${TIMESTAMP}" is malformed`,
    ],
    [
      'logged at another time',
      () => ({
        ...keyless.layer.annotations,
        [BUNDLE]: (keyless.layer.annotations[BUNDLE] ?? '').replace(
          /"integratedTime":(\d+)/,
          (_, time) => `"integratedTime":${Number(time) + 1}`,
        ),
      }),
      'the log did not sign its entry',
    ],
  ])('%s is refused', (_, annotations, message) => {
    expect(() => verifyLegacy(keyless.payload, annotations(), { subject, policy: IDENTITY, trust })).toThrow(
      untrusted(message),
    );
  });

  test('does not satisfy a policy of keys', () => {
    const verification = { subject, policy: golden };
    expect(() => verifyLegacy(keyless.payload, keyless.layer.annotations, verification)).toThrow(
      untrusted('it is signed with a certificate, and a key is expected'),
    );
  });

  test('whose log entry is of another signature is refused', async () => {
    const again = await signLegacy(identityOn(fake, { services: servicesOf(fake, 1) }), REFERENCE, SUBJECT.digest);
    const annotations = { ...keyless.layer.annotations, [BUNDLE]: again.layer.annotations[BUNDLE] ?? '' };
    expect(() => verifyLegacy(keyless.payload, annotations, { subject, policy: IDENTITY, trust })).toThrow(
      untrusted('its log entry is about another key or certificate'),
    );
  });
});
