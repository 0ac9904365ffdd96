import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../src/digest.ts';
import type { MadeProof, Subject } from '../src/model.ts';
import { type OpenedSeal, openPolicy, openSeal } from '../src/open-seal.ts';
import { keyHint } from '../src/seal/keys/public-key.ts';
import { decodeStatement } from '../src/seal/statement.ts';
import { temporaryFolder, tree } from './build/tree.ts';
import {
  contextOf,
  fileIn,
  keyFolder,
  mine,
  openWithKey,
  privatePem,
  publicPem,
  RUN,
  theirs,
} from './open-seal/scene.ts';
import { MAKE } from './seal/keys/samples.ts';
import { beside, shown, subject } from './seal/proved.ts';

const nameOf = ({ publicKey }: typeof mine): string =>
  `key:${Buffer.from(keyHint(publicKey), 'base64').toString('hex')}`;

/** Proves these artifacts with everything that the seal requires. */
async function proved(
  { sealing, prover }: OpenedSeal,
  ...numbers: readonly number[]
): Promise<{ readonly subjects: readonly Subject[]; readonly made: readonly MadeProof[] }> {
  const subjects = numbers.map((number) => subject(number, sealing.requires));
  return { subjects, made: (await prover?.prove(subjects)) ?? [] };
}

/** The one of a list. */
function first<T>([one]: readonly T[]): T {
  if (one === undefined) throw new Error('there is none');
  return one;
}

