/** Notation's signatures against notation-go under a strict trust policy: it reads ours, we read its, and both say the same. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import type { Descriptor } from '../../src/model.ts';
import { readCertificates } from '../../src/seal/notation/certificate.ts';
import { readTrustedIdentity } from '../../src/seal/notation/identity.ts';
import { notationEnvelopeOf, notationReferrer } from '../../src/seal/notation/referrer.ts';
import { readNotationSigner } from '../../src/seal/notation/sign.ts';
import { verifyNotation } from '../../src/seal/notation/verify.ts';
import { fallbackTag } from '../../src/ship/referrer.ts';
import { SUBJECT } from '../seal/golden.ts';
import {
  AUTHORITY,
  type Chain,
  ecPair,
  type Issued,
  issue,
  type Pair,
  PURPOSE,
  RELEASE,
  rsaPair,
} from '../seal/notation/certificates.ts';
import { type Forgery, forged } from '../seal/notation/forged.ts';
import {
  CHAIN_VERDICTS,
  currentChain,
  daysFromNow,
  HEADER_VERDICTS,
  IDENTITY_SUBJECT,
  IDENTITY_VERDICTS,
  LIFETIME,
} from '../seal/notation/verdicts.ts';
import { get, INDEX_TYPE, MANIFEST_TYPE, publish, put } from '../seal/repository.ts';
import { type Folder, folder } from './folder.ts';
import { type Ended, start } from './peer.ts';
import { type RunningRegistry, startDistribution, startGoRegistry, toolPath } from './servers.ts';

const NOTATION = toolPath('notation');
const IDENTITY = String.raw`x509.subject: C=US, ST=WA, O=Example\, Inc.`;

let home: Folder;
beforeAll(async () => {
  home = await folder();
});
afterAll(() => home.remove());

/** What the helper says about an envelope. */
async function byNotation(envelope: Uint8Array, root: Issued, identity = '*'): Promise<Ended> {
  await writeFile(join(home.path, 'envelope.json'), envelope);
  await writeFile(join(home.path, 'root.pem'), root.pem);
  const args = ['-roots', 'root.pem', '-identity', identity, '-envelope', 'envelope.json', JSON.stringify(SUBJECT)];
  return start(NOTATION, args, { cwd: home.path });
}

/** Whether we take it. */
function byUs(envelope: Uint8Array, root: Issued, identity?: string): boolean {
  try {
    const identities = identity === undefined ? {} : { identities: [readTrustedIdentity(identity)] };
    const policy = { trusted: readCertificates(root.pem, 'root.pem'), ...identities };
    return verifyNotation(envelope, { target: SUBJECT }, policy, new Date()).subject !== '';
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: expect.stringMatching(/^(?:UNTRUSTED|CONFIG)$/) });
    return false;
  }
}

async function signed({ key, pem }: Pick<Chain, 'key' | 'pem'>, target: Descriptor = SUBJECT, expiry?: Date) {
  const files = { key: { text: key, shown: 'key' }, certificates: { text: pem, shown: 'pem' } };
  const signer = await readNotationSigner({ ...files, passphrase: () => undefined, agent: 'slipway/0.1.0' });
  const signingTime = new Date();
  const envelope = await signer.sign(target, { signingTime, ...(expiry === undefined ? {} : { expiry }) }, 'app');
  return { envelope, signer, signingTime };
}

