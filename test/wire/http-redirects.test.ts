import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { type Http, type HttpRequest, openHttp } from '../../src/wire/http.ts';
import { type AnswerServer, startAnswers } from '../fakes/answers.ts';

const servers: AnswerServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));

async function serve(answer: RequestListener, secure = false): Promise<AnswerServer> {
  const pem = (name: string): Promise<string> => readFile(fixture(name), 'utf8');
  const server = await startAnswers(answer, secure ? { key: await pem('key'), cert: await pem('cert') } : undefined);
  servers.push(server);
  return server;
}

const to =
  (status: number, location: () => string): RequestListener =>
  (_, response) =>
    response.writeHead(status, { location: location() }).end();

function client(): Http {
  return openHttp({ meter: { reads: 0, writes: 0 }, ca: fixture('cert'), pace: { sleep: async () => {} } });
}

function request(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  const headers = { authorization: 'Bearer canary', accept: 'text/plain' };
  return { method: 'GET', url: new URL(url), task: 'read the thing', headers, expect: [200], ...more };
}

describe('a redirect', () => {
  test('to another host goes without the credentials and with everything else', async () => {
    const other = await serve((_, response) => response.end('fine'));
    const server = await serve(to(307, () => `${other.url}/blob?signature=x`));
    const response = await client().send(request(server.url));
    expect(response.url.href).toBe(`${other.url}/blob?signature=x`);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer canary');
    expect(other.requests[0]?.headers).toMatchObject({ accept: 'text/plain' });
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });

  test('back to the first host does not bring the credentials back', async () => {
    const other = await serve(to(302, () => `${server.url}/end`));
    const server = await serve((asked, response) => {
      if (asked.url === '/end') response.end('fine');
      else response.writeHead(302, { location: other.url }).end();
    });
    await client().send(request(server.url));
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer canary', undefined]);
  });

  test('within a host keeps the credentials, and may be relative', async () => {
    const server = await serve((asked, response) => {
      if (asked.url === '/there') response.end('fine');
      else response.writeHead(301, { location: '/there' }).end();
    });
    await client().send(request(`${server.url}/here`));
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer canary', 'Bearer canary']);
  });

  test('from TLS to plain HTTP is refused', async () => {
    const plain = await serve((_, response) => response.end('fine'));
    const server = await serve(
      to(302, () => plain.url),
      true,
    );
    const message = `Cannot read the thing: "${server.host}" redirects to "${plain.host}" without TLS`;
    await expect(client().send(request(server.url))).rejects.toMatchObject({ code: 'STORE', message });
    expect(plain.requests).toHaveLength(0);
  });

  test('to something that is not HTTP is refused', async () => {
    const server = await serve(to(302, () => 'file:///etc/passwd'));
    await expect(client().send(request(server.url))).rejects.toMatchObject({ code: 'STORE' });
  });

  test('to itself ends after six requests', async () => {
    const server = await serve(to(302, () => '/'));
    await expect(client().send(request(server.url))).rejects.toThrow('redirects more than 5 times');
    expect(server.requests).toHaveLength(6);
  });

  test('keeps a write a write, body and all', async () => {
    const bodies: string[] = [];
    const other = await serve((asked, response) => {
      asked.on('data', (chunk) => bodies.push(`${asked.method} ${chunk}`));
      asked.on('end', () => response.end());
    });
    const server = await serve(to(307, () => other.url));
    await client().send(request(server.url, { method: 'PUT', body: Buffer.from('content') }));
    expect(bodies).toEqual(['PUT content']);
  });

  test('that would turn a write into a read is refused', async () => {
    const server = await serve(to(302, () => '/page'));
    await expect(client().send(request(server.url, { method: 'PUT' }))).rejects.toMatchObject({ code: 'STORE' });
    expect(server.requests).toHaveLength(1);
  });

  test('without a Location is an answer nobody expected', async () => {
    const server = await serve((_, response) => response.writeHead(302).end());
    await expect(client().send(request(server.url))).rejects.toThrow('answered 302');
  });

  test('to a host that cannot be reached names that host', async () => {
    const gone = await serve((_, response) => response.end());
    await gone.stop();
    const server = await serve(to(307, () => gone.url));
    await expect(client().send(request(server.url))).rejects.toThrow(`"${gone.host}" refused the connection`);
  });
});
