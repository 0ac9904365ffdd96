/** What can go wrong with a registry: for each, one clear error with a code and a hint, and nothing named. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { exitCodeOf, type SlipwayError } from '../../src/errors.ts';
import { basicCredential } from '../../src/wire/credentials.ts';
import type { HttpOptions } from '../../src/wire/http.ts';
import { openRegistry } from '../../src/wire/registry.ts';
import type { Verdict } from '../fakes/registry.ts';
import { type OpenFake, openFake, put, putBlob } from './registry-fixture.ts';

const failed = (work: Promise<unknown>): Promise<SlipwayError> =>
  work.then(
    () => Promise.reject(new Error('nothing failed')),
    (error) => error,
  );

function expectClear(error: SlipwayError, code: string): void {
  expect(error).toMatchObject({ name: 'SlipwayError', code });
  expect(error.hint).toMatch(/\w+ \w+ \w+/);
  expect(error.message).toMatch(/^Cannot [^\n]*[^.]$/);
  expect(exitCodeOf(error.code)).toBe(4);
}

function names({ server }: OpenFake): readonly string[] {
  return [...server.repositories.values()].flatMap(({ tags }) => [...tags.keys()]);
}

describe('publishing to a registry', () => {
  test('with a wrong password is AUTH', async () => {
    await using fake = await openFake(
      { auth: { kind: 'bearer', user: { username: 'ci', password: 'right' } } },
      basicCredential('ci', 'wrong'),
    );
    expectClear(await failed(put(fake.registry)), 'AUTH');
    expect(names(fake)).toEqual([]);
  });

  test.each(['ENOTFOUND', 'EAI_AGAIN'])('with an unknown host (%s) is NETWORK', async (code) => {
    await using fake = await openFake();
    const lookup: HttpOptions['lookup'] = (_host, _options, callback) => {
      callback(Object.assign(new Error(code), { code }), '', 4);
    };
    const registry = fake.reopen({ host: 'registry.example', http: { lookup, pace: { sleep: async () => {} } } });
    const error = await failed(put(registry));
    expectClear(error, 'NETWORK');
    expect(error.message).toContain('Cannot resolve host "registry.example"');
  });

  test('with a 401 for every token is AUTH, after two tries', async () => {
    await using fake = await openFake({ auth: { kind: 'bearer', anonymous: ['pull', 'push'] } });
    const headers = { 'www-authenticate': `Bearer realm="${fake.server.url}/token",service="x"` };
    fake.server.hooks.onRequest = ({ path }) => (path === '/token' ? 'serve' : { status: 401, headers });
    expectClear(await failed(put(fake.registry)), 'AUTH');
    expect(fake.server.requests.filter(({ path }) => path !== '/token')).toHaveLength(2);
    expect(names(fake)).toEqual([]);
  });

  const body = (code: string): string => JSON.stringify({ errors: [{ code, message: 'the words of the registry' }] });
  test.each<[string, string, Exclude<Verdict, string>, number]>([
    ['403', 'DENIED', { status: 403, body: body('DENIED') }, 1],
    ['404', 'NOT_FOUND', { status: 404, body: body('NAME_UNKNOWN') }, 1],
    ['413', 'TOO_LARGE', { status: 413, body: body('SIZE_INVALID') }, 1],
    ['429 for ever', 'RATE_LIMITED', { status: 429, body: body('TOOMANYREQUESTS') }, 5],
    ['500 for ever', 'STORE', { status: 500, body: body('UNKNOWN') }, 5],
    ['400', 'STORE', { status: 400, body: body('MANIFEST_INVALID') }, 1],
  ])('that answers %s is %s, with the words of the registry', async (_, code, verdict, attempts) => {
    await using fake = await openFake();
    fake.server.hooks.onRequest = () => verdict;
    for (const work of [() => put(fake.registry), () => putBlob(fake.reopen())]) {
      const before = fake.server.requests.length;
      const error = await failed(work());
      expectClear(error, code);
      expect(error.message).toContain('the words of the registry');
      expect(fake.server.requests.length - before).toBe(attempts);
    }
    expect(names(fake)).toEqual([]);
  });

  test('into a repository that has to exist before is NOT_FOUND', async () => {
    await using fake = await openFake({ createsRepositories: false });
    expect(await fake.registry.getManifest('team/app', 'v1')).toBeUndefined();
    const error = await failed(putBlob(fake.registry));
    expectClear(error, 'NOT_FOUND');
    expect(error.hint).toContain('create the repository first');
  });

  test('that is busy (429 with Retry-After) waits as asked and goes on', async () => {
    await using fake = await openFake();
    const answers: Verdict[] = [{ status: 429, headers: { 'retry-after': '7' } }, { status: 429 }];
    fake.server.hooks.onRequest = () => answers.shift() ?? 'serve';
    await put(fake.registry);
    expect(fake.waits[0]).toBe(7);
    expect(fake.waits).toHaveLength(2);
    expect(names(fake)).toEqual(['v1']);
  });

  test('that asks to wait for too long is RATE_LIMITED at once', async () => {
    await using fake = await openFake();
    fake.server.hooks.onRequest = () => ({ status: 429, headers: { 'retry-after': '3600' } });
    expectClear(await failed(put(fake.registry)), 'RATE_LIMITED');
    expect(fake.waits).toEqual([]);
  });

  test('that answers 500 once is done all the same', async () => {
    for (const index of [0, 1, 2]) {
      await using fake = await openFake();
      fake.server.hooks.onRequest = (info) => (info.index === index ? { status: 500 } : 'serve');
      await putBlob(fake.registry);
      await put(fake.registry);
      expect(names(fake)).toEqual(['v1']);
    }
  });

  test('with a connection that is cut once begins the upload anew', async () => {
    const bytes = Buffer.alloc(2 * 1_048_576, 7);
    for (const index of [0, 1]) {
      for (const hook of ['onRequest', 'afterRequest'] as const) {
        await using fake = await openFake();
        fake.server.hooks[hook] = (info) => (info.index === index ? 'reset' : 'serve');
        await fake.registry.putBlob('team/app', digestOf(bytes), bytes);
        const methods = fake.server.requests.map(({ method }) => method);
        expect(methods).toEqual(index === 0 ? ['POST', 'POST', 'PUT'] : ['POST', 'PUT', 'POST', 'PUT']);
        expect(fake.meter.writes).toBe(methods.length);
      }
    }
  });

  test('with a connection that is always cut in the middle of the upload is NETWORK', async () => {
    await using fake = await openFake();
    fake.server.hooks.onRequest = ({ method }) => (method === 'PUT' ? 'reset' : 'serve');
    const bytes = Buffer.alloc(2 * 1_048_576, 7);
    const error = await failed(fake.registry.putBlob('team/app', digestOf(bytes), bytes));
    expectClear(error, 'NETWORK');
    expect(error.message).toContain(`"${fake.server.host}" closed the connection`);
    expect(fake.server.requests).toHaveLength(10);
  });

  test('with a certificate of an unknown authority is TLS; with its authority it works', async () => {
    const pem = (name: string): Promise<string> =>
      readFile(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
    await using fake = await openFake({ tls: { key: await pem('key'), cert: await pem('cert') } });
    expectClear(await failed(put(fake.registry)), 'TLS');
    expect(fake.server.requests).toHaveLength(0);
    const ca = fileURLToPath(new URL('../fixtures/tls/cert.pem', import.meta.url));
    await put(fake.reopen({ ca }));
    expect(names(fake)).toEqual(['v1']);
  });

  test('over TLS takes no password where the token service has none', async () => {
    const pem = (name: string): Promise<string> =>
      readFile(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
    await using plain = await openFake({ auth: { kind: 'bearer', anonymous: ['pull', 'push'] } });
    const tls = { key: await pem('key'), cert: await pem('cert') };
    await using fake = await openFake({ tls, auth: { kind: 'bearer', realm: `${plain.server.url}/token` } });
    const ca = fileURLToPath(new URL('../fixtures/tls/cert.pem', import.meta.url));
    expectClear(await failed(put(fake.reopen({ ca }))), 'AUTH');
    expect(plain.server.requests).toHaveLength(0);
  });

  test('stops at once when it is interrupted, and leaves no name', async () => {
    const controller = new AbortController();
    await using fake = await openFake();
    fake.server.hooks.onRequest = () => {
      controller.abort();
      return new Promise<Verdict>((resolve) => setTimeout(() => resolve('serve'), 20));
    };
    const registry = openRegistry({
      host: fake.server.host,
      insecure: true,
      credentials: async () => undefined,
      meter: fake.meter,
      signal: controller.signal,
    });
    await expect(put(registry)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(put(registry)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(fake.server.requests).toHaveLength(1);
  });
});
