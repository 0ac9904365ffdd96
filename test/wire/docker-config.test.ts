import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basicCredential, type Credential } from '../../src/wire/credentials.ts';
import { dockerCredentials } from '../../src/wire/docker-config.ts';

const homeDir = '/home/ci';
const standard = '/home/ci/.docker/config.json';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const auths = (host: string, login = 'ci:canary'): object => ({ auths: { [host]: { auth: base64(login) } } });

/** Looks a host up in files given by path. Helpers answer from `helpers`, by suffix and server. */
function find(
  host: string,
  files: Readonly<Record<string, unknown>>,
  { env = {}, helpers = {} }: { env?: Record<string, string>; helpers?: Readonly<Record<string, Credential>> } = {},
): Promise<Credential | undefined> {
  const readFile = async (path: string): Promise<string> => {
    const file = files[path];
    if (file === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return typeof file === 'string' ? file : JSON.stringify(file);
  };
  const runHelper = async (suffix: string, server: string) => helpers[`${suffix} ${server}`];
  return dockerCredentials({ env, homeDir, readFile, runHelper })(host);
}

const revealed = async (credential: Promise<Credential | undefined>): Promise<unknown> => (await credential)?.reveal();
const ci = { username: 'ci', password: 'canary' };

describe('a login', () => {
  test('is found in every place, in this order', async () => {
    const env = {
      DOCKER_AUTH_CONFIG: JSON.stringify(auths('a.example', 'one:canary')),
      DOCKER_CONFIG: '/other',
      REGISTRY_AUTH_FILE: '/auth.json',
      XDG_RUNTIME_DIR: '/run/user/7',
    };
    const files: Record<string, unknown> = {
      '/other/config.json': auths('a.example', 'two:canary'),
      '/auth.json': auths('a.example', 'three:canary'),
      '/run/user/7/containers/auth.json': auths('a.example', 'four:canary'),
      [standard]: auths('a.example', 'five:canary'),
    };
    const user = async (more: Record<string, string>): Promise<unknown> =>
      ((await revealed(find('a.example', files, { env: more }))) as { username: string } | undefined)?.username;
    expect(await user(env)).toBe('one');
    expect(await user({ ...env, DOCKER_AUTH_CONFIG: '' })).toBe('two');
    delete files['/other/config.json'];
    expect(await user({ ...env, DOCKER_AUTH_CONFIG: '' })).toBe('three');
    expect(await user({ ...env, DOCKER_AUTH_CONFIG: '', REGISTRY_AUTH_FILE: '' })).toBe('four');
    expect(await user({})).toBe('five');
  });

  test.each([
    ['ghcr.io', 'ghcr.io', true],
    ['ghcr.io', 'https://ghcr.io', true],
    ['ghcr.io', 'https://ghcr.io/', true],
    ['ghcr.io', 'https://ghcr.io/v1/', true],
    ['ghcr.io', 'https://ghcr.io/v2', true],
    ['GHCR.io', 'ghcr.IO', true],
    ['localhost:5000', 'localhost:5000', true],
    ['localhost:5000', 'localhost', false],
    ['localhost', 'localhost:5000', false],
    ['ghcr.io', 'evil-ghcr.io', false],
    ['ghcr.io', 'ghcr.io.evil.example', false],
    ['ghcr.io', 'ghcr.io/team', false],
    ['evil.example', 'https://ghcr.io/evil.example', false],
    ['docker.io', 'https://index.docker.io/v1/', true],
    ['registry-1.docker.io', 'https://index.docker.io/v1/', true],
    ['index.docker.io', 'docker.io', true],
    ['ghcr.io', 'https://index.docker.io/v1/', false],
  ])('for %s is found under %s: %s', async (host, key, isFound) => {
    expect(await revealed(find(host, { [standard]: auths(key) }))).toEqual(isFound ? ci : undefined);
  });

  test.each<[string, object, unknown]>([
    ['auth', { auth: base64('ci:can:ary') }, { username: 'ci', password: 'can:ary' }],
    ['username and password', { username: 'ci', password: 'canary' }, ci],
    ['identitytoken', { auth: base64('ci:'), identitytoken: 'canary' }, { username: 'ci', token: 'canary' }],
    ['registrytoken', { registrytoken: 'canary' }, { token: 'canary' }],
    ['nothing', {}, undefined],
    ['an empty auth', { auth: '' }, undefined],
  ])('can be kept as %s', async (_, entry, expected) => {
    expect(await revealed(find('a.example', { [standard]: { auths: { 'a.example': entry } } }))).toEqual(expected);
  });

  test('is any user and password that base64 can hold', async () => {
    const username = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/[:\0]/.test(text));
    const password = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    await fc.assert(
      fc.asyncProperty(username, password, async (user, word) => {
        const found = revealed(find('a.example', { [standard]: auths('a.example', `${user}:${word}`) }));
        expect(await found).toEqual({ username: user, password: word });
      }),
    );
  });

  test('is taken from the helper of its host, then from the store, then from the file', async () => {
    const config = { ...auths('a.example', 'file:canary'), credsStore: 'store', credHelpers: { 'a.example': 'own' } };
    const own = { 'own a.example': basicCredential('own', 'canary') };
    const store = {
      'store a.example': basicCredential('store', 'canary'),
      'store b.example': basicCredential('b', 'canary'),
    };
    const user = async (host: string, helpers: Record<string, Credential>, of: object = config): Promise<unknown> =>
      ((await revealed(find(host, { [standard]: of }, { helpers }))) as { username: string } | undefined)?.username;
    expect(await user('a.example', { ...own, ...store })).toBe('own');
    expect(await user('b.example', { ...own, ...store })).toBe('b');
    expect(await user('a.example', store, { ...config, credHelpers: {} })).toBe('store');
    expect(await user('a.example', {})).toBe('file');
  });

  test('of Docker Hub is asked for under the URL that Docker stores', async () => {
    const helpers = { 'store https://index.docker.io/v1/': basicCredential('hub', 'canary') };
    const found = revealed(find('docker.io', { [standard]: { credsStore: 'store' } }, { helpers }));
    expect(await found).toEqual({ username: 'hub', password: 'canary' });
  });
});

