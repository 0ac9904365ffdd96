/** Keyless signatures of real services: Fulcio, Rekor v2 and a timestamp authority make them, cosign and we verify them. */
import { generateKeyPairSync, sign } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import type { Descriptor, Digest } from '../../src/model.ts';
import type { SigningIdentity } from '../../src/seal/make/identity.ts';
import { referrerOf } from '../../src/seal/make/referrer.ts';
import type { SealedStatement } from '../../src/seal/make/release.ts';
import { type CertificateRequest, type IssuedCertificate, requestCertificate } from '../../src/wire/sigstore/fulcio.ts';
import { type IdentityToken, readIdentityToken } from '../../src/wire/sigstore/identity-token.ts';
import { logToRekorV2 } from '../../src/wire/sigstore/rekor-v2.ts';
import { MANIFEST_TYPE, publish, put } from '../seal/repository.ts';
import { everythingIn, quickHttp, serving } from '../wire/sigstore/fixture.ts';
import { closing } from './closing.ts';
import { folder } from './folder.ts';
import { FACTS, identityOn, listing, materialOf, proofsOf, type Told, type Verdicts, verdictsOn } from './keyless.ts';
import { type RunningRegistry, startGoRegistry } from './servers.ts';
import { CI_IDENTITY, COMMIT, MAIL_IDENTITY, type RunningSigstore, startSigstore } from './sigstore.ts';

const OBJECT = Buffer.from('an object of a bucket\n');
const AS_OBJECT = { name: 'object', digest: digestOf(OBJECT) };
/** They contain, or are contained in, the identity that signs. */
const OTHER_IDENTITY = CI_IDENTITY.replace('org/repo', 'org/repo-evil');
const PART = CI_IDENTITY.slice(0, CI_IDENTITY.indexOf('@'));
const CI_RUN = 'https://github.com/org/repo/actions/runs/3/attempts/1';

const atEnd = closing();
let sigstore: RunningSigstore;
let verdicts: Verdicts;
beforeAll(async () => {
  sigstore = await startSigstore();
  atEnd(sigstore.stop);
  const home = await folder();
  atEnd(home.remove);
  verdicts = verdictsOn(sigstore, home);
});

/** Attaches a bundle in a registry that keeps the index of referrers itself. */
async function attach(base: string, proof: SealedStatement, subject: Descriptor): Promise<void> {
  const bundle = { digest: proof.digest, size: proof.bundle.length };
  const { predicateType } = proof;
  const { manifest, descriptor } = referrerOf({ bundle, predicateType, subject, created: '2026-11-20T00:00:00Z' });
  await put(base, proof.bundle);
  await put(base, manifest, { type: MANIFEST_TYPE, reference: descriptor.digest });
}

const NAMES = ['one', 'two', 'three'] as const;
const asSubjects = (names: readonly string[], digests: readonly Digest[]) =>
  names.map((name, index) => ({ name, manifest: digests[index] ?? digestOf(Buffer.from(name)) }));

