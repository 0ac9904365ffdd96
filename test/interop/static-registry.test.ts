/** What slipway publishes to a bucket is a registry for clients that know nothing of it, between any two of its requests. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Digest, Receipt } from '../../src/model.ts';
import { staticRegistry } from '../../src/ship/bucket/static-registry.ts';
import type { Objects } from '../../src/ship/ports.ts';
import { readPage } from '../docs/markdown.ts';
import { receiptIn, slipway } from '../flow/fleet.ts';
import { type SourceTree, sourceTree } from '../flow/source-tree.ts';
import { listTags, pull } from '../ship/bucket/static-registry-client.ts';
import { closing } from './closing.ts';
import { configMap } from './fixture.ts';
import { filesIn, folder, sha256 } from './folder.ts';
import { type Ended, run, start } from './peer.ts';
import { toolPath } from './servers.ts';
import { type RegistryBucket, startRegistryBucket } from './static-registry.ts';

/** The policies of the page: who publishes, who reads, who reads in one network. */
const [, reading] = readPage('docs/bucket-as-registry.md').blocks.filter(({ language }) => language === 'json');
const READ = reading?.text ?? '';
const ARTIFACTS = ['east', 'web'];
const PASSPHRASE = 'pass ü phrase';

const files = (web: string): Record<string, string> => ({
  'apps/web/app.yaml': configMap('web', web),
  'apps/east/app.yaml': configMap('east'),
});

