/** Keys and proofs against the real cosign: it reads ours, we read its. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import type { Descriptor, Digest } from '../../src/model.ts';
import { generateKeyPair, type KeyKind } from '../../src/seal/keys/generate.ts';
import { readPublicKey } from '../../src/seal/keys/public-key.ts';
import { readSigningKey, type SigningKey } from '../../src/seal/keys/signing-key.ts';
import { keyIdentity } from '../../src/seal/make/identity.ts';
import { legacyManifest, legacyTag, signLegacy } from '../../src/seal/make/legacy.ts';
import type { BuildFacts } from '../../src/seal/make/provenance.ts';
import { referrerOf } from '../../src/seal/make/referrer.ts';
import { proveRelease, type SealedStatement } from '../../src/seal/make/release.ts';
import { fallbackTag } from '../../src/ship/referrer.ts';
import { INDEX_TYPE, MANIFEST_TYPE, publish, put } from '../seal/repository.ts';
import { type Folder, folder } from './folder.ts';
import { type Ended, start } from './peer.ts';
import { type RunningRegistry, startDistribution, startGoRegistry, toolPath } from './servers.ts';

/** Any UTF-8 will do; cosign takes its bytes as they are. */
const PASSPHRASE = 'pass ü phrase';
const BLOB = Buffer.from('hello\n');
const FACTS: BuildFacts = {
  project: 'default',
  source: { dirty: false },
  runner: { ci: true },
  builder: { id: 'https://ci.example/runner', version: { slipway: '0.1.0' } },
  artifacts: [{ name: 'app', path: 'app', render: 'source' }],
};

let home: Folder;
beforeAll(async () => {
  home = await folder();
});
afterAll(() => home.remove());

const cosign = (...args: readonly string[]): Promise<Ended> =>
  start(toolPath('cosign'), args, { cwd: home.path, env: { COSIGN_PASSWORD: PASSPHRASE, COSIGN_YES: 'true' } });

/** Makes a pair, leaves it as `<type>.key` and `<type>.pub`, and reads it back. */
async function pairOf(type: KeyKind): Promise<SigningKey> {
  const pair = await generateKeyPair({ type, passphrase: () => PASSPHRASE });
  await writeFile(join(home.path, `${type}.key`), pair.privateKey());
  await writeFile(join(home.path, `${type}.pub`), pair.publicKey);
  return readSigningKey(pair.privateKey(), () => PASSPHRASE);
}

async function proofOf(
  key: SigningKey,
  subjects: readonly { name: string; manifest: Digest }[],
): Promise<SealedStatement> {
  const [proof] = await proveRelease({ subjects, provenance: FACTS, identity: keyIdentity(key) });
  if (proof === undefined) throw new Error('there is no proof');
  return proof;
}

const KINDS: readonly KeyKind[] = ['ecdsa-p256', 'ecdsa-p384', 'rsa-3072', 'rsa-4096', 'ed25519'];

describe.each(KINDS)('a pair of %s', (type) => {
  test('is read by cosign, and its blob statements verify, for exactly these bytes, key and type', async () => {
    const key = await pairOf(type);
    expect((await cosign('public-key', '--key', `${type}.key`)).stdout).toBe(key.publicKey);

    await writeFile(join(home.path, 'blob'), BLOB);
    await writeFile(join(home.path, 'altered'), 'hello!\n');
    const views = [{ name: 'blob', digest: digestOf(BLOB) }];
    const [proof] = await proveRelease({ subjects: [], views, provenance: FACTS, identity: keyIdentity(key) });
    await writeFile(join(home.path, 'blob.sigstore.json'), proof?.bundle ?? '');

    const common = ['--insecure-ignore-tlog', '--bundle', 'blob.sigstore.json', '--key'];
    const attested = (...args: readonly string[]): Promise<Ended> =>
      cosign('verify-blob-attestation', ...common, ...args);
    expect(await attested(`${type}.pub`, '--type', 'slsaprovenance1', 'blob')).toMatchObject({ code: 0 });
    expect(await cosign('verify-blob', ...common, `${type}.pub`, 'blob')).toMatchObject({ code: 0 });

    const other = await generateKeyPair({ type: 'ecdsa-p256', passphrase: () => '' });
    await writeFile(join(home.path, 'other.pub'), other.publicKey);
    expect((await attested('other.pub', '--type', 'slsaprovenance1', 'blob')).code).not.toBe(0);
    expect((await attested(`${type}.pub`, '--type', 'slsaprovenance1', 'altered')).code).not.toBe(0);
    expect((await attested(`${type}.pub`, '--type', 'spdx', 'blob')).code).not.toBe(0);
  });
});

