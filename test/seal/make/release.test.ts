import { bundleFromJSON } from '@sigstore/bundle';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import type { Digest } from '../../../src/model.ts';
import { readPublicKey } from '../../../src/seal/keys/public-key.ts';
import { bytesToSign, keyIdentity, type Message } from '../../../src/seal/make/identity.ts';
import { proveRelease, type SealedStatement } from '../../../src/seal/make/release.ts';
import { decodeStatement, type Statement } from '../../../src/seal/statement.ts';
import { ENVELOPE_SIGNATURE } from '../golden.ts';
import { FACTS, newKey, rememberingSigner } from './signer.ts';

const digest = (number: number): Digest => `sha256:${number.toString(16).padStart(64, '0')}`;
const named = (number: number): string => `app-${String(number).padStart(5, '0')}`;
const release = (count: number) => Array.from({ length: count }, (_, i) => ({ name: named(i), manifest: digest(i) }));

interface Read {
  readonly statement: Statement;
  readonly message: Message;
  readonly signature: Uint8Array;
  readonly hint: string | undefined;
}

/** What a bundle says, read with someone else's code. */
function read({ bundle }: Pick<SealedStatement, 'bundle'>): Read {
  const { content, verificationMaterial } = bundleFromJSON(JSON.parse(Buffer.from(bundle).toString()));
  if (content.$case !== 'dsseEnvelope') throw new Error(content.$case);
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  const material = verificationMaterial.content;
  return {
    statement: decodeStatement(payload),
    message: { kind: 'envelope', payloadType, payload },
    signature: signatures[0]?.sig ?? new Uint8Array(),
    hint: material.$case === 'publicKey' ? material.publicKey.hint : undefined,
  };
}

test('one signature proves all artifacts by name and manifest, with the provenance', async () => {
  const key = newKey();
  const subjects = release(3);
  const proofs = await proveRelease({ subjects, provenance: FACTS, identity: keyIdentity(key) });
  expect(proofs).toHaveLength(1);
  const [proof] = proofs as [SealedStatement];
  expect(proof).toMatchObject({ covers: 'manifests', digest: digestOf(proof.bundle) });
  expect(proof.signer).toBe(`key:${Buffer.from(key.hint, 'base64').toString('hex')}`);
  const { statement, message, signature, hint } = read(proof);
  expect(hint).toBe(key.hint);
  expect(readPublicKey(key.publicKey).verify(bytesToSign(message), signature)).toBe(true);
  expect(statement.predicateType).toBe('https://slsa.dev/provenance/v1');
  expect(statement.predicate).toMatchObject({ buildDefinition: { externalParameters: { project: 'default' } } });
  expect(statement.subjects).toEqual(
    subjects.map(({ name, manifest }) => ({ name, digest: { sha256: manifest.slice(7) } })),
  );
});

describe('no statement has more subjects than verifiers read', () => {
  test.each([
    [0, []],
    [1, [1]],
    [1_024, [1_024]],
    [1_025, [1_024, 1]],
    [2_100, [1_024, 1_024, 52]],
  ])('%i artifacts', async (count, sizes) => {
    const identity = rememberingSigner(ENVELOPE_SIGNATURE);
    const proofs = await proveRelease({ subjects: release(count).reverse(), provenance: FACTS, identity });
    expect(proofs.map(({ subjects }) => subjects.length)).toEqual(sizes);
    expect(identity.asked).toHaveLength(sizes.length);
    const all = proofs.flatMap((proof) => read(proof).statement.subjects.map(({ name }) => name));
    expect(all).toEqual(Array.from({ length: count }, (_, i) => named(i)));
    expect(proofs.flatMap(({ subjects }) => subjects.map(({ name }) => name))).toEqual(all);
  });
});

test('what buckets show has a statement of its own, with the same provenance', async () => {
  const views = [
    { name: 'b.tgz', digest: digest(2) },
    { name: 'a.yaml', digest: digest(1) },
  ];
  const identity = rememberingSigner(ENVELOPE_SIGNATURE);
  const proofs = await proveRelease({ subjects: release(1), views, provenance: FACTS, identity });
  expect(proofs.map(({ covers }) => covers)).toEqual(['manifests', 'views']);
  const [first, second] = proofs.map((proof) => read(proof).statement);
  expect(second?.subjects).toEqual([
    { name: 'a.yaml', digest: { sha256: digest(1).slice(7) } },
    { name: 'b.tgz', digest: { sha256: digest(2).slice(7) } },
  ]);
  expect(second?.predicate).toEqual(first?.predicate);
});

test('the same release is the same bytes to sign, in whatever order it came', async () => {
  const [one, two] = [rememberingSigner(ENVELOPE_SIGNATURE), rememberingSigner(ENVELOPE_SIGNATURE)];
  const [proof] = await proveRelease({ subjects: release(5), provenance: FACTS, identity: one });
  const [again] = await proveRelease({ subjects: release(5).reverse(), provenance: FACTS, identity: two });
  expect(again?.digest).toBe(proof?.digest);
  expect(two.asked).toEqual(one.asked);
});

test('who cannot sign stops the release with that reason', async () => {
  const identity = { name: 'key:none', sign: () => Promise.reject(new Error('no')) };
  await expect(proveRelease({ subjects: release(1), provenance: FACTS, identity })).rejects.toThrow('no');
});
