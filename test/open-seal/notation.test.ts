import { describe, expect, test } from 'vitest';
import type { VerifySettings } from '../../src/config/seal-settings.ts';
import { digestOf } from '../../src/digest.ts';
import type { Attachments } from '../../src/model.ts';
import { type OpenedSeal, openPolicy, openSeal } from '../../src/open-seal.ts';
import { readNotationSigner } from '../../src/seal/notation/sign.ts';
import { tree } from '../build/tree.ts';
import { type Chain, chainOf, RELEASE } from '../seal/notation/certificates.ts';
import { beside, shown, subject } from '../seal/proved.ts';
import { contextOf, fileIn, mine, privatePem, publicPem, RUN } from './scene.ts';

const [ours, foreign] = [chainOf({ subject: RELEASE }), chainOf()];

const folder = ({ key, pem }: Chain): string =>
  tree({
    'n.key': key,
    'n.pem': pem,
    'cosign.key': privatePem(mine),
    'cosign.pub': publicPem(mine),
    'root.pem': ours.root.pem,
    'f.pem': foreign.root.pem,
  });

function open(chain: Chain, withKey = false, verify?: (root: string) => VerifySettings): Promise<OpenedSeal> {
  const root = folder(chain);
  const sign = {
    legacy: false,
    ...(withKey && { signer: { kind: 'key', key: fileIn(root, 'cosign.key') } as const }),
    notation: { key: fileIn(root, 'n.key'), certificates: fileIn(root, 'n.pem') },
  };
  return openSeal({ sign, ...(verify && { verify: verify(root) }) }, RUN, contextOf());
}

async function proofsOf({ sealing, prover }: OpenedSeal): Promise<Attachments> {
  const one = subject(1, sealing.requires);
  return beside(one, (await prover?.prove([one])) ?? []);
}

const one = shown(subject(1, []));
const title = `"app-1" (${one.manifest.digest})`;