describe.each<readonly [string, () => Pair]>([
  ['ECDSA P-256', () => ecPair()],
  ['ECDSA P-384', () => ecPair('secp384r1')],
  ['ECDSA P-521', () => ecPair('secp521r1')],
  ['RSA of 2048 bits', () => rsaPair(2048)],
  ['RSA of 3072 bits', () => rsaPair(3072)],
  ['RSA of 4096 bits', () => rsaPair(4096)],
])('with a key of %s', (_, makePair) => {
  const made = currentChain({ pair: makePair(), subject: RELEASE, purposes: [PURPOSE.code] });
  const stranger = currentChain().root;

  test('notation verifies our signature, for this root and identity only', async () => {
    const { envelope, signingTime } = await signed(made, SUBJECT, new Date(daysFromNow(1)));
    const { code, stdout, stderr } = await byNotation(envelope, made.root, IDENTITY);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      digest: SUBJECT.digest,
      signer: String.raw`CN=Release,O=Example\, Inc.,ST=WA,C=US`,
      signingTime: `${signingTime.toISOString().slice(0, 19)}Z`,
    });
    expect((await byNotation(envelope, stranger)).stderr).toContain('does not contain any trusted certificate');
    expect((await byNotation(envelope, made.root, 'x509.subject: C=US, ST=WA, O=Else')).code).toBe(1);
  });

  test('we verify notation’s signature, for this root and identity only', async () => {
    await writeFile(join(home.path, 'notation.key'), made.key);
    await writeFile(join(home.path, 'notation.pem'), made.pem);
    const files = ['-key', 'notation.key', '-chain', 'notation.pem', '-envelope', 'made.json'];
    const ended = await start(NOTATION, [...files, JSON.stringify(SUBJECT)], { cwd: home.path });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const envelope = await readFile(join(home.path, 'made.json'));
    expect(byUs(envelope, made.root, IDENTITY)).toBe(true);
    expect(byUs(envelope, stranger)).toBe(false);
    expect(byUs(envelope, made.root, 'x509.subject: C=US, ST=WA, O=Else')).toBe(false);
  });
});

describe('notation and we say the same of a chain', () => {
  test.each(CHAIN_VERDICTS)('%s (taken: %s)', async (_, isTaken, [leaf, between, root]) => {
    const made = currentChain(leaf, between, root);
    const envelope = forged([made.leaf, made.between, made.root]);
    expect(byUs(envelope, made.root)).toBe(isTaken);
    expect((await byNotation(envelope, made.root)).code).toBe(isTaken ? 0 : 1);
  });

  const { leaf, between, root } = currentChain();
  const alone = issue(LIFETIME);
  const namesake = issue({ ...AUTHORITY, ...LIFETIME }, root);
  test.each<readonly [string, boolean, Issued, readonly [Issued, ...Issued[]]]>([
    ['of one certificate that signs itself', true, alone, [alone]],
    ['under its authority alone', true, between, [leaf, between, root]],
    ['under its leaf alone', true, leaf, [leaf, between, root]],
    ['without its root', false, between, [leaf, between]],
    ['with a gap', false, root, [leaf, root]],
    ['with its root twice', false, root, [leaf, between, root, root]],
    ['with another authority of that name', false, root, [leaf, namesake, root]],
    ['in another order', false, root, [leaf, root, between]],
  ])('%s (taken: %s)', async (_, isTaken, trusted, certificates) => {
    const envelope = forged(certificates);
    expect(byUs(envelope, trusted)).toBe(isTaken);
    expect((await byNotation(envelope, trusted)).code).toBe(isTaken ? 0 : 1);
  });
});

describe('notation and we say the same of an envelope', () => {
  const { leaf, between, root } = currentChain();
  test.each(HEADER_VERDICTS)('%s (taken: %s)', async (_, isTaken, header) => {
    const envelope = forged([leaf, between, root], { header });
    expect(byUs(envelope, root)).toBe(isTaken);
    expect((await byNotation(envelope, root)).code).toBe(isTaken ? 0 : 1);
  });

  const annotated = (annotations: unknown): Forgery => ({ body: { targetArtifact: { ...SUBJECT, annotations } } });
  const payload = Buffer.from(JSON.stringify({ targetArtifact: { ...SUBJECT, size: 635 } })).toString('base64url');
  test.each<readonly [string, boolean, Forgery]>([
    ['with the name of its artifact', true, annotated({ 'slipway.dev/artifact': 'app' })],
    ['with annotations that are null', true, annotated(null)],
    ['with an annotation that is a number', false, annotated({ build: 7 })],
    ['with a list of annotations', false, annotated(['app'])],
    ['with another payload', false, { change: { payload } }],
    ['without a signature', false, { change: { signature: '' } }],
    ['without certificates', false, { change: { header: { x5c: [] } } }],
  ])('%s (taken: %s)', async (_, isTaken, forgery) => {
    const envelope = forged([leaf, between, root], forgery);
    expect(byUs(envelope, root)).toBe(isTaken);
    expect((await byNotation(envelope, root)).code).toBe(isTaken ? 0 : 1);
  });
});