describe('a release signed with a key', () => {
  test('is accepted by its policy, in registries and in buckets', async () => {
    const seal = await openWithKey(keyFolder());
    const signer = nameOf(mine);
    expect(seal.sealing).toMatchObject({
      signs: true,
      requires: [
        { kind: 'bundle', signer },
        { kind: 'views', signer },
      ],
    });
    const { subjects, made } = await proved(seal, 1, 2, 3);
    expect(made.map(({ proof }) => [proof.kind, proof.signer, proof.at])).toEqual([
      ['bundle', signer, '2026-11-20T00:01:00Z'],
      ['views', signer, '2026-11-20T00:01:00Z'],
    ]);
    for (const one of subjects) {
      const found = beside(one, made);
      for (const shows of [one.manifest.digest, ...one.views]) {
        expect(await seal.sealing.policy?.accepts(shown(one, shows), found)).toEqual([]);
      }
    }
  });

  test('is refused with another key', async () => {
    const folder = keyFolder();
    const seal = await openWithKey(folder);
    const { subjects, made } = await proved(seal, 1);
    const one = first(subjects);
    const policy = await openPolicy({ signer: { kind: 'key', keys: [fileIn(folder, 'other.pub')] } }, contextOf());
    await expect(policy.accepts(shown(one), beside(one, [first(made)]))).rejects.toMatchObject({
      code: 'UNTRUSTED',
      message: `Cannot trust "app-1" (${one.manifest.digest}): it is signed with another key, ${nameOf(mine).replace('key:', 'sha256:')}`,
      hint: `expected ${nameOf(theirs).replace('key:', 'sha256:')}: give the right key, or sign with it`,
    });
  });

  test('is accepted with any of several keys', async () => {
    const folder = keyFolder();
    const keys = [fileIn(folder, 'other.pub'), fileIn(folder, 'cosign.pub')];
    const seal = await openWithKey(folder, { verify: { signer: { kind: 'key', keys } } });
    const { subjects, made } = await proved(seal, 1);
    const one = first(subjects);
    expect(await seal.sealing.policy?.accepts(shown(one), beside(one, made))).toEqual([]);
  });

  test('is refused where one artifact is served under the name of another', async () => {
    const seal = await openWithKey(keyFolder());
    const { subjects, made } = await proved(seal, 1, 2);
    const [one, two] = subjects as [Subject, Subject];
    const swapped = { ...shown(two), name: one.name };
    await expect(seal.sealing.policy?.accepts(swapped, beside(two, [first(made)]))).rejects.toMatchObject({
      code: 'UNTRUSTED',
      message: `Cannot trust "app-1" (${two.manifest.digest}): the signed statement lists this digest as "app-2", not as "app-1"`,
      hint: 'another artifact is served in its place: look who wrote to the store, or name the artifact that you expect (--artifact)',
    });
  });

  test('is refused where a bucket shows other bytes than those that were signed', async () => {
    const seal = await openWithKey(keyFolder());
    const { subjects, made } = await proved(seal, 1);
    const one = first(subjects);
    const other = digestOf(Buffer.from('other'));
    await expect(seal.sealing.policy?.accepts(shown(one, other), beside(one, made))).rejects.toThrow(
      [
        `Cannot trust "app-1" (${other}): none of its 2 proofs is good`,
        `  bundle ${made[0]?.proof.digest}: the signed statement is about another artifact`,
        `  bundle ${made[1]?.proof.digest}: the signed statement is about 2 other artifacts`,
      ].join('\n'),
    );
  });

  test('is refused where nothing is attached', async () => {
    const seal = await openWithKey(keyFolder());
    const one = subject(1, []);
    await expect(seal.sealing.policy?.accepts(shown(one), beside(one, []))).rejects.toMatchObject({
      code: 'UNTRUSTED',
      message: `Cannot trust "app-1" (${one.manifest.digest}): it is not signed`,
    });
  });

  test('of 1,025 artifacts has two statements, and each artifact is accepted by its own', async () => {
    const seal = await openWithKey(keyFolder());
    const subjects = Array.from({ length: 1_025 }, (_, i) => subject(i, seal.sealing.requires.slice(0, 1)));
    const made = (await seal.prover?.prove(subjects)) ?? [];
    expect(made.map(({ artifacts }) => artifacts.length)).toEqual([1_024, 1]);
    for (const one of subjects.filter((_, i) => i % 128 === 0)) {
      expect(await seal.sealing.policy?.accepts(shown(one), beside(one, made))).toEqual([]);
    }
    const last = subjects.find((one) => beside(one, made.slice(1)).bundles.length > 0) as Subject;
    const wrong = { ...beside(last, made), bundles: beside(subjects[0] as Subject, made).bundles };
    await expect(seal.sealing.policy?.accepts(shown(last), wrong)).rejects.toThrow(
      'the signed statement is about 1024 other artifacts',
    );
  });

  test('says where it was built, and by what', async () => {
    const env = {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'acme/fleet',
      GITHUB_WORKFLOW_REF: 'acme/fleet/.github/workflows/release.yml@refs/heads/main',
      GITHUB_RUN_ID: '77',
      GITHUB_RUN_ATTEMPT: '2',
    };
    const seal = await openWithKey(keyFolder(), { version: '1.2.0' }, contextOf(env));
    const { made } = await proved(seal, 1);
    const { dsseEnvelope } = JSON.parse(Buffer.from(first(made).bytes).toString());
    const { predicateType, predicate } = decodeStatement(Buffer.from(dsseEnvelope.payload, 'base64'));
    expect(predicateType).toBe('https://slsa.dev/provenance/v1');
    expect(predicate).toEqual({
      buildDefinition: {
        buildType: 'urn:slipway:build:v1',
        externalParameters: {
          project: 'default',
          channel: 'staging',
          version: '1.2.0',
          artifacts: [{ name: 'web', path: 'apps/web', render: 'kustomize' }],
        },
        internalParameters: { ci: false },
        resolvedDependencies: [
          {
            name: 'source',
            uri: 'git+https://git.example/acme/fleet@main',
            digest: { gitCommit: '0123456789012345678901234567890123456789' },
          },
        ],
      },
      runDetails: {
        builder: {
          id: 'https://github.com/acme/fleet/.github/workflows/release.yml@refs/heads/main',
          version: { slipway: '0.1.0' },
        },
        metadata: {
          invocationId: 'https://github.com/acme/fleet/actions/runs/77/attempts/2',
          startedOn: '2026-11-20T00:01:00Z',
        },
      },
    });
  });

  test('is explained with the chain from the bytes to the signer', async () => {
    const folder = keyFolder();
    const { subjects, made } = await proved(await openWithKey(folder), 1);
    const one = first(subjects);
    const policy = await openPolicy({ signer: { kind: 'key', keys: [fileIn(folder, 'cosign.pub')] } }, contextOf());
    const evidence = await policy.explain(shown(one, one.views[0]), beside(one, made));
    expect(evidence.checked.map(({ what }) => what)).toEqual([
      ...['format', 'signature', 'digest', 'name'],
      ...['format', 'signature', 'digest', 'name'],
    ]);
    expect(evidence).toMatchObject({
      signer: { kind: 'key', fingerprint: nameOf(mine).replace('key:', 'sha256:') },
      provenance: { builder: 'urn:slipway:local', commit: RUN.provenance.commit },
    });
  });
});

