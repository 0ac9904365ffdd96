/** The verify half of the Sigstore client conformance suite, and what the real cosign signs offline. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import type { Digest } from '../../src/model.ts';
import { readPublicKey } from '../../src/seal/keys/public-key.ts';
import { readTrustRoot, type TrustRoot } from '../../src/seal/trust/root.ts';
import type { Verified } from '../../src/seal/verify/answer.ts';
import { type SigstoreAttachments, verifyAttached } from '../../src/seal/verify/attached.ts';
import { verifyBundle } from '../../src/seal/verify/bundle.ts';
import { exactly } from '../../src/seal/verify/identity.ts';
import type { Policy } from '../../src/seal/verify/policy.ts';
import { closing } from './closing.ts';
import { dataPath } from './data.ts';
import { type Folder, folder } from './folder.ts';
import { run, start } from './peer.ts';
import { type RunningRegistry, startGoRegistry, toolPath } from './servers.ts';

const BEACON =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const GITHUB = 'https://token.actions.githubusercontent.com';

/** Cases in which our verdict is not the suite's, each with the reason. None today. */
const EXCEPTIONS: Readonly<Record<string, string>> = {};

/** Cases whose refusal is not `UNTRUSTED`, because what the user configured is wrong and not the bundle. */
const MISCONFIGURED: readonly string[] = [
  // Its key.pub is damaged.
  'managed-key-wrong-key_fail',
  'trust-root-tlog-missing-validity-start_fail',
];

/** The public instance's trust root as the TUF client embeds it. */
function publicRoot(): TrustRoot {
  const seeds = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve('@sigstore/tuf/seeds.json')), 'utf8'));
  const encoded: string = seeds['https://tuf-repo-cdn.sigstore.dev'].targets['trusted_root.json'];
  return readTrustRoot(Buffer.from(encoded, 'base64'));
}

/** One case of the suite, as its README says. */
function conform(name: string): Verified {
  const read = (file: string): Buffer | undefined => {
    const path = `${dataPath('sigstore-conformance', 'bundle-verify', name)}/${file}`;
    return existsSync(path) ? readFileSync(path) : undefined;
  };
  const content = read('artifact') ?? readFileSync(dataPath('sigstore-conformance', 'a.txt'));
  const key = read('key.pub');
  const root = read('trusted_root.json');
  const policy: Policy =
    key === undefined
      ? {
          kind: 'identity',
          identity: exactly(read('identity')?.toString() ?? BEACON),
          issuer: exactly(read('issuer')?.toString() ?? GITHUB),
        }
      : { kind: 'key', keys: [readPublicKey(key.toString())] };
  return verifyBundle(read('bundle.sigstore.json') ?? Buffer.of(), {
    subject: { digest: digestOf(content), content },
    policy,
    trust: root === undefined ? publicRoot() : readTrustRoot(root),
  });
}

