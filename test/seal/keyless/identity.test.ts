import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { bytesToSign } from '../../../src/seal/make/identity.ts';
import { readTrustRoot } from '../../../src/seal/trust/root.ts';
import { readIdentityToken } from '../../../src/wire/sigstore/identity-token.ts';
import { PATHS, startFakeSigstore } from '../../fakes/sigstore.ts';
import { CANARY } from '../../wire/sigstore/fixture.ts';
import { envelope, identityOn, servicesOf, tokenText, verify } from './fixture.ts';

describe('a keyless identity', () => {
  test('makes what verifiers accept from certificate, Rekor v1 entry and timestamp', async () => {
    await using fake = await startFakeSigstore();
    const signed = await identityOn(fake).sign(envelope);
    const { logEntries, timestamps } = signed.material;
    expect(logEntries.map(({ kindVersion }) => kindVersion)).toEqual([{ kind: 'dsse', version: '0.0.1' }]);
    expect(timestamps).toHaveLength(1);
    expect(() => verify(fake, signed, { timestampThreshold: 2 })).not.toThrow();
  });

  test('makes what verifiers accept from Rekor v2, for every entry of a growing tree', async () => {
    await using fake = await startFakeSigstore();
    const identity = identityOn(fake, { services: servicesOf(fake, 2) });
    for (let count = 1; count <= 5; count++) {
      const signed = await identity.sign(envelope);
      expect(signed.material.logEntries).toMatchObject([{ kindVersion: { kind: 'hashedrekord', version: '0.0.2' } }]);
      expect(signed.material.logEntries[0]).not.toHaveProperty('inclusionPromise');
      expect(() => verify(fake, signed)).not.toThrow();
    }
    expect(fake.sizes()).toEqual({ v1: 0, v2: 5 });
  });

  test('logs in every log that it is given', async () => {
    await using fake = await startFakeSigstore();
    const signed = await identityOn(fake, { services: servicesOf(fake, 1, 2) }).sign(envelope);
    expect(signed.material.logEntries).toHaveLength(2);
    expect(() => verify(fake, signed, { tlogThreshold: 2 })).not.toThrow();
  });

  test('gets one certificate for all signatures of a run, also for those made at once', async () => {
    await using fake = await startFakeSigstore();
    const identity = identityOn(fake);
    await Promise.all([identity.sign(envelope), identity.sign(envelope)]);
    await identity.sign(envelope);
    const asked = fake.requests.map(({ path }) => path);
    expect(asked.filter((path) => path === PATHS.fulcio)).toHaveLength(1);
    expect(asked.filter((path) => path === PATHS.rekor1)).toHaveLength(3);
    expect(asked.filter((path) => path === PATHS.tsa)).toHaveLength(3);
  });

  test('asks for nothing before the first signature, and for the timestamp before the log', async () => {
    await using fake = await startFakeSigstore();
    const identity = identityOn(fake);
    expect(fake.requests).toEqual([]);
    await identity.sign(envelope);
    expect(fake.requests.map(({ path }) => path)).toEqual([PATHS.fulcio, PATHS.tsa, PATHS.rekor1]);
  });

  test('gets a new certificate when the old one is about to end, by its age and not by its dates', async () => {
    await using fake = await startFakeSigstore();
    let clock = Date.parse('2001-01-01T00:00:00Z');
    const identity = identityOn(fake, { now: () => clock });
    const [first] = [await identity.sign(envelope)];
    clock += 7 * 60_000;
    const second = await identity.sign(envelope);
    expect(second.material.signer).toEqual(first.material.signer);
    clock += 2 * 60_000;
    const third = await identity.sign(envelope);
    expect(third.material.signer).not.toEqual(first.material.signer);
    expect(() => verify(fake, third)).not.toThrow();
  });

  test('logs the payload of a legacy signature as hashedrekord, which is all that cosign takes there', async () => {
    await using fake = await startFakeSigstore();
    const message = { kind: 'bytes', payload: Buffer.from('{"critical":{}}') } as const;
    const { material } = await identityOn(fake).sign(message);
    expect(material.logEntries).toMatchObject([{ kindVersion: { kind: 'hashedrekord', version: '0.0.1' } }]);
    const body = JSON.parse(Buffer.from(material.logEntries[0]?.canonicalizedBody ?? '', 'base64').toString());
    expect(Buffer.from(body.spec.signature.publicKey.content, 'base64').toString()).toMatch(/^-----BEGIN CERTIFICATE/);
  });

  test('signs the pre-authentication encoding of an envelope', () => {
    expect(Buffer.from(bytesToSign(envelope)).toString()).toMatch(/^DSSEv1 28 application\/vnd\.in-toto\+json 43 \{/);
  });
});

describe('a log that knows the signature already', () => {
  test('is asked for the entry when it is a Rekor v1', async () => {
    await using fake = await startFakeSigstore();
    fake.fail(PATHS.rekor1, { status: 503, after: true });
    const signed = await identityOn(fake).sign(envelope);
    expect(() => verify(fake, signed)).not.toThrow();
    expect(fake.sizes().v1).toBe(1);
  });

  test('gets a new signature when it is a Rekor v2, which hands out no entries', async () => {
    await using fake = await startFakeSigstore();
    fake.fail(PATHS.rekor2, { status: 502, after: true });
    const signed = await identityOn(fake, { services: servicesOf(fake, 2) }).sign(envelope);
    expect(() => verify(fake, signed)).not.toThrow();
    expect(fake.sizes().v2).toBe(2);
  });

  test('is given up when it claims to know new ones too', async () => {
    await using fake = await startFakeSigstore();
    fake.fail(PATHS.rekor2, { status: 409 }, { status: 409 });
    const run = identityOn(fake, { services: servicesOf(fake, 2) }).sign(envelope);
    await expect(run).rejects.toThrow('Cannot log the signature: the log claims to know every new one');
  });
});

describe('what verifiers would refuse', () => {
  test('is refused before it is logged: a timestamp outside the life of the certificate', async () => {
    await using fake = await startFakeSigstore({ stampClock: new Date('2022-02-02T02:02:02Z') });
    const run = identityOn(fake).sign(envelope);
    await expect(run).rejects.toMatchObject({
      code: 'UNTRUSTED',
      message: expect.stringMatching(/^Cannot sign: "127\.0\.0\.1:\d+" dates the signature \d+ s before the life of /),
    });
    expect(fake.sizes().v1).toBe(0);
  });

  test('is refused: an entry of a log whose clock is ahead of the certificate', async () => {
    await using fake = await startFakeSigstore({ authorityClock: new Date('2024-01-01T00:00:00Z') });
    const services = { ...servicesOf(fake, 1), timestamps: [] };
    await expect(identityOn(fake, { services }).sign(envelope)).rejects.toThrow(
      /dates the signature \d+ s after the life/,
    );
  });

  test.each([
    ['none', 'is nowhere'],
    ['detached', 'is beside the certificate, where bundles have no place for it'],
  ] as const)('is refused: a certificate whose SCT is %s, when the trusted root asks for one', async (sct, words) => {
    await using fake = await startFakeSigstore({ sct });
    const trust = readTrustRoot(Buffer.from(JSON.stringify(fake.trustedRoot)));
    await expect(identityOn(fake, { trust }).sign(envelope)).rejects.toThrow(words);
    const withoutLogs = readTrustRoot(Buffer.from(JSON.stringify({ ...fake.trustedRoot, ctlogs: [] })));
    const signed = await identityOn(fake, { trust: withoutLogs }).sign(envelope);
    expect(() => verify(fake, signed, { ctlogThreshold: 0 })).not.toThrow();
  });
});

describe('token and private key', () => {
  test.each(Object.entries(PATHS))('appear nowhere when %s fails', async (_, path) => {
    await using fake = await startFakeSigstore();
    const text = tokenText();
    // A busy service is asked five times, and a log that knows the signature gets another one.
    for (const [status, times] of [
      [400, 1],
      [401, 1],
      [403, 1],
      [500, 5],
      [409, 2],
    ] as const) {
      const echo = { status, body: { code: 3, message: `refused ${text}`, details: [text] } };
      fake.fail(path, ...Array.from({ length: times }, () => echo));
      const token = async () => readIdentityToken(text, 'a test');
      const identity = identityOn(fake, { token, services: servicesOf(fake, 1, 2) });
      const error = await identity.sign(envelope).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'SlipwayError', hint: expect.any(String) });
      const shown = inspect([identity, error], { depth: 20, showHidden: true });
      // The part with the claims is public; the signature makes it a token. PKCS#8 of a P-256 key begins like this.
      for (const secret of [CANARY, 'PRIVATE KEY', 'MIGHAgEA']) expect(shown).not.toContain(secret);
    }
  });

  test('appear in nothing that is sent to a log or timestamp authority, nor in the proof', async () => {
    await using fake = await startFakeSigstore();
    const signed = await identityOn(fake, { services: servicesOf(fake, 1, 2) }).sign(envelope);
    const sent = fake.requests
      .filter(({ path }) => path !== PATHS.fulcio)
      .map(({ headers, body }) => [headers, body.toString()]);
    expect(sent).toHaveLength(3);
    expect(inspect([sent, signed], { depth: 20, maxStringLength: null })).not.toContain(CANARY);
  });
});
