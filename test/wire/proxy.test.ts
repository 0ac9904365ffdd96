import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openHttp } from '../../src/wire/http.ts';
import { proxyAgents } from '../../src/wire/proxy.ts';
import { openRegistry } from '../../src/wire/registry.ts';
import { type AnswerServer, startAnswers } from '../fakes/answers.ts';
import { connect, failureOf, fakeBuckets } from '../fakes/bucket-client.ts';
import { selfSigned } from '../fakes/certificate.ts';
import { type FakeProxy, type FakeProxyOptions, startFakeProxy } from '../fakes/connect-proxy.ts';
import { startFakeRegistry } from '../fakes/registry.ts';

const NAME = 'store.example.com';
const YAML = { contentType: 'application/yaml' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const startBucket = fakeBuckets();

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-proxy-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function proxyTo(server: { readonly url: string }, options: Partial<FakeProxyOptions> = {}): Promise<FakeProxy> {
  const proxy = await startFakeProxy({ to: Number(new URL(server.url).port), ...options });
  onTestFinished(proxy.stop);
  return proxy;
}

/** A server that always answers `hello`, and a question to it by a name that only the proxy knows. */
async function hello(options: Partial<FakeProxyOptions> = {}) {
  const server: AnswerServer = await startAnswers((_, response) => response.end('hello'));
  onTestFinished(server.stop);
  const proxy = await proxyTo(server, options);
  const ask = async (env: Readonly<Record<string, string>>, host = NAME): Promise<string> => {
    const pace = { attempts: 2, sleep: async () => {} };
    const http = openHttp({ env, meter: { reads: 0, writes: 0 }, pace });
    const url = new URL(`http://${host}:8080/greeting`);
    const { bytes: answer } = await http.send({ method: 'GET', url, task: 'read the greeting', expect: [200] });
    return Buffer.from(answer).toString();
  };
  return { server, proxy, ask };
}

describe('which hosts go through the proxy', () => {
  const goes = (env: Readonly<Record<string, string>>, url: string): boolean => {
    const { protocol, hostname, port } = new URL(url);
    const secure = protocol === 'https:';
    const host = hostname.replace(/^\[|\]$/g, '');
    return proxyAgents(env)({ secure, host, port: Number(port || (secure ? 443 : 80)) }) !== undefined;
  };
  const both = { HTTPS_PROXY: 'http://proxy:3128', HTTP_PROXY: 'http://proxy:3128' };

  test.each<[Readonly<Record<string, string>>, string, boolean]>([
    [{}, 'https://a.example', false],
    [{ HTTPS_PROXY: 'http://proxy:3128' }, 'https://a.example', true],
    [{ HTTPS_PROXY: 'http://proxy:3128' }, 'http://a.example', false],
    [{ HTTP_PROXY: 'http://proxy:3128' }, 'http://a.example', true],
    [{ HTTP_PROXY: 'http://proxy:3128' }, 'https://a.example', false],
    [{ https_proxy: 'proxy:3128' }, 'https://a.example', true],
    [{ http_proxy: 'https://proxy' }, 'http://a.example', true],
    [{ HTTPS_PROXY: '' }, 'https://a.example', false],
    [both, 'https://127.0.0.1:9000', false],
    [both, 'https://127.9.9.9', false],
    [both, 'https://[::1]:9000', false],
    [both, 'https://localhost', false],
    [both, 'https://minio.localhost', false],
    [both, 'https://10.0.0.1', true],
    [{ ...both, NO_PROXY: '*' }, 'https://a.example', false],
    [{ ...both, NO_PROXY: 'a.example' }, 'https://a.example', false],
    [{ ...both, NO_PROXY: 'a.example' }, 'https://s3.a.example', false],
    [{ ...both, NO_PROXY: 'a.example' }, 'https://ba.example', true],
    [{ ...both, NO_PROXY: '.a.example' }, 'https://s3.a.example', false],
    [{ ...both, NO_PROXY: '*.a.example' }, 'https://s3.a.example', false],
    [{ ...both, NO_PROXY: 'x, A.Example b' }, 'https://a.example', false],
    [{ ...both, NO_PROXY: 'a.example:443' }, 'https://a.example', false],
    [{ ...both, NO_PROXY: 'a.example:8443' }, 'https://a.example', true],
    [{ ...both, no_proxy: 'a.example', NO_PROXY: 'b.example' }, 'https://b.example', true],
    [{ ...both, NO_PROXY: '10.0.0.1' }, 'https://10.0.0.1', false],
    [{ ...both, NO_PROXY: '10.0.0.0/8' }, 'https://10.20.30.40', false],
    [{ ...both, NO_PROXY: '10.0.0.0/8' }, 'https://11.20.30.40', true],
    [{ ...both, NO_PROXY: '10.0.0.0/99' }, 'https://10.20.30.40', true],
    [{ ...both, NO_PROXY: 'fd00::/8' }, 'https://[fd12::1]', false],
    [{ ...both, NO_PROXY: 'fd12::1' }, 'https://[fd12::1]', false],
    [{ ...both, NO_PROXY: '[fd12::1]:443' }, 'https://[fd12::1]', false],
    [{ ...both, NO_PROXY: '0.1' }, 'https://10.0.0.1', true],
    [{ ...both, NO_PROXY: ',, ' }, 'https://a.example', true],
  ])('%j: %s %s', (env, url, expected) => {
    expect(goes(env, url)).toBe(expected);
  });

  test.each(['socks5://user:canary@proxy:1080', 'http://', 'http://user:canary%zz@proxy', 'not a url canary'])(
    'a proxy that is no http(s) URL is refused without its value: %s',
    async (HTTPS_PROXY) => {
      const error = await failureOf(Promise.resolve().then(() => proxyAgents({ HTTPS_PROXY })));
      expect(error).toMatchObject({
        code: 'CONFIG',
        message: 'Cannot use the proxy in "HTTPS_PROXY": it is not an http(s) URL',
        hint: 'write HTTPS_PROXY=http://HOST:PORT, with special characters of a user or password as %XX',
      });
      expect(inspect(error, { depth: null })).not.toContain('canary');
    },
  );
});

describe('requests of registries and of Sigstore', () => {
  test('go through a tunnel, one for many', async () => {
    const { proxy, ask, server } = await hello();
    expect(await ask({ HTTP_PROXY: `http://${proxy.host}` })).toBe('hello');
    expect(proxy.tunnels).toEqual([`${NAME}:8080`]);
    expect(proxy.others).toEqual([]);
    expect(server.requests[0]?.url).toBe('/greeting');
  });

  test('show the proxy its user and password, and the server neither', async () => {
    const { proxy, ask, server } = await hello({ user: { name: 'ci', password: 'p@ss:w' } });
    expect(await ask({ http_proxy: `http://ci:p%40ss%3Aw@${proxy.host}` })).toBe('hello');
    expect(server.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('a proxy that wants other credentials is AUTH, and no part of the error shows them', async () => {
    const { proxy, ask } = await hello({ user: { name: 'ci', password: 'right' } });
    const error = await failureOf(ask({ HTTP_PROXY: `http://ci:canary@${proxy.host}` }));
    expect(error).toMatchObject({
      code: 'AUTH',
      message: `Cannot read the greeting at "${NAME}:8080": the proxy "${proxy.host}" made no connection (407)`,
      hint: 'check the user and password: HTTP_PROXY=http://USER:PASSWORD@HOST:PORT',
    });
    expect(inspect(error, { depth: null })).not.toMatch(/canary|Y2k6Y2FuYXJ5/);
    expect(proxy.tunnels).toHaveLength(1);
  });

  test('a proxy that forbids the host is DENIED', async () => {
    const { proxy, ask } = await hello({ refuse: () => 403 });
    expect(await failureOf(ask({ HTTP_PROXY: `http://${proxy.host}` }))).toMatchObject({
      code: 'DENIED',
      hint: 'allow this host and port in the proxy, or add the host to NO_PROXY',
    });
  });

  test('a proxy that cannot reach the host once is asked again', async () => {
    const { proxy, ask } = await hello({ refuse: (index) => (index === 0 ? 502 : undefined) });
    expect(await ask({ HTTP_PROXY: `http://${proxy.host}` })).toBe('hello');
    expect(proxy.tunnels).toHaveLength(2);
  });

  test('a proxy that is not there is NETWORK and is named', async () => {
    const { proxy, ask } = await hello();
    await proxy.stop();
    expect(await failureOf(ask({ HTTP_PROXY: `http://${proxy.host}` }))).toMatchObject({
      code: 'NETWORK',
      message: `Cannot read the greeting at "${NAME}:8080": the proxy "${proxy.host}" made no connection (ECONNREFUSED)`,
      hint: 'check HTTP_PROXY and the proxy, or add the host to NO_PROXY',
    });
  });

  test('a registry with TLS behind a proxy is reached, its certificate checked by its own name', async () => {
    const tls = selfSigned(NAME);
    const server = await startFakeRegistry({ tls });
    onTestFinished(server.stop);
    const proxy = await proxyTo(server);
    const ca = join(folder, 'ca.pem');
    await writeFile(ca, tls.cert);
    const env = { HTTPS_PROXY: `http://${proxy.host}` };
    const meter = { reads: 0, writes: 0 };
    const shared = { insecure: false, ca, env, meter, credentials: async () => undefined };
    const registry = openRegistry({ ...shared, host: `${NAME}:5000` });
    expect(await registry.tags('fleet')).toEqual([]);
    expect(await registry.tags('web')).toEqual([]);
    expect(proxy.tunnels).toEqual([`${NAME}:5000`]);
    const other = openRegistry({ ...shared, host: 'other.example.com:5000', http: { pace: { attempts: 1 } } });
    expect(await failureOf(other.tags('fleet'))).toMatchObject({ code: 'TLS' });
  });
});

describe('requests of a bucket', () => {
  test('go through tunnels, over TLS and without, and keep their connection', async () => {
    for (const tls of [undefined, selfSigned(NAME)]) {
      const fake = await startBucket(tls && { tls });
      const proxy = await proxyTo({ url: fake.endpoint });
      const ca = join(folder, 'ca.pem');
      if (tls !== undefined) await writeFile(ca, tls.cert);
      const [scheme, variable] = tls === undefined ? ['http', 'HTTP_PROXY'] : ['https', 'HTTPS_PROXY'];
      const env = { ...fake.env, [variable]: `http://${proxy.host}` };
      const objects = connect(fake, { env, endpoint: `${scheme}://${NAME}:9000`, ...(tls && { ca }) });
      for (const key of ['a', 'b', 'c']) await objects.put(key, bytes(key), YAML);
      expect((await objects.list('')).objects).toHaveLength(3);
      expect(proxy.tunnels).toEqual([`${NAME}:9000`]);
    }
  });

  test('of hosts in NO_PROXY and on this machine go straight', async () => {
    const fake = await startBucket();
    const proxy = await proxyTo({ url: fake.endpoint });
    const env = { ...fake.env, HTTP_PROXY: `http://${proxy.host}`, HTTPS_PROXY: `http://${proxy.host}` };
    await connect(fake, { env }).put('a', bytes('x'), YAML);
    const away = { endpoint: 'http://no-such-host.invalid:9000', attempts: 1 };
    const error = await failureOf(connect(fake, { env: { ...env, NO_PROXY: '.invalid' }, ...away }).get('a'));
    expect(error.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
    expect(proxy.tunnels).toEqual([]);
  });

  test('a refusal of the proxy is told as one, without its password, and one that passes is repeated', async () => {
    const fake = await startBucket();
    const proxy = await proxyTo(
      { url: fake.endpoint },
      { user: { name: 'ci', password: 'right' }, refuse: (index) => (index === 1 ? 503 : undefined) },
    );
    const open = (password: string) =>
      connect(fake, {
        env: { ...fake.env, HTTP_PROXY: `http://ci:${password}@${proxy.host}` },
        endpoint: `http://${NAME}:9000`,
      });
    const error = await failureOf(open('canary').get('a'));
    expect(error).toMatchObject({
      code: 'AUTH',
      message: `Cannot read "gitops/a" from bucket "fleet": the proxy "${proxy.host}" made no connection (407)`,
      hint: 'check the user and password: HTTP_PROXY=http://USER:PASSWORD@HOST:PORT',
    });
    expect(inspect(error, { depth: null })).not.toContain('canary');
    expect(await open('right').get('a')).toBeUndefined();
    expect(proxy.tunnels).toHaveLength(3);
  });
});
