import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { basicCredential } from '../../src/wire/credentials.ts';
import { openRegistry } from '../../src/wire/registry.ts';
import { repositoriesContract } from '../contract/repositories.ts';
import { startAnswers } from '../fakes/answers.ts';
import { type FakeRegistryOptions, startFakeRegistry } from '../fakes/registry.ts';
import { manifestType, openFake, put, putBlob } from './registry-fixture.ts';

const user = { username: 'ci', password: 'open sesame' };

function contract(name: string, options: FakeRegistryOptions): void {
  repositoriesContract(name, async () => {
    const server = await startFakeRegistry(options);
    const credentials = async () => basicCredential(user.username, user.password);
    const meter = { reads: 0, writes: 0 };
    return {
      repositories: openRegistry({ host: server.host, insecure: true, credentials, meter }),
      close: server.stop,
    };
  });
}

contract('an open registry with small pages', { pageSize: 10 });
contract('a registry with passwords, without mounts', {
  auth: { kind: 'basic', ...user },
  absoluteLocations: true,
  mounts: false,
});
contract('a registry with tokens and referrers', { auth: { kind: 'bearer', user }, referrers: true });
contract('a registry that forgets', { forgetsUntagged: true });
contract('a registry that forgets, with referrers on small pages', {
  forgetsUntagged: true,
  referrers: true,
  pageSize: 1,
});

const blob = Buffer.from('blob');
const digest = digestOf(blob);