describe('notation and we say the same of an identity', () => {
  const made = currentChain({ subject: IDENTITY_SUBJECT });
  test.each(IDENTITY_VERDICTS)('%s (taken: %s)', async (identity, isTaken, more = []) => {
    const { leaf, between, root } =
      more.length === 0 ? made : currentChain({ subject: [...IDENTITY_SUBJECT, ...more] });
    const envelope = forged([leaf, between, root]);
    expect((await byNotation(envelope, root, identity)).code).toBe(isTaken ? 0 : 1);
    expect(byUs(envelope, root, identity)).toBe(isTaken);
  });
});

/** Signs an artifact and attaches that to `subject`, with the index for registries that keep none themselves. */
async function attach(base: string, by: Chain, target: Descriptor, subject = target): Promise<Uint8Array> {
  const { envelope, signer, signingTime } = await signed(by, target);
  const reference = { digest: digestOf(envelope), size: envelope.length };
  const { thumbprints } = signer;
  const { manifest, descriptor } = notationReferrer({ envelope: reference, thumbprints, subject, signingTime });
  await put(base, envelope);
  await put(base, manifest, { type: MANIFEST_TYPE, reference: descriptor.digest });
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [descriptor] }));
  await put(base, index, { type: INDEX_TYPE, reference: fallbackTag(subject.digest) });
  expect(notationEnvelopeOf(manifest, subject)).toEqual(reference);
  return envelope;
}

describe.each<readonly [string, () => Promise<RunningRegistry>]>([
  ['with the referrers API', startGoRegistry],
  ['without the referrers API', startDistribution],
])('in a registry %s', (_, startRegistry) => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  test('notation finds and verifies the signature of an artifact, and refuses one made for another', async () => {
    const base = `${registry.url}/v2/fleet/app`;
    const made = currentChain({ subject: RELEASE });
    const [app, other, bare] = [await publish(base, 'app'), await publish(base, 'other'), await publish(base, 'bare')];
    await attach(base, made, app);
    await attach(base, made, app, other);
    await writeFile(join(home.path, 'registry.pem'), made.root.pem);
    await writeFile(join(home.path, 'stranger.pem'), currentChain().root.pem);
    const verify = (roots: string, { digest }: Descriptor): Promise<Ended> =>
      start(NOTATION, ['-roots', roots, '-identity', IDENTITY, `${registry.host}/fleet/app@${digest}`], {
        cwd: home.path,
      });
    expect(await verify('registry.pem', app)).toMatchObject({ code: 0, stderr: '' });
    expect((await verify('stranger.pem', app)).code).toBe(1);
    expect((await verify('registry.pem', other)).stderr).toContain('content descriptor mismatch');
    expect((await verify('registry.pem', bare)).stderr).toContain('no signature is associated');
  });

  test('we find and verify the signature that notation attaches, and would have attached it in the same bytes', async () => {
    const base = `${registry.url}/v2/fleet/theirs`;
    const made = currentChain({ subject: RELEASE });
    const app = await publish(base, 'app');
    await writeFile(join(home.path, 'notation.key'), made.key);
    await writeFile(join(home.path, 'notation.pem'), made.pem);
    const reference = `${registry.host}/fleet/theirs@${app.digest}`;
    const args = ['-key', 'notation.key', '-chain', 'notation.pem', reference];
    expect(await start(NOTATION, args, { cwd: home.path })).toMatchObject({ code: 0, stderr: '' });

    const api = await fetch(`${base}/referrers/${app.digest}`);
    const list = api.ok ? await api.text() : await get(`${base}/manifests/${fallbackTag(app.digest)}`).then(String);
    const { manifests } = JSON.parse(list) as { readonly manifests: readonly Descriptor[] };
    expect(manifests).toHaveLength(1);
    const manifest = await get(`${base}/manifests/${manifests[0]?.digest}`);
    const found = notationEnvelopeOf(manifest, app);
    const envelope = await get(`${base}/blobs/${found?.digest}`);
    const policy = {
      trusted: readCertificates(made.root.pem, 'root.pem'),
      identities: [readTrustedIdentity(IDENTITY)],
    };
    const { signingTime } = verifyNotation(envelope, { target: app }, policy, new Date());
    const { thumbprints } = (await signed(made)).signer;
    const own = notationReferrer({
      envelope: { digest: digestOf(envelope), size: envelope.length },
      thumbprints,
      subject: app,
      signingTime,
    });
    expect(Buffer.from(own.manifest).toString()).toBe(manifest.toString());
  });
});
