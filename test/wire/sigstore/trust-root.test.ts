import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { fetchTrustRoot, type TrustRootFiles } from '../../../src/wire/sigstore/trust-root.ts';
import { startFakeProxy } from '../../fakes/connect-proxy.ts';
import { type FakeTuf, startFakeTuf } from '../../fakes/sigstore-tuf.ts';

const targets = { 'trusted_root.json': '{"root":1}', 'signing_config.v0.2.json': '{"config":1}' };
let folder = '';
let waits: number[] = [];
/** A pace that does not wait. */
const pace = { sleep: async (seconds: number): Promise<void> => void waits.push(seconds) };
beforeEach(async () => {
  waits = [];
  folder = await mkdtemp(join(tmpdir(), 'slipway-tuf-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Fetches from a fake by its first root, into this test's folder. */
async function fetchFrom(fake: FakeTuf, options: { readonly preferCache?: true } = {}): Promise<TrustRootFiles> {
  const root = join(folder, 'root.json');
  await writeFile(root, fake.root);
  return fetchTrustRoot({ mirror: `${fake.url}/`, root, cache: join(folder, 'cache'), pace, ...options });
}

/** Replaces every target by another text. */
function spoil({ files }: FakeTuf, text: string): void {
  for (const path of files.keys()) if (path.startsWith('/targets/')) files.set(path, text);
}

describe('the trust root of a mirror', () => {
  test('is fetched with its signing config, and again when it has changed', async () => {
    await using fake = await startFakeTuf(targets);
    expect(await fetchFrom(fake)).toEqual({ trustedRoot: '{"root":1}', signingConfig: '{"config":1}' });
    fake.publish({ 'trusted_root.json': '{"root":2}' });
    expect(await fetchFrom(fake)).toEqual({ trustedRoot: '{"root":2}', signingConfig: undefined });
  });

  test('needs no network once it is there, while it has not expired', async () => {
    await using fake = await startFakeTuf(targets);
    await fetchFrom(fake);
    const before = fake.requests.length;
    expect(await fetchFrom(fake, { preferCache: true })).toMatchObject({ trustedRoot: '{"root":1}' });
    expect(fake.requests).toHaveLength(before);
  });

  test.each<[string, (fake: FakeTuf) => void]>([
    ['signed by somebody else', (fake) => fake.publish(targets, { forged: true })],
    ['expired', (fake) => fake.publish(targets, { expires: '2020-01-01T00:00:00Z' })],
    ['an older one', (fake) => fake.files.set('/timestamp.json', fake.files.get('/first') ?? '')],
    ['not what its metadata say', (fake) => spoil(fake, '{"root":9}')],
    ['a page', (fake) => fake.files.set('/timestamp.json', '<html>wrong version</html>')],
  ])('is refused when it is %s', async (_, change) => {
    await using fake = await startFakeTuf(targets);
    fake.files.set('/first', fake.files.get('/timestamp.json') ?? '');
    fake.publish(targets);
    await fetchFrom(fake);
    fake.publish({ ...targets, 'trusted_root.json': '{"root":3}' });
    change(fake);
    await expect(fetchFrom(fake)).rejects.toMatchObject({
      code: 'UNTRUSTED',
      message: `Cannot fetch the trust root from "${fake.host}": its metadata is expired or not signed as it must be`,
    });
  });

  test('cannot be fetched where nobody answers, and is not mistaken for untrusted', async () => {
    const fake = await startFakeTuf(targets);
    await fake[Symbol.asyncDispose]();
    await expect(fetchFrom(fake)).rejects.toMatchObject({ code: 'NETWORK', hint: expect.stringContaining('as files') });
    expect(waits).toHaveLength(4);
  });

  test('cannot be fetched where a part of it is missing', async () => {
    await using fake = await startFakeTuf(targets);
    fake.files.delete('/1.snapshot.json');
    await expect(fetchFrom(fake)).rejects.toMatchObject({ code: 'NETWORK' });
  });

  test('cannot be fetched without the first root of the mirror', async () => {
    const run = fetchTrustRoot({ mirror: 'https://tuf.example', cache: folder });
    await expect(run).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('first root is not known'),
    });
  });

  test('cannot be fetched from what is no URL', async () => {
    await expect(fetchTrustRoot({ mirror: 'tuf', cache: folder })).rejects.toMatchObject({ code: 'CONFIG' });
  });

  test('cannot be kept where a file is in the way', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(fetchTrustRoot({ cache: join(file, 'cache') })).rejects.toMatchObject({ code: 'CONFIG' });
  });

  test('is not fetched after an interruption', async () => {
    const run = fetchTrustRoot({ cache: folder, signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('a mirror behind a proxy', () => {
  test('is reached through it, and other requests of the process at the same time are not', async () => {
    await using fake = await startFakeTuf(targets);
    const proxy = await startFakeProxy({ to: Number(new URL(fake.url).port) });
    onTestFinished(proxy.stop);
    const root = join(folder, 'root.json');
    await writeFile(root, fake.root);
    const env = { HTTP_PROXY: `http://${proxy.host}` };
    const mirror = 'http://tuf.example.com:8080';
    const fetching = fetchTrustRoot({ mirror, root, cache: join(folder, 'cache'), pace, env });
    const besides = await fetch(`${fake.url}/timestamp.json`);
    expect(await fetching).toEqual({ trustedRoot: '{"root":1}', signingConfig: '{"config":1}' });
    expect(besides.status).toBe(200);
    expect(new Set(proxy.tunnels)).toEqual(new Set(['tuf.example.com:8080']));
    expect(proxy.others).toEqual([]);
  });

  test('that lets nobody through is told with the proxy, and without its password', async () => {
    const proxy = await startFakeProxy({ to: 9, user: { name: 'ci', password: 'right' } });
    onTestFinished(proxy.stop);
    const env = { HTTP_PROXY: `http://ci:canary@${proxy.host}` };
    await using fake = await startFakeTuf(targets);
    const root = join(folder, 'root.json');
    await writeFile(root, fake.root);
    const mirror = 'http://tuf.example.com:8080';
    await expect(fetchTrustRoot({ mirror, root, cache: join(folder, 'cache'), pace, env })).rejects.toMatchObject({
      code: 'AUTH',
      message: `Cannot fetch the trust root at "tuf.example.com:8080": the proxy "${proxy.host}" made no connection (407)`,
    });
  });
});
