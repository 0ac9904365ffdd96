import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import type { Repositories } from '../../src/ship/ports.ts';
import { basicCredential, bearerCredential, type Credential, identityCredential } from '../../src/wire/credentials.ts';
import { openRegistry } from '../../src/wire/registry.ts';
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from '../fakes/registry.ts';

const user = { username: 'ci', password: 'canary' };
const login = basicCredential(user.username, user.password);
const servers: FakeRegistry[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

interface Opened {
  readonly server: FakeRegistry;
  readonly registry: Repositories;
  readonly clock: { seconds: number };
  readonly meter: { reads: number; writes: number };
  readonly lookups: string[];
}

async function open(options: FakeRegistryOptions, credential?: Credential): Promise<Opened> {
  const server = await startFakeRegistry(options);
  servers.push(server);
  const clock = { seconds: 0 };
  const meter = { reads: 0, writes: 0 };
  const lookups: string[] = [];
  const registry = openRegistry({
    host: server.host,
    insecure: true,
    credentials: async (host) => {
      lookups.push(host);
      return credential;
    },
    meter,
    http: { pace: { sleep: async () => {} } },
    seconds: () => clock.seconds,
  });
  return { server, registry, clock, meter, lookups };
}

const tokens = (server: FakeRegistry) => server.requests.filter(({ path }) => path === '/token');
const refused = (server: FakeRegistry) => server.requests.filter(({ status }) => status === 401);
const authorizations = (server: FakeRegistry) => server.requests.map(({ headers }) => headers.authorization);

async function put(registry: Repositories, repository = 'team/app'): Promise<void> {
  const bytes = Buffer.from('{"schemaVersion":2}');
  await registry.putManifest(repository, 'v1', bytes, { mediaType: 'application/vnd.oci.image.manifest.v1+json' });
}

describe('signing in', () => {
  test('sends nothing and looks nothing up while nobody asks', async () => {
    const { server, registry, lookups } = await open({}, login);
    await registry.tags('team/app');
    expect(lookups).toEqual([]);
    expect(authorizations(server)).toEqual([undefined]);
  });

  test('with Basic costs one refused request in all, however many begin at once', async () => {
    const { server, registry, lookups } = await open({ auth: { kind: 'basic', ...user } }, login);
    await Promise.all(Array.from({ length: 10 }, (_, index) => registry.tags(`team/app${index}`)));
    expect(refused(server)).toHaveLength(1);
    expect(server.requests).toHaveLength(11);
    expect(lookups).toEqual([server.host]);
  });

  test('with tokens fetches one for each repository, however many wait for it', async () => {
    const { server, registry } = await open({ auth: { kind: 'bearer', user } }, login);
    await Promise.all(Array.from({ length: 10 }, () => registry.tags('team/app')));
    await Promise.all(Array.from({ length: 5 }, () => registry.tags('team/other')));
    expect(tokens(server)).toHaveLength(2);
    expect(refused(server)).toHaveLength(1);
  });

  test('asks for our own scope, service and client, not for the scope of the challenge', async () => {
    const { server, registry } = await open({ auth: { kind: 'bearer', user } }, login);
    await registry.tags('team/app');
    expect(Object.fromEntries(tokens(server)[0]?.query ?? [])).toEqual({
      scope: 'repository:team/app:pull,push',
      service: 'fake, registry',
      client_id: 'slipway',
    });
  });

  test('counts as reading, whatever the method', async () => {
    const auth = { kind: 'bearer', user, identityToken: 'canary-id', post: true } as const;
    const { server, registry, meter } = await open({ auth }, identityCredential('', 'canary-id'));
    await registry.tags('team/app');
    expect(tokens(server).map(({ method }) => method)).toEqual(['POST']);
    expect(meter).toEqual({ reads: 3, writes: 0 });
  });

  test('exchanges an identity token by GET where the service knows no POST', async () => {
    const auth = { kind: 'bearer', user, identityToken: 'canary-id' } as const;
    const { server, registry } = await open({ auth }, identityCredential('', 'canary-id'));
    await put(registry);
    expect(tokens(server).map(({ method, status }) => [method, status])).toEqual([
      ['POST', 405],
      ['GET', 200],
    ]);
  });

  test('sends a registry token as it is', async () => {
    const { server, registry } = await open({ auth: { kind: 'bearer', user } }, bearerCredential('as-it-is'));
    await expect(registry.tags('team/app')).rejects.toMatchObject({ code: 'AUTH' });
    expect(authorizations(server)).toEqual([undefined, 'Bearer as-it-is']);
  });

  test('fetches a new token when the old one has run out by the clock', async () => {
    const { server, registry, clock } = await open({ auth: { kind: 'bearer', user, lifeSeconds: 100 } }, login);
    await registry.tags('team/app');
    clock.seconds = 89;
    await registry.tags('team/app');
    expect(tokens(server)).toHaveLength(1);
    clock.seconds = 90;
    await registry.tags('team/app');
    expect(tokens(server)).toHaveLength(2);
    expect(refused(server)).toHaveLength(1);
  });

  test('fetches a new token when the registry has forgotten the old one, once for all that meet it', async () => {
    const { server, registry } = await open({ auth: { kind: 'bearer', user } }, login);
    await registry.tags('team/app');
    server.revokeTokens();
    await Promise.all(Array.from({ length: 8 }, () => registry.tags('team/app')));
    expect(tokens(server)).toHaveLength(2);
  });

  test('reads anonymously what is public, and is refused when it writes', async () => {
    const { registry } = await open({ auth: { kind: 'bearer', user, anonymous: ['pull'] } });
    expect(await registry.tags('team/app')).toEqual([]);
    const error = await put(registry).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'AUTH', hint: expect.stringContaining('no credentials are stored') });
  });

  test('asks for less when the service refuses to give a reader the right to write', async () => {
    const { server, registry } = await open({ auth: { kind: 'bearer', user, anonymous: ['pull'], strict: true } });
    await registry.tags('team/app');
    await registry.tags('team/app');
    expect(tokens(server).map(({ query }) => query.get('scope'))).toEqual([
      'repository:team/app:pull,push',
      'repository:team/app:pull',
    ]);
    await expect(put(registry)).rejects.toMatchObject({ code: 'DENIED' });
  });

  test('mounts with a token for both repositories', async () => {
    const { server, registry } = await open({ auth: { kind: 'bearer', user } }, login);
    const digest = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
    await registry.putBlob('team/a', digest, Buffer.from('{}'));
    await registry.putBlob('team/b', digest, Buffer.from('{}'));
    expect(tokens(server).at(-1)?.query.getAll('scope')).toEqual([
      'repository:team/b:pull,push',
      'repository:team/a:pull',
    ]);
    expect(server.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });
});