describe('a release of three artifacts, proved by the job of a CI system', () => {
  const asked: string[] = [];
  let tokens = 0;
  let identity: SigningIdentity;
  let registry: RunningRegistry;
  let artifacts: readonly Descriptor[];
  let stranger: Descriptor;
  let proof: SealedStatement;
  let view: SealedStatement;

  beforeAll(async () => {
    registry = await startGoRegistry();
    atEnd(registry.stop);
    const base = `${registry.url}/v2/fleet/app`;
    artifacts = await Promise.all(NAMES.map((name) => publish(base, name)));
    stranger = await publish(base, 'stranger');
    const token = async (): Promise<IdentityToken> => {
      tokens += 1;
      return readIdentityToken(sigstore.issuer.token('ci'), 'a test');
    };
    identity = identityOn(sigstore, 'ci', { http: listing(asked), token });
    const digests = artifacts.map(({ digest }) => digest);
    const views = [AS_OBJECT];
    const proofs = await proofsOf({ subjects: asSubjects(NAMES, digests), views, identity });
    [proof, view = proof] = proofs;
    for (const subject of [...artifacts, stranger]) await attach(base, proof, subject);
  });

  const reference = ({ digest }: Descriptor): string => `${registry.host}/fleet/app@${digest}`;

  test('is accepted by cosign and by us, each artifact with its provenance', async () => {
    for (const [index, artifact] of artifacts.entries()) {
      expect(await verdicts.byCosign({}, 'verify', reference(artifact))).toMatchObject({ code: 0 });
      const attested = await verdicts.byCosign({}, 'verify-attestation', reference(artifact));
      expect(attested).toMatchObject({ code: 0, stdout: expect.stringContaining('"payloadType"') });
      expect(verdicts.byUs({}, proof, { digest: artifact.digest, name: NAMES[index] ?? '' })).toMatchObject({
        signer: { identity: CI_IDENTITY, issuer: sigstore.issuer.url('ci'), commit: COMMIT, run: CI_RUN },
        log: { url: sigstore.log.origin, index: materialOf(proof).place },
        time: expect.stringMatching(/Z$/),
        provenance: { builder: FACTS.builder.id, commit: COMMIT },
        warnings: [],
      });
    }
  });

  test.each<readonly [string, Told, string, string]>([
    ['under another identity', { identity: OTHER_IDENTITY }, 'expected SAN value', 'it is signed by'],
    ['under the beginning of its identity', { identity: PART }, 'expected SAN value', 'it is signed by'],
    ['under another issuer', { issuer: 'mail' }, 'expected issuer value', 'the issuer of its identity is'],
    [
      'without its authority in the trusted root',
      { without: 'certificateAuthorities' },
      'leaf certificate',
      'no certificate authority',
    ],
    [
      'without its log there',
      { without: 'tlogs' },
      'not enough verified log entries',
      'its log is not in the trusted root',
    ],
    [
      'without its timestamp authority there',
      { without: 'timestampAuthorities' },
      'signed timestamps',
      'not by a timestamp authority',
    ],
    [
      'where certificates must be logged',
      { wantsCertificateLog: true },
      '0 SCT entries',
      'its certificate is not in a certificate log',
    ],
  ])('is refused by both %s', async (_, told, cosignSays, weSay) => {
    const [artifact = stranger] = artifacts;
    for (const command of ['verify', 'verify-attestation'] as const) {
      const { code, stderr } = await verdicts.byCosign(told, command, reference(artifact));
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(cosignSays) });
    }
    const ours = () => verdicts.byUs(told, proof, { digest: artifact.digest, name: 'one' });
    expect(ours).toThrow(expect.objectContaining({ code: 'UNTRUSTED', message: expect.stringContaining(weSay) }));
  });

  test('does not prove an artifact that it does not list, nor, for us, one under the name of another', async () => {
    const [one = stranger] = artifacts;
    const { code, stderr } = await verdicts.byCosign({}, 'verify', reference(stranger));
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('does not match any digest') });
    expect(() => verdicts.byUs({}, proof, { digest: stranger.digest })).toThrow('is about 3 other artifacts');
    expect(() => verdicts.byUs({}, proof, { digest: one.digest, name: 'two' })).toThrow('lists this digest as "one"');
  });

  test('proves the object of a bucket too, for exactly its bytes', async () => {
    expect(await verdicts.byCosignOfFile({}, view, OBJECT)).toMatchObject({ code: 0 });
    const { code, stderr } = await verdicts.byCosignOfFile({}, view, Buffer.from('another object'));
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('do not match digests') });
    expect(verdicts.byUs({}, view, AS_OBJECT).signer).toMatchObject({ identity: CI_IDENTITY });
    const another = { digest: digestOf(Buffer.from('another object')), name: 'object' };
    expect(() => verdicts.byUs({}, view, another)).toThrow('is about another artifact');
  });

  test('and one of 500 together cost one token and one certificate, and each statement one timestamp and one entry', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `artifact-${index}`);
    const large = await proofsOf({ subjects: asSubjects(names, []), identity });
    expect(large).toHaveLength(1);
    const proofs = [proof, view, large[0]];
    expect([...asked].sort()).toEqual([
      ...proofs.map(() => '/api/v1/timestamp'),
      ...proofs.map(() => '/api/v2/log/entries'),
      '/api/v2/signingCert',
    ]);
    expect(tokens).toBe(1);
    expect(new Set(proofs.map((one) => materialOf(one).certificate)).size).toBe(1);
    expect(new Set(proofs.map((one) => materialOf(one).place)).size).toBe(3);
    for (const name of ['artifact-0', 'artifact-499']) {
      expect(verdicts.byUs({}, large[0], { digest: digestOf(Buffer.from(name)), name }).signer.kind).toBe(
        'certificate',
      );
    }
  });
});

