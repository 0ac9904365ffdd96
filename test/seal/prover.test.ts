import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import type { MadeProof } from '../../src/model.ts';
import type { SigningIdentity } from '../../src/seal/make/identity.ts';
import { openProver } from '../../src/seal/prover.ts';
import { decodeStatement } from '../../src/seal/statement.ts';
import { LEGACY_SIGNATURE } from './golden.ts';
import { FACTS, rememberingSigner } from './make/signer.ts';
import { beside, digest, subject, wanting } from './proved.ts';

const AT = '2026-11-20T00:01:00Z';
const signer = rememberingSigner(LEGACY_SIGNATURE);
const wants = wanting(signer.name, 'bundle');

const open = (identity: SigningIdentity) => openProver({ identity, provenance: FACTS, at: AT });

const kinds = (made: readonly MadeProof[]): readonly string[] => made.map(({ proof }) => proof.kind);
const names = (made: readonly MadeProof[]): readonly (readonly string[])[] =>
  made.map(({ artifacts }) => artifacts.map(({ name }) => name));

function statementOf({ bytes }: MadeProof): ReturnType<typeof decodeStatement> {
  const { dsseEnvelope } = JSON.parse(Buffer.from(bytes).toString());
  return decodeStatement(Buffer.from(dsseEnvelope.payload, 'base64'));
}

test('all manifests have one statement, and what buckets show of them another one', async () => {
  const identity = rememberingSigner(LEGACY_SIGNATURE);
  const both = wanting(identity.name, 'bundle', 'views');
  const subjects = [subject(2, both), subject(1, both)];
  const made = await open(identity).prove(subjects);
  expect(kinds(made)).toEqual(['bundle', 'views']);
  expect(identity.asked).toHaveLength(2);
  const [bundle, views] = made as [MadeProof, MadeProof];
  expect(bundle.proof).toEqual({
    kind: 'bundle',
    digest: digestOf(bundle.bytes),
    size: bundle.bytes.length,
    signer: identity.name,
    at: AT,
  });
  expect(bundle.artifacts).toEqual(subjects.map(({ name, manifest }) => ({ name, manifest: manifest.digest })));
  const hex = (number: number): object => ({ sha256: digest(number).slice(7) });
  expect(statementOf(bundle).subjects).toEqual([
    { name: 'app-1', digest: hex(1) },
    { name: 'app-2', digest: hex(2) },
  ]);
  expect(statementOf(views).subjects).toEqual([
    { name: 'app-1', digest: hex(1_000_001) },
    { name: 'app-1', digest: hex(2_000_001) },
    { name: 'app-2', digest: hex(1_000_002) },
    { name: 'app-2', digest: hex(2_000_002) },
  ]);
});

test('only what is lacking is made', async () => {
  const subjects = [subject(1, wants), subject(2, wanting(signer.name, 'views')), subject(3, [])];
  const made = await open(rememberingSigner(LEGACY_SIGNATURE)).prove(subjects);
  expect([kinds(made), names(made)]).toEqual([
    ['bundle', 'views'],
    [['app-1'], ['app-2']],
  ]);
  expect(await open(signer).prove([subject(3, [])])).toEqual([]);
});

test('1,025 artifacts have two statements, and the views of one artifact stay together', async () => {
  const identity = rememberingSigner(LEGACY_SIGNATURE);
  const lacks = wanting(identity.name, 'bundle', 'views');
  const subjects = Array.from({ length: 1_025 }, (_, i) => subject(i, lacks, `app-${String(i).padStart(4, '0')}`));
  const odd = subjects.map((one, i) => (i === 0 ? { ...one, views: one.views.slice(1) } : one));
  const made = await open(identity).prove(odd);
  expect(made.map(({ proof, artifacts }) => [proof.kind, artifacts.length])).toEqual([
    ['bundle', 1_024],
    ['bundle', 1],
    ['views', 512],
    ['views', 512],
    ['views', 1],
  ]);
  expect(made.map((one) => statementOf(one).subjects.length)).toEqual([1_024, 1, 1_023, 1_024, 2]);
});

