/** Stores that answer nothing: each request is sent twice, so that nobody waits longer than two timeouts. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { memoryObjects } from '../../src/ship/memory.ts';
import type { Objects } from '../../src/ship/ports.ts';
import { openHttp } from '../../src/wire/http.ts';
import { openRegistry } from '../../src/wire/registry.ts';
import { openBucket } from '../../src/wire/s3.ts';
import { canned, connect, failureOf, fakeBuckets } from '../fakes/bucket-client.ts';
import { openStore, publishOnce } from '../flow/world.ts';

const start = fakeBuckets();
const YAML = { contentType: 'application/yaml' };
const X = Buffer.from('x');
const never = (): Promise<never> => new Promise(() => undefined);

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A server on loopback, and the requests that it saw. */
async function serve(answer: RequestListener): Promise<{ readonly host: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.method ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

describe('a bucket that answers nothing', () => {
  test('is asked twice, whatever is asked, and is NETWORK then', async () => {
    const seen: string[] = [];
    const onRequest = ({ method }: { readonly method: string }): Promise<never> => {
      seen.push(method);
      return never();
    };
    const fake = await start({ onRequest });
    const asked: readonly ((objects: Objects) => Promise<unknown>)[] = [
      (objects) => objects.get('a'),
      (objects) => objects.put('a', X, YAML),
      (objects) => objects.replace('a', X, 'abc', YAML),
      (objects) => objects.list(''),
      (objects) => objects.delete('a'),
    ];
    const errors = await Promise.all(asked.map((ask) => failureOf(ask(connect(fake, { idleTimeout: 40 })))));
    expect(errors.map(({ code }) => code)).toEqual(asked.map(() => 'NETWORK'));
    expect(errors[0]?.message).toMatch(/^Cannot read "gitops\/a" from bucket "fleet": .*timed out after 40 ms/);
    expect(seen.sort()).toEqual(['DELETE', 'DELETE', 'GET', 'GET', 'GET', 'GET', 'PUT', 'PUT', 'PUT', 'PUT']);
  });

  test('in the middle of a body is asked twice too', async () => {
    const { host, seen } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100, etag: '"abc"' });
      response.write('half');
    });
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    const meter = { reads: 0, writes: 0 };
    const objects = openBucket({
      bucket: 'fleet',
      prefix: '',
      endpoint: `http://${host}`,
      env,
      meter,
      idleTimeout: 40,
    });
    expect(await failureOf(objects.get('a'))).toMatchObject({ code: 'NETWORK' });
    expect(seen).toEqual(['GET', 'GET']);
  });

  test('once is no failure, and other faults are tried as often as ever', async () => {
    let count = 0;
    const objects = connect(
      await start({
        onRequest: () => {
          count += 1;
          return count === 1 ? never() : count < 4 ? canned(503, 'ServiceUnavailable') : 'serve';
        },
      }),
      { idleTimeout: 40 },
    );
    expect((await objects.put('a', X, YAML)).outcome).toBe('created');
    expect(count).toBe(4);
  });

  test('fails as a mirror after its first request was sent twice, and the others are published to', async () => {
    let asked = 0;
    const fake = await start({
      onRequest: () => {
        asked += 1;
        return never();
      },
    });
    const ports = { us: memoryObjects(), eu: connect(fake, { idleTimeout: 40 }), ap: memoryObjects() };
    const stores = Object.entries(ports).map(([name, port]) => openStore({ kind: 'bucket', name, port }));
    const letters = { east: 'a', west: 'a' };
    const ended = await publishOnce({ run: 1, commit: 1, letters, stores, primary: 'us', quorum: 2 });
    expect(ended.sites.map(({ store, state }) => [store.name, state])).toEqual([
      ['us', 'current'],
      ['eu', 'failed'],
      ['ap', 'current'],
    ]);
    expect(asked).toBe(2);
  });
});

describe('a registry that answers nothing', () => {
  const pace = { sleep: async () => undefined };

  test('is asked twice', async () => {
    const { host, seen } = await serve(() => undefined);
    const http = openHttp({ meter: { reads: 0, writes: 0 }, idleSeconds: 0.04, pace });
    const request = { method: 'GET', url: new URL(`http://${host}/`), task: 'read the thing', expect: [200] } as const;
    await expect(http.send(request)).rejects.toMatchObject({
      code: 'NETWORK',
      message: `Cannot read the thing: "${host}" gave no answer within 0.04 s`,
    });
    expect(seen).toEqual(['GET', 'GET']);
  });

  test('to a mount is not asked for an upload on top of it', async () => {
    const { host, seen } = await serve(({ method }, response) => {
      if (method === 'POST') return;
      response.writeHead(200).end();
    });
    const credentials = async () => undefined;
    const options = { host, insecure: true, credentials, meter: { reads: 0, writes: 0 } };
    const registry = openRegistry({ ...options, http: { pace, idleSeconds: 0.04 } });
    await expect(registry.putBlob('team/app', digestOf(X), X, 'team/web')).rejects.toMatchObject({ code: 'NETWORK' });
    expect(seen.filter((method) => method === 'POST')).toEqual(['POST', 'POST']);
  });
});