describe('being refused', () => {
  test.each<[string, FakeRegistryOptions]>([
    ['Basic', { auth: { kind: 'basic', ...user } }],
    ['tokens', { auth: { kind: 'bearer', user } }],
  ])('for a wrong password with %s is one clear error', async (_, options) => {
    const { server, registry } = await open(options, basicCredential('ci', 'wrong-canary'));
    const error = await put(registry).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'AUTH',
      hint: expect.stringContaining(`credentials stored for "${server.host}"`),
    });
    expect(inspect(error, { depth: 10 })).not.toContain('canary');
    expect(server.requests.length).toBeLessThanOrEqual(3);
    expect(server.repositories.size).toBe(0);
  });

  test('without a password where one is asked for says how to store one', async () => {
    const { server, registry } = await open({ auth: { kind: 'basic', ...user } });
    await expect(registry.tags('team/app')).rejects.toMatchObject({
      code: 'AUTH',
      message: `Cannot sign in to "${server.host}": it asks for a user and password`,
      hint: `no credentials are stored for "${server.host}": run "docker login ${server.host}" or set DOCKER_AUTH_CONFIG`,
    });
  });

  test('with every token ends after the second refusal', async () => {
    const { server, registry } = await open({ auth: { kind: 'bearer', user } }, login);
    server.hooks.onRequest = ({ path }) => {
      const headers = { 'www-authenticate': `Bearer realm="${server.url}/token",service="x"` };
      return path === '/token' ? 'serve' : { status: 401, headers };
    };
    await expect(put(registry)).rejects.toMatchObject({ code: 'AUTH' });
    expect(server.requests.map(({ path }) => path.replace(/.*\//, ''))).toEqual(['v1', 'token', 'v1']);
  });

  test.each([
    ['Negotiate', 'offers negotiate'],
    ['', 'offers nothing'],
    ['Bearer service="x"', 'offers bearer'],
    ['Bearer realm="not a url"', 'has no valid address'],
    ['Bearer realm="http://tokens.example/t"', '"tokens.example" does not use HTTPS'],
    ['Bearer realm="ftp://127.0.0.1/t"', '"127.0.0.1" does not use HTTPS'],
    ['Bearer realm="https://a:b@tokens.example/t"', 'has credentials in its address'],
  ])('with %j sends no password anywhere', async (challenge, state) => {
    const { server, registry } = await open({}, login);
    server.hooks.onRequest = () => ({ status: 401, headers: { 'www-authenticate': challenge } });
    const error = await put(registry).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'AUTH', message: expect.stringContaining(state) });
    expect(authorizations(server)).toEqual([undefined]);
  });

  test.each([['{}'], ['{"token":""}'], ['{"token":7}'], ['{"token":"a\\nb"}'], ['canary'], ['null']])(
    'by a token service that answers %s is an error of the store',
    async (body) => {
      const { server, registry } = await open({ auth: { kind: 'bearer', user } }, login);
      server.hooks.onRequest = ({ path }) => (path === '/token' ? { status: 200, body } : 'serve');
      const error = await put(registry).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'STORE', message: expect.stringContaining('sent no token') });
      expect(inspect(error)).not.toContain('canary');
    },
  );

  test('is forgotten: the next request may sign in', async () => {
    const { server, registry } = await open({ auth: { kind: 'bearer', user } }, login);
    server.hooks.onRequest = ({ path }) => (path === '/token' ? { status: 403 } : 'serve');
    await expect(put(registry)).rejects.toMatchObject({ code: 'DENIED' });
    server.hooks.onRequest = () => 'serve';
    await put(registry);
    expect([...(server.repositories.get('team/app')?.tags.keys() ?? [])]).toEqual(['v1']);
  });
});

test('a credential shows nothing when it is inspected or serialised', () => {
  for (const credential of [login, identityCredential('u', 'canary'), bearerCredential('canary')]) {
    expect(inspect(credential, { depth: 10, showHidden: true }) + JSON.stringify(credential)).not.toContain('canary');
  }
});
