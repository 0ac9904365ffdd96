import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from './registry.ts';

let server: FakeRegistry | undefined;
afterEach(() => server?.stop());

async function start(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  await server?.stop();
  server = await startFakeRegistry(options);
  return server;
}

const type = 'application/vnd.oci.image.manifest.v1+json';
const subject = digestOf(Buffer.from('subject'));
const proof = JSON.stringify({ schemaVersion: 2, artifactType: 'a/proof', subject: { digest: subject } });

const put = ({ url }: FakeRegistry, tag: string, body: string): Promise<Response> =>
  fetch(`${url}/v2/app/manifests/${tag}`, { method: 'PUT', headers: { 'content-type': type }, body });

describe('a fake registry', () => {
  test('with referrers answers OCI-Subject and lists them, by type too', async () => {
    const { url } = await start({ referrers: true });
    const answer = await put(server as FakeRegistry, 'x', proof);
    expect([answer.status, answer.headers.get('oci-subject')]).toEqual([201, subject]);
    for (const [query, count] of [
      ['', 1],
      ['?artifactType=a/proof', 1],
      ['?artifactType=other', 0],
    ] as const) {
      const response = await fetch(`${url}/v2/app/referrers/${subject}${query}`);
      expect(response.headers.get('oci-filters-applied')).toBe(query === '' ? null : 'artifactType');
      expect((await response.json()) as object).toMatchObject({ manifests: { length: count } });
    }
  });

  test('without referrers has neither the header nor the API', async () => {
    const { url } = await start();
    const answer = await put(server as FakeRegistry, 'x', proof);
    expect([answer.status, answer.headers.get('oci-subject')]).toEqual([201, null]);
    expect((await fetch(`${url}/v2/app/referrers/${subject}`)).status).toBe(404);
  });

  test.each([
    [true, 404],
    [false, 200],
  ])('forgets a manifest when its last tag moves: %s', async (forgetsUntagged, status) => {
    const fake = await start({ forgetsUntagged });
    for (const body of ['{"old":1}', '{"new":1}']) await put(fake, 'moving', body);
    const old = digestOf(Buffer.from('{"old":1}'));
    expect((await fetch(`${fake.url}/v2/app/manifests/${old}`)).status).toBe(status);
  });

  test('refuses what real registries refuse', async () => {
    const fake = await start();
    const code = async (response: Promise<Response>): Promise<unknown> =>
      ((await (await response).json()) as { errors: { code: string }[] }).errors[0]?.code;
    expect(await code(put(fake, 'x', 'not json'))).toBe('MANIFEST_INVALID');
    expect(await code(put(fake, 'x', JSON.stringify({ layers: [{ digest: subject }] })))).toBe('MANIFEST_BLOB_UNKNOWN');
    expect(await code(put(fake, subject, '{}'))).toBe('DIGEST_INVALID');
    const started = await fetch(`${fake.url}/v2/app/blobs/uploads/`, { method: 'POST' });
    const place = new URL(started.headers.get('location') ?? '', fake.url);
    place.searchParams.set('digest', subject);
    expect(await code(fetch(place, { method: 'PUT', body: 'other' }))).toBe('DIGEST_INVALID');
    await put(fake, 'x', '{}');
    // Distribution 2.8 hides manifests whose type is not asked for.
    expect(await code(fetch(`${fake.url}/v2/app/manifests/x`, { headers: { accept: 'text/plain' } }))).toBe(
      'MANIFEST_UNKNOWN',
    );
  });

  test('takes a blob in pieces', async () => {
    const fake = await start();
    let place = (await fetch(`${fake.url}/v2/app/blobs/uploads/`, { method: 'POST' })).headers.get('location');
    for (const body of ['sub', 'ject']) {
      const answer = await fetch(new URL(place ?? '', fake.url), { method: 'PATCH', body });
      expect(answer.status).toBe(202);
      place = answer.headers.get('location');
    }
    const end = new URL(place ?? '', fake.url);
    end.searchParams.set('digest', subject);
    expect((await fetch(end, { method: 'PUT' })).status).toBe(201);
    expect(fake.repositories.get('app')?.blobs.get(subject)).toEqual(Buffer.from('subject'));
  });
});

describe('its hooks', () => {
  let fake: FakeRegistry;
  beforeEach(async () => {
    fake = await start();
  });
  const tags = (): readonly string[] => [...(fake.repositories.get('app')?.tags.keys() ?? [])];

  test('can cut the connection before a write and after it', async () => {
    fake.hooks.onRequest = () => 'reset';
    await expect(put(fake, 'before', '{}')).rejects.toThrow();
    expect(tags()).toEqual([]);
    fake.hooks.onRequest = () => 'serve';
    fake.hooks.afterRequest = () => 'reset';
    await expect(put(fake, 'after', '{}')).rejects.toThrow();
    expect(tags()).toEqual(['after']);
    expect(fake.requests.map(({ index, write, status }) => [index, write, status])).toEqual([
      [0, true, undefined],
      [1, true, undefined],
    ]);
  });

  test('can hold a request back for as long as they like', async () => {
    let thaw = (): void => {};
    fake.hooks.onRequest = () =>
      new Promise((resolve) => {
        thaw = () => resolve('serve');
      });
    const frozen = put(fake, 'late', '{}');
    while (fake.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    fake.hooks.onRequest = () => 'serve';
    await put(fake, 'early', '{}');
    expect(tags()).toEqual(['early']);
    thaw();
    expect((await frozen).status).toBe(201);
    expect(tags()).toEqual(['early', 'late']);
  });
});