describe('a file with its bundle', () => {
  test('is proved by a statement that lists its bytes under its name', async () => {
    const folder = keyFolder();
    const seal = await openWithKey(folder);
    const bytes = Buffer.from('kind: Namespace');
    const one = { ...subject(1, seal.sealing.requires), views: [digestOf(bytes)] };
    const [, views] = (await seal.prover?.prove([one])) ?? [];
    const policy = await openPolicy({ signer: { kind: 'key', keys: [fileIn(folder, 'cosign.pub')] } }, contextOf());
    const bundle = views?.bytes ?? new Uint8Array();
    const evidence = await policy.explainFile({ name: 'app-1', bytes }, bundle);
    expect(evidence).toMatchObject({ warnings: [], signer: { kind: 'key' } });
    expect(evidence.checked.map(({ what }) => what)).toEqual(['format', 'signature', 'digest', 'name']);
    expect((await policy.explainFile({ bytes }, bundle)).notes).toEqual([
      'the statement lists it as "app-1"; no name was expected',
    ]);
    await expect(policy.explainFile({ name: 'app-1', bytes: Buffer.from('other') }, bundle)).rejects.toMatchObject({
      code: 'UNTRUSTED',
      message: expect.stringContaining('the signed statement is about another artifact'),
    });
  });
});

describe('legacy signatures', () => {
  test('are made beside the bundle and count alone, but not for what a bucket shows', async () => {
    const seal = await openWithKey(keyFolder(), { legacy: true });
    expect(seal.sealing.requires.map(({ kind }) => kind)).toEqual(['bundle', 'views', 'signature']);
    const { subjects, made } = await proved(seal, 1, 2);
    expect(made.map(({ proof }) => proof.kind)).toEqual(['bundle', 'views', 'signature', 'signature']);
    const one = first(subjects);
    const alone = { ...beside(one, made), bundles: [] };
    expect(await seal.sealing.policy?.accepts(shown(one), alone)).toEqual([]);
    await expect(seal.sealing.policy?.accepts(shown(one, one.views[0]), alone)).rejects.toThrow(
      `Cannot trust "app-1" (${one.views[0]}): it is not signed`,
    );
  });

  test('are hidden from newer readers by a foreign bundle, which is said', async () => {
    const folder = keyFolder();
    const seal = await openWithKey(folder, { legacy: true });
    const { subjects, made } = await proved(seal, 1);
    const one = first(subjects);
    const foreign = await openSeal(
      { sign: { signer: { kind: 'key', key: fileIn(folder, 'other.key') }, legacy: false } },
      RUN,
      contextOf(),
    );
    const { bundles } = beside(one, (await proved(foreign, 1)).made.slice(0, 1));
    expect(await seal.sealing.policy?.accepts(shown(one), { ...beside(one, made), bundles })).toEqual([
      'cosign 3 and Flux 2.8 and newer look at bundles only where there is one, and the bundles here are not by the expected signer, so they will refuse the good .sig signature: attach a bundle of the same signer, or remove the others',
    ]);
  });
});

describe('a key behind a program', () => {
  /** PKCS #1 v1.5 over a digest: what a KMS does with an RSA key. */
  const PROGRAM = `
    const { privateEncrypt } = require('node:crypto');
    let text = '';
    process.stdin.on('data', (chunk) => { text += chunk; }).on('end', () => {
      const info = Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), Buffer.from(text.trim(), 'hex')]);
      if (process.env.SLIPWAY_KEY_PASSWORD || process.env.KMS_TOKEN !== 'token') process.exit(9);
      console.log(privateEncrypt(require('node:fs').readFileSync(process.argv[1]), info).toString('base64'));
    });`;

  test('signs, with its credentials and without our passphrase', async () => {
    const pair = MAKE.rsa();
    const folder = tree({ 'kms.key': privatePem(pair), 'kms.pub': publicPem(pair) });
    const run = [process.execPath, '-e', PROGRAM, 'kms.key'];
    const sign = { signer: { kind: 'command', run, publicKey: fileIn(folder, 'kms.pub') }, legacy: false } as const;
    const env = { PATH: process.env.PATH, KMS_TOKEN: 'token', SLIPWAY_KEY_PASSWORD: 'pass', COSIGN_PASSWORD: 'pass' };
    const seal = await openSeal({ sign }, RUN, contextOf(env, { cwd: folder }));
    const one = subject(1, seal.sealing.requires.slice(0, 1));
    const made = (await seal.prover?.prove([one])) ?? [];
    expect(await seal.sealing.policy?.accepts(shown(one), beside(one, made))).toEqual([]);
  });
});

