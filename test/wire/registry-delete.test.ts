import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { basicCredential } from '../../src/wire/credentials.ts';
import { openRegistry } from '../../src/wire/registry.ts';
import { startAnswers } from '../fakes/answers.ts';
import { failureOf } from '../fakes/bucket-client.ts';
import { openFake, put, putBlob } from './registry-fixture.ts';

const BLOB = digestOf(Buffer.from('blob'));

describe('deleting from a registry', () => {
  test('is one DELETE for each manifest and blob, counted as a write', async () => {
    await using fake = await openFake();
    const digest = await put(fake.registry);
    await putBlob(fake.registry);
    const before = { ...fake.meter };
    await fake.registry.deleteManifest('team/app', digest);
    await fake.registry.deleteBlob('team/app', BLOB);
    expect(fake.server.requests.slice(-2).map(({ method, path }) => `${method} ${path}`)).toEqual([
      `DELETE /v2/team/app/manifests/${digest}`,
      `DELETE /v2/team/app/blobs/${BLOB}`,
    ]);
    expect(fake.meter).toEqual({ ...before, writes: before.writes + 2 });
    expect(fake.server.repositories.get('team/app')).toMatchObject({
      manifests: new Map(),
      blobs: new Map(),
      tags: new Map(),
    });
  });

  test.each(['off', 'unsupported'] as const)(
    'a manifest is DENIED where it is switched off (%s), and nothing is gone',
    async (deletes) => {
      await using fake = await openFake({ deletes });
      const digest = await put(fake.registry);
      expect(await failureOf(fake.registry.deleteManifest('team/app', digest))).toMatchObject({
        code: 'DENIED',
        message: `Cannot delete manifest "${digest}" of "team/app": the registry does not delete`,
        hint: 'switch deletion on in the registry (distribution: storage.delete.enabled), or let its own retention rules clean up',
      });
      expect((await fake.registry.getManifest('team/app', 'v1'))?.digest).toBe(digest);
      await putBlob(fake.registry);
      await fake.registry.deleteBlob('team/app', BLOB);
      expect(await fake.registry.hasBlob('team/app', BLOB)).toBe(true);
    },
  );

  test('a refusal with another reason is told with its status', async () => {
    const server = await startAnswers((_, response) =>
      response.writeHead(400).end('{"errors":[{"code":"DIGEST_INVALID"}]}'),
    );
    const registry = openRegistry({
      host: server.host,
      insecure: true,
      credentials: async () => undefined,
      meter: { reads: 0, writes: 0 },
    });
    expect(await failureOf(registry.deleteManifest('team/app', BLOB))).toMatchObject({
      code: 'STORE',
      message: `Cannot delete manifest "${BLOB}" of "team/app": "${server.host}" answered 400`,
    });
    await server.stop();
  });

  test('a registry that keeps the tags of what is deleted is told to delete them too, and looked at once', async () => {
    const tags = new Set(['v1', 'v2']);
    const server = await startAnswers(({ method, url = '' }, response) => {
      const tag = url.slice(url.lastIndexOf('/') + 1);
      if (method === 'DELETE') {
        tags.delete(tag);
        return response.writeHead(202).end();
      }
      return tags.has(tag) ? response.end('{"schemaVersion":2}') : response.writeHead(404).end();
    });
    const registry = openRegistry({
      host: server.host,
      insecure: true,
      credentials: async () => undefined,
      meter: { reads: 0, writes: 0 },
    });
    for (const tag of ['v1', 'v2']) await registry.deleteManifest('team/app', BLOB, tag);
    expect(server.requests.map(({ method, url }) => `${method} ${url?.split('/').at(-1)}`)).toEqual([
      `DELETE ${BLOB}`,
      'GET v1',
      'DELETE v1',
      `DELETE ${BLOB}`,
      'DELETE v2',
    ]);
    expect(tags.size).toBe(0);
    await server.stop();
  });

  test('one that drops them is looked at once, and told nothing', async () => {
    await using fake = await openFake();
    const digest = await put(fake.registry);
    const before = fake.server.requests.length;
    for (const tag of ['v1', 'v1']) await fake.registry.deleteManifest('team/app', digest, tag);
    expect(fake.server.requests.slice(before).map(({ method }) => method)).toEqual(['DELETE', 'GET', 'DELETE']);
  });

  test('asks the token service for the right to delete', async () => {
    const user = { username: 'ci', password: 'canary' };
    const credential = basicCredential(user.username, user.password);
    await using fake = await openFake({ auth: { kind: 'bearer', user } }, credential);
    const digest = await put(fake.registry);
    await fake.registry.deleteManifest('team/app', digest);
    expect(await fake.registry.getManifest('team/app', digest)).toBeUndefined();
    const scopes = fake.server.requests.filter(({ path }) => path === '/token').map(({ query }) => query.get('scope'));
    expect(scopes).toEqual(['repository:team/app:pull,push', 'repository:team/app:pull,push,delete']);
  });

  test('somebody who may only read is AUTH', async () => {
    await using fake = await openFake({ auth: { kind: 'bearer', anonymous: ['pull'] } });
    expect(await failureOf(fake.registry.deleteManifest('team/app', BLOB))).toMatchObject({ code: 'AUTH' });
  });

  test('a blob that was deleted is uploaded again, and not taken from where it was', async () => {
    await using fake = await openFake();
    await putBlob(fake.registry, 'team/app');
    await fake.registry.deleteBlob('team/app', BLOB);
    await putBlob(fake.registry, 'team/web');
    expect(fake.server.repositories.get('team/web')?.blobs.has(BLOB)).toBe(true);
    expect(fake.server.requests.some(({ query }) => query.has('mount'))).toBe(false);
  });
});