describe('a Docker config', () => {
  test.each<[string, string, string]>([
    ['is not JSON', '{"auths": {"a": "canary"', 'not valid JSON'],
    ['is a text', '"canary"', 'the document has the wrong type'],
    ['has a login that is no object', '{"auths": {"a.example": "canary"}}', '"auths" has the wrong type'],
    ['has a helper that is no text', '{"credHelpers": {"a.example": ["canary"]}}', '"credHelpers" has the wrong type'],
  ])('that %s is CONFIG and named, and nothing of it is shown', async (_, text, state) => {
    for (const [name, files, env] of [
      [standard, { [standard]: text }, {}],
      ['DOCKER_AUTH_CONFIG', {}, { DOCKER_AUTH_CONFIG: text }],
    ] as const) {
      const error = await find('a.example', files, { env }).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'CONFIG', message: `Cannot read Docker config "${name}": ${state}` });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary');
    }
  });

  test('with a malformed login is CONFIG, only for its host', async () => {
    const files = {
      [standard]: {
        auths: { 'a.example': { auth: base64('canary') }, ...{ 'b.example': { auth: base64('ci:canary') } } },
      },
    };
    const error = await find('a.example', files).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'CONFIG', message: expect.stringContaining('"a.example" in Docker config') });
    expect(inspect(error)).not.toContain('canary');
    expect(await revealed(find('b.example', files))).toEqual(ci);
  });

  test('may begin with a byte order mark and hold other keys', async () => {
    const text = `\uFEFF${JSON.stringify({ ...auths('a.example'), HttpHeaders: {}, auths2: 1 })}`;
    expect(await revealed(find('a.example', { [standard]: text }))).toEqual(ci);
  });

  test('that is not there is no login', async () => {
    expect(await find('a.example', {})).toBeUndefined();
  });

  test('that cannot be read is CONFIG', async () => {
    const readFile = (): Promise<string> => Promise.reject(Object.assign(new Error('x'), { code: 'EACCES' }));
    const source = dockerCredentials({ env: {}, homeDir, readFile });
    const message = `Cannot read Docker config "${standard}": EACCES`;
    await expect(source('a.example')).rejects.toMatchObject({ code: 'CONFIG', message });
  });
});

describe('on a real disk, with real helpers', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-docker-'));
    const helper = async (name: string, script: string): Promise<void> => {
      await writeFile(join(folder, `docker-credential-${name}`), `#!/bin/sh\nread -r server || true\n${script}\n`);
      await chmod(join(folder, `docker-credential-${name}`), 0o755);
    };
    await helper(
      'good',
      `echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"$server-$1-$LOGIN\\",\\"Secret\\":\\"canary\\"}"`,
    );
    await helper('token', `echo '{"Username":"<token>","Secret":"canary"}'`);
    await helper('empty', `echo 'credentials not found in native keychain'; exit 1`);
    await helper('broken', `echo canary; echo canary >&2; exit 3`);
    await helper('nonsense', `echo '{"Username":"canary"}'`);
    const credHelpers = Object.fromEntries(
      ['good', 'token', 'empty', 'broken', 'nonsense', 'missing', '../evil'].map((name) => [
        `${name.replace(/\W/g, '')}.example`,
        name,
      ]),
    );
    await mkdir(join(folder, '.docker'));
    await writeFile(join(folder, '.docker', 'config.json'), JSON.stringify({ credHelpers }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const ask = (host: string): Promise<Credential | undefined> =>
    dockerCredentials({ env: { PATH: `${folder}:/usr/bin:/bin`, LOGIN: 'env', UNSET: undefined }, homeDir: folder })(
      host,
    );

  test('a helper is given the server and the environment', async () => {
    expect(await revealed(ask('good.example'))).toEqual({ username: 'good.example-get-env', password: 'canary' });
  });

  test('a helper may keep an identity token, or nothing', async () => {
    expect(await ask('token.example')).toMatchObject({ kind: 'identity' });
    expect(await revealed(ask('token.example'))).toEqual({ username: '', token: 'canary' });
    expect(await ask('empty.example')).toBeUndefined();
  });

  test.each([
    ['broken', 'CONFIG', 'exit code 3'],
    ['nonsense', 'CONFIG', 'its answer is not a login'],
    ['evil', 'CONFIG', 'not a name of a program'],
    ['missing', 'TOOL_MISSING', 'docker-credential-missing'],
  ])('a helper that is %s is %s, and nothing of its output is shown', async (name, code, state) => {
    const error = await ask(`${name}.example`).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining(state),
      hint: expect.stringMatching(/\w+ \w+/),
    });
    expect(inspect(error, { depth: 10 })).not.toContain('canary');
  });
});
