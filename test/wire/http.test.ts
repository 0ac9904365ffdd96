import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { type HttpOptions, type HttpRequest, openHttp, retryAfterSeconds } from '../../src/wire/http.ts';
import { type AnswerServer, startAnswers } from '../fakes/answers.ts';

const servers: AnswerServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const certificate = fileURLToPath(new URL('../fixtures/tls/cert.pem', import.meta.url));

async function serve(answer: RequestListener, secure = false): Promise<AnswerServer> {
  const pem = (name: string): Promise<string> =>
    readFile(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
  const server = await startAnswers(answer, secure ? { key: await pem('key'), cert: await pem('cert') } : undefined);
  servers.push(server);
  return server;
}

/** A client that never waits, with its meter and the waits it would have taken. */
function client(options: Partial<HttpOptions> = {}) {
  const meter = { reads: 0, writes: 0 };
  const waits: number[] = [];
  const sleep = async (seconds: number): Promise<void> => void waits.push(seconds);
  return { meter, waits, http: openHttp({ meter, ...options, pace: { sleep, ...options.pace } }) };
}

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url: new URL(url), task: 'read the thing', expect: [200], ...more };
}

describe('http', () => {
  test('sends and counts reads and writes', async () => {
    const bodies: string[] = [];
    const server = await serve((request, response) => {
      request.on('data', (chunk) => bodies.push(String(chunk)));
      request.on('end', () => response.end('fine'));
    });
    const { http, meter } = client();
    expect(Buffer.from((await http.send(get(server.url))).bytes).toString()).toBe('fine');
    await http.send(get(server.url, { method: 'PUT', body: Buffer.from('hello') }));
    await http.send(get(server.url, { method: 'POST' }));
    await http.send(get(server.url, { method: 'HEAD' }));
    await http.send(get(server.url, { method: 'POST', countAsRead: true }));
    expect(meter).toEqual({ reads: 3, writes: 2 });
    expect(bodies).toEqual(['hello']);
    expect(server.requests.map((request) => request.headers['content-length'])).toEqual([
      undefined,
      '5',
      '0',
      undefined,
      '0',
    ]);
    expect(server.requests.map((request) => request.headers['transfer-encoding']).some(Boolean)).toBe(false);
  });

  test('keeps its connections for requests after one another, HEAD too', async () => {
    const server = await serve((_, response) => response.end('fine'));
    const { http } = client();
    for (let count = 0; count < 20; count++) await http.send(get(server.url, { method: count % 2 ? 'HEAD' : 'GET' }));
    expect(new Set(server.requests.map((request) => request.socket.remotePort)).size).toBeLessThanOrEqual(2);
  });

  test.each([408, 429, 500, 502, 503, 504])('tries again after a %d and counts every attempt', async (status) => {
    const server = await serve((_, response) => response.writeHead(server.requests.length === 1 ? status : 200).end());
    const { http, meter, waits } = client();
    expect((await http.send(get(server.url))).status).toBe(200);
    expect(meter.reads).toBe(2);
    expect(waits).toHaveLength(1);
  });

  test.each([400, 401, 403, 404, 405, 409, 413])('does not repeat after a %d', async (status) => {
    const server = await serve((_, response) => response.writeHead(status).end());
    await expect(client().http.send(get(server.url))).rejects.toThrow(`answered ${status}`);
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    [401, 'AUTH'],
    [403, 'DENIED'],
    [404, 'NOT_FOUND'],
    [413, 'TOO_LARGE'],
    [429, 'RATE_LIMITED'],
    [500, 'STORE'],
    [418, 'STORE'],
  ])('explains a %d as %s, with a hint', async (status, code) => {
    const server = await serve((_, response) => response.writeHead(status).end());
    const error = await client()
      .http.send(get(server.url))
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code, message: `Cannot read the thing: "${server.host}" answered ${status}` });
    expect(error.hint).toMatch(/\w+ \w+/);
  });

  test('waits for Retry-After in seconds or until a date', async () => {
    const headers = ['7', 'Wed, 21 Oct 2015 07:28:09 GMT'];
    const server = await serve((_, response) => {
      const after = headers.shift();
      response.writeHead(after === undefined ? 200 : 429, after === undefined ? {} : { 'retry-after': after }).end();
    });
    const { http, waits } = client({ now: () => Date.parse('Wed, 21 Oct 2015 07:28:00 GMT') });
    await http.send(get(server.url));
    expect(waits).toEqual([7, 9]);
  });

  test.each([['soon'], ['-5'], ['1.5'], ['']])('takes no wait from Retry-After %j', (header) => {
    expect(retryAfterSeconds(header, () => 0)).toBeUndefined();
  });

  test('takes a date in the past as no wait', () => {
    expect(retryAfterSeconds('Wed, 21 Oct 2015 07:28:00 GMT', Date.now)).toBe(0);
  });

  test('sends the whole request again after a reset', async () => {
    const server = await serve((request, response) => {
      if (server.requests.length === 1) request.socket.destroy();
      else response.end('fine');
    });
    const { http, meter } = client();
    expect((await http.send(get(server.url, { method: 'PUT', body: Buffer.alloc(9) }))).status).toBe(200);
    expect(meter.writes).toBe(2);
  });

  test('explains a connection that is always cut, also in the middle of an answer', async () => {
    const cut = await serve((request) => request.socket.destroy());
    const half = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    for (const { url, host } of [cut, half]) {
      const message = `Cannot read the thing: "${host}" closed the connection`;
      await expect(client().http.send(get(url))).rejects.toMatchObject({ code: 'NETWORK', message });
    }
    expect(half.requests).toHaveLength(5);
  });

  test('explains a server that is not there', async () => {
    const server = await serve((_, response) => response.end());
    await server.stop();
    const message = `Cannot read the thing: "${server.host}" refused the connection`;
    await expect(client().http.send(get(server.url))).rejects.toMatchObject({ code: 'NETWORK', message });
  });

  test('gives up on a server that does not answer', async () => {
    const server = await serve(() => {});
    const { http } = client({ idleSeconds: 0.05, pace: { attempts: 2 } });
    const message = `Cannot read the thing: "${server.host}" gave no answer within 0.05 s`;
    await expect(http.send(get(server.url))).rejects.toMatchObject({ code: 'NETWORK', message });
    expect(server.requests).toHaveLength(2);
  });

  test.each([
    ['ENOTFOUND', 'no such name (ENOTFOUND)', 1],
    ['EAI_AGAIN', 'the name server did not answer (EAI_AGAIN)', 5],
  ])('explains a host that cannot be resolved: %s', async (code, state, attempts) => {
    const lookup: HttpOptions['lookup'] = (_host, _options, callback) => {
      callback(Object.assign(new Error(`getaddrinfo ${code}`), { code }), '', 4);
    };
    const { http, meter } = client({ lookup });
    const error = await http.send(get('http://registry.example/?token=s3cret')).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'NETWORK', message: `Cannot resolve host "registry.example": ${state}` });
    expect(error.hint).toContain('check the');
    expect(meter.reads).toBe(attempts);
  });

  test('refuses a certificate of an unknown authority, and trusts it when told', async () => {
    const server = await serve((_, response) => response.end('fine'), true);
    const error = await client()
      .http.send(get(server.url))
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'TLS', message: expect.stringContaining('certificate is not trusted') });
    expect(error.hint).toContain('NODE_EXTRA_CA_CERTS');
    expect(server.requests).toHaveLength(0);
    expect((await client({ ca: certificate }).http.send(get(server.url))).status).toBe(200);
  });

  test('tells a server without TLS from one with a bad certificate', async () => {
    const server = await serve((_, response) => response.end('fine'));
    const secure = server.url.replace('http:', 'https:');
    const error = await client()
      .http.send(get(secure))
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'TLS', hint: expect.stringContaining('insecure') });
  });

  test.each([['/nowhere/ca.pem'], [fileURLToPath(import.meta.url)]])(
    'refuses %s as a file of authorities',
    async (ca) => {
      await expect(client({ ca }).http.send(get('https://127.0.0.1:1/'))).rejects.toMatchObject({ code: 'CONFIG' });
    },
  );

  test('refuses an answer that is too long', async () => {
    const server = await serve((_, response) => response.end(Buffer.alloc(2_000)));
    const { http } = client();
    expect((await http.send(get(server.url, { maxBytes: 2_000 }))).bytes).toHaveLength(2_000);
    await expect(http.send(get(server.url, { maxBytes: 1_999 }))).rejects.toMatchObject({ code: 'STORE' });
    expect(server.requests).toHaveLength(2);
  });

  test('ends with INTERRUPTED before, during and instead of a request', async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort());
    const { http } = client({ signal: controller.signal });
    await expect(http.send(get(server.url))).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(http.send(get(server.url))).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(server.requests).toHaveLength(1);
  });
});