describe('Notation signatures', () => {
  test('beside a bundle are both made and both asked for', async () => {
    const seal = await open(ours, true);
    expect(seal.sealing.requires.map(({ kind }) => kind)).toEqual(['bundle', 'views', 'notation']);
    const found = await proofsOf(seal);
    expect(await seal.sealing.policy?.accepts(one, found)).toEqual([]);
    await expect(seal.sealing.policy?.accepts(one, { ...found, notations: [] })).rejects.toMatchObject({
      code: 'UNTRUSTED',
      message: `Cannot trust ${title}: it has no Notation signature`,
      hint: 'publish it again with "sign.notation" in the configuration, or sign it with notation',
    });
    await expect(seal.sealing.policy?.accepts(one, { ...found, bundles: [] })).rejects.toThrow('it is not signed');
  });

  test('stand alone where nothing else is set up', async () => {
    const seal = await open(ours);
    expect(seal.sealing.requires.map(({ kind }) => kind)).toEqual(['notation']);
    const found = await proofsOf(seal);
    expect(found.notations).toHaveLength(1);
    expect(await seal.sealing.policy?.accepts(one, found)).toEqual([]);
  });

  test('are made with the time of the run and carry the program', async () => {
    const { notations } = await proofsOf(await open(ours));
    const envelope = JSON.parse(Buffer.from(notations[0]?.bytes ?? []).toString());
    expect(envelope.header['io.cncf.notary.signingAgent']).toBe('slipway/0.1.0');
    expect(JSON.parse(Buffer.from(envelope.protected, 'base64url').toString())).toMatchObject({
      'io.cncf.notary.signingTime': '2026-11-20T00:01:00Z',
    });
  });

  test('of a root that is not trusted are refused', async () => {
    const found = await proofsOf(await open(foreign));
    const root = folder(ours);
    const policy = await openPolicy({ notation: { certificates: fileIn(root, 'root.pem') } }, contextOf());
    await expect(policy.accepts(one, found)).rejects.toMatchObject({
      code: 'UNTRUSTED',
      message: `Cannot trust the proof of ${title}: none of the certificates behind "CN=Release" is trusted`,
    });
    const two = { ...found, notations: [...found.notations, ...found.notations] };
    await expect(policy.accepts(one, two)).rejects.toThrow(
      `Cannot trust ${title}: none of its 2 Notation signatures is good\n  Notation signature 1: Cannot trust the proof`,
    );
  });

  test('that have expired certificates are refused', async () => {
    const found = await proofsOf(await open(ours));
    const context = contextOf({}, { now: () => new Date('2028-01-01T00:00:00Z') });
    const policy = await openPolicy({ notation: { certificates: fileIn(folder(ours), 'root.pem') } }, context);
    await expect(policy.accepts(one, found)).rejects.toThrow(' expired at 2027-12-31T23:59:59Z');
  });

  test('behind three others are found here, and not by Flux, which is said', async () => {
    const own = await proofsOf(await open(ours));
    const others = await proofsOf(await open(foreign));
    const policy = await openPolicy({ notation: { certificates: fileIn(folder(ours), 'root.pem') } }, contextOf());
    const behind = (count: number): Attachments => ({
      ...own,
      notations: [...Array.from({ length: count }, () => others.notations).flat(), ...own.notations],
    });
    expect(await policy.accepts(one, behind(2))).toEqual([]);
    expect(await policy.accepts(one, behind(3))).toEqual([
      'Flux tries 3 Notation signatures of an artifact, and 3 others stand before the good one: remove those that are not needed',
    ]);
  });

  test('are explained by the certificate and its root', async () => {
    const found = await proofsOf(await open(ours));
    const identities = ['x509.subject: C=US, ST=WA, O=Example\\, Inc.'];
    const certificates = fileIn(folder(ours), 'root.pem');
    const policy = await openPolicy({ notation: { certificates, identities } }, contextOf());
    const evidence = await policy.explain({ ...one, shows: subject(1, []).views[0] ?? one.shows }, found);
    expect(evidence.signer).toMatchObject({ kind: 'certificate', issuer: 'CN=Root' });
    expect(evidence.notes).toEqual([
      'Notation signs the manifest alone: that the bucket shows what belongs to it is the word of the release record',
    ]);
    await expect(policy.explainFile({ bytes: Buffer.from('x') }, Buffer.from('{}'))).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'Cannot verify a bundle: the policy names nobody who signs bundles',
    });
  });

  test('name their artifact, and are refused for another with the same manifest', async () => {
    const seal = await open(ours);
    const found = await proofsOf(seal);
    const policy = await openPolicy({ notation: { certificates: fileIn(folder(ours), 'root.pem') } }, contextOf());
    const evidence = await policy.explain(one, found);
    expect(evidence.notes).toEqual([]);
    expect(evidence.checked).toContainEqual({ what: 'name', detail: 'it was signed as "app-1"' });
    const other = { ...one, name: 'web' };
    await expect(seal.sealing.policy?.accepts(other, found)).rejects.toMatchObject({
      code: 'UNTRUSTED',
      message: `Cannot trust the proof of "web" (${one.manifest.digest}): it was signed as "app-1", not as "web"`,
      hint: 'another artifact is served in its place: look who wrote to the store, or name the artifact that you expect (--artifact)',
    });
    expect(await seal.sealing.recognises?.(other, found)).toEqual([]);
  });

  test('by notation hold by digest, which is said, also beside a bundle', async () => {
    const byHand = await readNotationSigner({
      key: { text: ours.key, shown: 'n.key' },
      certificates: { text: ours.pem, shown: 'n.pem' },
      passphrase: () => undefined,
    });
    const bytes = await byHand.sign(one.manifest, { signingTime: new Date('2026-11-20T00:01:00Z') });
    const notations = [{ digest: digestOf(bytes), bytes }];
    const found = { ...(await proofsOf(await open(ours, true))), notations };
    const root = folder(ours);
    const notation = { certificates: fileIn(root, 'root.pem') };
    const signer = { kind: 'key', keys: [fileIn(root, 'cosign.pub')] } as const;
    for (const settings of [{ notation }, { notation, signer }] satisfies VerifySettings[]) {
      const policy = await openPolicy(settings, contextOf());
      const evidence = await policy.explain(one, found);
      expect(evidence.notes).toEqual(['Notation signatures name no artifact: only the digest was checked']);
    }
  });

  test('are recognised as ours by the certificate itself, not by its root', async () => {
    const seal = await open(ours);
    const own = await proofsOf(seal);
    const issued = chainOf();
    const others = await proofsOf(await open(issued));
    const notations = [...others.notations, ...own.notations];
    const [proof] = (await seal.sealing.recognises?.(one, { ...own, notations })) ?? [];
    expect(proof).toEqual({
      kind: 'notation',
      digest: own.notations[0]?.digest,
      size: own.notations[0]?.bytes.length,
      signer: seal.sealing.requires[0]?.signer,
      at: '2026-11-20T00:01:00Z',
    });
    expect(await seal.sealing.recognises?.(one, others)).toEqual([]);
  });

  test('are made by a certificate that the policy names', async () => {
    const seal = await open(ours, true, (root) => ({ notation: { certificates: fileIn(root, 'root.pem') } }));
    expect(await seal.sealing.policy?.accepts(one, await proofsOf(seal))).toEqual([]);
  });
});