const cases = readdirSync(dataPath('sigstore-conformance', 'bundle-verify'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe('the Sigstore conformance suite', () => {
  test('has the cases that it had', () => {
    expect(cases).toHaveLength(70);
    expect(cases.filter((name) => name.endsWith('_fail'))).toHaveLength(49);
    expect(cases).toEqual(expect.arrayContaining(Object.keys(EXCEPTIONS)));
  });

  test.each(cases.filter((name) => !name.endsWith('_fail') && !(name in EXCEPTIONS)))('%s verifies', (name) => {
    const { checked, signer } = conform(name);
    expect(checked.at(-1)?.what).toMatch(/digest|name/);
    expect(checked.map(({ what }) => what)).toContain('log');
    expect(signer).toMatchObject(
      name.startsWith('managed-key') ? { kind: 'key' } : { kind: 'certificate', identity: BEACON, issuer: GITHUB },
    );
  });

  test.each(cases.filter((name) => name.endsWith('_fail') && !(name in EXCEPTIONS)))('%s is refused', (name) => {
    const code = MISCONFIGURED.includes(name) ? 'CONFIG' : 'UNTRUSTED';
    expect(() => conform(name)).toThrow(expect.objectContaining({ code, hint: expect.any(String) }));
  });

  // Its timestamp is base64 with line breaks, so that it would be refused without being read.
  test('rekor2-timestamp-with-incorrect-time_fail is refused for its time', () => {
    const folder = dataPath('sigstore-conformance', 'bundle-verify', 'rekor2-timestamp-with-incorrect-time_fail');
    const written = readFileSync(`${folder}/bundle.sigstore.json`, 'utf8').replaceAll(String.raw`\n`, '');
    const checkpoint = JSON.parse(readFileSync(`${folder}/bundle.sigstore.json`, 'utf8'));
    const bundle = JSON.parse(written);
    bundle.verificationMaterial.tlogEntries = checkpoint.verificationMaterial.tlogEntries;
    const content = readFileSync(dataPath('sigstore-conformance', 'a.txt'));
    const verification = {
      subject: { digest: digestOf(content), content },
      policy: { kind: 'identity', identity: exactly(BEACON), issuer: exactly(GITHUB) },
      trust: readTrustRoot(readFileSync(`${folder}/trusted_root.json`)),
    } as const;
    expect(() => verifyBundle(Buffer.from(JSON.stringify(bundle)), verification)).toThrow(
      'its certificate was not valid when it was used',
    );
  });
});

/** Kinds of keys as Node.js makes them; cosign imports them. */
const KEYS = {
  'ECDSA P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ECDSA P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'RSA 2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  Ed25519: () => generateKeyPairSync('ed25519'),
} as const;

const OFFLINE = ['--yes', '--tlog-upload=false', '--use-signing-config=false'];
const PREDICATE = {
  buildDefinition: {
    buildType: 'https://example.com/build',
    externalParameters: {},
    resolvedDependencies: [{ uri: 'git+https://git.example.com/fleet', digest: { gitCommit: 'a'.repeat(40) } }],
  },
  runDetails: { builder: { id: 'https://example.com/builder' } },
};

describe('what cosign signs with a key', () => {
  const atEnd = closing();
  let registry: RunningRegistry;
  let home: Folder;

  beforeAll(async () => {
    registry = await startGoRegistry();
    atEnd(registry.stop);
    home = await folder();
    atEnd(home.remove);
    await writeFile(join(home.path, 'predicate.json'), JSON.stringify(PREDICATE));
  });

  const cosign = (...args: readonly string[]): Promise<unknown> =>
    run(toolPath('cosign'), args, { cwd: home.path, env: { COSIGN_PASSWORD: 'password of a test' } });

  /** What cosign itself says. */
  async function verdict(key: string, reference: string): Promise<boolean> {
    const args = ['verify', '--key', key, '--insecure-ignore-tlog=true', '--allow-http-registry', reference];
    return (await start(toolPath('cosign'), args, { cwd: home.path })).code === 0;
  }

  /** A key of cosign's own form, `NAME.key` with `NAME.pub`. */
  async function importKey(name: string, kind: keyof typeof KEYS): Promise<Policy> {
    const pem = KEYS[kind]().privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeFile(join(home.path, `${name}.pem`), pem);
    await cosign('import-key-pair', '--yes', '--key', `${name}.pem`, '--output-key-prefix', name);
    return { kind: 'key', keys: [readPublicKey(await readFile(join(home.path, `${name}.pub`), 'utf8'))] };
  }

  /** An artifact of its own in the registry. */
  async function artifact(repository: string): Promise<{ readonly reference: string; readonly digest: Digest }> {
    const url = `${registry.url}/v2/${repository}`;
    const config = Buffer.from(JSON.stringify({ of: repository }));
    const started = await fetch(`${url}/blobs/uploads/`, { method: 'POST' });
    const upload = new URL(started.headers.get('location') ?? '', registry.url);
    upload.searchParams.set('digest', digestOf(config));
    await fetch(upload, { method: 'PUT', body: config });
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const descriptor = {
      mediaType: 'application/vnd.cncf.flux.config.v1+json',
      size: config.length,
      digest: digestOf(config),
    };
    const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: descriptor, layers: [] }));
    const digest = digestOf(manifest);
    const headers = { 'content-type': mediaType };
    const put = await fetch(`${url}/manifests/${digest}`, { method: 'PUT', body: manifest, headers });
    expect(put.ok).toBe(true);
    return { reference: `${registry.host}/${repository}@${digest}`, digest };
  }

  /** Everything that is attached to an artifact, as cosign and Flux find it. */
  async function attachedTo(repository: string, digest: Digest): Promise<SigstoreAttachments> {
    const url = `${registry.url}/v2/${repository}`;
    const json = async (path: string) => (await fetch(`${url}/${path}`)).json();
    const blob = async (of: string) => Buffer.from(await (await fetch(`${url}/blobs/${of}`)).arrayBuffer());
    const { manifests } = (await json(`referrers/${digest}`)) as { manifests: { digest: string }[] };
    const layersOf = async (reference: string) =>
      ((await json(`manifests/${reference}`)) as { layers?: { digest: Digest; annotations: Record<string, string> }[] })
        .layers ?? [];
    const bundles = (await Promise.all(manifests.map((found) => layersOf(found.digest)))).flat();
    const signatures = await layersOf(`${digest.replace(':', '-')}.sig`);
    return {
      bundles: await Promise.all(
        bundles.map(async (layer) => ({ digest: layer.digest, bytes: await blob(layer.digest) })),
      ),
      signatures: await Promise.all(
        signatures.map(async ({ digest: of, annotations }) => ({ payload: await blob(of), annotations })),
      ),
    };
  }

  describe.each(Object.keys(KEYS) as (keyof typeof KEYS)[])('%s', (kind) => {
    const name = kind.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
    let policy: Policy;

    beforeAll(async () => {
      policy = await importKey(name, kind);
    });

    // cosign 3.1.2 signs with longer hashes (P-384) or prehashed (Ed25519), and reads with a key sha256 and pure Ed25519
    // only: it refuses what it has signed itself. Ours is to say what it and Flux say.
    const good = kind === 'ECDSA P-256' || kind === 'RSA 2048';

    test(`${good ? 'verifies' : 'is refused, as by cosign itself,'} as bundle, as attestation and as .sig`, async () => {
      const key = ['--key', `${name}.key`, ...OFFLINE];
      const attest = ['attest', ...key, '--new-bundle-format=true', '--type', 'slsaprovenance1'];
      const ways = {
        legacy: ['sign', ...key, '--new-bundle-format=false'],
        bundle: ['sign', ...key, '--new-bundle-format=true'],
        attested: [...attest, '--predicate', 'predicate.json'],
      };
      for (const [way, args] of Object.entries(ways)) {
        const { reference, digest } = await artifact(`${name}-${way}`);
        await cosign(...args, reference);
        const found = await attachedTo(`${name}-${way}`, digest);
        expect([found.bundles.length, found.signatures.length]).toEqual(way === 'legacy' ? [0, 1] : [1, 0]);
        const verify = (of: Digest) => () => verifyAttached(found, { subject: { digest: of }, policy });
        expect(await verdict(`${name}.pub`, reference)).toBe(good);
        expect(verify(digestOf(Buffer.of()))).toThrow(expect.objectContaining({ code: 'UNTRUSTED' }));
        if (!good) {
          expect(verify(digest)).toThrow(expect.objectContaining({ code: 'UNTRUSTED' }));
          continue;
        }
        const { warnings, provenance, signer } = verify(digest)();
        expect([warnings, signer.kind]).toEqual([[], 'key']);
        if (way !== 'attested') continue;
        expect(provenance).toMatchObject({ builder: 'https://example.com/builder', commit: 'a'.repeat(40) });
      }
    });

    test(`${good ? 'verifies' : 'is refused'} as bundle over a file`, async () => {
      const content = Buffer.from(`file of ${kind}\n`);
      await writeFile(join(home.path, `${name}.txt`), content);
      await cosign('sign-blob', '--key', `${name}.key`, ...OFFLINE, '--bundle', `${name}.json`, `${name}.txt`);
      const bundle = await readFile(join(home.path, `${name}.json`));
      const verify = (of: Buffer) => () =>
        verifyBundle(bundle, { subject: { digest: digestOf(of), content: of }, policy });
      if (good) expect(verify(content)().signer.kind).toBe('key');
      else expect(verify(content)).toThrow(expect.objectContaining({ code: 'UNTRUSTED' }));
      expect(verify(Buffer.from('another file\n'))).toThrow(expect.objectContaining({ code: 'UNTRUSTED' }));
    });
  });

  test('is refused with another key, and a bundle of another signer beside a good .sig signature is named', async () => {
    const [mine] = [await importKey('mine', 'ECDSA P-256'), await importKey('theirs', 'ECDSA P-256')];
    const { reference, digest } = await artifact('mixed');
    await cosign('sign', '--key', 'theirs.key', ...OFFLINE, '--new-bundle-format=true', reference);
    const foreign = await attachedTo('mixed', digest);
    expect(() => verifyAttached(foreign, { subject: { digest }, policy: mine })).toThrow(
      'it is signed with another key',
    );
    await cosign('sign', '--key', 'mine.key', ...OFFLINE, '--new-bundle-format=false', reference);
    const mixed = verifyAttached(await attachedTo('mixed', digest), { subject: { digest }, policy: mine });
    expect(mixed.warnings).toEqual([expect.stringContaining('they will refuse the good .sig signature')]);
    // What the warning says is what cosign does.
    expect(await verdict('mine.pub', reference)).toBe(false);
  });
});
