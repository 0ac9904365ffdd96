import { describe, expect, test } from 'vitest';
import { basicCredential } from '../../src/wire/credentials.ts';
import { type ImageExists, openImages } from '../../src/wire/image.ts';
import { type OpenFake, openFake, put } from './registry-fixture.ts';

const user = { username: 'ci', password: 'open sesame' };

function images({ meter }: OpenFake, login = user): ImageExists {
  const credentials = async () => basicCredential(login.username, login.password);
  return openImages({ credentials, meter, http: { pace: { sleep: async () => {} } } });
}

describe('an image', () => {
  test('that is there is found by tag and by digest, without a pull', async () => {
    await using fake = await openFake();
    const digest = await put(fake.registry, 'v1', 'team/app');
    const exists = images(fake);
    const before = fake.server.requests.length;
    expect(await exists(`${fake.server.host}/team/app:v1`)).toBe(true);
    expect(await exists(`${fake.server.host}/team/app@${digest}`)).toBe(true);
    expect(fake.server.requests.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'HEAD /v2/team/app/manifests/v1',
      `HEAD /v2/team/app/manifests/${digest}`,
    ]);
  });

  test('that is missing is not found', async () => {
    await using fake = await openFake();
    await put(fake.registry, 'v1', 'team/app');
    const exists = images(fake);
    expect(await exists(`${fake.server.host}/team/app:v2`)).toBe(false);
    expect(await exists(`${fake.server.host}/team/other:v1`)).toBe(false);
  });

  test('is asked for with a login', async () => {
    await using fake = await openFake(
      { auth: { kind: 'bearer', user } },
      basicCredential(user.username, user.password),
    );
    await put(fake.registry, 'v1', 'team/app');
    expect(await images(fake)(`${fake.server.host}/team/app:v1`)).toBe(true);
    await expect(images(fake, { ...user, password: 'wrong' })(`${fake.server.host}/team/app:v1`)).rejects.toMatchObject(
      {
        code: 'AUTH',
      },
    );
  });

  test('is asked for by GET where a registry knows no HEAD', async () => {
    await using fake = await openFake();
    await put(fake.registry, 'v1', 'team/app');
    fake.server.hooks.onRequest = ({ method }) => (method === 'HEAD' ? { status: 405 } : 'serve');
    const exists = images(fake);
    expect(await exists(`${fake.server.host}/team/app:v1`)).toBe(true);
    expect(await exists(`${fake.server.host}/team/app:v2`)).toBe(false);
  });
});

describe('a registry', () => {
  test('that fails is asked three times, then says why', async () => {
    await using fake = await openFake();
    fake.server.hooks.onRequest = () => ({ status: 503 });
    await expect(images(fake)(`${fake.server.host}/team/app:v1`)).rejects.toMatchObject({
      code: 'STORE',
      message: `Cannot look for image "v1" of "team/app": "${fake.server.host}" answered 503`,
    });
    expect(fake.server.requests).toHaveLength(3);
  });

  test('that is not there says so', async () => {
    await using fake = await openFake();
    const { host } = fake.server;
    await fake.server.stop();
    await expect(images(fake)(`${host}/team/app:v1`)).rejects.toMatchObject({ code: 'NETWORK' });
  });

  test('is signed in to once for all its images', async () => {
    await using fake = await openFake(
      { auth: { kind: 'basic', ...user } },
      basicCredential(user.username, user.password),
    );
    await put(fake.registry, 'v1', 'team/app');
    const exists = images(fake);
    const before = fake.server.requests.length;
    for (let index = 0; index < 3; index++) await exists(`${fake.server.host}/team/app:v1`);
    expect(fake.server.requests.slice(before).map(({ status }) => status)).toEqual([401, 200, 200, 200]);
  });
});

test.each(['web', 'registry.example.com/web', 'web:1', 'registry.example.com/web:'])(
  '"%s" is no full reference',
  async (reference) => {
    await using fake = await openFake();
    await expect(images(fake)(reference)).rejects.toMatchObject({ code: 'CONFIG' });
  },
);