test('an artifact of which buckets show nothing has no statement about it', async () => {
  const bare = { ...subject(1, wanting(signer.name, 'views')), views: [] };
  expect(await open(rememberingSigner(LEGACY_SIGNATURE)).prove([bare])).toEqual([]);
});

describe('a round that was lost', () => {
  test('costs no second signature', async () => {
    const identity = rememberingSigner(LEGACY_SIGNATURE);
    const lacks = wanting(identity.name, 'bundle', 'views', 'signature');
    const prover = open(identity);
    const first = await prover.prove([subject(1, lacks), subject(2, lacks)]);
    const asked = identity.asked.length;
    expect(await prover.prove([subject(1, lacks), subject(2, lacks)])).toEqual(first);
    expect(identity.asked).toHaveLength(asked);
  });

  test('hands out what it made for those that are still lacking, and signs for what is new', async () => {
    const identity = rememberingSigner(LEGACY_SIGNATURE);
    const prover = open(identity);
    const [first] = await prover.prove([subject(1, wants), subject(2, wants)]);
    const second = await prover.prove([subject(2, wants), subject(3, wants)]);
    expect(names(second)).toEqual([['app-2'], ['app-3']]);
    expect(second[0]?.proof).toEqual(first?.proof);
    expect(identity.asked).toHaveLength(2);
  });

  test('proves another manifest, and other views, of the same name anew', async () => {
    const identity = rememberingSigner(LEGACY_SIGNATURE);
    const prover = open(identity);
    const lacks = wanting(identity.name, 'bundle', 'views');
    const one = subject(1, lacks);
    await prover.prove([one]);
    const manifest = await prover.prove([{ ...one, manifest: subject(9, []).manifest }]);
    expect(kinds(manifest)).toEqual(['bundle', 'views']);
    expect(manifest[0]?.artifacts).toEqual([{ name: 'app-1', manifest: digest(9) }]);
    expect(identity.asked).toHaveLength(4);
    await prover.prove([{ ...one, views: [digest(7)] }]);
    expect(identity.asked).toHaveLength(5);
  });

  test('keeps what was made before a signer failed', async () => {
    const identity = rememberingSigner(LEGACY_SIGNATURE);
    let broken = true;
    const failing: SigningIdentity = {
      name: identity.name,
      sign: async (message) => {
        if (message.kind === 'bytes' && broken) throw new Error('gone');
        return identity.sign(message);
      },
    };
    const prover = open(failing);
    const lacks = wanting(identity.name, 'bundle', 'signature');
    await expect(prover.prove([subject(1, lacks)])).rejects.toThrow('gone');
    broken = false;
    expect(kinds(await prover.prove([subject(1, lacks)]))).toEqual(['bundle', 'signature']);
    expect(identity.asked.filter(({ kind }) => kind === 'envelope')).toHaveLength(1);
  });
});

test('a name with two manifests, of a channel and of a version, is proved for both', async () => {
  const identity = rememberingSigner(LEGACY_SIGNATURE);
  const [now, then] = [subject(1, wants, 'web'), subject(2, wants, 'web')];
  const [made] = await open(identity).prove([now, then]);
  expect(identity.asked).toHaveLength(1);
  expect(made?.artifacts.map(({ manifest }) => manifest)).toEqual([digest(1), digest(2)]);
});

test('.sig signatures name the repository, one for each artifact', async () => {
  const identity = rememberingSigner(LEGACY_SIGNATURE);
  const lacks = wanting(identity.name, 'signature');
  const made = await open(identity).prove([subject(1, lacks), subject(2, lacks)]);
  expect([kinds(made), names(made)]).toEqual([
    ['signature', 'signature'],
    [['app-1'], ['app-2']],
  ]);
  const [layer] = beside(subject(2, []), made).signatures;
  expect(JSON.parse(Buffer.from(layer?.payload ?? []).toString()).critical).toEqual({
    identity: { 'docker-reference': 'registry.example/fleet/app-2' },
    image: { 'docker-manifest-digest': digest(2) },
    type: 'cosign container image signature',
  });
});

test('who does not sign makes nothing', async () => {
  const lacks = wanting('key:00', 'bundle', 'views', 'signature', 'notation');
  expect(await openProver({ provenance: FACTS, at: AT }).prove([subject(1, lacks)])).toEqual([]);
});