test('a pair that cosign makes is read here: one public key, one hint, and signatures both ways', async () => {
  expect(await cosign('generate-key-pair')).toMatchObject({ code: 0 });
  const read = (name: string): Promise<string> => readFile(join(home.path, name), 'utf8');
  const key = await readSigningKey(await read('cosign.key'), () => PASSPHRASE);
  expect(key.publicKey).toBe(await read('cosign.pub'));

  await writeFile(join(home.path, 'blob'), BLOB);
  const bundle = ['--bundle', 'cosign.sigstore.json'];
  const quiet = ['--use-signing-config=false', '--tlog-upload=false'];
  expect(await cosign('sign-blob', '--key', 'cosign.key', ...quiet, ...bundle, 'blob')).toMatchObject({ code: 0 });
  const signed = JSON.parse(await read('cosign.sigstore.json')) as {
    readonly verificationMaterial: { readonly publicKey: { readonly hint: string } };
    readonly messageSignature: { readonly signature: string };
  };
  expect(signed.verificationMaterial.publicKey.hint).toBe(key.hint);
  const signature = Buffer.from(signed.messageSignature.signature, 'base64');
  expect(readPublicKey(await read('cosign.pub')).verify(BLOB, signature)).toBe(true);
});

/** Attaches a bundle, with the index for registries that keep none themselves. */
async function attach(base: string, proof: SealedStatement, subject: Descriptor): Promise<void> {
  const bundle = { digest: proof.digest, size: proof.bundle.length };
  const { predicateType } = proof;
  const { manifest, descriptor } = referrerOf({ bundle, predicateType, subject, created: '2026-11-20T00:00:00Z' });
  await put(base, proof.bundle);
  await put(base, manifest, { type: MANIFEST_TYPE, reference: descriptor.digest });
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [descriptor] }));
  await put(base, index, { type: INDEX_TYPE, reference: fallbackTag(subject.digest) });
}

const REGISTRIES: Readonly<Record<string, () => Promise<RunningRegistry>>> = {
  'with the referrers API': startGoRegistry,
  'without the referrers API': startDistribution,
};

describe.each(Object.entries(REGISTRIES))('in a registry %s', (_, startRegistry) => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  const verify = (command: string, key: string, of: Digest, ...more: readonly string[]): Promise<Ended> =>
    cosign(command, '--insecure-ignore-tlog', '--key', key, ...more, `${registry.host}/fleet/app@${of}`);

  test('cosign verifies signature and provenance of every artifact of the release, and nothing else', async () => {
    const base = `${registry.url}/v2/fleet/app`;
    const key = await pairOf('ecdsa-p256');
    await pairOf('ed25519');
    const [one, two, stranger] = [await publish(base, 'one'), await publish(base, 'two'), await publish(base, 'three')];
    const proof = await proofOf(key, [
      { name: 'one', manifest: one.digest },
      { name: 'two', manifest: two.digest },
    ]);
    for (const subject of [one, two, stranger]) await attach(base, proof, subject);
    for (const { digest } of [one, two]) {
      expect(await verify('verify', 'ecdsa-p256.pub', digest)).toMatchObject({ code: 0 });
      const attested = await verify('verify-attestation', 'ecdsa-p256.pub', digest, '--type', 'slsaprovenance1');
      expect(attested).toMatchObject({ code: 0 });
      expect((await verify('verify', 'ed25519.pub', digest)).code).not.toBe(0);
    }
    expect((await verify('verify', 'ecdsa-p256.pub', stranger.digest)).code).not.toBe(0);
  });

  test('cosign verifies the older signatures, also beside one of another key', async () => {
    const base = `${registry.url}/v2/fleet/app`;
    const keys = [await pairOf('ecdsa-p384'), await pairOf('ed25519')];
    const { digest } = await publish(base, 'legacy');
    const sign = (key: SigningKey) => signLegacy(keyIdentity(key), `${registry.host}/fleet/app`, digest);
    const signatures = await Promise.all(keys.map(sign));
    const { manifest, config } = legacyManifest(signatures.map(({ layer }) => layer));
    for (const { payload } of signatures) await put(base, payload);
    await put(base, config.bytes);
    await put(base, manifest, { type: MANIFEST_TYPE, reference: legacyTag(digest) });
    expect(await verify('verify', 'ecdsa-p384.pub', digest)).toMatchObject({ code: 0 });
    expect(await verify('verify', 'ed25519.pub', digest)).toMatchObject({ code: 0 });
    await pairOf('ecdsa-p256');
    expect((await verify('verify', 'ecdsa-p256.pub', digest)).code).not.toBe(0);
  });
});