describe.each([403, 404] as const)('a bucket that answers %i for missing keys', (missing) => {
  const atEnd = closing();
  let bucket: RegistryBucket;
  let tree: SourceTree;
  let home: string;
  const releases: Receipt[] = [];

  beforeAll(async () => {
    bucket = await startRegistryBucket({ policy: READ, missing });
    atEnd(bucket.stop);
    const [scratch, made] = await Promise.all([folder(), sourceTree()]);
    atEnd(scratch.remove);
    atEnd(made.remove);
    [home, tree] = [scratch.path, made];
    await slipwayRun(['keygen', '--out', join(home, 'key')]);
    const sign = { key: join(home, 'key.key'), legacy: true };
    const config = { version: 1, channel: 'live', artifacts: [{ path: 'apps/*' }], stores: { s3: bucket.store }, sign };
    await tree.commit({ 'slipway.yaml': JSON.stringify(config), ...files('one') });
  });

  const slipwayRun = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    slipway(argv, { cwd: tree.dir, env: { ...bucket.env, SLIPWAY_KEY_PASSWORD: PASSPHRASE, ...env } });
  const publish = async (): Promise<Receipt> => {
    const { stdout, stderr } = await slipwayRun(['publish', '--output', 'json', '--quiet']);
    const receipt = receiptIn(stdout);
    if (receipt === undefined) throw new Error(stderr);
    return receipt;
  };
  const anonymous = (): Objects => ({
    ...bucket.objects,
    async get(key) {
      const bytes = await bucket.read(key);
      return bytes && { bytes, etag: '' };
    },
  });
  const manifestOf = (receipt: Receipt | undefined, artifact = 'web'): Digest => {
    const found = receipt?.artifacts.find(({ name }) => name === artifact);
    if (found === undefined) throw new Error(`there is no "${artifact}"`);
    return found.manifest;
  };
  const client = (tool: 'crane' | 'regctl' | 'cosign', ...args: readonly string[]): Promise<Ended> =>
    start(toolPath(tool), args, { cwd: home, env: bucket.throughProxy });
  const cosign = (command: 'verify' | 'verify-attestation', reference: string): Promise<Ended> =>
    client(
      'cosign',
      ...[command, '--key', 'key.pub', '--insecure-ignore-tlog=true', '--allow-http-registry'],
      ...(command === 'verify' ? [] : ['--type', 'slsaprovenance1']),
      reference,
    );
  const names = (artifact: string): readonly string[] => [
    `${bucket.virtualHost}/gitops/${artifact}`,
    `${bucket.host}/gitops/${artifact}`,
  ];

  test('is read whole and signed after every write of two releases and of a way back', async () => {
    expect(await bucket.missing()).toBe(missing);
    const seen: string[] = [];
    let looks = 0;
    const look = async (artifact: string): Promise<void> => {
      const shown = await pull(anonymous(), `gitops/${artifact}`, 'live');
      if (shown === undefined) return;
      looks += 1;
      expect(shown.proofs.length).toBeGreaterThan(0);
      await listTags(anonymous(), `gitops/${artifact}`);
      if (artifact === 'web' && seen.at(-1) !== shown.manifest) seen.push(shown.manifest);
    };
    bucket.watch(async () => void (await Promise.all(ARTIFACTS.map(look))));
    for (const web of ['one', 'two', 'one']) {
      await tree.commit(files(web));
      releases.push(await publish());
    }
    bucket.watch(async () => {});
    expect(looks).toBeGreaterThan(50);
    expect(releases.map(({ outcome }) => outcome)).toEqual(['published', 'published', 'published']);
    expect(seen).toEqual(releases.map((receipt) => manifestOf(receipt)));
    const contents = releases.map(({ artifacts }) => artifacts.find(({ name }) => name === 'web')?.digest);
    expect([contents[0] === contents[2], contents[0] === contents[1]]).toEqual([true, false]);
  });

  test('is a registry for crane and regctl, by its own host and behind another', async () => {
    for (const artifact of ARTIFACTS) {
      for (const name of names(artifact)) {
        const digest = manifestOf(releases[2], artifact);
        const manifest = await client('crane', 'manifest', `${name}:live`);
        expect(`sha256:${sha256(manifest.bytes)}`, manifest.stderr).toBe(digest);
        expect((await client('crane', 'ls', name)).stdout).toBe('live\n');
        expect((await client('crane', 'validate', '--remote', `${name}:live`)).stdout).toContain('PASS');
        const regctl = ['--host', `reg=${name.split('/')[0]},tls=disabled`];
        expect(
          (await client('regctl', ...regctl, 'manifest', 'get', '--format', 'raw-body', `${name}:live`)).bytes,
        ).toEqual(manifest.bytes);
        expect((await client('regctl', ...regctl, 'tag', 'ls', name)).stdout).toBe('live\n');
        const attached = await client('regctl', ...regctl, 'artifact', 'list', `${name}@${digest}`, '--format', 'body');
        expect(attached.stdout, attached.stderr).toContain('application/vnd.dev.sigstore.bundle.v0.3+json');
      }
    }
    await mkdir(join(home, 'exported'));
    const exported = await client('crane', 'export', `${bucket.host}/gitops/web:live`, 'exported/web.tar');
    expect(exported.code, exported.stderr).toBe(0);
    await mkdir(join(home, 'exported/web'));
    await run('tar', ['-xf', 'exported/web.tar', '-C', 'exported/web'], { cwd: home });
    expect(await filesIn(join(home, 'exported/web'))).toEqual({
      'app.yaml': sha256(configMap('web', 'one')),
    });
  });

  test('is verified by cosign, by tag and by digest', async () => {
    for (const name of names('web')) {
      for (const end of [':live', `@${manifestOf(releases[0])}`, `@${manifestOf(releases[1])}`]) {
        for (const command of ['verify', 'verify-attestation'] as const) {
          const { code, stderr } = await cosign(command, name + end);
          expect({ code, stderr }).toMatchObject({ code: 0 });
        }
      }
    }
  });

  test('is verified and pulled by slipway, as a registry and by the reference of the receipt', async () => {
    const reference = releases[2]?.artifacts.find(({ name }) => name === 'web')?.stores.s3?.reference ?? 'none';
    expect(reference).toContain(`s3://fleet/gitops/web:live@${manifestOf(releases[2])}?layout=registry&`);
    for (const asked of [reference, `oci://${bucket.host}/gitops/web:live`]) {
      const { code, stderr } = await slipwayRun(['verify', asked, '--key', join(home, 'key.pub')]);
      expect([asked, code, stderr]).toEqual([asked, 0, expect.any(String)]);
    }
    expect(await slipwayRun(['verify', 'live'])).toMatchObject({ code: 0 });
    expect(await slipwayRun(['pull', reference, '-o', join(home, 'pulled')])).toMatchObject({ code: 0 });
    expect(await filesIn(join(home, 'pulled'))).toEqual({ 'app.yaml': sha256(configMap('web', 'one')) });
  });

  test('is written by three publishers at once, and read all the while', async () => {
    await tree.commit(files('three'));
    bucket.watch(async () => {
      expect((await pull(anonymous(), 'gitops/web', 'live'))?.proofs.length).toBeGreaterThan(0);
    });
    const receipts = await Promise.all([publish(), publish(), publish()]);
    bucket.watch(async () => {});
    expect(receipts.map(({ outcome }) => outcome)).toContain('published');
    expect(new Set(receipts.map((receipt) => manifestOf(receipt))).size).toBe(1);
    const name = `${bucket.host}/gitops/web`;
    const now = await client('crane', 'digest', `${name}:live`);
    expect(now.stdout.trim()).toBe(manifestOf(receipts[0]));
    expect((await cosign('verify', `${name}:live`)).code).toBe(0);
    const tags = await staticRegistry(bucket.objects).tags('gitops/releases');
    const numbers = tags.filter((tag) => tag.startsWith('slipway.')).map((tag) => Number(tag.split('.').at(-2)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect((await publish()).outcome).toBe('unchanged');
  });

  test('is whole after an older release was removed, with nothing of it left', async () => {
    const [gone, kept] = [manifestOf(releases[1]), manifestOf(releases[0])];
    const repositories = staticRegistry(bucket.objects);
    const attached = (await repositories.referrers('gitops/web', gone)) ?? [];
    const signed = await repositories.getManifest('gitops/web', `${gone.replace(':', '-')}.sig`);
    expect([attached.length, signed === undefined]).toEqual([1, false]);
    const digests = [gone, ...attached.map(({ digest }) => digest), ...(signed === undefined ? [] : [signed.digest])];
    for (const digest of digests) await repositories.deleteManifest('gitops/web', digest);
    const { objects: left } = await bucket.objects.list('v2/gitops/web/');
    expect(left.filter(({ key }) => digests.some((digest) => key.includes(digest.slice('sha256:'.length))))).toEqual(
      [],
    );
    const name = `${bucket.host}/gitops/web`;
    expect((await client('crane', 'manifest', `${name}@${gone}`)).code).not.toBe(0);
    for (const end of [':live', `@${kept}`]) {
      expect((await cosign('verify', name + end)).code).toBe(0);
      await run(toolPath('crane'), ['validate', '--remote', name + end], { cwd: home });
    }
  });
});