describe('a log that has an entry already', () => {
  /** In front of the log: the first answer is lost on its way, after the log has made the entry. */
  function losing(answers: number[]): RequestListener {
    return async (request, response) => {
      const headers = { 'content-type': 'application/json' };
      const url = new URL(request.url ?? '', sigstore.log);
      const answer = await fetch(url, { method: 'POST', headers, body: await buffer(request) });
      const body = Buffer.from(await answer.arrayBuffer());
      answers.push(answer.status);
      if (answers.length === 1) request.socket.destroy();
      else response.writeHead(answer.status, headers).end(body);
    };
  }

  test('does not stop a release whose answer was lost: it is signed once more, and cosign accepts it', async () => {
    const answers: number[] = [];
    const proof = await serving(losing(answers), async (url) => {
      const services = { ...sigstore.services, logs: [{ url, version: 2 as const }] };
      const views = [AS_OBJECT];
      const [made] = await proofsOf({ subjects: [], views, identity: identityOn(sigstore, 'ci', { services }) });
      return made;
    });
    expect(answers).toEqual([201, 409, 201]);
    expect(await verdicts.byCosignOfFile({}, proof, OBJECT)).toMatchObject({ code: 0 });
    expect(verdicts.byUs({}, proof, AS_OBJECT).signer.kind).toBe('certificate');
  });

  test('says so, and nothing else, to whoever logs the same signature twice', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { leaf } = await certified(key);
    const message = Buffer.from('message');
    const signature = sign('sha256', message, key.privateKey);
    const request = { http: quickHttp(), url: sigstore.log, message, signature, certificate: leaf.raw };
    expect(await logToRekorV2(request)).toHaveProperty('entry.kindVersion', { kind: 'hashedrekord', version: '0.0.2' });
    expect(await logToRekorV2(request)).toEqual({ known: true });
    const forged = { ...request, message: Buffer.from('another') };
    await expect(logToRekorV2(forged)).rejects.toMatchObject({ code: 'STORE', hint: expect.any(String) });
  });
});

/** A certificate of Fulcio for a key. */
function certified(
  key: CertificateRequest['key'],
  token: string = sigstore.issuer.token('ci'),
): Promise<IssuedCertificate> {
  const url = sigstore.services.authority;
  const about = { key, token: readIdentityToken(token, 'a test'), audience: 'sigstore' };
  return requestCertificate({ http: quickHttp(), url, ...about, now: Date.now });
}

describe('identities', () => {
  test('of persons are proved by their mail address, which both verifiers want exactly', async () => {
    const [proof] = await proofsOf({ subjects: [], views: [AS_OBJECT], identity: identityOn(sigstore, 'mail') });
    const right: Told = { identity: MAIL_IDENTITY, issuer: 'mail' };
    expect(await verdicts.byCosignOfFile(right, proof, OBJECT)).toMatchObject({ code: 0 });
    expect(verdicts.byUs(right, proof, AS_OBJECT).signer).toMatchObject({ identity: MAIL_IDENTITY });
    const wrong: Told = { identity: `another-${MAIL_IDENTITY}`, issuer: 'mail' };
    expect((await verdicts.byCosignOfFile(wrong, proof, OBJECT)).code).toBe(1);
    expect(() => verdicts.byUs(wrong, proof, AS_OBJECT)).toThrow('it is signed by');
  });

  test.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
    ['for somebody else', { aud: 'another' }, 'it is for "another", not for "sigstore"'],
    ['that has expired', { exp: 1_700_000_000 }, 'it expired '],
    ['of an issuer that Fulcio does not know', { iss: 'https://token.example' }, 'error processing the identity token'],
    ['that does not say what ran', { sha: '' }, 'error processing the identity token'],
  ])('are refused by Fulcio by a token %s, which is not shown', async (_, claims, state) => {
    const token = sigstore.issuer.token('ci', claims);
    const refused = await certified(generateKeyPairSync('ec', { namedCurve: 'P-256' }), token).catch((e) => e);
    expect(refused).toMatchObject({ code: 'AUTH', message: expect.stringContaining(state), hint: expect.any(String) });
    expect(everythingIn(refused)).not.toContain(token.split('.')[2]);
  });
});
