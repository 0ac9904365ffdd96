import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signLegacy } from '../../../src/seal/make/legacy.ts';
import type { TrustRoot } from '../../../src/seal/trust/root.ts';
import { verifyBundle } from '../../../src/seal/verify/bundle.ts';
import { verifyLegacy } from '../../../src/seal/verify/legacy.ts';
import { checkLogEntry, type LogEntry } from '../../../src/seal/verify/log-entry.ts';
import { parseBundle } from '../../../src/seal/verify/parse.ts';
import { type FakeSigstore, startFakeSigstore } from '../../fakes/sigstore.ts';
import { REFERENCE } from '../golden.ts';
import { identityOn } from '../keyless/fixture.ts';
import { at, changed, digestOf, IDENTITY, keyScene, provedBy, rootOf, untrusted } from './scene.ts';

let fake: FakeSigstore;
let trust: TrustRoot;
let bundle: Uint8Array;
let entry: LogEntry;

beforeAll(async () => {
  fake = await startFakeSigstore();
  trust = rootOf(fake);
  bundle = await provedBy(identityOn(fake));
  const [first] = parseBundle(bundle).bundle.verificationMaterial.tlogEntries;
  if (first === undefined) throw new Error('no entry');
  entry = first;
});

afterAll(() => fake[Symbol.asyncDispose]());

describe('a log entry', () => {
  const statement = { kind: 'statement', type: '', payload: Buffer.of(), signed: Buffer.of() } as const;
  const message = { kind: 'message', hash: 'sha256', digest: Buffer.of() } as const;

  test.each([
    ['statement', 'hashedrekord', '0.0.1'],
    ['statement', 'dsse', '0.0.2'],
    ['statement', 'intoto', '0.0.1'],
    ['message', 'dsse', '0.0.1'],
    ['message', 'intoto', '0.0.2'],
    ['message', 'constructor', ''],
  ])('of a %s is refused when it is of kind %s %s, which Flux and cosign do not read', (content, kind, version) => {
    const of = content === 'statement' ? statement : message;
    expect(() => checkLogEntry({ ...entry, kindVersion: { kind, version } }, of, Buffer.of(), trust)).toThrow(
      untrusted(`its log entry is of kind "${kind} ${version}"`),
    );
  });

  test.each([
    ['is no JSON', 'hello', 'its log entry cannot be read'],
    ['has a key twice', '{"spec":{},"spec":{}}', 'the same key twice'],
    ['names no signer', '{"spec":{"signatures":[]}}', 'about another key or certificate'],
    ['is of another form', '{"spec":1}', 'about another key or certificate'],
  ])('is refused when it %s', (_, body, reason) => {
    const canonicalizedBody = Buffer.from(body);
    expect(() => checkLogEntry({ ...entry, canonicalizedBody }, statement, Buffer.of(), trust)).toThrow(
      untrusted(reason),
    );
  });
});

describe('with a key and a trusted root', () => {
  const subject = { digest: digestOf('a') };

  test('a log entry of somebody else does not pass', async () => {
    const { identity, policy } = keyScene();
    const entries = at(JSON.parse(Buffer.from(bundle).toString()), 'verificationMaterial').tlogEntries;
    const mixed = changed(await provedBy(identity), (json) => {
      at(json, 'verificationMaterial').tlogEntries = entries;
    });
    expect(() => verifyBundle(mixed, { subject, policy, trust })).toThrow(
      untrusted('about another key or certificate'),
    );
    const unread = verifyBundle(mixed, { subject, policy });
    expect(unread.notes[0]).toBe('its log entries and timestamps were not checked: there is no trusted root');
    expect([unread.log, unread.time]).toEqual([undefined, undefined]);
  });

  test('a timestamp is checked too, and proves the time', async () => {
    const { identity, policy } = keyScene();
    const stamps = at(JSON.parse(Buffer.from(bundle).toString()), 'verificationMaterial').timestampVerificationData;
    const mixed = changed(await provedBy(identity), (json) => {
      at(json, 'verificationMaterial').timestampVerificationData = stamps;
    });
    expect(() => verifyBundle(mixed, { subject, policy, trust })).toThrow(
      untrusted('its timestamp is of another signature'),
    );
  });

  test('a .sig signature needs no log entry, unless the policy asks for one', async () => {
    const { identity, policy } = keyScene();
    const { payload, layer } = await signLegacy(identity, REFERENCE, subject.digest);
    const verification = { subject, trust };
    expect(verifyLegacy(payload, layer.annotations, { ...verification, policy }).log).toBeUndefined();
    const strict = { ...policy, requireLog: true };
    expect(() => verifyLegacy(payload, layer.annotations, { ...verification, policy: strict })).toThrow(
      untrusted('it is in no transparency log'),
    );
    expect(() => verifyLegacy(payload, layer.annotations, { subject, policy: IDENTITY })).toThrow(
      expect.objectContaining({ code: 'CONFIG' }),
    );
  });
});
