/** Stores that are slow, or answer byte by byte, or not at all, again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { openHttp } from '../../src/wire/http.ts';
import { type BucketOptions, openBucket } from '../../src/wire/s3.ts';
import { bucketFacts } from '../../src/wire/s3-facts.ts';
import { type AnswerServer, startAnswers } from '../fakes/answers.ts';
import { connect, failureOf, fakeBuckets } from '../fakes/bucket-client.ts';

const start = fakeBuckets();
const servers: AnswerServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** Answers at once with a head, and then with a byte every few milliseconds, for ever. */
async function dripping(): Promise<AnswerServer> {
  const server = await startAnswers((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/xml', 'content-length': 100_000, etag: '"x"' });
    const timer = setInterval(() => response.write(' '), 5);
    response.on('close', () => clearInterval(timer));
  });
  servers.push(server);
  return server;
}

function bucketAt(endpoint: string, more: Partial<BucketOptions> = {}): BucketOptions {
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const meter = { reads: 0, writes: 0 };
  return { bucket: 'fleet', prefix: '', endpoint: endpoint.replace(/\/$/, ''), env, meter, ...more };
}

describe('a store that answers byte by byte', () => {
  test('is NETWORK when the time of the exchange is over, after two requests, for every method of a bucket', async () => {
    const server = await dripping();
    const open = () => openBucket(bucketAt(server.url, { exchangeSeconds: 0.1 }));
    const put = { contentType: 'application/yaml' };
    const failures = await Promise.all([
      failureOf(open().get('a')),
      failureOf(open().list('')),
      failureOf(open().put('a', Buffer.from('x'), put)),
    ]);
    expect(failures.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'NETWORK Cannot read "a" from bucket "fleet": no complete answer within 0.1 s',
      'NETWORK Cannot list "" in bucket "fleet": no complete answer within 0.1 s',
      'NETWORK Cannot write "a" to bucket "fleet": no complete answer within 0.1 s',
    ]);
    expect(server.requests).toHaveLength(6);
  });

  test('is NETWORK when the time of the exchange is over, after two requests, for a registry', async () => {
    const server = await dripping();
    const pace = { sleep: async () => undefined };
    const http = openHttp({ meter: { reads: 0, writes: 0 }, exchangeSeconds: 0.1, pace });
    const request = { method: 'GET', url: new URL(server.url), task: 'read the thing', expect: [200] } as const;
    expect(await failureOf(http.send(request))).toMatchObject({
      code: 'NETWORK',
      message: `Cannot read the thing: "${server.host}" gave no complete answer within 0.1 s`,
    });
    expect(server.requests).toHaveLength(2);
  });
});

describe('a store that was silent twice', () => {
  test('is not asked again in this run, by no client of it, and says so', async () => {
    const fake = await start({ onRequest: () => new Promise(() => undefined) });
    const other = await start();
    const meter = { reads: 0, writes: 0 };
    const objects = connect(fake, { meter, idleTimeout: 40 });
    await failureOf(objects.get('a'));
    expect(meter.reads).toBe(2);
    const again = [objects.list('channels/'), connect(fake, { meter, prefix: '' }).delete('b')];
    const failures = await Promise.all(again.map(failureOf));
    expect(failures.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'NETWORK Cannot list "gitops/channels/" in bucket "fleet": the store left two requests without an answer, and is not asked again',
      'NETWORK Cannot delete "b" from bucket "fleet": the store left two requests without an answer, and is not asked again',
    ]);
    expect(meter).toEqual({ reads: 2, writes: 0 });
    expect((await bucketFacts(bucketAt(fake.endpoint, { meter }))).mayList).toMatchObject({
      unknown: expect.stringContaining('not asked again'),
    });
    expect((await connect(other).list('')).objects).toEqual([]);
  });

  test('is not asked again by requests that waited for their turn meanwhile', async () => {
    let asked = 0;
    const fake = await start({
      onRequest: () => {
        asked += 1;
        return new Promise(() => undefined);
      },
    });
    const objects = connect(fake, { idleTimeout: 200 });
    const keys = Array.from({ length: 200 }, (_, index) => `key-${index}`);
    const failures = await Promise.all(keys.map((key) => failureOf(objects.get(key))));
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['NETWORK']));
    // 32 at once, of which each gets a second turn or hands it to another.
    expect(asked).toBeLessThanOrEqual(3 * 32);
  });

  test('is not asked again as a registry, whose other hosts are', async () => {
    const silent = await startAnswers(() => undefined);
    const fine = await startAnswers((_, response) => response.end());
    servers.push(silent, fine);
    const pace = { sleep: async () => undefined };
    const http = openHttp({ meter: { reads: 0, writes: 0 }, idleSeconds: 0.04, pace });
    const request = (url: string) => ({ method: 'GET', url: new URL(url), task: 'read a tag', expect: [200] }) as const;
    await failureOf(http.send(request(silent.url)));
    expect(await failureOf(http.send(request(`${silent.url}/other`)))).toMatchObject({
      code: 'NETWORK',
      message: `Cannot read a tag: "${silent.host}" left two requests without an answer, and is not asked again`,
      hint: 'check that the server runs and that this machine can reach it, then run again',
    });
    expect(silent.requests).toHaveLength(2);
    expect((await http.send(request(fine.url))).status).toBe(200);
  });
});

describe('a store that is slow', () => {
  test('is waited for by more requests than there are connections', async () => {
    let slow = 32;
    const fake = await start({
      onRequest: async () => {
        // Longer than a connection may take: the requests behind these wait for one of theirs.
        if (slow-- > 0) await sleep(700);
        return 'serve' as const;
      },
    });
    const objects = connect(fake, { connectTimeout: 500, attempts: 1 });
    const keys = Array.from({ length: 48 }, (_, index) => `key-${index}`);
    expect(await Promise.all(keys.map((key) => objects.get(key)))).toEqual(keys.map(() => undefined));
  });
});