describe('our own proofs are recognised', () => {
  test('beside those of others, with the time at which they were made', async () => {
    const folder = keyFolder();
    const ours = await openWithKey(folder, { legacy: true });
    const { subjects, made } = await proved(ours, 1);
    const one = first(subjects);
    const foreign = await openSeal(
      { sign: { signer: { kind: 'key', key: fileIn(folder, 'other.key') }, legacy: true } },
      RUN,
      contextOf(),
    );
    const others = beside(one, (await proved(foreign, 1)).made);
    const own = beside(one, made);
    const later = contextOf({}, { now: () => new Date('2026-11-21T00:00:00Z') });
    const { sealing } = await openWithKey(folder, { legacy: true, dryRun: true }, later);
    const found = {
      bundles: [...others.bundles, ...own.bundles],
      signatures: [...others.signatures, ...own.signatures],
      notations: [],
    };
    const [bundle, views, signature] = made.map(({ proof }) => proof);
    expect(await sealing.recognises?.(shown(one), found)).toEqual([
      bundle,
      { ...signature, at: '2026-11-21T00:00:00Z' },
    ]);
    expect(await sealing.recognises?.(shown(one, one.views[1]), { ...own, signatures: [] })).toEqual([bundle, views]);
    expect(await sealing.recognises?.(shown(one), others)).toEqual([]);
    expect(await sealing.recognises?.({ ...shown(one), name: 'other' }, { ...own, signatures: [] })).toEqual([]);
  });
});

describe('nothing to open', () => {
  test('without settings nothing signs and nothing is verified', async () => {
    expect(await openSeal({}, RUN, contextOf())).toEqual({ sealing: { signs: false, requires: [] } });
  });

  test('with a policy alone nothing is made, and what is there is judged', async () => {
    const verify = { signer: { kind: 'key', keys: [fileIn(keyFolder(), 'cosign.pub')] } } as const;
    const { sealing, prover } = await openSeal({ verify }, RUN, contextOf());
    expect(prover).toBeUndefined();
    expect(sealing).toMatchObject({ signs: false, requires: [] });
    await expect(sealing.policy?.accepts(shown(subject(1, [])), beside(subject(1, []), []))).rejects.toThrow(
      'it is not signed',
    );
  });

  test('with a trusted root alone nobody would count', async () => {
    const verify = { trustedRoot: fileIn(tree({ 'root.json': '{}' }), 'root.json') };
    const error = {
      code: 'CONFIG',
      message: 'Cannot verify: "verify" names nobody whose signatures count',
      hint: 'name a key, an identity with its issuer, or certificates for Notation',
    };
    await expect(openPolicy(verify, contextOf())).rejects.toMatchObject(error);
    await expect(openSeal({ verify }, RUN, contextOf())).rejects.toMatchObject(error);
  });
});

describe('a dry run', () => {
  test('knows what would be required, and neither signs nor verifies', async () => {
    const { sealing, prover } = await openWithKey(keyFolder(), { dryRun: true });
    expect(prover).toBeUndefined();
    expect(sealing.policy).toBeUndefined();
    expect(sealing).toMatchObject({
      signs: true,
      requires: [{ kind: 'bundle', signer: nameOf(mine) }, { kind: 'views' }],
    });
  });

  test('does without a key that is not there', async () => {
    const { sealing } = await openWithKey(temporaryFolder(), { dryRun: true });
    expect(sealing).toEqual({ signs: true, requires: [] });
  });
});

test('a seal shows nothing of its key', async () => {
  const seal = await openWithKey(keyFolder(), { legacy: true });
  const lines = privatePem(mine).split('\n').slice(1, -2);
  const seen = inspect(seal, { depth: 20, showHidden: true }) + JSON.stringify(seal);
  for (const line of lines) expect(seen).not.toContain(line);
  expect(seen).not.toContain('PrivateKeyObject');
});