describe('requests', () => {
  test('are counted: one to read a name, two to put a blob, one to put a manifest', async () => {
    await using fake = await openFake();
    await fake.registry.getManifest('team/app', 'v1');
    expect(fake.meter).toEqual({ reads: 1, writes: 0 });
    await putBlob(fake.registry);
    expect(fake.meter).toEqual({ reads: 1, writes: 2 });
    await put(fake.registry);
    expect(fake.meter).toEqual({ reads: 1, writes: 3 });
  });

  test('keep what a Location carries and add the digest', async () => {
    for (const absoluteLocations of [false, true]) {
      await using fake = await openFake({ absoluteLocations });
      await putBlob(fake.registry);
      const { query } = fake.server.requests[1] ?? {};
      expect(Object.fromEntries(query ?? [])).toEqual({ _state: 'a/b=', digest: digestOf(Buffer.from('blob')) });
    }
  });

  test('upload a blob once and mount it in the other repositories, also when all begin at once', async () => {
    await using fake = await openFake();
    const names = Array.from({ length: 8 }, (_, index) => `team/app${index}`);
    await Promise.all(names.map((name) => fake.registry.putBlob(name, digest, blob)));
    expect(fake.server.requests.map(({ method }) => method)).toEqual(['POST', 'PUT', ...Array(7).fill('POST')]);
    expect(names.every((name) => fake.server.repositories.get(name)?.blobs.has(digest))).toBe(true);
  });

  test('mount what was only seen elsewhere', async () => {
    await using fake = await openFake();
    await putBlob(fake.registry, 'team/old');
    const next = fake.reopen();
    expect(await next.hasBlob('team/old', digest)).toBe(true);
    await next.putBlob('team/new', digest, blob);
    expect(fake.server.requests.at(-1)).toMatchObject({ method: 'POST', status: 201 });
  });

  test('mount from the repository that the caller names, with a token for both', async () => {
    const auth = { kind: 'bearer', user } as const;
    await using fake = await openFake({ auth }, basicCredential(user.username, user.password));
    await putBlob(fake.registry, 'team/old');
    const next = fake.reopen();
    const before = fake.server.requests.length;
    await next.putBlob('team/new', digest, blob, 'team/old');
    const uploads = fake.server.requests.slice(before).filter(({ path }) => path.endsWith('/blobs/uploads/'));
    expect(uploads.map(({ method, status }) => `${method} ${status}`)).toEqual(['POST 401', 'POST 201']);
    expect(fake.server.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  test('upload where nobody may read the repository that the caller names', async () => {
    const auth = { kind: 'bearer', user } as const;
    await using fake = await openFake({ auth }, basicCredential(user.username, user.password));
    fake.server.hooks.onRequest = ({ path, query }) =>
      path === '/token' && query.getAll('scope').length > 1 ? { status: 403 } : 'serve';
    await fake.registry.putBlob('team/new', digest, blob, 'secret/old');
    expect(fake.server.repositories.get('team/new')?.blobs.get(digest)).toEqual(blob);
  });

  test('upload where a mount is not done, and do not ask for one again', async () => {
    await using fake = await openFake({ mounts: false });
    for (const name of ['a', 'b', 'c']) await putBlob(fake.registry, `team/${name}`);
    expect(fake.server.requests.map(({ method, query }) => `${method}${query.has('mount') ? ' mount' : ''}`)).toEqual([
      ...['POST', 'PUT'],
      ...['POST mount', 'PUT'],
      ...['POST', 'PUT'],
    ]);
  });

  test.each([400, 403, 404, 405, 503])('upload where a mount is refused with %d', async (status) => {
    await using fake = await openFake();
    await putBlob(fake.registry, 'team/a');
    fake.server.hooks.onRequest = ({ query }) => (query.has('mount') ? { status } : 'serve');
    await putBlob(fake.registry, 'team/b');
    expect(fake.server.repositories.get('team/b')?.blobs.has(digest)).toBe(true);
  });

  test('of a blob already there upload it all the same: it may have to be repaired', async () => {
    await using fake = await openFake();
    await putBlob(fake.registry);
    fake.server.repositories.get('team/app')?.blobs.set(digest, Buffer.from('damaged'));
    await expect(fake.registry.getBlob('team/app', digest)).rejects.toMatchObject({ code: 'CORRUPT' });
    await putBlob(fake.registry);
    expect(await fake.registry.getBlob('team/app', digest)).toEqual(blob);
  });
});

describe('answers', () => {
  test('403 to the question for a blob means that it is missing', async () => {
    await using fake = await openFake();
    fake.server.hooks.onRequest = ({ method }) => (method === 'HEAD' ? { status: 403 } : 'serve');
    expect(await fake.registry.hasBlob('team/app', digest)).toBe(false);
  });

  test('with other bytes than their digest are CORRUPT, by digest and by tag', async () => {
    await using fake = await openFake();
    const manifest = await put(fake.registry);
    const stored = fake.server.repositories.get('team/app');
    stored?.manifests.set(manifest, { bytes: Buffer.from('{}'), mediaType: manifestType });
    for (const reference of [manifest, 'v1']) {
      const error = await fake.registry.getManifest('team/app', reference).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'CORRUPT', message: expect.stringContaining(`expected "${manifest}"`) });
    }
  });

  test('to a write that report another digest are CORRUPT', async () => {
    await using fake = await openFake();
    const headers = { 'docker-content-digest': digest };
    fake.server.hooks.afterRequest = ({ method }) => (method === 'PUT' ? { status: 201, headers } : 'serve');
    await expect(put(fake.registry)).rejects.toMatchObject({ code: 'CORRUPT' });
  });

  test.each([200, 201, 202])('%d to a manifest count as written', async (status) => {
    await using fake = await openFake();
    fake.server.hooks.afterRequest = ({ method }) => (method === 'PUT' ? { status } : 'serve');
    await put(fake.registry);
    expect(fake.server.requests).toHaveLength(1);
  });

  test('leave out parameters from the media type', async () => {
    await using fake = await openFake();
    fake.server.hooks.onRequest = () => ({
      status: 200,
      headers: { 'content-type': `${manifestType}; charset=utf-8` },
      body: '{}',
    });
    expect((await fake.registry.getManifest('team/app', 'v1'))?.mediaType).toBe(manifestType);
  });

  test('may send a reader of a blob to another host, without the password', async () => {
    const other = await startAnswers((_, response) => response.end(blob));
    await using fake = await openFake(
      { auth: { kind: 'basic', ...user } },
      basicCredential(user.username, user.password),
    );
    await fake.registry.tags('team/app');
    fake.server.hooks.onRequest = () => ({ status: 307, headers: { location: `${other.url}/x?signature=y` } });
    expect(await fake.registry.getBlob('team/app', digest)).toEqual(blob);
    expect(fake.server.requests.at(-1)?.headers.authorization).toBeDefined();
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
    await other.stop();
  });

  test('may send an upload to another host, without the password', async () => {
    const other = await startAnswers((_, response) => response.writeHead(201).end());
    await using fake = await openFake(
      { auth: { kind: 'basic', ...user } },
      basicCredential(user.username, user.password),
    );
    await fake.registry.tags('team/app');
    fake.server.hooks.onRequest = () => ({ status: 202, headers: { location: `${other.url}/upload` } });
    await putBlob(fake.registry);
    expect(other.requests.map(({ method, url, headers }) => [method, url, headers.authorization])).toEqual([
      ['PUT', `/upload?digest=${encodeURIComponent(digest)}`, undefined],
    ]);
    await other.stop();
  });

  test('that name no place for an upload are errors of the store', async () => {
    await using fake = await openFake();
    fake.server.hooks.onRequest = () => ({ status: 202 });
    await expect(putBlob(fake.registry)).rejects.toThrow('answered no place for it');
  });
});

test.each([['../../v2/other'], ['team/app?x='], ['team/app#'], ['team app'], ['']])(
  'refuses repository %j',
  async (name) => {
    await using fake = await openFake();
    await expect(fake.registry.getManifest(name, 'v1')).rejects.toMatchObject({ code: 'CONFIG' });
    await expect(fake.registry.tags(name)).rejects.toMatchObject({ code: 'CONFIG' });
    await expect(putBlob(fake.registry, name)).rejects.toMatchObject({ code: 'CONFIG' });
    expect(fake.server.requests).toHaveLength(0);
  },
);
